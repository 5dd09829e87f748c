"""VPN connections, with the attribute names of the EC2 API in camelCase."""

from typing import Any

from pillarwatch import NOT_APPLICABLE, ConfigurationItem, Verdict, any_of, check, compliant_if, listed, none_of
from pillarwatch.lift import TemplateResource

ACCELERATED = "configuration.options.enableAcceleration"
GATEWAY = "configuration.transitGatewayId"
TUNNELS = "configuration.vgwTelemetry.status"


@check(
    "AWS::EC2::VPNConnection",
    best_practices={"REL02-BP02": "maintenance of one tunnel cuts the connection"},
    managed_rule="VPC_VPN_2_TUNNELS_UP",
    effort="M",
    severity="medium",
    live=True,
    fix="Bring up the second tunnel at your end.",
    compliant=[{TUNNELS.rpartition(".")[0]: [{"status": "UP"}, {"status": "UP"}]}],
    non_compliant=[{TUNNELS.rpartition(".")[0]: [{"status": "UP"}, {"status": "DOWN"}]}, {}],
)
def vpc_vpn_2_tunnels_up(connection: ConfigurationItem) -> Verdict:
    """Both tunnels of VPN connections are up.

    AWS takes one away when it maintains it. A tunnel falls without a change: judge on schedule too.
    """
    states = connection.texts(TUNNELS)
    up = [state for state in states if state == "UP"]
    return compliant_if(len(up) > 1, otherwise=f"tunnels are {listed(states) or 'unknown'}; {len(up)} UP (expected 2)")


@check(
    "AWS::EC2::VPNConnection",
    best_practices={"PERF04-BP03": "traffic takes the open internet for the whole way"},
    effort="S",
    severity="low",
    fix="Recreate the connection with acceleration, or tag it with DistanceException.",
    compliant=[{GATEWAY: "tgw-1", ACCELERATED: True}, {GATEWAY: "tgw-1", "tags.DistanceException": "same city"}],
    non_compliant=[{GATEWAY: "tgw-1", ACCELERATED: False}, {GATEWAY: "tgw-1"}],
    not_applicable=[{}],
)
def vpn_acceleration_enabled(connection: ConfigurationItem) -> Verdict:
    """VPN connections to a transit gateway are accelerated.

    Packets enter AWS's network near the other end. A virtual private gateway cannot.
    """
    if none_of([connection.has(GATEWAY)]):
        return NOT_APPLICABLE
    right = any_of([connection.flag(ACCELERATED), connection.tag("DistanceException") != ""])
    return compliant_if(right, otherwise="not accelerated")


def lift(connection: TemplateResource) -> dict[str, Any]:
    """A connection."""
    properties = connection.properties
    return {
        "configuration": {
            "transitGatewayId": properties.get("TransitGatewayId"),
            "options": {"enableAcceleration": properties.get("EnableAcceleration")},
        }
    }
