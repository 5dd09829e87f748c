"""Warm pools of Auto Scaling groups; their configuration items use the property names of CloudFormation."""

from pillarwatch import ConfigurationItem, Verdict, check, compliant_if

STATE = "configuration.PoolState"


@check(
    "AWS::AutoScaling::WarmPool",
    best_practices={"COST06-BP02": "the warm pool keeps instances running before they are needed"},
    effort="S",
    severity="low",
    fix="Set PoolState to Stopped or Hibernated.",
    compliant=[{STATE: "Stopped"}, {STATE: "Hibernated"}, {}],
    non_compliant=[{STATE: "Running"}],
)
def warm_pool_size_bounded(pool: ConfigurationItem) -> Verdict:
    """Auto Scaling warm pools keep their instances stopped or hibernated.

    Running instances are charged before they are needed. For stopped instances, only volumes and Elastic IP addresses
    are charged.
    """
    state = pool.text(STATE, "Stopped")
    return compliant_if(state != "Running", otherwise="PoolState is Running (expected Stopped or Hibernated)")
