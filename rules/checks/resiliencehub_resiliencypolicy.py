"""AWS Resilience Hub resiliency policies: CloudFormation's shape."""

from pillarwatch import ConfigurationItem, Verdict, check, compliant_if_all, contains

POLICY = "configuration.Policy"
CRITICAL = ("CoreServices", "Critical", "Important", "MissionCritical")
TIER = "configuration.Tier"


@check(
    "AWS::ResilienceHub::ResiliencyPolicy",
    best_practices={"REL13-BP01": "no acceptable recovery time is defined for the tier"},
    effort="S",
    severity="medium",
    fix="Set RtoInSecs of Policy.AZ and Policy.Software to at most 900 for critical tiers, and 3600 for others.",
    compliant=[
        {TIER: "Critical", f"{POLICY}.AZ.RtoInSecs": 900, f"{POLICY}.Software.RtoInSecs": 900},
        {TIER: "NonCritical", f"{POLICY}.AZ.RtoInSecs": 3600, f"{POLICY}.Software.RtoInSecs": 3600},
    ],
    non_compliant=[
        {TIER: "Critical", f"{POLICY}.AZ.RtoInSecs": 901, f"{POLICY}.Software.RtoInSecs": 900},
        {TIER: "Critical", f"{POLICY}.AZ.RtoInSecs": 900},
        {},
    ],
)
def recovery_objective_rto_defined(
    policy: ConfigurationItem, *, critical_seconds: int = 900, other_seconds: int = 3600
) -> Verdict:
    """Resiliency policies define a recovery time objective for their tier.

    Without an objective, no test can show that a recovery is fast enough. The check judges Availability Zone and
    software failures: at most 15 minutes for critical tiers, and 1 hour for others.
    """
    return within(policy, "RtoInSecs", critical_seconds, other_seconds)


@check(
    "AWS::ResilienceHub::ResiliencyPolicy",
    best_practices={"REL13-BP01": "no acceptable data loss is defined for the tier"},
    effort="S",
    severity="medium",
    fix="Set RpoInSecs of Policy.AZ and Policy.Software to at most 300 for critical tiers, and 3600 for others.",
    compliant=[
        {TIER: "Critical", f"{POLICY}.AZ.RpoInSecs": 300, f"{POLICY}.Software.RpoInSecs": 0},
        {TIER: "NonCritical", f"{POLICY}.AZ.RpoInSecs": 3600, f"{POLICY}.Software.RpoInSecs": 3600},
    ],
    non_compliant=[{TIER: "Critical", f"{POLICY}.AZ.RpoInSecs": 301, f"{POLICY}.Software.RpoInSecs": 0}, {}],
)
def recovery_objective_rpo_defined(
    policy: ConfigurationItem, *, critical_seconds: int = 300, other_seconds: int = 3600
) -> Verdict:
    """Resiliency policies define a recovery point objective for their tier.

    Without an objective, no test can show that a recovery loses too much data. The check judges AZ and software
    failures.
    """
    return within(policy, "RpoInSecs", critical_seconds, other_seconds)


def within(policy: ConfigurationItem, objective: str, critical: int, other: int) -> Verdict:
    """The verdict on an objective for both failure types; an objective that is not set fails."""
    most = critical if contains(CRITICAL, policy.text(TIER)) else other
    return compliant_if_all(
        ("AZ", "Software"),
        lambda kind: policy.number(f"{POLICY}.{kind}.{objective}", most + 1) <= most,
        f"{objective} is not set or above {most} seconds for",
    )
