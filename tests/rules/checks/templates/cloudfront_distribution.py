"""Templates of cloudfront_distribution."""

from typing import Any

from tests.rules.checks.templates import Case, other


def behavior(**settings: Any) -> dict[str, Any]:
    return {"DistributionConfig": {"DefaultCacheBehavior": settings}}


def certificate(**settings: Any) -> dict[str, Any]:
    return {"DistributionConfig": {"ViewerCertificate": settings}}


def config(**settings: Any) -> dict[str, Any]:
    return {"DistributionConfig": settings}


def origin(**settings: Any) -> dict[str, Any]:
    return config(Origins=[{"Id": "o", "CustomOriginConfig": settings}])


BUCKET = {"Logs": other("AWS::S3::Bucket")}
PASSED_ON = {
    "AllowedMethods": ["GET", "HEAD", "OPTIONS", "PUT", "POST", "PATCH", "DELETE"],
    "CachePolicyId": "4135ea2d-6df8-44a3-9df3-4b5a84be39ad",
}

SOURCE = other(
    "AWS::Logs::DeliverySource",
    Name="site",
    LogType="ACCESS_LOGS",
    ResourceArn={"Fn::Sub": "arn:aws:cloudfront::${AWS::AccountId}:distribution/${Main}"},
)
DELIVERY = other("AWS::Logs::Delivery", DeliverySourceName={"Ref": "Source"}, DeliveryDestinationArn="arn")

