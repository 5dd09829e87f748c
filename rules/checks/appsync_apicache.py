"""AppSync API caches; their configuration items use the property names of CloudFormation."""

from pillarwatch import ConfigurationItem, Verdict, all_of, check, compliant_if, in_json

ENCRYPTED = ("configuration.AtRestEncryptionEnabled", "configuration.TransitEncryptionEnabled")
TTL = "configuration.Ttl"


@check(
    "AWS::AppSync::ApiCache",
    best_practices={
        "SEC08-BP02": "cached responses are stored unencrypted",
        "SEC09-BP02": "cached responses are sent unencrypted",
    },
    effort="M",
    severity="medium",
    fix="Recreate the cache with AtRestEncryptionEnabled, TransitEncryptionEnabled and a Ttl above 0 seconds.",
    compliant=[{TTL: 60, **dict.fromkeys(ENCRYPTED, True)}],
    non_compliant=[{TTL: 0, **dict.fromkeys(ENCRYPTED, True)}, {TTL: 60, ENCRYPTED[0]: True}, {}],
)
def appsync_api_cache_evaluated(cache: ConfigurationItem) -> Verdict:
    """AppSync API caches are encrypted at rest and in transit, and have a TTL.

    Without encryption, the cached responses of all callers can be read. Encryption cannot be turned on later.
    """
    ttl = cache.number(TTL)
    at_rest, in_transit = map(cache.flag, ENCRYPTED)
    encryption = f"AtRestEncryptionEnabled is {in_json(at_rest)}, TransitEncryptionEnabled is {in_json(in_transit)}"
    return compliant_if(all_of([ttl > 0, at_rest, in_transit]), f"Ttl is {ttl}, {encryption} (expected above 0, true)")
