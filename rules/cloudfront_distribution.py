"""CloudFront distributions: lists are objects with `quantity` and `items`."""

from collections.abc import Callable, Sequence
from typing import Any

from pillarwatch import (
    NOT_APPLICABLE,
    Attributes,
    ConfigurationItem,
    Verdict,
    any_of,
    check,
    compliant_if,
    compliant_if_all,
    contains,
)
from pillarwatch.lift import TemplateResource, elements, lowered
from rules.shared.tags import resource_managed_by_iac

BEHAVIORS = "configuration.distributionConfig.cacheBehaviors.items"
CERTIFICATE = "configuration.distributionConfig.viewerCertificate"
DEFAULT = "configuration.distributionConfig.defaultCacheBehavior"
LOGGING = "configuration.distributionConfig.logging.enabled"
ORIGINS = "configuration.distributionConfig.origins.items"
PRICE_CLASS = "configuration.distributionConfig.priceClass"
WEB_ACL = "configuration.distributionConfig.webACLId"

# Security policies that refuse everything below TLS 1.2.
MODERN = ("TLSv1.2_2018", "TLSv1.2_2019", "TLSv1.2_2021", "TLSv1.2_2025", "TLSv1.3_2025")


def compliant_everywhere(
    distribution: ConfigurationItem, holds: Callable[[Attributes], bool], otherwise: str
) -> Verdict:
    """COMPLIANT if a condition holds for the default cache behavior, and for every other."""
    default = [("default", behavior) for behavior in distribution.objects(DEFAULT)]
    others = [(behavior.text("pathPattern"), behavior) for behavior in distribution.objects(BEHAVIORS)]
    return compliant_if_all([*default, *others], lambda pair: holds(pair[1]), otherwise, named=lambda pair: pair[0])


@check(
    "AWS::CloudFront::Distribution",
    best_practices={"SEC09-BP02": "viewers may connect by protocols that are broken"},
    managed_rule="CLOUDFRONT_SECURITY_POLICY_CHECK",
    effort="S",
    fix="Use a certificate of your own with the security policy TLSv1.2_2021.",
    compliant=[{f"{CERTIFICATE}.minimumProtocolVersion": "TLSv1.2_2021"}],
    non_compliant=[
        {f"{CERTIFICATE}.minimumProtocolVersion": "TLSv1.1_2016"},
        {f"{CERTIFICATE}.cloudFrontDefaultCertificate": True, f"{CERTIFICATE}.minimumProtocolVersion": "TLSv1"},
        {},
    ],
)
def cloudfront_security_policy_check(
    distribution: ConfigurationItem, *, security_policies: Sequence[str] = MODERN
) -> Verdict:
    """Viewers of CloudFront distributions connect with TLS 1.2 or newer.

    CloudFront's own certificate always accepts TLS 1.0.
    """
    version = distribution.text(f"{CERTIFICATE}.minimumProtocolVersion", "TLSv1")
    return compliant_if(contains(security_policies, version), otherwise=f"security policy is {version}")


@check(
    "AWS::CloudFront::Distribution",
    best_practices={"SEC09-BP01": "the site has no certificate of its own"},
    managed_rule="CLOUDFRONT_CUSTOM_SSL_CERTIFICATE",
    effort="M",
    severity="medium",
    fix="Add the site's domain as an alias, with a certificate of ACM in us-east-1.",
    compliant=[{f"{CERTIFICATE}.acmCertificateArn": "arn:aws:acm:us-east-1:123456789012:certificate/1"}],
    non_compliant=[{f"{CERTIFICATE}.cloudFrontDefaultCertificate": True}, {}],
)
def cloudfront_custom_ssl_certificate(distribution: ConfigurationItem) -> Verdict:
    """CloudFront distributions show a certificate of the site's own domain.

    CloudFront's own proves only that it is CloudFront.
    """
    own = any_of([distribution.has(f"{CERTIFICATE}.{name}") for name in ("acmCertificateArn", "iamCertificateId")])
    return compliant_if(own, otherwise="CloudFront's default certificate")


