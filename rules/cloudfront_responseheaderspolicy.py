"""Response headers policies, which AWS Config does not record: listed by a collector, in CloudFormation's shape."""

from typing import Any

from pillarwatch import ConfigurationItem, Verdict, any_of, check, compliant_if, compliant_if_none, contains
from pillarwatch.conditions import SOMETHING, with_gaps
from pillarwatch.unknown import Unknown

HEADERS = "configuration.ResponseHeadersPolicyConfig.SecurityHeadersConfig"
CONTENT = f"{HEADERS}.ContentSecurityPolicy.ContentSecurityPolicy"
FRAMES = f"{HEADERS}.FrameOptions.FrameOption"
SECONDS = f"{HEADERS}.StrictTransportSecurity.AccessControlMaxAgeSec"
SNIFFING = f"{HEADERS}.ContentTypeOptions"


INLINE = "'unsafe-inline'"
ANYWHERE = ("*", "http:", "https:", "http://*", "https://*", "data:")
# With one of these a browser ignores 'unsafe-inline', with the last also where a script comes from.
# https://www.w3.org/TR/CSP3/#allow-all-inline, https://www.w3.org/TR/CSP3/#strict-dynamic-usage
VOUCHED, STRICT = ("'nonce-", "'sha256-", "'sha384-", "'sha512-"), "'strict-dynamic'"
OF_SCRIPTS = ("script-src-elem", "script-src", "default-src")  # the directives that restrict them: the first one counts


@check(
    "AWS::CloudFront::ResponseHeadersPolicy",
    best_practices={"SEC05-BP03": "the content security policy allows injected scripts"},
    effort="M",
    collector="edge-policies",
    fix="Set a content security policy whose script-src names hosts, without 'unsafe-inline'.",
    compliant=[
        {CONTENT: "default-src 'self'"},
        {CONTENT: "default-src *; script-src 'self' https://cdn.example.com; style-src 'unsafe-inline'"},
        {CONTENT: "script-src 'unsafe-inline' 'sha256-abc=' https: 'strict-dynamic'"},
    ],
    non_compliant=[
        {CONTENT: ""},
        {CONTENT: "default-src 'self' 'unsafe-inline'"},
        {CONTENT: "default-src 'self'; SCRIPT-SRC 'self' https:"},
        {CONTENT: "default-src *"},
        {CONTENT: "frame-ancestors 'none'"},
        {},
    ],
)
def cloudfront_header_content_security_policy(policy: ConfigurationItem) -> Verdict:
    """Responses have a content security policy that restricts where scripts come from.

    A policy that allows inline scripts, or scripts of any host, does not stop an injected script.
    """
    content = policy.text(CONTENT)
    if not policy.has(CONTENT):
        return compliant_if(False, otherwise="no content security policy")
    text = with_gaps(content)
    directives = [directive.split() for directive in text.lower().split(";") if directive.strip()]
    decisive = [directive for name in OF_SCRIPTS for directive in directives if directive[0] == name]
    unnamed = any_of(directives, lambda directive: contains(directive[0], SOMETHING))  # it may be about scripts
    if unnamed or not decisive:
        restricted: Any = Unknown(str(content)) if contains(text, SOMETHING) else False
        return compliant_if(restricted, otherwise="neither script-src nor default-src")
    sources = decisive[0][1:]
    strict = contains(sources, STRICT)
    vouched = strict or any_of(sources, lambda source: source.startswith(VOUCHED))

    def is_open(source: str) -> Any:
        if contains(source, SOMETHING):
            return Unknown(str(content))
        return (contains(ANYWHERE, source) and not strict) or (source == INLINE and not vouched)

    return compliant_if_none(sources, is_open, "scripts are allowed from")


@check(
    "AWS::CloudFront::ResponseHeadersPolicy",
    best_practices={"SEC05-BP03": "other sites can embed the page and capture clicks (clickjacking)"},
    effort="S",
    severity="low",
    collector="edge-policies",
    fix="Set FrameOptions to DENY or SAMEORIGIN.",
    compliant=[{FRAMES: "DENY"}, {FRAMES: "SAMEORIGIN"}],
    non_compliant=[{}],
)
def cloudfront_header_frame_options(policy: ConfigurationItem) -> Verdict:
    """Responses set X-Frame-Options.

    DENY and SAMEORIGIN both pass.
    """
    option = policy.text(FRAMES, "missing")
    return compliant_if(contains(("DENY", "SAMEORIGIN"), option), otherwise=f"the frame option is {option}")


@check(
    "AWS::CloudFront::ResponseHeadersPolicy",
    best_practices={"SEC09-BP02": "browsers can make the next request over HTTP"},
    effort="S",
    severity="medium",
    collector="edge-policies",
    fix="Set StrictTransportSecurity with a max-age of one year.",
    compliant=[{SECONDS: 31_536_000}],
    non_compliant=[{SECONDS: 31_535_999}, {}],
)
def cloudfront_header_strict_transport_security(
    policy: ConfigurationItem, *, least_seconds: int = 31_536_000
) -> Verdict:
    """Responses set Strict-Transport-Security (HSTS).

    With a max-age of at least one year.
    """
    seconds = policy.number(SECONDS)
    return compliant_if(seconds >= least_seconds, otherwise=f"for {seconds} seconds")


@check(
    "AWS::CloudFront::ResponseHeadersPolicy",
    best_practices={"SEC05-BP03": "browsers can run content of another declared type as a script"},
    effort="S",
    severity="low",
    collector="edge-policies",
    fix="Add ContentTypeOptions to the response headers policy.",
    compliant=[{SNIFFING: {"Override": True}}],
    non_compliant=[{}],
)
def cloudfront_header_content_type_options(policy: ConfigurationItem) -> Verdict:
    """Responses set X-Content-Type-Options: nosniff.

    Browsers then use the declared content type. The header has one value only.
    """
    return compliant_if(policy.has(SNIFFING), otherwise="no content type options")
