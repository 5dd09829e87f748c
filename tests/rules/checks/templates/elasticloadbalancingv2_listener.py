"""Templates of elasticloadbalancingv2_listener."""

from typing import Any

from tests.rules.checks.templates import Case


def listener(audience: str, **properties: Any) -> dict[str, Any]:
    return {"Protocol": "HTTPS", "Tags": [{"Key": "Audience", "Value": audience}], **properties}


CASES: list[Case] = [
    (
        "elbv2-listener-authentication-action",
        "COMPLIANT",
        listener("browser", DefaultActions=[{"Type": "authenticate-oidc"}, {"Type": "forward"}]),
        {},
    ),
    ("elbv2-listener-authentication-action", "NON_COMPLIANT", listener("browser"), {}),
    ("alb-mutual-tls-or-lattice-auth", "COMPLIANT", listener("machine", MutualAuthentication={"Mode": "verify"}), {}),
    ("alb-mutual-tls-or-lattice-auth", "NON_COMPLIANT", listener("machine"), {}),
]
