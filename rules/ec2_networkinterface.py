"""Network interfaces, with the attribute names of the EC2 API in camelCase."""

from pillarwatch import ConfigurationItem, Verdict, all_of, check, compliant_if, none_of

CHANGED = "configurationItemCaptureTime"
STATUS = "configuration.status"


@check(
    "AWS::EC2::NetworkInterface",
    best_practices={
        "COST04-BP01": "what was left behind is tracked by nobody",
        "SUS02-BP03": "addresses are held for nothing",
    },
    automation="AWSConfigRemediation-DeleteUnusedENI",
    effort="S",
    severity="low",
    live=True,
    fix="Delete the interface.",
    compliant=[{STATUS: "in-use"}, {STATUS: "available", CHANGED: "2026-01-08T12:00:00.000Z"}, {}],
    non_compliant=[{STATUS: "available", CHANGED: "2026-01-08T11:59:00.000Z"}],
)
def network_interface_unused(interface: ConfigurationItem, *, most_days: int = 7) -> Verdict:
    """Network interfaces are attached.

    A week after the last one let go of it nobody will come back. Days pass without a change: judge on schedule too.
    """
    days = interface.days_since(CHANGED)
    left = all_of([interface.text(STATUS) == "available", days > most_days])
    return compliant_if(none_of([left]), otherwise=f"available for {days:.0f} days")
