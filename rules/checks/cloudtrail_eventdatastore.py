"""CloudTrail Lake event data stores; their configuration items use the property names of CloudFormation."""

from pillarwatch import ConfigurationItem, Verdict, all_of, check, compliant_if, stated

RETENTION = "configuration.RetentionPeriod"


@check(
    "AWS::CloudTrail::EventDataStore",
    best_practices={"COST04-BP05": "the retention period of events is not set or too long"},
    effort="S",
    severity="low",
    fix="Set RetentionPeriod to the number of days that your audit requirements name.",
    compliant=[{RETENTION: 365}],
    non_compliant=[{RETENTION: 2558}, {RETENTION: 3653}, {}],
)
def cloudtrail_lake_retention_bounded(store: ConfigurationItem, *, most_days: int = 2557) -> Verdict:
    """CloudTrail Lake event data stores keep events for at most seven years.

    A longer retention period than required increases the storage cost. Stores without RetentionPeriod fail too: the
    default depends on the pricing option.
    """
    days = store.number(RETENTION)
    found = f"RetentionPeriod is {stated(days)} (expected {most_days} days or less)"
    return compliant_if(all_of([days > 0, days <= most_days]), otherwise=found)
