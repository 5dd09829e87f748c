"""Templates of cloudfront_responseheaderspolicy."""

from typing import Any

from tests.rules.checks.templates import Case


def policy(content: Any) -> dict[str, Any]:
    """A policy with a Content-Security-Policy."""
    security = {"ContentSecurityPolicy": {"ContentSecurityPolicy": content, "Override": True}}
    return {"ResponseHeadersPolicyConfig": {"Name": "p", "SecurityHeadersConfig": security}}


CSP = "cloudfront-header-content-security-policy"
REGION = "AWS::Region"

CASES: list[Case] = [
    (CSP, "COMPLIANT", policy("default-src 'self'; script-src 'nonce-x' 'unsafe-inline'"), {}),
    (CSP, "NON_COMPLIANT", policy("script-src 'unsafe-inline'"), {}),
    (CSP, "COMPLIANT", policy({"Fn::Sub": f"script-src 'self'; img-src ${{{REGION}}}.example.com"}), {}),
    (CSP, "INSUFFICIENT_DATA", policy({"Fn::Sub": f"script-src 'self' ${{{REGION}}}.example.com"}), {}),
    (CSP, "NON_COMPLIANT", policy({"Fn::Sub": f"script-src ${{{REGION}}}.example.com *"}), {}),
    (CSP, "INSUFFICIENT_DATA", policy({"Fn::Sub": f"default-src 'self'; ${{{REGION}}} *"}), {}),
    (CSP, "INSUFFICIENT_DATA", policy({"Fn::ImportValue": "policy"}), {}),
    (CSP, "NON_COMPLIANT", policy(""), {}),
]
