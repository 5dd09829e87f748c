"""Archives of EventBridge: CloudFormation's shape."""

from pillarwatch import ConfigurationItem, Verdict, any_of, check, compliant_if

RETENTION = "configuration.RetentionDays"


@check(
    "AWS::Events::Archive",
    best_practices={"REL09-BP01": "events are gone before a consumer's fault is found"},
    effort="S",
    severity="low",
    fix="Keep events for 30 days or more.",
    compliant=[{RETENTION: 30}, {RETENTION: 0}, {}],
    non_compliant=[{RETENTION: 29}],
)
def events_archive_retention_configured(archive: ConfigurationItem, *, min_retention_days: int = 30) -> Verdict:
    """Archives keep events long enough to replay them after a fault.

    Zero, and no number at all, mean forever.
    """
    retention = archive.number(RETENTION)
    kept = any_of([retention == 0, retention >= min_retention_days])
    return compliant_if(kept, otherwise=f"events are kept for {retention} days")