@check(
    "AWS::CloudFront::Distribution",
    best_practices={
        "COST05-BP05": "a dedicated address costs 600 USD a month for viewers that are gone",
        "SEC09-BP02": "TLS is set up for clients too old for it",
    },
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

    Every browser of the last ten years knows it.
    """
    if not distribution.has(f"{CERTIFICATE}.sslSupportMethod"):
        return NOT_APPLICABLE
    method = distribution.text(f"{CERTIFICATE}.sslSupportMethod")
    return compliant_if(method == "sni-only", otherwise=f"SSL support method is {method}")


@check(
    "AWS::CloudFront::Distribution",
    best_practices={"SEC09-BP02": "pages may travel in clear text"},
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
    ],
    not_applicable=[{}],
)
def cloudfront_viewer_policy_https(distribution: ConfigurationItem) -> Verdict:
    """Viewers of CloudFront distributions use HTTPS.

    In every behavior: one path in clear text gives the cookies away.
    """

    def https(behavior: Attributes) -> bool:
        return behavior.text("viewerProtocolPolicy") != "allow-all"

    return compliant_everywhere(distribution, https, "allow-all")


@check(
    "AWS::CloudFront::Distribution",
    best_practices={
        "SEC08-BP04": "the bucket cannot tell this distribution from any other request",
        "SEC05-BP02": "traffic can go around the distribution",
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
    """Buckets behind CloudFront answer only to their distribution.

    As AWS's own rule reads it, an origin access identity, the older way, is not enough: it cannot use KMS keys.
    """
    return compliant_if_all(
        distribution.objects(ORIGINS),
        lambda origin: origin.has("originAccessControlId"),
        "no access control",
        named="id",
        where=lambda origin: origin.has("s3OriginConfig"),
    )


@check(
    "AWS::CloudFront::Distribution",
    best_practices={
        "SEC05-BP03": "requests reach the origin uninspected",
        "SEC05-BP04": "nothing blocks a known attack by itself",
    },
    managed_rule="CLOUDFRONT_ASSOCIATED_WITH_WAF",
    effort="M",
    severity="high",
    fix="Associate a web ACL of scope CLOUDFRONT with AWS's core rule set and a rate limit.",
    compliant=[{WEB_ACL: "arn:aws:wafv2:us-east-1:123456789012:global/webacl/site/1"}],
    non_compliant=[{WEB_ACL: ""}, {}],
)
def cloudfront_associated_with_waf(distribution: ConfigurationItem) -> Verdict:
    """CloudFront distributions stand behind a web application firewall.

    It stops known attacks at the edge, before they reach the workload.
    """
    return compliant_if(distribution.has(WEB_ACL), otherwise="no web ACL")


@check(
    "AWS::CloudFront::Distribution",
    best_practices={"SEC04-BP01": "who asked for what is not recorded"},
    managed_rule="CLOUDFRONT_ACCESSLOGS_ENABLED",
    automation="AWSConfigRemediation-EnableCloudFrontAccessLogs",
    effort="S",
    severity="medium",
    fix="Turn on standard logging to a bucket.",
    compliant=[{LOGGING: True}],
    non_compliant=[{LOGGING: False}, {}],
)
def cloudfront_accesslogs_enabled(distribution: ConfigurationItem) -> Verdict:
    """CloudFront distributions log who asked for what.

    Standard logging of the second version is set up outside the distribution: waive the check for it.
    """
    return compliant_if(distribution.flag(LOGGING), otherwise="standard logging is off")


@check(
    "AWS::CloudFront::Distribution",
    best_practices={
        "PERF04-BP05": "texts travel several times their size",
        "SUS04-BP07": "more bytes cross the network than needed",
        "COST08-BP02": "transfer is paid for several times over",
    },
    effort="S",
    severity="low",
    fix="Turn on compression in every behavior, with a cache policy that accepts gzip and Brotli.",
    compliant=[{f"{DEFAULT}.compress": True}],
    non_compliant=[
        {f"{DEFAULT}.compress": True, BEHAVIORS: [{"pathPattern": "/api/*", "compress": False}]},
        {f"{DEFAULT}.compress": False},
    ],
    not_applicable=[{}],
)
def cloudfront_compression_enabled(distribution: ConfigurationItem) -> Verdict:
    """CloudFront distributions compress what they deliver.

    Texts shrink to a fourth, and what is already compressed stays as it is.
    """
    return compliant_everywhere(distribution, lambda behavior: behavior.flag("compress"), "not compressed")


@check(
    "AWS::CloudFront::Distribution",
    best_practices={
        "SEC05-BP03": "browsers are told nothing about what a page may do",
        "SEC09-BP02": "browsers are not told to insist on HTTPS",
    },
    effort="S",
    fix="Attach AWS's managed SecurityHeadersPolicy, or one of your own, to every behavior.",
    compliant=[{f"{DEFAULT}.responseHeadersPolicyId": "67f7725c-6f97-4210-82d7-5512b31e9d03"}],
    non_compliant=[
        {f"{DEFAULT}.responseHeadersPolicyId": "1", BEHAVIORS: [{"pathPattern": "/app/*"}]},
        {f"{DEFAULT}.compress": True},
    ],
    not_applicable=[{}],
)
def cloudfront_response_headers_policy_attached(distribution: ConfigurationItem) -> Verdict:
    """CloudFront distributions send security headers with every answer.

    They keep a page out of foreign frames and its scripts to their own site.
    """
    return compliant_everywhere(distribution, lambda behavior: behavior.has("responseHeadersPolicyId"), "no policy")


@check(
    "AWS::CloudFront::Distribution",
    best_practices={
        "COST08-BP02": "content is delivered from the dearest edge locations",
        "SUS02-BP04": "content is spread where no viewer is",
    },
    effort="S",
    severity="low",
    fix="Choose the price class that covers the viewers, and say in the settings which one that is.",
    compliant=[{PRICE_CLASS: "PriceClass_100"}],
    non_compliant=[{PRICE_CLASS: "PriceClass_All"}, {}],
)
def cloudfront_price_class_reviewed(
    distribution: ConfigurationItem, *, price_classes: Sequence[str] = ("PriceClass_100", "PriceClass_200")
) -> Verdict:
    """CloudFront distributions use the edge locations that their viewers need.

    PriceClass_All is what nobody chose: where viewers are everywhere, say so in `price_classes`.
    """
    price_class = distribution.text(PRICE_CLASS, "PriceClass_All")
    return compliant_if(contains(price_classes, price_class), otherwise=f"price class is {price_class}")


def lift(distribution: TemplateResource) -> dict[str, Any]:
    """A distribution as GetDistribution tells of it."""
    config = distribution.properties.get("DistributionConfig", {})
    return {
        "configuration": {
            "distributionConfig": {
                **{
                    name[:1].lower() + name[1:]: lowered(config.get(name))
                    for name in ("DefaultCacheBehavior", "PriceClass", "ViewerCertificate", "WebACLId")
                },
                "cacheBehaviors": {"items": lowered(elements(config.get("CacheBehaviors")))},
                "logging": {"enabled": "Logging" in config},
                "origins": {"items": lowered(elements(config.get("Origins")))},
            }
        }
    }
