"""Cache policies, which AWS Config does not record: listed by a collector, in CloudFormation's shape."""

from pillarwatch import NOT_APPLICABLE, ConfigurationItem, Verdict, all_of, check, compliant_if, in_json

LONGEST = "configuration.CachePolicyConfig.MaxTTL"
ENCODINGS = "configuration.CachePolicyConfig.ParametersInCacheKeyAndForwardedToOrigin"


@check(
    "AWS::CloudFront::CachePolicy",
    best_practices={
        "PERF04-BP05": "browsers that take Brotli are sent more bytes than needed",
        "SUS04-BP07": "the network carries what compression would save",
    },
    effort="S",
    severity="low",
    collector="edge-policies",
    fix="Accept Brotli and gzip in the cache policy.",
    compliant=[{f"{ENCODINGS}.EnableAcceptEncodingBrotli": True, f"{ENCODINGS}.EnableAcceptEncodingGzip": True}],
    non_compliant=[{f"{ENCODINGS}.EnableAcceptEncodingGzip": True}, {}],
    not_applicable=[{LONGEST: 0}],
)
def cloudfront_cache_policy_brotli(policy: ConfigurationItem) -> Verdict:
    """Caches keep what is compressed with Brotli, and with gzip.

    Each is smaller than the plain file, and off unless it is turned on. A policy that keeps nothing cannot have them.
    """
    if policy.number(LONGEST, 1) == 0:
        return NOT_APPLICABLE
    brotli, gzip = (policy.flag(f"{ENCODINGS}.EnableAcceptEncoding{name}") for name in ("Brotli", "Gzip"))
    return compliant_if(
        all_of([brotli, gzip]),
        otherwise=f"EnableAcceptEncodingBrotli is {in_json(brotli)}, EnableAcceptEncodingGzip is {in_json(gzip)}",
    )
