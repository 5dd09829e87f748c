"""CloudFront distributions: lists are objects with `quantity` and `items`."""

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
from pillarwatch.lift import TemplateResource, elements, lowered
from pillarwatch.unknown import Unknown
from rules.shared.tags import resource_managed_by_iac
from rules.shared.vended_logs import DELIVERIES, deliveries_of

BEHAVIORS = "configuration.distributionConfig.cacheBehaviors.items"
CERTIFICATE = "configuration.distributionConfig.viewerCertificate"
DEFAULT = "configuration.distributionConfig.defaultCacheBehavior"
LOGGING = "configuration.distributionConfig.logging.enabled"
ORIGINS = "configuration.distributionConfig.origins.items"
PRICE_CLASS = "configuration.distributionConfig.priceClass"
WEB_ACL = "configuration.distributionConfig.webACLId"

NOTHING_CACHED = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"  # the id of AWS's managed cache policy CachingDisabled

# What a behavior lets through to an application, where it takes more than GET, HEAD and OPTIONS.
METHODS = "allowedMethods.items"
EVERY_METHOD = ["HEAD", "DELETE", "POST", "GET", "OPTIONS", "PUT", "PATCH"]
PASSES_ON = {"cachePolicyId": NOTHING_CACHED, "allowedMethods": {"items": EVERY_METHOD}}

# The ids of AWS's managed response headers policies SimpleCORS and CORS-With-Preflight.
WITHOUT_SECURITY = ("60669652-455b-4ae9-85a4-c4c02393f86c", "5cc3b908-e619-4b99-88e5-2cf7f45965bd")

# Security policies that refuse everything below TLS 1.2.
MODERN = ("TLSv1.2_2018", "TLSv1.2_2019", "TLSv1.2_2021", "TLSv1.2_2025", "TLSv1.3_2025")


def compliant_everywhere(
    distribution: ConfigurationItem,
    holds: Callable[[Attributes], bool],
    otherwise: str,
    where: Callable[[Attributes], bool] = lambda _: True,
) -> Verdict:
    """COMPLIANT if a condition holds for the default cache behavior, and for every other; of those that are meant."""
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
    """The default behavior, and every other."""
    return [*distribution.objects(DEFAULT), *distribution.objects(BEHAVIORS)]


def takes_writes(behavior: Attributes) -> bool:
    """Whether a behavior lets requests through that change something: all seven methods, of which POST is one."""
    return contains(behavior.texts(METHODS), "POST")


CONFIG = "configuration.distributionConfig"
GROUPS = f"{CONFIG}.originGroups.items"
HTTP = f"{CONFIG}.httpVersion"
IPV6 = f"{CONFIG}.isIPV6Enabled"
ROOT = f"{CONFIG}.defaultRootObject"


HIT_RATE = "supplementaryConfiguration.Metrics.CacheHitRate.Average"
MEASURED = (
    "supplementaryConfiguration.cloudfront.GetMonitoringSubscription.MonitoringSubscription"
    ".RealtimeMetricsSubscriptionConfig.RealtimeMetricsSubscriptionStatus"
)


@check(
    "AWS::CloudFront::Distribution",
    best_practices={"SEC09-BP02": "viewers can connect with TLS 1.0 or 1.1"},
    managed_rule="CLOUDFRONT_SECURITY_POLICY_CHECK",
    effort="M",
    severity="medium",
    fix="Use an ACM certificate in us-east-1 for your own domain, with the security policy TLSv1.2_2021.",
    compliant=[{f"{CERTIFICATE}.minimumProtocolVersion": "TLSv1.2_2021"}],
    non_compliant=[
        {f"{CERTIFICATE}.minimumProtocolVersion": "TLSv1.1_2016"},
        {f"{CERTIFICATE}.cloudFrontDefaultCertificate": True, f"{CERTIFICATE}.minimumProtocolVersion": "TLSv1.2_2021"},
        {},
    ],
)
def cloudfront_security_policy_check(
    distribution: ConfigurationItem, *, security_policies: Sequence[str] = MODERN
) -> Verdict:
    """CloudFront distributions require TLS 1.2 or newer from viewers.

    With CloudFront's own certificate TLS 1.0 is accepted, whatever version is written beside it.
    """
    default = distribution.flag(f"{CERTIFICATE}.cloudFrontDefaultCertificate")
    version = "TLSv1" if default else distribution.text(f"{CERTIFICATE}.minimumProtocolVersion", "TLSv1")
    return compliant_if(contains(security_policies, version), otherwise=f"MinimumProtocolVersion is {version}")


