"""Event data stores of CloudTrail Lake, which AWS Config records in CloudFormation's shape."""

from pillarwatch import ConfigurationItem, Verdict, all_of, check, compliant_if

DAYS = "configuration.RetentionPeriod"


@check(
    "AWS::CloudTrail::EventDataStore",
    best_practices={"COST04-BP05": "how long events are kept was left to the default of years"},
    effort="S",
    severity="low",
    fix="Set the retention that the audit asks for.",
    compliant=[{DAYS: 365}],
    non_compliant=[{DAYS: 2558}, {DAYS: 3653}, {}],
)
def cloudtrail_lake_retention_bounded(store: ConfigurationItem, *, most_days: int = 2557) -> Verdict:
    """Events in CloudTrail Lake are kept as long as was decided.

    Ten years is the most that can be chosen, seven are the default.
    """
    days = store.number(DAYS)
    return compliant_if(all_of([days > 0, days <= most_days]), otherwise=f"kept for {days or 'a default of'} days")
