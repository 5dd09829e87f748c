"""AWS Global Accelerator accelerators: CloudFormation's shape."""

from pillarwatch import ConfigurationItem, Verdict, check, compliant_if

ENABLED = "configuration.Enabled"


@check(
    "AWS::GlobalAccelerator::Accelerator",
    best_practices={
        "PERF04-BP06": "users are not routed to the nearest endpoint",
        "PERF04-BP02": "the accelerator is disabled and does not reduce latency",
    },
    effort="M",
    severity="low",
    fix="Set Enabled to true, or delete the accelerator.",
    compliant=[{ENABLED: True}, {}],
    non_compliant=[{ENABLED: False}],
)
def global_accelerator_evaluated(accelerator: ConfigurationItem) -> Verdict:
    """Global Accelerator accelerators are enabled.

    A disabled accelerator routes no traffic, but it keeps its static IP addresses and its hourly fee is charged.
    """
    return compliant_if(accelerator.flag(ENABLED, default=True), otherwise="Enabled is false (expected true)")
