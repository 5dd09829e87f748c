"""Accelerators: CloudFormation's shape."""

from pillarwatch import ConfigurationItem, Verdict, check, compliant_if

ENABLED = "configuration.Enabled"


@check(
    "AWS::GlobalAccelerator::Accelerator",
    best_practices={
        "PERF04-BP06": "users are not led to the nearest place",
        "PERF04-BP02": "what was built to shorten the way is off",
    },
    effort="M",
    severity="low",
    fix="Enable the accelerator, or delete it.",
    compliant=[{ENABLED: True}, {}],
    non_compliant=[{ENABLED: False}],
)
def global_accelerator_evaluated(accelerator: ConfigurationItem) -> Verdict:
    """Accelerators are in use.

    One that is disabled costs the same.
    """
    return compliant_if(accelerator.flag(ENABLED, default=True), otherwise="disabled")
