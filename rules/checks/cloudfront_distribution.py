"""CloudFront distributions; lists in their configuration items are objects with `quantity` and `items`."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from pillarwatch import (
    NOT_APPLICABLE,
    Attributes,
    ConfigurationItem,
    Verdict,
    all_of,
    any_of,
    check,
    compliant_if,
    compliant_if_all,
    contains,
    listed,
    none_of,
)
from pillarwatch.template_resource import TemplateResource, elements, lowered
from pillarwatch.unknown import Unknown
from rules.checks.shared.tags import resource_managed_by_iac
from rules.checks.shared.vended_logs import DELIVERIES, deliveries_of

BEHAVIORS = "configuration.distributionConfig.cacheBehaviors.items"
CERTIFICATE = "configuration.distributionConfig.viewerCertificate"
DEFAULT = "configuration.distributionConfig.defaultCacheBehavior"
LOGGING = "configuration.distributionConfig.logging.enabled"
ORIGINS = "configuration.distributionConfig.origins.items"
PRICE_CLASS = "configuration.distributionConfig.priceClass"
WEB_ACL = "configuration.distributionConfig.webACLId"

CACHING_DISABLED = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"  # the id of AWS's managed cache policy CachingDisabled

# The settings of a cache behavior that forwards all requests to an application.
METHODS = "allowedMethods.items"
ALL_METHODS = ["HEAD", "DELETE", "POST", "GET", "OPTIONS", "PUT", "PATCH"]
FORWARDS_ONLY = {"cachePolicyId": CACHING_DISABLED, "allowedMethods": {"items": ALL_METHODS}}

# The ids of AWS's managed response headers policies SimpleCORS and CORS-With-Preflight, without security headers.
CORS_POLICIES = ("60669652-455b-4ae9-85a4-c4c02393f86c", "5cc3b908-e619-4b99-88e5-2cf7f45965bd")

# The security policies that require TLS 1.2 or newer.
TLS_1_2 = ("TLSv1.2_2018", "TLSv1.2_2019", "TLSv1.2_2021", "TLSv1.2_2025", "TLSv1.3_2025")


def compliant_in_all_behaviors(
    distribution: ConfigurationItem,
    holds: Callable[[Attributes], bool],
    otherwise: str,
    where: Callable[[Attributes], bool] = lambda _: True,
) -> Verdict:
    """COMPLIANT if a condition holds for the default cache behavior and all others, of those that ``where`` selects."""
    default = [("default", behavior) for behavior in distribution.objects(DEFAULT)]
    others = [(behavior.text("pathPattern"), behavior) for behavior in distribution.objects(BEHAVIORS)]
    return compliant_if_all(
        [*default, *others],
        lambda pair: holds(pair[1]),
        otherwise,
        named=lambda pair: pair[0],
        where=lambda pair: where(pair[1]),
    )


def behaviors_of(distribution: ConfigurationItem) -> list[Attributes]:
    """The default cache behavior and all others."""
    return [*distribution.objects(DEFAULT), *distribution.objects(BEHAVIORS)]


def accepts_writes(behavior: Attributes) -> bool:
    """Whether a cache behavior accepts requests that write; CloudFront allows POST only together with all methods."""
    return contains(behavior.texts(METHODS), "POST")


CONFIG = "configuration.distributionConfig"
GROUPS = f"{CONFIG}.originGroups.items"
HTTP_VERSION = f"{CONFIG}.httpVersion"
IPV6 = f"{CONFIG}.isIPV6Enabled"
ROOT_OBJECT = f"{CONFIG}.defaultRootObject"


HIT_RATE = "supplementaryConfiguration.Metrics.CacheHitRate.Average"
METRICS_STATUS = (
    "supplementaryConfiguration.cloudfront.GetMonitoringSubscription.MonitoringSubscription"
    ".RealtimeMetricsSubscriptionConfig.RealtimeMetricsSubscriptionStatus"
)


@check(
    "AWS::CloudFront::Distribution",
    best_practices={"SEC09-BP02": "viewers can connect with TLS 1.0 or 1.1"},
    managed_rule="CLOUDFRONT_SECURITY_POLICY_CHECK",
    effort="M",
    severity="medium",
    fix="Set AcmCertificateArn to a certificate in us-east-1, and MinimumProtocolVersion to TLSv1.2_2021.",
    compliant=[{f"{CERTIFICATE}.minimumProtocolVersion": "TLSv1.2_2021"}],
    non_compliant=[
        {f"{CERTIFICATE}.minimumProtocolVersion": "TLSv1.1_2016"},
        {f"{CERTIFICATE}.cloudFrontDefaultCertificate": True, f"{CERTIFICATE}.minimumProtocolVersion": "TLSv1.2_2021"},
        {},
    ],
)
def cloudfront_security_policy_check(
    distribution: ConfigurationItem, *, security_policies: Sequence[str] = TLS_1_2
) -> Verdict:
    """CloudFront distributions require TLS 1.2 or newer from viewers.

    TLS 1.0 and 1.1 have known weaknesses. With the default CloudFront certificate, viewers can always use TLS 1.0.
    """
    default = distribution.flag(f"{CERTIFICATE}.cloudFrontDefaultCertificate")
    version = "TLSv1" if default else distribution.text(f"{CERTIFICATE}.minimumProtocolVersion", "TLSv1")
    return compliant_if(contains(security_policies, version), f"MinimumProtocolVersion is {version} (expected TLS 1.2)")


@check(
    "AWS::CloudFront::Distribution",
    best_practices={"SEC09-BP01": "the distribution uses the default CloudFront certificate"},
    managed_rule="CLOUDFRONT_CUSTOM_SSL_CERTIFICATE",
    effort="M",
    severity="medium",
    same_cause_as="cloudfront-security-policy-check",
    fix="Add the site's domain to Aliases, and set AcmCertificateArn to a certificate in us-east-1.",
    compliant=[{f"{CERTIFICATE}.acmCertificateArn": "arn:aws:acm:us-east-1:123456789012:certificate/1"}],
    non_compliant=[{f"{CERTIFICATE}.cloudFrontDefaultCertificate": True}, {}],
)
def cloudfront_custom_ssl_certificate(distribution: ConfigurationItem) -> Verdict:
    """CloudFront distributions use a custom SSL certificate.

    The default certificate covers only names under cloudfront.net, not the site's domain, and accepts TLS 1.0.
    """
    custom = any_of([distribution.has(f"{CERTIFICATE}.{name}") for name in ("acmCertificateArn", "iamCertificateId")])
    return compliant_if(custom, "ViewerCertificate is the CloudFront default (expected a custom certificate)")


@check(
    "AWS::CloudFront::Distribution",
    best_practices={"COST05-BP05": "dedicated IP addresses for viewers without SNI cost 600 USD per month"},
    managed_rule="CLOUDFRONT_SNI_ENABLED",
    effort="S",
    severity="low",
    fix="Set ViewerCertificate.SslSupportMethod to sni-only.",
    compliant=[{f"{CERTIFICATE}.sslSupportMethod": "sni-only"}],
    non_compliant=[{f"{CERTIFICATE}.sslSupportMethod": "vip"}],
    not_applicable=[{f"{CERTIFICATE}.cloudFrontDefaultCertificate": True}, {}],
)
def cloudfront_sni_enabled(distribution: ConfigurationItem) -> Verdict:
    """CloudFront distributions use Server Name Indication (SNI) for HTTPS.

    Dedicated IP addresses, the value `vip`, cost 600 USD per month. Only very old browsers need them. The check does
    not apply to distributions with the default certificate, because they have no dedicated IP addresses.
    """
    if not distribution.has(f"{CERTIFICATE}.sslSupportMethod"):
        return NOT_APPLICABLE
    method = distribution.text(f"{CERTIFICATE}.sslSupportMethod")
    return compliant_if(method == "sni-only", f"SslSupportMethod is {method} (expected sni-only)")


@check(
    "AWS::CloudFront::Distribution",
    best_practices={"SEC09-BP02": "viewers can request objects over HTTP"},
    managed_rule="CLOUDFRONT_VIEWER_POLICY_HTTPS",
    automation="AWSConfigRemediation-EnableCloudFrontViewerPolicyHTTPS",
    effort="S",
    fix="Set ViewerProtocolPolicy of every cache behavior to redirect-to-https or https-only.",
    compliant=[{f"{DEFAULT}.viewerProtocolPolicy": "redirect-to-https"}],
    non_compliant=[
        {
            f"{DEFAULT}.viewerProtocolPolicy": "https-only",
            BEHAVIORS: [{"pathPattern": "/old/*", "viewerProtocolPolicy": "allow-all"}],
        },
        {f"{DEFAULT}.viewerProtocolPolicy": "allow-all"},
        {f"{DEFAULT}.compress": True},
    ],
    not_applicable=[{}],
)
def cloudfront_viewer_policy_https(distribution: ConfigurationItem) -> Verdict:
    """CloudFront distributions require HTTPS from viewers.

    If one cache behavior allows HTTP, cookies and content of that path can be read and changed in transit.
    """

    def requires_https(behavior: Attributes) -> bool:
        return contains(("https-only", "redirect-to-https"), behavior.text("viewerProtocolPolicy"))

    return compliant_in_all_behaviors(distribution, requires_https, "ViewerProtocolPolicy allows HTTP")


@check(
    "AWS::CloudFront::Distribution",
    best_practices={
        "SEC08-BP04": "the origin uses an origin access identity (legacy) or no access control",
        "SEC05-BP02": "CloudFront reads the bucket without origin access control",
    },
    managed_rule="CLOUDFRONT_S3_ORIGIN_ACCESS_CONTROL_ENABLED",
    effort="M",
    severity="medium",
    fix="Set OriginAccessControlId of the origin, and allow the distribution to read in the bucket policy.",
    compliant=[{ORIGINS: [{"s3OriginConfig": {"originAccessIdentity": ""}, "originAccessControlId": "E1"}]}],
    non_compliant=[{ORIGINS: [{"id": "site", "s3OriginConfig": {"originAccessIdentity": "origin-access-identity/1"}}]}],
    not_applicable=[{ORIGINS: [{"id": "alb", "customOriginConfig": {"originProtocolPolicy": "https-only"}}]}, {}],
)
def cloudfront_s3_origin_access_control_enabled(distribution: ConfigurationItem) -> Verdict:
    """CloudFront distributions use origin access control (OAC) for S3 origins.

    Without access control, the bucket must be public so that CloudFront can read it. The legacy origin access identity
    fails too, because it does not fully support SSE-KMS and write requests. AWS's managed rule has the same result.
    """
    return compliant_if_all(
        distribution.objects(ORIGINS),
        lambda origin: origin.has("originAccessControlId"),
        "OriginAccessControlId is not set",
        named="id",
        where=lambda origin: origin.has("s3OriginConfig"),
    )


@check(
    "AWS::CloudFront::Distribution",
    best_practices={
        "SEC05-BP03": "no web ACL is associated",
        "SEC05-BP04": "no web ACL blocks known attacks automatically",
    },
    managed_rule="CLOUDFRONT_ASSOCIATED_WITH_WAF",
    effort="M",
    fix="Set WebACLId to a web ACL of scope CLOUDFRONT with the AWS core rule set and a rate-based rule.",
    compliant=[{WEB_ACL: "arn:aws:wafv2:us-east-1:123456789012:global/webacl/site/1"}],
    non_compliant=[{WEB_ACL: ""}, {}],
)
def cloudfront_associated_with_waf(distribution: ConfigurationItem) -> Verdict:
    """CloudFront distributions have an associated web ACL.

    Without a web ACL, requests with known attack patterns reach the origin.
    """
    return compliant_if(distribution.has(WEB_ACL), otherwise="WebACLId is not set (expected a web ACL)")


@check(
    "AWS::CloudFront::Distribution",
    best_practices={"SEC04-BP01": "requests to the distribution are not logged"},
    managed_rule="CLOUDFRONT_ACCESSLOGS_ENABLED",
    automation="AWSConfigRemediation-EnableCloudFrontAccessLogs",
    effort="S",
    severity="medium",
    fix="Turn on standard logging (v2): create a delivery source, a delivery destination and a delivery.",
    collector="distributions",
    compliant=[{LOGGING: True}, {DELIVERIES: [{"id": "1"}]}],
    non_compliant=[{LOGGING: False, DELIVERIES: []}, {}],
)
def cloudfront_accesslogs_enabled(distribution: ConfigurationItem) -> Verdict:
    """CloudFront distributions have access logs enabled.

    Without access logs, requests to the distribution cannot be investigated. Standard logging (v2), with a log
    delivery as a separate resource, and legacy standard logging both pass.
    """
    logged = any_of([distribution.flag(LOGGING), distribution.has(DELIVERIES)])
    return compliant_if(logged, otherwise="Logging is not set, and there is no log delivery (expected one)")


@check(
    "AWS::CloudFront::Distribution",
    best_practices={
        "PERF04-BP05": "text objects are transferred uncompressed",
        "SUS04-BP07": "more data is transferred than needed",
        "COST08-BP02": "the transfer of uncompressed objects is billed",
    },
    effort="S",
    severity="low",
    fix="Set Compress to true in every cache behavior, with a cache policy that accepts gzip and Brotli.",
    compliant=[
        {f"{DEFAULT}.compress": True},
        {DEFAULT: {"compress": True}, BEHAVIORS: [{"pathPattern": "/api/*", "cachePolicyId": CACHING_DISABLED}]},
    ],
    non_compliant=[
        {f"{DEFAULT}.compress": True, BEHAVIORS: [{"pathPattern": "/api/*", "compress": False}]},
        {f"{DEFAULT}.compress": False},
    ],
    not_applicable=[{DEFAULT: {"cachePolicyId": CACHING_DISABLED, "compress": True}}, {}],
)
def cloudfront_compression_enabled(distribution: ConfigurationItem) -> Verdict:
    """CloudFront distributions compress objects.

    Uncompressed text can be four times as large, and takes longer to transfer. CloudFront compresses only objects that
    it caches, so the check ignores cache behaviors with CachingDisabled.
    """
    # https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/ServingCompressedFiles.html

    def caches(behavior: Attributes) -> bool:
        return behavior.text("cachePolicyId") != CACHING_DISABLED

    uncompressed = "Compress is false, or the cache policy accepts neither gzip nor Brotli"
    return compliant_in_all_behaviors(distribution, lambda behavior: behavior.flag("compress"), uncompressed, caches)


@check(
    "AWS::CloudFront::Distribution",
    best_practices={
        "SEC05-BP03": "responses have no security headers that restrict what a page can do",
        "SEC09-BP02": "no header requires HTTPS from browsers",
    },
    effort="S",
    fix="Set ResponseHeadersPolicyId of every cache behavior to the managed SecurityHeadersPolicy or a custom policy.",
    compliant=[{f"{DEFAULT}.responseHeadersPolicyId": "67f7725c-6f97-4210-82d7-5512b31e9d03"}],
    non_compliant=[
        {f"{DEFAULT}.responseHeadersPolicyId": CORS_POLICIES[0]},
        {f"{DEFAULT}.responseHeadersPolicyId": "1", BEHAVIORS: [{"pathPattern": "/app/*"}]},
        {f"{DEFAULT}.compress": True},
    ],
    not_applicable=[{}],
)
def cloudfront_response_headers_policy_attached(distribution: ConfigurationItem) -> Verdict:
    """CloudFront distributions add security headers to responses.

    Without security headers, browsers let other sites embed the page and let injected scripts run. AWS's managed
    policies SimpleCORS and CORS-With-Preflight fail, because they have no security headers. Other checks evaluate the
    headers of custom policies.
    """

    def sends_security_headers(behavior: Attributes) -> bool:
        is_cors_policy = contains(CORS_POLICIES, behavior.text("responseHeadersPolicyId"))
        return all_of([behavior.has("responseHeadersPolicyId"), none_of([is_cors_policy])])

    return compliant_in_all_behaviors(
        distribution, sends_security_headers, "no response headers policy with security headers"
    )


@check(
    "AWS::CloudFront::Distribution",
    best_practices={
        "COST08-BP02": "edge locations with higher prices deliver content",
        "SUS02-BP04": "the price class does not match the locations of the viewers",
    },
    effort="S",
    severity="low",
    fix="Set PriceClass to an accepted price class, for example PriceClass_100 for North America and Europe.",
    compliant=[{PRICE_CLASS: "PriceClass_100"}, {"parameters.price_classes": ["PriceClass_All"]}],
    non_compliant=[
        {PRICE_CLASS: "PriceClass_All", "parameters.price_classes": ["PriceClass_100"]},
        {PRICE_CLASS: "PriceClass_200", "parameters.price_classes": ["PriceClass_100"]},
    ],
    not_applicable=[{PRICE_CLASS: "PriceClass_All"}, {}],
)
def cloudfront_price_class_reviewed(distribution: ConfigurationItem, *, price_classes: Sequence[str] = ()) -> Verdict:
    """CloudFront distributions have an accepted price class.

    A price class with more edge locations than the viewers need costs more. The configuration does not contain the
    locations of the viewers. A distribution can therefore fail only if the parameter `price_classes` names the accepted
    price classes.
    """
    price_class = distribution.text(PRICE_CLASS, "PriceClass_All")
    if all_of([len(price_classes) == 0, price_class == "PriceClass_All"]):
        return NOT_APPLICABLE
    accepted = any_of([len(price_classes) == 0, contains(price_classes, price_class)])
    return compliant_if(accepted, otherwise=f"PriceClass is {price_class} (expected {' or '.join(price_classes)})")


@check(
    "AWS::CloudFront::Distribution",
    best_practices={
        "PERF03-BP05": "no behavior caches objects for a day or longer",
        "SUS04-BP07": "objects are transferred from the origin again after less than a day",
        "COST08-BP03": "more data is transferred from the origin than with longer caching",
    },
    effort="S",
    severity="low",
    fix="Attach a cache policy such as CachingOptimized to static objects. Give index.html a short max-age.",
    compliant=[
        {DEFAULT: {"cachePolicyId": "658327ea"}},
        {DEFAULT: {"defaultTTL": 86400, "maxTTL": 86400}},
        {DEFAULT: {"minTTL": 0}},
        {DEFAULT: {"cachePolicyId": CACHING_DISABLED}, BEHAVIORS: [{"cachePolicyId": "658327ea"}]},
    ],
    non_compliant=[
        {DEFAULT: {"cachePolicyId": CACHING_DISABLED}},
        {DEFAULT: FORWARDS_ONLY, BEHAVIORS: [{"cachePolicyId": CACHING_DISABLED}]},
        {DEFAULT: {"defaultTTL": 86399, "maxTTL": 31536000}},
        {DEFAULT: {"defaultTTL": 86400, "maxTTL": 0}},
    ],
    not_applicable=[{DEFAULT: FORWARDS_ONLY}, {}],
)
def cloudfront_cache_ttl_configured(distribution: ConfigurationItem, *, least_seconds: int = 86_400) -> Verdict:
    """CloudFront distributions cache objects for at least a day.

    With shorter caching, the origin sends the same objects again. One cache behavior is enough: with a cache policy
    other than CachingDisabled, or with DefaultTTL and MaxTTL of at least a day. The check does not apply to a
    distribution that only forwards requests to an application, with all methods and CachingDisabled.
    """
    behaviors = behaviors_of(distribution)

    def forwards_only(behavior: Attributes) -> bool:
        return all_of([accepts_writes(behavior), behavior.text("cachePolicyId") == CACHING_DISABLED])

    if any_of([len(behaviors) == 0, all_of(behaviors, forwards_only)]):
        return NOT_APPLICABLE

    def caches_for_a_day(behavior: Attributes) -> bool:
        if behavior.has("cachePolicyId"):
            return behavior.text("cachePolicyId") != CACHING_DISABLED
        default_ttl, max_ttl = behavior.number("defaultTTL", 86_400), behavior.number("maxTTL", 31_536_000)
        return all_of([default_ttl >= least_seconds, max_ttl >= least_seconds])

    def found(behavior: Attributes) -> str:
        if behavior.has("cachePolicyId"):
            return "CachePolicyId is CachingDisabled"
        default_ttl, max_ttl = behavior.number("defaultTTL", 86_400), behavior.number("maxTTL", 31_536_000)
        return f"DefaultTTL is {default_ttl}, MaxTTL is {max_ttl}"

    otherwise = f"{listed(map(found, behaviors))} (expected {least_seconds} seconds or more)"
    return compliant_if(any_of(behaviors, caches_for_a_day), otherwise)


@check(
    "AWS::CloudFront::Distribution",
    best_practices={"SEC09-BP02": "CloudFront sends requests to the origin unencrypted"},
    managed_rule="CLOUDFRONT_TRAFFIC_TO_ORIGIN_ENCRYPTED",
    effort="S",
    severity="medium",
    fix="Set OriginProtocolPolicy to https-only. The origin needs an HTTPS listener first.",
    compliant=[{ORIGINS: [{"customOriginConfig": {"originProtocolPolicy": "https-only"}}]}],
    non_compliant=[
        {ORIGINS: [{"id": "alb", "customOriginConfig": {"originProtocolPolicy": "http-only"}}]},
        {ORIGINS: [{"id": "alb", "customOriginConfig": {"originProtocolPolicy": "match-viewer"}}]},
    ],
    not_applicable=[{ORIGINS: [{"id": "site", "s3OriginConfig": {"originAccessIdentity": ""}}]}, {}],
)
def cloudfront_traffic_to_origin_encrypted(distribution: ConfigurationItem) -> Verdict:
    """CloudFront distributions connect to custom origins over HTTPS.

    Over HTTP, data between CloudFront and the origin can be read and changed. This check accepts only https-only. AWS's
    managed rule also accepts match-viewer if viewers must use HTTPS.
    """
    return compliant_if_all(
        distribution.objects(ORIGINS),
        lambda origin: origin.text("customOriginConfig.originProtocolPolicy") == "https-only",
        "OriginProtocolPolicy is not https-only",
        named="id",
        where=is_custom,
    )


@check(
    "AWS::CloudFront::Distribution",
    best_practices={"SEC08-BP04": "a request for the root URL can list the origin's objects"},
    managed_rule="CLOUDFRONT_DEFAULT_ROOT_OBJECT_CONFIGURED",
    automation="AWSConfigRemediation-EnableCloudFrontDefaultRootObject",
    effort="S",
    severity="low",
    fix="Set DefaultRootObject, for example to index.html.",
    compliant=[{ROOT_OBJECT: "index.html"}],
    non_compliant=[{ROOT_OBJECT: ""}, {ORIGINS: [{"id": "site", "s3OriginConfig": {"originAccessIdentity": ""}}]}, {}],
    not_applicable=[{ORIGINS: [{"id": "api", "customOriginConfig": {"originProtocolPolicy": "https-only"}}]}],
)
def cloudfront_default_root_object_configured(distribution: ConfigurationItem) -> Verdict:
    """CloudFront distributions have a default root object.

    A request for the root URL can list the bucket's objects. The check does not apply to distributions that have only
    custom origins.
    """
    # https://docs.aws.amazon.com/securityhub/latest/userguide/cloudfront-controls.html (CloudFront.1)
    origins = distribution.objects(ORIGINS)
    if all_of([len(origins) > 0, all_of(origins, is_custom)]):
        return NOT_APPLICABLE
    return compliant_if(distribution.has(ROOT_OBJECT), "DefaultRootObject is not set (expected an object)")


@check(
    "AWS::CloudFront::Distribution",
    best_practices={
        "REL10-BP01": "each request has a single origin",
        "REL11-BP02": "the distribution has no failover origin",
    },
    managed_rule="CLOUDFRONT_ORIGIN_FAILOVER_ENABLED",
    automation="AWSConfigRemediation-EnableCloudFrontOriginFailover",
    effort="M",
    severity="low",
    fix="Add an origin group with two origins, and set TargetOriginId of the cache behaviors to the group.",
    compliant=[{GROUPS: [{"id": "pair", "members": {"quantity": 2}}]}],
    non_compliant=[
        {GROUPS: [{"id": "one", "members": {"quantity": 1}}]},
        {DEFAULT: FORWARDS_ONLY, BEHAVIORS: [{"allowedMethods": {"items": ["GET", "HEAD"]}}]},
        {GROUPS: []},
        {},
    ],
    not_applicable=[{DEFAULT: FORWARDS_ONLY}],
)
def cloudfront_origin_failover_enabled(distribution: ConfigurationItem) -> Verdict:
    """CloudFront distributions have origin failover.

    Without an origin group, requests fail while the only origin is unavailable. CloudFront does not allow origin groups
    in cache behaviors that accept POST. The check does not apply to distributions that have only such behaviors. AWS's
    managed rule applies to all distributions.
    """
    behaviors = behaviors_of(distribution)
    if all_of([len(behaviors) > 0, all_of(behaviors, accepts_writes)]):
        return NOT_APPLICABLE
    has_failover = any_of(distribution.objects(GROUPS), lambda group: group.number("members.quantity") > 1)
    return compliant_if(has_failover, otherwise="no origin group with two origins")


@check(
    "AWS::CloudFront::Distribution",
    best_practices={"PERF04-BP05": "viewers can use only HTTP/1.1"},
    effort="S",
    severity="low",
    fix="Set HttpVersion to http2and3.",
    compliant=[{HTTP_VERSION: "http2and3"}, {HTTP_VERSION: "http2"}, {HTTP_VERSION: "HTTP2"}],
    non_compliant=[{HTTP_VERSION: "http1.1"}, {}],
)
def cloudfront_http2_http3_enabled(distribution: ConfigurationItem) -> Verdict:
    """CloudFront distributions support HTTP/2 or HTTP/3.

    With HTTP/1.1, browsers need several connections for parallel requests. HTTP/1.1 is the default in templates.
    """
    version = distribution.text(HTTP_VERSION, "http1.1").lower()
    return compliant_if(
        contains(("http2", "http2and3", "http3"), version), f"HttpVersion is {version} (expected http2and3)"
    )


@check(
    "AWS::CloudFront::Distribution",
    best_practices={
        "PERF04-BP05": "viewers in IPv6 networks need address translation",
        "PERF04-BP02": "clients in IPv6 networks cannot connect directly",
    },
    effort="S",
    severity="low",
    fix="Set IPV6Enabled to true, and add the AAAA record.",
    compliant=[{IPV6: True}],
    non_compliant=[{IPV6: False}, {}],
)
def cloudfront_ipv6_enabled(distribution: ConfigurationItem) -> Verdict:
    """CloudFront distributions support IPv6.

    Without IPv6, viewers in IPv6 networks reach the distribution only through address translation, which adds latency.
    """
    return compliant_if(distribution.flag(IPV6), otherwise="IPV6Enabled is false (expected true)")


@check(
    "AWS::CloudFront::Distribution",
    best_practices={
        "PERF04-BP02": "every regional edge cache sends its own requests to the origin",
        "COST08-BP03": "the origin sends the same objects to every regional edge cache",
    },
    effort="S",
    severity="low",
    fix="Set OriginShield.Enabled to true and OriginShieldRegion, or add the tag OriginShieldException with a reason.",
    compliant=[
        {ORIGINS: [{"id": "site", "originShield": {"enabled": True}}]},
        {ORIGINS: [{"id": "site"}], "tags.OriginShieldException": "one country"},
    ],
    non_compliant=[
        {"parameters.every_distribution": True, ORIGINS: [{"id": "site", "originShield": {"enabled": False}}]},
        {"parameters.every_distribution": True, ORIGINS: [{"id": "site"}]},
    ],
    not_applicable=[{"parameters.every_distribution": True}, {ORIGINS: [{"id": "site"}]}, {}],
)
def cloudfront_origin_shield_evaluated(distribution: ConfigurationItem, *, every_distribution: bool = False) -> Verdict:
    """CloudFront distributions use Origin Shield.

    Without Origin Shield, each regional edge cache requests the same objects from the origin. Origin Shield is charged,
    and it helps only if viewers are in many Regions. A distribution therefore fails only if the parameter
    `every_distribution` is true. A tag OriginShieldException passes.
    """
    # https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/origin-shield.html
    if none_of([distribution.has(ORIGINS)]):
        return NOT_APPLICABLE
    shielded = all_of(distribution.objects(ORIGINS), lambda origin: origin.flag("originShield.enabled"))
    accepted = any_of([shielded, distribution.tag("OriginShieldException") != ""])
    return compliant_if(
        accepted, otherwise="OriginShield.Enabled is not true for every origin", required=every_distribution
    )


@check(
    "AWS::CloudFront::Distribution",
    best_practices={"PERF04-BP05": "idle connections to the origin are closed too early"},
    effort="S",
    severity="low",
    fix="Set CustomOriginConfig.OriginKeepaliveTimeout to 5 seconds or more.",
    compliant=[
        {ORIGINS: [{"id": "alb", "customOriginConfig": {"originKeepaliveTimeout": 5}}]},
        {ORIGINS: [{"id": "alb", "customOriginConfig": {"originProtocolPolicy": "https-only"}}]},
    ],
    non_compliant=[{ORIGINS: [{"id": "alb", "customOriginConfig": {"originKeepaliveTimeout": 4}}]}],
    not_applicable=[{ORIGINS: [{"id": "site", "s3OriginConfig": {"originAccessIdentity": ""}}]}, {}],
)
def cloudfront_origin_keepalive_tuned(distribution: ConfigurationItem, *, least_seconds: int = 5) -> Verdict:
    """CloudFront distributions keep idle origin connections open for at least 5 seconds.

    With a shorter timeout, CloudFront opens new connections, which delays requests. 5 seconds is CloudFront's default.
    """
    # https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/DownloadDistValuesOrigin.html

    def default_ttl(origin: Attributes) -> bool:
        return origin.number("customOriginConfig.originKeepaliveTimeout", 5) >= least_seconds

    origins = distribution.objects(ORIGINS)
    too_short = f"OriginKeepaliveTimeout is below {least_seconds} seconds"
    return compliant_if_all(origins, default_ttl, too_short, named="id", where=is_custom)


@check(
    "AWS::CloudFront::Distribution",
    best_practices={
        "PERF03-BP05": "the cache hit rate is below the target",
        "SUS03-BP05": "the origin processes requests that the cache could answer",
        "COST08-BP03": "the same objects are transferred from the origin repeatedly",
    },
    effort="M",
    severity="low",
    collector="distributions",
    live=True,
    fix="Enable additional metrics, and remove values that do not change the response from the cache key.",
    compliant=[{METRICS_STATUS: "Enabled", HIT_RATE: 80}],
    non_compliant=[{METRICS_STATUS: "Enabled", HIT_RATE: 79.9}, {METRICS_STATUS: "Disabled"}, {}],
    not_applicable=[{METRICS_STATUS: "Enabled"}],
)
def cloudfront_cache_hit_ratio_target(distribution: ConfigurationItem, *, least_percent: int = 80) -> Verdict:
    """CloudFront distributions have a weekly cache hit rate of at least 80 percent.

    With a low cache hit rate, the origin processes more requests than necessary. The rate is unknown without additional
    metrics, so a distribution without them fails. The check does not apply to distributions without requests.
    """
    if distribution.text(METRICS_STATUS, "Disabled") != "Enabled":
        return compliant_if(False, otherwise="additional metrics are disabled (expected enabled)")
    if none_of([distribution.has(HIT_RATE)]):
        return NOT_APPLICABLE
    rate = distribution.number(HIT_RATE)
    return compliant_if(rate >= least_percent, f"cache hit rate is {rate:.1f} % (expected {least_percent} %)")


def is_custom(origin: Attributes) -> bool:
    """Whether an origin is a custom origin, not a bucket."""
    return origin.has("customOriginConfig")


def to_configuration_item(distribution: TemplateResource) -> dict[str, Any]:
    """The configuration item of a distribution, as GetDistribution returns it."""
    config = distribution.properties.get("DistributionConfig", {})
    policies = {
        policy.logical_id: policy
        for place in ("DefaultCacheBehavior", "CacheBehaviors")
        for name, kind in OWN_POLICIES.items()
        for policy in distribution.names(kind, f"DistributionConfig.{place}.{name}")
    }
    custom = {name: _accepts_compression(policy) for name, policy in policies.items()}
    return {
        "configuration": {
            "distributionConfig": {
                **{
                    name[:1].lower() + name[1:]: lowered(config.get(name))
                    for name in (
                        "DefaultRootObject",
                        "HttpVersion",
                        "PriceClass",
                        "ViewerCertificate",
                        "WebACLId",
                    )
                },
                "defaultCacheBehavior": _behavior(config.get("DefaultCacheBehavior"), custom),
                "cacheBehaviors": {
                    "items": [_behavior(each, custom) for each in elements(config.get("CacheBehaviors"))]
                },
                "isIPV6Enabled": config.get("IPV6Enabled"),
                "originGroups": {"items": lowered(elements(config.get("OriginGroups", {}).get("Items")))},
                "logging": {"enabled": _logs(config.get("Logging"))},
                "origins": {"items": _origins(config)},
            }
        },
        "supplementaryConfiguration": deliveries_of(distribution),
    }


OWN_POLICIES = {
    "CachePolicyId": "AWS::CloudFront::CachePolicy",
    "ResponseHeadersPolicyId": "AWS::CloudFront::ResponseHeadersPolicy",
}


def _accepts_compression(policy: TemplateResource) -> Any:
    """Whether a cache policy accepts gzip or Brotli; True for a response headers policy."""
    config = policy.properties.get("CachePolicyConfig", {})
    parameters = config.get("ParametersInCacheKeyAndForwardedToOrigin") if isinstance(config, dict) else config
    if not isinstance(parameters, dict):
        return True if parameters is None else parameters
    return any_of(
        [parameters.get("EnableAcceptEncodingGzip", False), parameters.get("EnableAcceptEncodingBrotli", False)]
    )


def _behavior(behavior: Any, custom: Mapping[str, Any]) -> Any:
    """A cache behavior; the id of a policy in the template, which is not one of AWS's, is its logical id.

    `compress` is false if the cache policy accepts neither gzip nor Brotli.
    """
    if not isinstance(behavior, dict):
        return behavior
    methods = behavior.get("AllowedMethods")
    named = {
        key: value.reference if isinstance(value, Unknown) and value.reference in custom else value
        for key, value in lowered(behavior).items()
    }
    policy = named.get("cachePolicyId")
    accepts = custom.get(policy, True) if isinstance(policy, str) else True
    if isinstance(accepts, Unknown) or not accepts:
        named["compress"] = accepts
    return {
        **named,
        "allowedMethods": {"items": methods} if methods is not None else None,
    }


def _logs(logging: Any) -> Any:
    """Whether legacy standard logging is enabled, which needs a bucket; v2 is a separate resource."""
    bucket = logging.get("Bucket") if isinstance(logging, dict) else logging
    if isinstance(bucket, Unknown):
        return True if bucket.present else bucket
    return bool(bucket)


KINDS = ("customOriginConfig", "s3OriginConfig", "vpcOriginConfig")
LEGACY = {"CustomOrigin": "CustomOriginConfig", "S3Origin": "S3OriginConfig"}


def _origins(config: Any) -> list[Any]:
    """The origins, including those of the two legacy properties."""
    legacy = [{"Id": name, kind: config[name]} for name, kind in LEGACY.items() if name in config]
    return [_origin(lowered(origin)) for origin in [*elements(config.get("Origins")), *legacy]]


def _origin(origin: Any) -> Any:
    """An origin; one without any origin configuration is a bucket, as in its configuration item."""
    if not isinstance(origin, dict) or any(isinstance(origin.get(kind), Unknown) or origin.get(kind) for kind in KINDS):
        return origin
    return {**origin, "s3OriginConfig": {"originAccessIdentity": ""}}
