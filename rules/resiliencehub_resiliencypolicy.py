"""Resiliency policies: CloudFormation's shape."""

from pillarwatch import ConfigurationItem, Verdict, check, compliant_if_all, contains

POLICY = "configuration.Policy"
CRITICAL = ("CoreServices", "Critical", "Important", "MissionCritical")
TIER = "configuration.Tier"


@check(
    "AWS::ResilienceHub::ResiliencyPolicy",
    best_practices={"REL13-BP01": "how long a recovery may take was not decided for this tier"},
    effort="S",
    severity="medium",
    fix="Set the recovery time for each kind of failure: a quarter of an hour for a critical tier, an hour for others.",
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
    """A policy says how fast a workload of its tier is back.

    Of a lost zone and of a bad deployment, the two that happen.
    """
    return within(policy, "RtoInSecs", critical_seconds, other_seconds)


@check(
    "AWS::ResilienceHub::ResiliencyPolicy",
    best_practices={"REL13-BP01": "how much data may be lost was not decided for this tier"},
    effort="S",
    severity="medium",
    fix="Set the recovery point for each kind of failure: five minutes for a critical tier, an hour for others.",
    compliant=[
        {TIER: "Critical", f"{POLICY}.AZ.RpoInSecs": 300, f"{POLICY}.Software.RpoInSecs": 0},
        {TIER: "NonCritical", f"{POLICY}.AZ.RpoInSecs": 3600, f"{POLICY}.Software.RpoInSecs": 3600},
    ],
    non_compliant=[{TIER: "Critical", f"{POLICY}.AZ.RpoInSecs": 301, f"{POLICY}.Software.RpoInSecs": 0}, {}],
)
def recovery_objective_rpo_defined(
    policy: ConfigurationItem, *, critical_seconds: int = 300, other_seconds: int = 3600
) -> Verdict:
    """A policy says how much data a workload of its tier may lose.

    Of a lost zone and of a bad deployment.
    """
    return within(policy, "RpoInSecs", critical_seconds, other_seconds)


def within(policy: ConfigurationItem, objective: str, critical: int, other: int) -> Verdict:
    """The verdict on an objective for both kinds of failure; one that is not set is too long."""
    most = critical if contains(CRITICAL, policy.text(TIER)) else other
    return compliant_if_all(
        ("AZ", "Software"),
        lambda kind: policy.number(f"{POLICY}.{kind}.{objective}", most + 1) <= most,
        f"not set, or more than {most} seconds",
    )
