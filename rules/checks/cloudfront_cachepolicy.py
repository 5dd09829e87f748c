"""CloudFront cache policies; AWS Config does not record them, a collector lists them with CloudFormation's names."""

from pillarwatch import NOT_APPLICABLE, ConfigurationItem, Verdict, all_of, check, compliant_if, in_json

MAX_TTL = "configuration.CachePolicyConfig.MaxTTL"
ENCODINGS = "configuration.CachePolicyConfig.ParametersInCacheKeyAndForwardedToOrigin"


@check(
    "AWS::CloudFront::CachePolicy",
    best_practices={
        "PERF04-BP05": "CloudFront does not serve objects compressed with both Brotli and gzip",
        "SUS04-BP07": "larger objects than necessary are transferred",
    },
    effort="S",
    severity="low",
    collector="edge-policies",
    fix="Set EnableAcceptEncodingBrotli and EnableAcceptEncodingGzip to true in the cache policy.",
    compliant=[{f"{ENCODINGS}.EnableAcceptEncodingBrotli": True, f"{ENCODINGS}.EnableAcceptEncodingGzip": True}],
    non_compliant=[{f"{ENCODINGS}.EnableAcceptEncodingGzip": True}, {}],
    not_applicable=[{MAX_TTL: 0}],
)
def cloudfront_cache_policy_brotli(policy: ConfigurationItem) -> Verdict:
    """CloudFront cache policies accept Brotli and gzip compression.

    Without both settings, CloudFront serves larger objects than necessary. The check does not apply to policies with a
    MaxTTL of 0, because CloudFront compresses only objects that it caches.
    """
    if policy.number(MAX_TTL, 1) == 0:
        return NOT_APPLICABLE
    brotli, gzip = (policy.flag(f"{ENCODINGS}.EnableAcceptEncoding{name}") for name in ("Brotli", "Gzip"))
    found = f"EnableAcceptEncodingBrotli is {in_json(brotli)}, EnableAcceptEncodingGzip is {in_json(gzip)}"
    return compliant_if(all_of([brotli, gzip]), otherwise=f"{found} (expected true)")
