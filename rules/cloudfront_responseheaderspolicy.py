"""Response headers policies, which AWS Config does not record: listed by a collector, in CloudFormation's shape."""

from pillarwatch import ConfigurationItem, Verdict, check, compliant_if, contains

HEADERS = "configuration.ResponseHeadersPolicyConfig.SecurityHeadersConfig"
CONTENT = f"{HEADERS}.ContentSecurityPolicy.ContentSecurityPolicy"
FRAMES = f"{HEADERS}.FrameOptions.FrameOption"
SECONDS = f"{HEADERS}.StrictTransportSecurity.AccessControlMaxAgeSec"
SNIFFING = f"{HEADERS}.ContentTypeOptions"


@check(
    "AWS::CloudFront::ResponseHeadersPolicy",
    best_practices={"SEC05-BP03": "a script that was smuggled in runs with the visitor's rights"},
    effort="M",
    collector="edge-policies",
    fix="Set a content security policy that names where scripts come from.",
    compliant=[{CONTENT: "default-src 'self'"}],
    non_compliant=[{CONTENT: ""}, {}],
)
def cloudfront_header_content_security_policy(policy: ConfigurationItem) -> Verdict:
    """Answers tell the browser where scripts may come from.

    Whether the policy is strict its text tells; without one nothing is refused.
    """
    return compliant_if(policy.has(CONTENT), otherwise="no content security policy")


@check(
    "AWS::CloudFront::ResponseHeadersPolicy",
    best_practices={"SEC05-BP03": "another site can lay itself over this one and catch clicks"},
    effort="S",
    severity="low",
    collector="edge-policies",
    fix="Set the frame option DENY or SAMEORIGIN.",
    compliant=[{FRAMES: "DENY"}, {FRAMES: "SAMEORIGIN"}],
    non_compliant=[{}],
)
def cloudfront_header_frame_options(policy: ConfigurationItem) -> Verdict:
    """Answers forbid other sites to show the page inside theirs.

    The header's two values both do.
    """
    option = policy.text(FRAMES, "missing")
    return compliant_if(contains(("DENY", "SAMEORIGIN"), option), otherwise=f"the frame option is {option}")


@check(
    "AWS::CloudFront::ResponseHeadersPolicy",
    best_practices={"SEC09-BP02": "the browser comes back without TLS and can be led astray"},
    effort="S",
    severity="medium",
    collector="edge-policies",
    fix="Set strict transport security for a year.",
    compliant=[{SECONDS: 31_536_000}],
    non_compliant=[{SECONDS: 31_535_999}, {}],
)
def cloudfront_header_strict_transport_security(
    policy: ConfigurationItem, *, least_seconds: int = 31_536_000
) -> Verdict:
    """Answers have the browser come back with TLS only.

    For a year, which is what browsers ask for.
    """
    seconds = policy.number(SECONDS)
    return compliant_if(seconds >= least_seconds, otherwise=f"for {seconds} seconds")


@check(
    "AWS::CloudFront::ResponseHeadersPolicy",
    best_practices={"SEC05-BP03": "the browser may run what was meant to be a picture"},
    effort="S",
    severity="low",
    collector="edge-policies",
    fix="Set the content type options.",
    compliant=[{SNIFFING: {"Override": True}}],
    non_compliant=[{}],
)
def cloudfront_header_content_type_options(policy: ConfigurationItem) -> Verdict:
    """Answers forbid the browser to guess what they are.

    The header has one value only.
    """
    return compliant_if(policy.has(SNIFFING), otherwise="no content type options")
