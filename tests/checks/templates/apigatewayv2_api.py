"""Templates of apigatewayv2_api."""

from tests.checks.templates import Case

CASES: list[Case] = [
    ("api-cors-allowlist-explicit", "NON_COMPLIANT", {"CorsConfiguration": {"AllowOrigins": ["*"]}}, {}),
    (
        "api-cors-allowlist-explicit",
        "NON_COMPLIANT",
        {"Body": {"openapi": "3.0.1", "x-amazon-apigateway-cors": {"allowOrigins": ["*"]}}},
        {},
    ),
    ("api-cors-allowlist-explicit", "NOT_APPLICABLE", {"Body": {"openapi": "3.0.1"}}, {}),
    ("api-cors-allowlist-explicit", "INSUFFICIENT_DATA", {"BodyS3Location": {"Bucket": "a", "Key": "b"}}, {}),
    ("cors-preflight-cached", "COMPLIANT", {"CorsConfiguration": {"AllowOrigins": ["*"], "MaxAge": 7200}}, {}),
]
