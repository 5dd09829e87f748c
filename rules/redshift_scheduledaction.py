"""What Redshift does by the clock: CloudFormation's shape."""

from pillarwatch import NOT_APPLICABLE, ConfigurationItem, Verdict, any_of, check, compliant_if, none_of

PAUSE = "configuration.TargetAction.PauseCluster"
RESUME = "configuration.TargetAction.ResumeCluster"


@check(
    "AWS::Redshift::ScheduledAction",
    best_practices={
        "COST09-BP03": "the warehouse is not paused when nobody asks it anything",
        "SUS02-BP01": "nodes run through the night for nobody",
    },
    effort="S",
    fix="Enable the action.",
    compliant=[{f"{PAUSE}.ClusterIdentifier": "reports", "configuration.Enable": True}],
    non_compliant=[
        {f"{PAUSE}.ClusterIdentifier": "reports", "configuration.Enable": False},
        {f"{RESUME}.ClusterIdentifier": "reports"},
    ],
    not_applicable=[{"configuration.TargetAction.ResizeCluster.ClusterIdentifier": "reports"}, {}],
)
def redshift_pause_resume_scheduled(action: ConfigurationItem) -> Verdict:
    """Schedules that pause a data warehouse are in force.

    A schedule is disabled until it is enabled.
    """
    if none_of([action.has(PAUSE), action.has(RESUME)]):
        return NOT_APPLICABLE
    return compliant_if(action.flag("configuration.Enable"), otherwise="the action is disabled")
