"""Templates of apigateway_method."""

from typing import Any

from tests.rules.checks.templates import Case, other

OPEN = {"Effect": "Allow", "Principal": "*", "Action": "execute-api:Invoke", "Resource": "*"}
OF_API = {"HttpMethod": "GET", "RestApiId": {"Ref": "Api"}, "ResourceId": {"Ref": "Part"}}
REQUIRED = "api-gw-method-authorization-required"


def api(path: str = "orders", **properties: Any) -> dict[str, Any]:
    """The API and the resource of a method."""
    return {
        "Api": other("AWS::ApiGateway::RestApi", **properties),
        "Part": other("AWS::ApiGateway::Resource", RestApiId={"Ref": "Api"}, PathPart=path),
    }


def policy(*statements: dict[str, Any]) -> dict[str, Any]:
    """An API with a resource policy."""
    return api(Policy={"Version": "2012-10-17", "Statement": list(statements)})


def refusing(operator: str, key: str, value: str) -> dict[str, Any]:
    """A statement that denies callers by a condition."""
    return {**OPEN, "Effect": "Deny", "Condition": {operator: {key: value}}}


CASES: list[Case] = [
    (REQUIRED, "NON_COMPLIANT", OF_API, api()),
    (REQUIRED, "NOT_APPLICABLE", OF_API, api("health")),
    (REQUIRED, "NOT_APPLICABLE", OF_API, api(EndpointConfiguration={"Types": ["PRIVATE"]})),
    (REQUIRED, "NON_COMPLIANT", OF_API, policy(OPEN)),
    (REQUIRED, "NOT_APPLICABLE", OF_API, policy({**OPEN, "Principal": {"AWS": "arn:aws:iam::123456789012:root"}})),
    (REQUIRED, "NOT_APPLICABLE", OF_API, policy(OPEN, refusing("NotIpAddress", "aws:SourceIp", "203.0.113.0/24"))),
    (REQUIRED, "NON_COMPLIANT", OF_API, policy(OPEN, refusing("IpAddress", "aws:SourceIp", "203.0.113.0/24"))),
    (REQUIRED, "NON_COMPLIANT", OF_API, policy(OPEN, refusing("NotIpAddress", "aws:SourceIp", "0.0.0.0/0"))),
    (REQUIRED, "NOT_APPLICABLE", OF_API, policy(OPEN, refusing("StringNotEquals", "aws:SourceVpce", "vpce-1a2b3c4d"))),
]
