"""Redshift scheduled actions: CloudFormation's shape."""

from pillarwatch import NOT_APPLICABLE, ConfigurationItem, Verdict, any_of, check, compliant_if, none_of

PAUSE = "configuration.TargetAction.PauseCluster"
RESUME = "configuration.TargetAction.ResumeCluster"


@check(
    "AWS::Redshift::ScheduledAction",
    best_practices={
        "COST09-BP03": "the cluster is not paused when it is not in use",
        "SUS02-BP01": "nodes run at times without queries",
    },
    effort="S",
    fix="Set Enable to true.",
    compliant=[{f"{PAUSE}.ClusterIdentifier": "reports", "configuration.Enable": True}],
    non_compliant=[
        {f"{PAUSE}.ClusterIdentifier": "reports", "configuration.Enable": False},
        {f"{RESUME}.ClusterIdentifier": "reports"},
    ],
    not_applicable=[{"configuration.TargetAction.ResizeCluster.ClusterIdentifier": "reports"}, {}],
)
def redshift_pause_resume_scheduled(action: ConfigurationItem) -> Verdict:
    """Redshift scheduled actions that pause or resume a cluster are enabled.

    A disabled action does not pause the cluster, so unused nodes are billed. The default is disabled.
    """
    if none_of([action.has(PAUSE), action.has(RESUME)]):
        return NOT_APPLICABLE
    return compliant_if(action.flag("configuration.Enable"), otherwise="Enable is false (expected true)")
