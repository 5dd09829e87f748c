"""NAT gateways, with what has gone through them."""

from pillarwatch import NOT_APPLICABLE, ConfigurationItem, Verdict, any_of, check, compliant_if

CREATED = "configuration.createTime"
SENT = "supplementaryConfiguration.Metrics.BytesOutToDestination.Sum"
STATE = "configuration.state"  # a text in an event's item, an object with a `value` in a query's


@check(
    "AWS::EC2::NatGateway",
    best_practices={
        "COST04-BP03": "it is paid for by the hour, and nothing uses it",
        "SUS03-BP02": "it runs for nobody",
    },
    effort="S",
    collector="nat-gateways",
    live=True,
    fix="Delete the gateway, and release its address.",
    compliant=[{SENT: 1, CREATED: "2025-12-01T00:00:00.000Z"}],
    non_compliant=[{SENT: 0, CREATED: "2025-12-01T00:00:00.000Z"}, {CREATED: "2026-01-01T12:00:00.000Z"}, {}],
    not_applicable=[
        {SENT: 0, CREATED: "2026-01-01T12:01:00.000Z"},
        {SENT: 0, STATE: {"value": "deleted"}},
        {SENT: 0, STATE: "deleted"},
    ],
)
def nat_gateway_idle(gateway: ConfigurationItem, *, days: int = 14) -> Verdict:
    """NAT gateways carry traffic.

    Within two weeks, so a younger one is not judged.
    """
    states = gateway.texts(STATE) or gateway.texts(f"{STATE}.value")
    gone = any_of(states, lambda state: state != "available")
    if any_of([gone, gateway.days_since(CREATED, default=days) < days]):
        return NOT_APPLICABLE
    return compliant_if(gateway.number(SENT) > 0, otherwise=f"nothing was sent for {days} days")