@check(
    "AWS::CloudFront::Distribution",
    best_practices={"SEC09-BP01": "there is no managed certificate for the site's own domain"},
    managed_rule="CLOUDFRONT_CUSTOM_SSL_CERTIFICATE",
    effort="M",
    severity="medium",
    same_cause_as="cloudfront-security-policy-check",
    fix="Add the site's domain as an alias, with a certificate of ACM in us-east-1.",
    compliant=[{f"{CERTIFICATE}.acmCertificateArn": "arn:aws:acm:us-east-1:123456789012:certificate/1"}],
    non_compliant=[{f"{CERTIFICATE}.cloudFrontDefaultCertificate": True}, {}],
)
def cloudfront_custom_ssl_certificate(distribution: ConfigurationItem) -> Verdict:
    """CloudFront distributions use a custom SSL certificate.

    CloudFront's own proves only that it is CloudFront.
    """
    own = any_of([distribution.has(f"{CERTIFICATE}.{name}") for name in ("acmCertificateArn", "iamCertificateId")])
    return compliant_if(own, otherwise="ViewerCertificate is CloudFront's (expected the site's own)")


@check(
    "AWS::CloudFront::Distribution",
    best_practices={"COST05-BP05": "a dedicated address costs 600 USD a month for viewers that are gone"},
    managed_rule="CLOUDFRONT_SNI_ENABLED",
    effort="S",
    severity="low",
    fix="Set the SSL support method to sni-only.",
    compliant=[{f"{CERTIFICATE}.sslSupportMethod": "sni-only"}],
    non_compliant=[{f"{CERTIFICATE}.sslSupportMethod": "vip"}],
    not_applicable=[{f"{CERTIFICATE}.cloudFrontDefaultCertificate": True}, {}],
)
def cloudfront_sni_enabled(distribution: ConfigurationItem) -> Verdict:
    """CloudFront distributions share addresses by server name indication.

    Every browser of the last ten years knows it. As AWS's own rule reads it, CloudFront's default certificate, which
    has no dedicated addresses, is no matter of this check.
    """
    if not distribution.has(f"{CERTIFICATE}.sslSupportMethod"):
        return NOT_APPLICABLE
    method = distribution.text(f"{CERTIFICATE}.sslSupportMethod")
    return compliant_if(method == "sni-only", otherwise=f"SSL support method is {method}")


