"""Warm pools of Auto Scaling groups: CloudFormation's shape."""

from pillarwatch import ConfigurationItem, Verdict, check, compliant_if

STATE = "configuration.PoolState"


@check(
    "AWS::AutoScaling::WarmPool",
    best_practices={"COST06-BP02": "instances run, and are paid for, before anybody needs them"},
    effort="S",
    severity="low",
    fix="Keep the pool's instances stopped or hibernated.",
    compliant=[{STATE: "Stopped"}, {STATE: "Hibernated"}, {}],
    non_compliant=[{STATE: "Running"}],
)
def warm_pool_size_bounded(pool: ConfigurationItem) -> Verdict:
    """Warm pools do not keep instances running.

    A stopped one costs its volume only. How large the pool may be its group tells, which is not part of its item.
    """
    state = pool.text(STATE, "Stopped")
    return compliant_if(state != "Running", otherwise="the pool's instances run")
