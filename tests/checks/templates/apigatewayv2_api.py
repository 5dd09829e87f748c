"""Templates of apigatewayv2_api."""

from tests.checks.templates import Case

CASES: list[Case] = [
    ("api-cors-allowlist-explicit", "NON_COMPLIANT", {"CorsConfiguration": {"AllowOrigins": ["*"]}}, {}),
    ("cors-preflight-cached", "COMPLIANT", {"CorsConfiguration": {"AllowOrigins": ["*"], "MaxAge": 7200}}, {}),
]
