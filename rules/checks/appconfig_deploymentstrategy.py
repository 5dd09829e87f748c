"""AppConfig deployment strategies; their configuration items use the property names of CloudFormation."""

from pillarwatch import ConfigurationItem, Verdict, all_of, check, compliant_if

BAKE = "configuration.FinalBakeTimeInMinutes"
DURATION = "configuration.DeploymentDurationInMinutes"
GROWTH = "configuration.GrowthFactor"


@check(
    "AWS::AppConfig::DeploymentStrategy",
    best_practices={"OPS06-BP03": "a new configuration reaches all clients at once or has no bake time"},
    effort="S",
    severity="low",
    fix="Set DeploymentDurationInMinutes above 0, GrowthFactor below 100, and FinalBakeTimeInMinutes to 10 or more.",
    compliant=[{DURATION: 10, GROWTH: 20, BAKE: 10}],
    non_compliant=[{DURATION: 0, GROWTH: 100, BAKE: 10}, {DURATION: 10, GROWTH: 20, BAKE: 9}, {}],
)
def appconfig_deployment_strategy_gradual(strategy: ConfigurationItem, *, least_bake_minutes: int = 10) -> Verdict:
    """AppConfig deployment strategies deploy gradually and have a bake time.

    A faulty configuration that is deployed in one step affects all clients. During the bake time, AppConfig rolls the
    deployment back if an alarm goes off.
    """
    duration, growth, bake = strategy.number(DURATION), strategy.number(GROWTH, 100), strategy.number(BAKE)
    gradual = all_of([duration > 0, growth < 100, bake >= least_bake_minutes])  # noqa: PLR2004 - percent
    found = f"duration is {duration} minutes, GrowthFactor is {growth}, bake time is {bake} minutes"
    return compliant_if(gradual, f"{found} (expected above 0, below 100, at least {least_bake_minutes})")
