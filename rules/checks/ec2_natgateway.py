"""NAT gateways, with the bytes that they sent."""

from pillarwatch import NOT_APPLICABLE, ConfigurationItem, Verdict, any_of, check, compliant_if

CREATED = "configuration.createTime"
SENT = "supplementaryConfiguration.Metrics.BytesOutToDestination.Sum"
STATE = "configuration.state"  # a text in items of events, an object with `value` in query results


@check(
    "AWS::EC2::NatGateway",
    best_practices={
        "COST04-BP03": "an unused NAT gateway is charged by the hour",
        "SUS03-BP02": "an unused NAT gateway keeps running",
    },
    effort="S",
    collector="nat-gateways",
    live=True,
    fix="Delete the NAT gateway and its routes, and release its Elastic IP address.",
    compliant=[{SENT: 1, CREATED: "2025-12-01T00:00:00.000Z"}],
    non_compliant=[{SENT: 0, CREATED: "2025-12-01T00:00:00.000Z"}, {CREATED: "2026-01-01T12:00:00.000Z"}, {}],
    not_applicable=[
        {SENT: 0, CREATED: "2026-01-01T12:01:00.000Z"},
        {SENT: 0, STATE: {"value": "deleted"}},
        {SENT: 0, STATE: "deleted"},
    ],
)
def nat_gateway_idle(gateway: ConfigurationItem, *, days: int = 14) -> Verdict:
    """NAT gateways are in use.

    An unused NAT gateway is charged by the hour. A gateway is unused if it sent nothing for 14 days. The check does not
    evaluate younger gateways.
    """
    states = gateway.texts(STATE) or gateway.texts(f"{STATE}.value")
    deleted = any_of(states, lambda state: state != "available")
    if any_of([deleted, gateway.days_since(CREATED, default=days) < days]):
        return NOT_APPLICABLE
    return compliant_if(
        gateway.number(SENT) > 0, otherwise=f"BytesOutToDestination is 0 in {days} days (expected more)"
    )