@check(
    "AWS::CloudFront::Distribution",
    best_practices={"SEC09-BP02": "viewers can request objects over HTTP"},
    managed_rule="CLOUDFRONT_VIEWER_POLICY_HTTPS",
    automation="AWSConfigRemediation-EnableCloudFrontViewerPolicyHTTPS",
    effort="S",
    fix="Set the viewer protocol policy of every behavior to redirect-to-https.",
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

    In every behavior: cookies are exposed if one path allows HTTP.
    """

    def https(behavior: Attributes) -> bool:
        return contains(("https-only", "redirect-to-https"), behavior.text("viewerProtocolPolicy"))

    return compliant_everywhere(distribution, https, "viewers may use HTTP")


@check(
    "AWS::CloudFront::Distribution",
    best_practices={
        "SEC08-BP04": "the origin uses an origin access identity (legacy) or no access control",
        "SEC05-BP02": "requests can reach the bucket without origin access control",
    },
    managed_rule="CLOUDFRONT_S3_ORIGIN_ACCESS_CONTROL_ENABLED",
    effort="M",
    severity="medium",
    fix="Create an origin access control, name it in the origin, and allow the distribution in the bucket's policy.",
    compliant=[{ORIGINS: [{"s3OriginConfig": {"originAccessIdentity": ""}, "originAccessControlId": "E1"}]}],
    non_compliant=[{ORIGINS: [{"id": "site", "s3OriginConfig": {"originAccessIdentity": "origin-access-identity/1"}}]}],
    not_applicable=[{ORIGINS: [{"id": "alb", "customOriginConfig": {"originProtocolPolicy": "https-only"}}]}, {}],
)
def cloudfront_s3_origin_access_control_enabled(distribution: ConfigurationItem) -> Verdict:
    """CloudFront distributions use origin access control (OAC) for S3 origins.

    As AWS's own rule reads it, an origin access identity, the older way, is not enough: it closes the bucket to others
    too, but cannot use KMS keys, and signs no requests that write.
    """
    return compliant_if_all(
        distribution.objects(ORIGINS),
        lambda origin: origin.has("originAccessControlId"),
        "no origin access control",
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
    fix="Associate a web ACL of scope CLOUDFRONT with AWS's core rule set and a rate limit.",
    compliant=[{WEB_ACL: "arn:aws:wafv2:us-east-1:123456789012:global/webacl/site/1"}],
    non_compliant=[{WEB_ACL: ""}, {}],
)
def cloudfront_associated_with_waf(distribution: ConfigurationItem) -> Verdict:
    """CloudFront distributions have a web ACL.

    It stops known attacks at the edge, before they reach the workload.
    """
    return compliant_if(distribution.has(WEB_ACL), otherwise="WebACLId is not set")


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

    With standard logging, legacy or v2. AWS's own rule knows the legacy kind alone; v2 is a delivery of vended logs,
    which is a resource of its own.
    """
    logged = any_of([distribution.flag(LOGGING), distribution.has(DELIVERIES)])
    return compliant_if(logged, otherwise="Logging is not set, and no delivery of vended logs names it")


@check(
    "AWS::CloudFront::Distribution",
    best_practices={
        "PERF04-BP05": "text objects are transferred uncompressed",
        "SUS04-BP07": "more bytes are transferred than needed",
        "COST08-BP02": "uncompressed transfer is billed",
    },
    effort="S",
    severity="low",
    fix="Turn on compression in every behavior, with a cache policy that accepts gzip and Brotli.",
    compliant=[
        {f"{DEFAULT}.compress": True},
        {DEFAULT: {"compress": True}, BEHAVIORS: [{"pathPattern": "/api/*", "cachePolicyId": NOTHING_CACHED}]},
    ],
    non_compliant=[
        {f"{DEFAULT}.compress": True, BEHAVIORS: [{"pathPattern": "/api/*", "compress": False}]},
        {f"{DEFAULT}.compress": False},
    ],
    not_applicable=[{DEFAULT: {"cachePolicyId": NOTHING_CACHED, "compress": True}}, {}],
)
def cloudfront_compression_enabled(distribution: ConfigurationItem) -> Verdict:
    """CloudFront distributions compress objects.

    Texts shrink to a fourth, and what is already compressed stays as it is. Where nothing is cached CloudFront cannot.
    """
    # https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/ServingCompressedFiles.html

    def caches(behavior: Attributes) -> bool:
        return behavior.text("cachePolicyId") != NOTHING_CACHED

    return compliant_everywhere(distribution, lambda behavior: behavior.flag("compress"), "not compressed", caches)


@check(
    "AWS::CloudFront::Distribution",
    best_practices={
        "SEC05-BP03": "responses have no security headers that restrict what a page can do",
        "SEC09-BP02": "no header requires HTTPS from browsers",
    },
    effort="S",
    fix="Attach the managed SecurityHeadersPolicy, or a policy of your own, to every behavior.",
    compliant=[{f"{DEFAULT}.responseHeadersPolicyId": "67f7725c-6f97-4210-82d7-5512b31e9d03"}],
    non_compliant=[
        {f"{DEFAULT}.responseHeadersPolicyId": WITHOUT_SECURITY[0]},
        {f"{DEFAULT}.responseHeadersPolicyId": "1", BEHAVIORS: [{"pathPattern": "/app/*"}]},
        {f"{DEFAULT}.compress": True},
    ],
    not_applicable=[{}],
)
def cloudfront_response_headers_policy_attached(distribution: ConfigurationItem) -> Verdict:
    """CloudFront distributions add security headers to responses.

    They keep a page out of foreign frames and its scripts to their own site. AWS's managed policies for CORS alone send
    none; what is in policies of one's own other checks tell.
    """

    def sends(behavior: Attributes) -> bool:
        is_cors_alone = contains(WITHOUT_SECURITY, behavior.text("responseHeadersPolicyId"))
        return all_of([behavior.has("responseHeadersPolicyId"), none_of([is_cors_alone])])

    return compliant_everywhere(distribution, sends, "no policy with security headers")


@check(
    "AWS::CloudFront::Distribution",
    best_practices={
        "COST08-BP02": "content is delivered from the dearest edge locations",
        "SUS02-BP04": "content is spread where no viewer is",
    },
    effort="S",
    severity="low",
    fix="Set PriceClass to the price class that covers the viewers.",
    compliant=[{PRICE_CLASS: "PriceClass_100"}, {"parameters.price_classes": ["PriceClass_All"]}],
    non_compliant=[
        {PRICE_CLASS: "PriceClass_All", "parameters.price_classes": ["PriceClass_100"]},
        {PRICE_CLASS: "PriceClass_200", "parameters.price_classes": ["PriceClass_100"]},
    ],
    not_applicable=[{PRICE_CLASS: "PriceClass_All"}, {}],
)
def cloudfront_price_class_reviewed(distribution: ConfigurationItem, *, price_classes: Sequence[str] = ()) -> Verdict:
    """CloudFront distributions do not use every edge location (price class).

    The setting `price_classes` names the price classes that cover the viewers. Without it, PriceClass_All, the default,
    is not judged, as where the viewers are is not known; a smaller one was chosen.
    """
    price_class = distribution.text(PRICE_CLASS, "PriceClass_All")
    if all_of([len(price_classes) == 0, price_class == "PriceClass_All"]):
        return NOT_APPLICABLE
    right = any_of([len(price_classes) == 0, contains(price_classes, price_class)])
    return compliant_if(right, otherwise=f"PriceClass is {price_class} (expected {' or '.join(price_classes)})")


@check(
    "AWS::CloudFront::Distribution",
    best_practices={
        "PERF03-BP05": "no behavior caches objects for a day or longer",
        "SUS04-BP07": "objects are transferred from the origin again after less than a day",
        "COST08-BP03": "more data is transferred from the origin than with longer caching",
    },
    effort="S",
    severity="low",
    fix="Attach a cache policy such as CachingOptimized to static objects; give index.html a short max-age.",
    compliant=[
        {DEFAULT: {"cachePolicyId": "658327ea"}},
        {DEFAULT: {"defaultTTL": 86400, "maxTTL": 86400}},
        {DEFAULT: {"minTTL": 0}},
        {DEFAULT: {"cachePolicyId": NOTHING_CACHED}, BEHAVIORS: [{"cachePolicyId": "658327ea"}]},
    ],
    non_compliant=[
        {DEFAULT: {"cachePolicyId": NOTHING_CACHED}},
        {DEFAULT: PASSES_ON, BEHAVIORS: [{"cachePolicyId": NOTHING_CACHED}]},
        {DEFAULT: {"defaultTTL": 86399, "maxTTL": 31536000}},
        {DEFAULT: {"defaultTTL": 86400, "maxTTL": 0}},
    ],
    not_applicable=[{DEFAULT: PASSES_ON}, {}],
)
def cloudfront_cache_ttl_configured(distribution: ConfigurationItem, *, least_seconds: int = 86_400) -> Verdict:
    """CloudFront distributions cache objects for at least a day.

    By a cache policy of any behavior, as long as it is not AWS's CachingDisabled, or by the older settings, whose
    default is a day. An application that nobody may cache behind one path caches its pictures behind another. Where
    every behavior takes all methods and names CachingDisabled, as before an API or a WebSocket, nothing is to be kept.
    """
    behaviors = behaviors_of(distribution)

    def passes_on(behavior: Attributes) -> bool:
        return all_of([takes_writes(behavior), behavior.text("cachePolicyId") == NOTHING_CACHED])

    if any_of([len(behaviors) == 0, all_of(behaviors, passes_on)]):
        return NOT_APPLICABLE

    def keeps(behavior: Attributes) -> bool:
        if behavior.has("cachePolicyId"):
            return behavior.text("cachePolicyId") != NOTHING_CACHED
        kept, most = behavior.number("defaultTTL", 86_400), behavior.number("maxTTL", 31_536_000)
        return all_of([kept >= least_seconds, most >= least_seconds])

    def found(behavior: Attributes) -> str:
        if behavior.has("cachePolicyId"):
            return "CachePolicyId is CachingDisabled"
        kept, most = behavior.number("defaultTTL", 86_400), behavior.number("maxTTL", 31_536_000)
        return f"DefaultTTL is {kept}, MaxTTL is {most}"

    otherwise = f"{listed(map(found, behaviors))} (expected {least_seconds} or more)"
    return compliant_if(any_of(behaviors, keeps), otherwise)


@check(
    "AWS::CloudFront::Distribution",
    best_practices={"SEC09-BP02": "CloudFront sends requests to the origin unencrypted"},
    managed_rule="CLOUDFRONT_TRAFFIC_TO_ORIGIN_ENCRYPTED",
    effort="S",
    severity="medium",
    fix="Set OriginProtocolPolicy to https-only; the origin needs an HTTPS listener first.",
    compliant=[{ORIGINS: [{"customOriginConfig": {"originProtocolPolicy": "https-only"}}]}],
    non_compliant=[
        {ORIGINS: [{"id": "alb", "customOriginConfig": {"originProtocolPolicy": "http-only"}}]},
        {ORIGINS: [{"id": "alb", "customOriginConfig": {"originProtocolPolicy": "match-viewer"}}]},
    ],
    not_applicable=[{ORIGINS: [{"id": "site", "s3OriginConfig": {"originAccessIdentity": ""}}]}, {}],
)
def cloudfront_traffic_to_origin_encrypted(distribution: ConfigurationItem) -> Verdict:
    """CloudFront distributions connect to their origins over HTTPS.

    AWS's own rule lets match-viewer pass where viewers are made to use HTTPS; https-only needs no second look.
    """
    return compliant_if_all(
        distribution.objects(ORIGINS),
        lambda origin: origin.text("customOriginConfig.originProtocolPolicy") == "https-only",
        "not https-only",
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
    fix="Set the default root object, e.g. index.html.",
    compliant=[{ROOT: "index.html"}],
    non_compliant=[{ROOT: ""}, {ORIGINS: [{"id": "site", "s3OriginConfig": {"originAccessIdentity": ""}}]}, {}],
    not_applicable=[{ORIGINS: [{"id": "api", "customOriginConfig": {"originProtocolPolicy": "https-only"}}]}],
)
def cloudfront_default_root_object_configured(distribution: ConfigurationItem) -> Verdict:
    """CloudFront distributions have a default root object.

    Otherwise a bucket can list its objects. Distributions with custom origins only are not applicable.
    """
    # https://docs.aws.amazon.com/securityhub/latest/userguide/cloudfront-controls.html (CloudFront.1)
    origins = distribution.objects(ORIGINS)
    if all_of([len(origins) > 0, all_of(origins, is_custom)]):
        return NOT_APPLICABLE
    return compliant_if(distribution.has(ROOT), otherwise="DefaultRootObject is not set")


@check(
    "AWS::CloudFront::Distribution",
    best_practices={
        "REL10-BP01": "the distribution has a single origin",
        "REL11-BP02": "the distribution has no failover origin",
    },
    managed_rule="CLOUDFRONT_ORIGIN_FAILOVER_ENABLED",
    automation="AWSConfigRemediation-EnableCloudFrontOriginFailover",
    effort="M",
    severity="low",
    fix="Add an origin group with two origins, and use it in the behaviors.",
    compliant=[{GROUPS: [{"id": "pair", "members": {"quantity": 2}}]}],
    non_compliant=[
        {GROUPS: [{"id": "one", "members": {"quantity": 1}}]},
        {DEFAULT: PASSES_ON, BEHAVIORS: [{"allowedMethods": {"items": ["GET", "HEAD"]}}]},
        {GROUPS: []},
        {},
    ],
    not_applicable=[{DEFAULT: PASSES_ON}],
)
def cloudfront_origin_failover_enabled(distribution: ConfigurationItem) -> Verdict:
    """Distributions have origin failover.

    That is an origin group, which has two members. CloudFront takes none for a behavior that lets writing methods
    through: where every behavior does, there is nothing to ask for, though AWS's own rule asks.
    """
    behaviors = behaviors_of(distribution)
    if all_of([len(behaviors) > 0, all_of(behaviors, takes_writes)]):
        return NOT_APPLICABLE
    pairs = any_of(distribution.objects(GROUPS), lambda group: group.number("members.quantity") > 1)
    return compliant_if(pairs, otherwise="no origin group of two")


@check(
    "AWS::CloudFront::Distribution",
    best_practices={"PERF04-BP05": "viewers that support HTTP/3 use an older protocol"},
    effort="S",
    severity="low",
    fix="Set the HTTP version to http2and3.",
    compliant=[{HTTP: "http2and3"}, {HTTP: "http2"}, {HTTP: "HTTP2"}],
    non_compliant=[{HTTP: "http1.1"}, {}],
)
def cloudfront_http2_http3_enabled(distribution: ConfigurationItem) -> Verdict:
    """CloudFront distributions support HTTP/2 or HTTP/3.

    One connection then carries all requests. What a template leaves out is HTTP/1.1.
    """
    version = distribution.text(HTTP, "http1.1").lower()
    return compliant_if(contains(("http2", "http2and3", "http3"), version), otherwise=f"the version is {version}")


@check(
    "AWS::CloudFront::Distribution",
    best_practices={
        "PERF04-BP05": "viewers on IPv6 need address translation",
        "PERF04-BP02": "networks that use IPv6 cannot reach the distribution directly",
    },
    effort="S",
    severity="low",
    fix="Set IPV6Enabled to true, and add the AAAA record.",
    compliant=[{IPV6: True}],
    non_compliant=[{IPV6: False}, {}],
)
def cloudfront_ipv6_enabled(distribution: ConfigurationItem) -> Verdict:
    """CloudFront distributions support IPv6.

    What a template leaves out is off.
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
    fix="Turn on Origin Shield in the region next to the origin, or tag the distribution with OriginShieldException.",
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

    Origin Shield costs extra, and pays where viewers are in many Regions or the origin is slow or far: set
    `every_distribution` to ask for it, or for a tag that says why not.
    """
    # https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/origin-shield.html
    if none_of([distribution.has(ORIGINS)]):
        return NOT_APPLICABLE
    shielded = all_of(distribution.objects(ORIGINS), lambda origin: origin.flag("originShield.enabled"))
    right = any_of([shielded, distribution.tag("OriginShieldException") != ""])
    return compliant_if(right, otherwise="OriginShield is not enabled for every origin", asked=every_distribution)


@check(
    "AWS::CloudFront::Distribution",
    best_practices={"PERF04-BP05": "connections to the origin are opened again after a few requests"},
    effort="S",
    severity="low",
    fix="Set OriginKeepaliveTimeout to 5 seconds or more.",
    compliant=[
        {ORIGINS: [{"id": "alb", "customOriginConfig": {"originKeepaliveTimeout": 5}}]},
        {ORIGINS: [{"id": "alb", "customOriginConfig": {"originProtocolPolicy": "https-only"}}]},
    ],
    non_compliant=[{ORIGINS: [{"id": "alb", "customOriginConfig": {"originKeepaliveTimeout": 4}}]}],
    not_applicable=[{ORIGINS: [{"id": "site", "s3OriginConfig": {"originAccessIdentity": ""}}]}, {}],
)
def cloudfront_origin_keepalive_tuned(distribution: ConfigurationItem, *, least_seconds: int = 5) -> Verdict:
    """Distributions keep their connections to custom origins open between requests.

    For 5 seconds at least, the default of CloudFront; set `least_seconds` to ask for more.
    """
    # https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/DownloadDistValuesOrigin.html

    def kept(origin: Attributes) -> bool:
        return origin.number("customOriginConfig.originKeepaliveTimeout", 5) >= least_seconds

    origins = distribution.objects(ORIGINS)
    short = f"OriginKeepaliveTimeout is below {least_seconds} seconds"
    return compliant_if_all(origins, kept, short, named="id", where=is_custom)


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
    fix="Turn on additional metrics, and remove values from the cache key that do not change the response.",
    compliant=[{MEASURED: "Enabled", HIT_RATE: 80}],
    non_compliant=[{MEASURED: "Enabled", HIT_RATE: 79.9}, {MEASURED: "Disabled"}, {}],
    not_applicable=[{MEASURED: "Enabled"}],
)
def cloudfront_cache_hit_ratio_target(distribution: ConfigurationItem, *, least_percent: int = 80) -> Verdict:
    """CloudFront distributions reach the target cache hit rate, averaged over a week.

    Without requests there is nothing to judge; without the additional metrics nobody knows.
    """
    if distribution.text(MEASURED, "Disabled") != "Enabled":
        return compliant_if(False, otherwise="the hit rate is not measured")
    if none_of([distribution.has(HIT_RATE)]):
        return NOT_APPLICABLE
    rate = distribution.number(HIT_RATE)
    return compliant_if(rate >= least_percent, otherwise=f"the hit rate is {rate:.0f} %")


