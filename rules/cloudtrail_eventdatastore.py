"""Event data stores of CloudTrail Lake, which AWS Config records in CloudFormation's shape."""

from pillarwatch import ConfigurationItem, Verdict, all_of, check, compliant_if

DAYS = "configuration.RetentionPeriod"


@check(
    "AWS::CloudTrail::EventDataStore",
    best_practices={"COST04-BP05": "how long events are kept was not decided, or is too long"},
    effort="S",
    severity="low",
    fix="Set the retention that the audit asks for.",
    compliant=[{DAYS: 365}],
    non_compliant=[{DAYS: 2558}, {DAYS: 3653}, {}],
)
def cloudtrail_lake_retention_bounded(store: ConfigurationItem, *, most_days: int = 2557) -> Verdict:
    """Events in CloudTrail Lake are kept as long as was decided.

    Ten years are the most that can be chosen. What nobody decides is a year, or seven with fixed pricing.
    """
    days = store.number(DAYS)
    kept = f"kept for {days} days" if store.has(DAYS) else "nobody decided how long events are kept"
    return compliant_if(all_of([days > 0, days <= most_days]), otherwise=kept)
