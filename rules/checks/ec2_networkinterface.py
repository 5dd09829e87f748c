"""Network interfaces, with the attribute names of the EC2 API in camelCase."""

from pillarwatch import ConfigurationItem, Verdict, all_of, check, compliant_if, none_of

CAPTURED = "configurationItemCaptureTime"
STATUS = "configuration.status"


@check(
    "AWS::EC2::NetworkInterface",
    best_practices={
        "COST04-BP01": "unattached network interfaces are not tracked and removed",
        "SUS02-BP03": "the interface holds IP addresses without use",
    },
    automation="AWSConfigRemediation-DeleteUnusedENI",
    effort="S",
    severity="low",
    live=True,
    fix="Delete the network interface.",
    compliant=[{STATUS: "in-use"}, {STATUS: "available", CAPTURED: "2026-01-08T12:00:00.000Z"}, {}],
    non_compliant=[{STATUS: "available", CAPTURED: "2026-01-08T11:59:00.000Z"}],
)
def network_interface_unused(interface: ConfigurationItem, *, most_days: int = 7) -> Verdict:
    """Network interfaces are in use.

    An unattached interface holds IP addresses. Evaluate on a schedule too, because the interface does not change.
    """
    unused = all_of([interface.text(STATUS) == "available", interface.days_since(CAPTURED) > most_days])
    otherwise = f"unattached since {interface.text(CAPTURED)} (expected at most {most_days} days)"
    return compliant_if(none_of([unused]), otherwise)
