"""EventBridge archives: CloudFormation's shape."""

from pillarwatch import ConfigurationItem, Verdict, any_of, check, compliant_if

RETENTION = "configuration.RetentionDays"


@check(
    "AWS::Events::Archive",
    best_practices={"REL09-BP01": "events are deleted before they can be replayed"},
    effort="S",
    severity="low",
    fix="Set RetentionDays to 30 or more, or to 0.",
    compliant=[{RETENTION: 30}, {RETENTION: 0}, {}],
    non_compliant=[{RETENTION: 29}],
)
def events_archive_retention_configured(archive: ConfigurationItem, *, min_retention_days: int = 30) -> Verdict:
    """EventBridge archives keep events for at least 30 days.

    With a short retention, events are deleted before a fault is found, and cannot be replayed. Without a value, or with
    0, EventBridge keeps events indefinitely.
    """
    retention = archive.number(RETENTION)
    kept = any_of([retention == 0, retention >= min_retention_days])
    return compliant_if(kept, otherwise=f"RetentionDays is {retention} (expected at least {min_retention_days})")
