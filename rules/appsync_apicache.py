"""Caches of GraphQL APIs, which AWS Config records in CloudFormation's shape."""

from pillarwatch import ConfigurationItem, Verdict, all_of, check, compliant_if, in_json

ENCRYPTED = ("configuration.AtRestEncryptionEnabled", "configuration.TransitEncryptionEnabled")
TTL = "configuration.Ttl"


@check(
    "AWS::AppSync::ApiCache",
    best_practices={
        "SEC08-BP02": "cached answers are stored in clear text",
        "SEC09-BP02": "cached answers travel in clear text",
    },
    effort="M",
    severity="medium",
    fix="Make the cache anew with both kinds of encryption, and keep answers for as long as they may be old.",
    compliant=[{TTL: 60, **dict.fromkeys(ENCRYPTED, True)}],
    non_compliant=[{TTL: 0, **dict.fromkeys(ENCRYPTED, True)}, {TTL: 60, ENCRYPTED[0]: True}, {}],
)
def appsync_api_cache_evaluated(cache: ConfigurationItem) -> Verdict:
    """Caches of GraphQL APIs keep answers, and keep them encrypted.

    At rest and in transit, for which AWS has a rule each; neither can be turned on later.
    """
    seconds = cache.number(TTL)
    encrypted = all_of(ENCRYPTED, cache.flag)
    return compliant_if(
        all_of([seconds > 0, encrypted]),
        otherwise=f"Ttl is {seconds} seconds, AtRestEncryptionEnabled is {in_json(encrypted)} (expected true)",
    )
