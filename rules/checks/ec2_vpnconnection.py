"""VPN connections, with the attribute names of the EC2 API in camelCase."""

from typing import Any

from pillarwatch import NOT_APPLICABLE, ConfigurationItem, Verdict, any_of, check, compliant_if, listed, none_of
from pillarwatch.template_resource import TemplateResource

ACCELERATED = "configuration.options.enableAcceleration"
GATEWAY = "configuration.transitGatewayId"
TUNNELS = "configuration.vgwTelemetry.status"


@check(
    "AWS::EC2::VPNConnection",
    best_practices={"REL02-BP02": "maintenance of one tunnel interrupts the connection"},
    managed_rule="VPC_VPN_2_TUNNELS_UP",
    effort="M",
    severity="medium",
    live=True,
    fix="Establish the second tunnel on the customer gateway device.",
    compliant=[{TUNNELS.rpartition(".")[0]: [{"status": "UP"}, {"status": "UP"}]}],
    non_compliant=[{TUNNELS.rpartition(".")[0]: [{"status": "UP"}, {"status": "DOWN"}]}, {}],
)
def vpc_vpn_2_tunnels_up(connection: ConfigurationItem) -> Verdict:
    """VPN connections have both tunnels up.

    With one tunnel up, maintenance of that tunnel interrupts the connection. Evaluate this check on a schedule too,
    because a tunnel can go down without a configuration change.
    """
    states = connection.texts(TUNNELS)
    up = [state for state in states if state == "UP"]
    return compliant_if(len(up) > 1, otherwise=f"tunnel states: {listed(states) or 'none'}; {len(up)} UP (expected 2)")


@check(
    "AWS::EC2::VPNConnection",
    best_practices={"PERF04-BP03": "traffic uses the public internet over the whole distance"},
    effort="S",
    severity="low",
    fix="Recreate the connection with EnableAcceleration set to true, which is charged. If both ends are near each "
    "other, add a tag DistanceException with the reason instead.",
    compliant=[{GATEWAY: "tgw-1", ACCELERATED: True}, {GATEWAY: "tgw-1", "tags.DistanceException": "same city"}],
    non_compliant=[{GATEWAY: "tgw-1", ACCELERATED: False}, {GATEWAY: "tgw-1"}],
    not_applicable=[{}],
)
def vpn_acceleration_enabled(connection: ConfigurationItem) -> Verdict:
    """VPN connections to a transit gateway use acceleration.

    Without acceleration, packets cross the internet over the whole distance. With it, they use the nearest edge
    location.
    """
    if none_of([connection.has(GATEWAY)]):
        return NOT_APPLICABLE
    accepted = any_of([connection.flag(ACCELERATED), connection.tag("DistanceException") != ""])
    return compliant_if(accepted, otherwise="EnableAcceleration is false (expected true)")


def to_configuration_item(connection: TemplateResource) -> dict[str, Any]:
    """A connection as DescribeVpnConnections returns it."""
    properties = connection.properties
    return {
        "configuration": {
            "transitGatewayId": properties.get("TransitGatewayId"),
            "options": {"enableAcceleration": properties.get("EnableAcceleration")},
        }
    }