def is_custom(origin: Attributes) -> bool:
    """Whether an origin is no bucket."""
    return origin.has("customOriginConfig")


def lift(distribution: TemplateResource) -> dict[str, Any]:
    """A distribution as GetDistribution tells of it."""
    config = distribution.properties.get("DistributionConfig", {})
    policies = {
        policy.logical_id: policy
        for place in ("DefaultCacheBehavior", "CacheBehaviors")
        for name, kind in OWN_POLICIES.items()
        for policy in distribution.names(kind, f"DistributionConfig.{place}.{name}")
    }
    own = {name: _accepts_compression(policy) for name, policy in policies.items()}
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
                "defaultCacheBehavior": _behavior(config.get("DefaultCacheBehavior"), own),
                "cacheBehaviors": {"items": [_behavior(each, own) for each in elements(config.get("CacheBehaviors"))]},
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
    """Whether a cache policy lets CloudFront compress; True for a policy of another kind."""
    config = policy.properties.get("CachePolicyConfig", {})
    parameters = config.get("ParametersInCacheKeyAndForwardedToOrigin") if isinstance(config, dict) else config
    if not isinstance(parameters, dict):
        return True if parameters is None else parameters
    return any_of(
        [parameters.get("EnableAcceptEncodingGzip", False), parameters.get("EnableAcceptEncodingBrotli", False)]
    )


