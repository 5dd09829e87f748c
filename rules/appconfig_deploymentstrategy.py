"""Deployment strategies of AppConfig: CloudFormation's shape."""

from pillarwatch import ConfigurationItem, Verdict, all_of, check, compliant_if

BAKE = "configuration.FinalBakeTimeInMinutes"
DURATION = "configuration.DeploymentDurationInMinutes"
GROWTH = "configuration.GrowthFactor"


@check(
    "AWS::AppConfig::DeploymentStrategy",
    best_practices={"OPS06-BP03": "a new configuration meets every client at once"},
    effort="S",
    severity="low",
    fix="Let the deployment take some minutes in steps below 100 percent, and bake for ten.",
    compliant=[{DURATION: 10, GROWTH: 20, BAKE: 10}],
    non_compliant=[{DURATION: 0, GROWTH: 100, BAKE: 10}, {DURATION: 10, GROWTH: 20, BAKE: 9}, {}],
)
def appconfig_deployment_strategy_gradual(strategy: ConfigurationItem, *, least_bake_minutes: int = 10) -> Verdict:
    """Configuration is deployed step by step, and watched.

    While it bakes an alarm still takes it back.
    """
    duration, growth, bake = strategy.number(DURATION), strategy.number(GROWTH, 100), strategy.number(BAKE)
    gradual = all_of([duration > 0, growth < 100, bake >= least_bake_minutes])  # noqa: PLR2004 - percent
    return compliant_if(gradual, otherwise=f"{duration} minutes in steps of {growth} percent, bake {bake} minutes")