CASES: list[Case] = [
    ("cloudfront-accesslogs-enabled", "COMPLIANT", {"DistributionConfig": {}}, {"Source": SOURCE, "Del": DELIVERY}),
    ("cloudfront-accesslogs-enabled", "NON_COMPLIANT", {"DistributionConfig": {}}, {"Source": SOURCE}),
    *(
        (check, verdict, behavior(**settings), {})
        for check in ("cloudfront-cache-ttl-configured", "cloudfront-origin-failover-enabled")
        for verdict, settings in (
            ("NOT_APPLICABLE", PASSED_ON),
            ("NON_COMPLIANT", {**PASSED_ON, "AllowedMethods": ["GET", "HEAD"]}),
        )
    ),
    (
        "cloudfront-s3-origin-access-control-enabled",
        "NON_COMPLIANT",
        config(S3Origin={"DNSName": "b.s3.amazonaws.com"}),
        {},
    ),
    (
        "cloudfront-s3-origin-access-control-enabled",
        "NOT_APPLICABLE",
        config(Origins=[{"Id": "o", "VpcOriginConfig": {"VpcOriginId": "vo"}}]),
        {},
    ),
    ("cloudfront-viewer-policy-https", "COMPLIANT", behavior(ViewerProtocolPolicy="https-only"), {}),
    ("cloudfront-viewer-policy-https", "NON_COMPLIANT", behavior(ViewerProtocolPolicy="allow-all"), {}),
    ("cloudfront-compression-enabled", "COMPLIANT", behavior(Compress=True), {}),
    *(
        (
            "cloudfront-compression-enabled",
            verdict,
            behavior(Compress=True, CachePolicyId={"Ref": "Policy"}),
            {
                "Policy": other(
                    "AWS::CloudFront::CachePolicy",
                    CachePolicyConfig={"ParametersInCacheKeyAndForwardedToOrigin": accepted},
                )
            },
        )
        for verdict, accepted in (
            ("COMPLIANT", {"EnableAcceptEncodingGzip": True, "EnableAcceptEncodingBrotli": False}),
            ("NON_COMPLIANT", {"EnableAcceptEncodingGzip": False, "EnableAcceptEncodingBrotli": False}),
            ("NON_COMPLIANT", {"EnableAcceptEncodingGzip": False}),
            ("INSUFFICIENT_DATA", {"EnableAcceptEncodingGzip": {"Fn::ImportValue": "gzip"}}),
        )
    ),
    ("cloudfront-response-headers-policy-attached", "COMPLIANT", behavior(ResponseHeadersPolicyId="1"), {}),
    ("cloudfront-security-policy-check", "COMPLIANT", certificate(MinimumProtocolVersion="TLSv1.2_2021"), {}),
    ("cloudfront-custom-ssl-certificate", "COMPLIANT", certificate(AcmCertificateArn="arn"), {}),
    ("cloudfront-sni-enabled", "NON_COMPLIANT", certificate(SslSupportMethod="vip"), {}),
    ("cloudfront-associated-with-waf", "COMPLIANT", {"DistributionConfig": {"WebACLId": "arn"}}, {}),
    ("cloudfront-accesslogs-enabled", "COMPLIANT", {"DistributionConfig": {"Logging": {"Bucket": "b"}}}, {}),
    (
        "cloudfront-accesslogs-enabled",
        "COMPLIANT",
        config(Logging={"Bucket": {"Fn::GetAtt": "Logs.DomainName"}}),
        BUCKET,
    ),
    ("cloudfront-accesslogs-enabled", "NON_COMPLIANT", {"DistributionConfig": {}}, {}),
    ("cloudfront-accesslogs-enabled", "NON_COMPLIANT", config(Logging={"IncludeCookies": True}), {}),
    ("cloudfront-price-class-reviewed", "NOT_APPLICABLE", config(), {}),
    ("cloudfront-price-class-reviewed", "COMPLIANT", {"DistributionConfig": {"PriceClass": "PriceClass_100"}}, {}),
    (
        "cloudfront-s3-origin-access-control-enabled",
        "COMPLIANT",
        {"DistributionConfig": {"Origins": [{"Id": "o", "S3OriginConfig": {}, "OriginAccessControlId": "E"}]}},
        {},
    ),
    (
        "cloudfront-s3-origin-access-control-enabled",
        "NON_COMPLIANT",
        config(Origins=[{"Id": "o", "S3OriginConfig": {}}]),
        {},
    ),
    (
        "cloudfront-s3-origin-access-control-enabled",
        "NON_COMPLIANT",
        {"DistributionConfig": {"Origins": [{"Id": "o", "S3OriginConfig": {"OriginAccessIdentity": "x"}}]}},
        {},
    ),
    ("cloudfront-cache-ttl-configured", "COMPLIANT", behavior(CachePolicyId="658327ea"), {}),
    (
        "cloudfront-cache-ttl-configured",
        "COMPLIANT",
        behavior(CachePolicyId={"Ref": "Policy"}),
        {"Policy": other("AWS::CloudFront::CachePolicy")},
    ),
    ("cloudfront-cache-ttl-configured", "INSUFFICIENT_DATA", behavior(CachePolicyId={"Fn::ImportValue": "x"}), {}),
    (
        "cloudfront-response-headers-policy-attached",
        "COMPLIANT",
        config(CacheBehaviors=[{"PathPattern": "/", "ResponseHeadersPolicyId": {"Fn::GetAtt": "Policy.Id"}}]),
        {"Policy": other("AWS::CloudFront::ResponseHeadersPolicy")},
    ),
    ("cloudfront-cache-ttl-configured", "NON_COMPLIANT", behavior(DefaultTTL=60), {}),
    ("cloudfront-traffic-to-origin-encrypted", "COMPLIANT", origin(OriginProtocolPolicy="https-only"), {}),
    ("cloudfront-traffic-to-origin-encrypted", "NON_COMPLIANT", origin(OriginProtocolPolicy="match-viewer"), {}),
    ("cloudfront-default-root-object-configured", "NOT_APPLICABLE", origin(OriginProtocolPolicy="https-only"), {}),
    ("cloudfront-default-root-object-configured", "COMPLIANT", config(DefaultRootObject="index.html"), {}),
    (
        "cloudfront-origin-failover-enabled",
        "COMPLIANT",
        config(OriginGroups={"Quantity": 1, "Items": [{"Id": "pair", "Members": {"Quantity": 2}}]}),
        {},
    ),
    ("cloudfront-http2-http3-enabled", "COMPLIANT", config(HttpVersion="http2and3"), {}),
    ("cloudfront-ipv6-enabled", "COMPLIANT", config(IPV6Enabled=True), {}),
    ("cloudfront-origin-shield-evaluated", "NOT_APPLICABLE", origin(OriginProtocolPolicy="https-only"), {}),
    (
        "cloudfront-origin-shield-evaluated",
        "COMPLIANT",
        config(Origins=[{"Id": "o", "OriginShield": {"Enabled": True, "OriginShieldRegion": "eu-west-1"}}]),
        {},
    ),
    ("cloudfront-origin-keepalive-tuned", "COMPLIANT", origin(OriginKeepaliveTimeout=30), {}),
    ("cloudfront-origin-keepalive-tuned", "COMPLIANT", origin(OriginProtocolPolicy="https-only"), {}),
    ("cloudfront-origin-keepalive-tuned", "NON_COMPLIANT", origin(OriginKeepaliveTimeout=1), {}),
]