def _behavior(behavior: Any, own: Mapping[str, Any]) -> Any:
    """A behavior; a policy of the template's own is surely none of AWS's, so its logical id stands for its id.

    A behavior whose cache policy accepts neither gzip nor Brotli compresses nothing.
    """
    if not isinstance(behavior, dict):
        return behavior
    methods = behavior.get("AllowedMethods")
    named = {
        key: value.reference if isinstance(value, Unknown) and value.reference in own else value
        for key, value in lowered(behavior).items()
    }
    policy = named.get("cachePolicyId")
    accepts = own.get(policy, True) if isinstance(policy, str) else True
    if isinstance(accepts, Unknown) or not accepts:
        named["compress"] = accepts
    return {
        **named,
        "allowedMethods": {"items": methods} if methods is not None else None,
    }


def _logs(logging: Any) -> Any:
    """Whether standard logging is on: with a bucket, for the newer logging is set up elsewhere."""
    bucket = logging.get("Bucket") if isinstance(logging, dict) else logging
    if isinstance(bucket, Unknown):
        return True if bucket.present else bucket
    return bool(bucket)


KINDS = ("customOriginConfig", "s3OriginConfig", "vpcOriginConfig")
LEGACY = {"CustomOrigin": "CustomOriginConfig", "S3Origin": "S3OriginConfig"}


def _origins(config: Any) -> list[Any]:
    """The origins, those of the two legacy properties too."""
    legacy = [{"Id": name, kind: config[name]} for name, kind in LEGACY.items() if name in config]
    return [_origin(lowered(origin)) for origin in [*elements(config.get("Origins")), *legacy]]


def _origin(origin: Any) -> Any:
    """An origin of which nothing is said that makes it another one is a bucket, as its item tells."""
    if not isinstance(origin, dict) or any(isinstance(origin.get(kind), Unknown) or origin.get(kind) for kind in KINDS):
        return origin
    return {**origin, "s3OriginConfig": {"originAccessIdentity": ""}}
