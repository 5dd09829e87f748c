"""Caches of GraphQL APIs, which AWS Config records in CloudFormation's shape."""

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
    fix="Recreate the cache with encryption at rest and in transit, and set a TTL.",
    compliant=[{TTL: 60, **dict.fromkeys(ENCRYPTED, True)}],
    non_compliant=[{TTL: 0, **dict.fromkeys(ENCRYPTED, True)}, {TTL: 60, ENCRYPTED[0]: True}, {}],
)
def appsync_api_cache_evaluated(cache: ConfigurationItem) -> Verdict:
    """GraphQL API caches are encrypted.

    At rest and in transit, for which AWS has a rule each; neither can be turned on later.
    """
    seconds = cache.number(TTL)
    encrypted = all_of(ENCRYPTED, cache.flag)
    return compliant_if(
        all_of([seconds > 0, encrypted]),
        otherwise=f"Ttl is {seconds} seconds, AtRestEncryptionEnabled is {in_json(encrypted)} (expected true)",
    )
