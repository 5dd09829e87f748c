"""CloudFront response headers policies; AWS Config does not record them, a collector lists them."""

from typing import Any

from pillarwatch import ConfigurationItem, Verdict, any_of, check, compliant_if, compliant_if_none, contains, stated
from pillarwatch.conditions import SOMETHING, with_gaps
from pillarwatch.unknown import Unknown

HEADERS = "configuration.ResponseHeadersPolicyConfig.SecurityHeadersConfig"
CONTENT = f"{HEADERS}.ContentSecurityPolicy.ContentSecurityPolicy"
FRAMES = f"{HEADERS}.FrameOptions.FrameOption"
MAX_AGE = f"{HEADERS}.StrictTransportSecurity.AccessControlMaxAgeSec"
CONTENT_TYPE = f"{HEADERS}.ContentTypeOptions"


INLINE = "'unsafe-inline'"
ANYWHERE = ("*", "http:", "https:", "http://*", "https://*", "data:")
# With a nonce or hash, a browser ignores 'unsafe-inline'; with 'strict-dynamic', it also ignores hosts and schemes.
# https://www.w3.org/TR/CSP3/#allow-all-inline, https://www.w3.org/TR/CSP3/#strict-dynamic-usage
NONCE_OR_HASH, STRICT_DYNAMIC = ("'nonce-", "'sha256-", "'sha384-", "'sha512-"), "'strict-dynamic'"
SCRIPT_DIRECTIVES = ("script-src-elem", "script-src", "default-src")  # the first one present applies


@check(
    "AWS::CloudFront::ResponseHeadersPolicy",
    best_practices={"SEC05-BP03": "the content security policy allows injected scripts"},
    effort="M",
    collector="edge-policies",
    fix="Set ContentSecurityPolicy with a script-src that names hosts, without 'unsafe-inline'. Test the pages first.",
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
    """CloudFront response headers policies restrict script sources (CSP).

    Without a Content-Security-Policy, an injected script runs in the browser of each viewer. A policy that allows
    inline scripts, or scripts from any host, does not stop it.
    """
    content = policy.text(CONTENT)
    if not policy.has(CONTENT):
        return compliant_if(False, otherwise="ContentSecurityPolicy is not set (expected one with script-src)")
    text = with_gaps(content)
    directives = [directive.split() for directive in text.lower().split(";") if directive.strip()]
    effective = [directive for name in SCRIPT_DIRECTIVES for directive in directives if directive[0] == name]
    # A directive with an unknown name can be one for scripts.
    unknown_name = any_of(directives, lambda directive: contains(directive[0], SOMETHING))
    if unknown_name or not effective:
        restricted: Any = Unknown(str(content)) if contains(text, SOMETHING) else False
        return compliant_if(restricted, otherwise="ContentSecurityPolicy has neither script-src nor default-src")
    sources = effective[0][1:]
    strict = contains(sources, STRICT_DYNAMIC)
    has_nonce_or_hash = strict or any_of(sources, lambda source: source.startswith(NONCE_OR_HASH))

    def is_open(source: str) -> Any:
        if contains(source, SOMETHING):
            return Unknown(str(content))
        return (contains(ANYWHERE, source) and not strict) or (source == INLINE and not has_nonce_or_hash)

    return compliant_if_none(sources, is_open, "ContentSecurityPolicy allows scripts from")


@check(
    "AWS::CloudFront::ResponseHeadersPolicy",
    best_practices={"SEC05-BP03": "other sites can embed the page for clickjacking"},
    effort="S",
    severity="low",
    collector="edge-policies",
    fix="Set FrameOptions.FrameOption to DENY or SAMEORIGIN.",
    compliant=[{FRAMES: "DENY"}, {FRAMES: "SAMEORIGIN"}],
    non_compliant=[{}],
)
def cloudfront_header_frame_options(policy: ConfigurationItem) -> Verdict:
    """CloudFront response headers policies set X-Frame-Options.

    Without this header, other sites can embed the page and make viewers click on it unknowingly. This attack is called
    clickjacking.
    """
    option = policy.text(FRAMES, "not set")
    return compliant_if(
        contains(("DENY", "SAMEORIGIN"), option), f"FrameOption is {option} (expected DENY or SAMEORIGIN)"
    )


@check(
    "AWS::CloudFront::ResponseHeadersPolicy",
    best_practices={"SEC09-BP02": "browsers can send later requests over HTTP"},
    effort="S",
    severity="medium",
    collector="edge-policies",
    fix="Set StrictTransportSecurity.AccessControlMaxAgeSec to 31536000. Browsers then refuse HTTP for a year.",
    compliant=[{MAX_AGE: 31_536_000}],
    non_compliant=[{MAX_AGE: 31_535_999}, {}],
)
def cloudfront_header_strict_transport_security(
    policy: ConfigurationItem, *, least_seconds: int = 31_536_000
) -> Verdict:
    """CloudFront response headers policies set HSTS for at least one year.

    Without Strict-Transport-Security (HSTS), browsers can send requests over HTTP, which an attacker can read.
    """
    seconds = policy.number(MAX_AGE)
    return compliant_if(
        seconds >= least_seconds, f"AccessControlMaxAgeSec is {stated(seconds)} (expected {least_seconds})"
    )


@check(
    "AWS::CloudFront::ResponseHeadersPolicy",
    best_practices={"SEC05-BP03": "browsers can run content of another declared type as a script"},
    effort="S",
    severity="low",
    collector="edge-policies",
    fix="Add ContentTypeOptions to SecurityHeadersConfig.",
    compliant=[{CONTENT_TYPE: {"Override": True}}],
    non_compliant=[{}],
)
def cloudfront_header_content_type_options(policy: ConfigurationItem) -> Verdict:
    """CloudFront response headers policies set X-Content-Type-Options: nosniff.

    Without this header, a browser can run an uploaded file as a script although it has another content type.
    """
    return compliant_if(policy.has(CONTENT_TYPE), otherwise="ContentTypeOptions is not set (expected nosniff)")
