"""Log groups, which AWS Config does not record: listed by a collector, in CloudFormation's shape."""

from pillarwatch import (
    NOT_APPLICABLE,
    ConfigurationItem,
    Verdict,
    all_of,
    any_of,
    check,
    compliant_if,
    contains,
    none_of,
    stated,
)
from pillarwatch.environments import PRODUCTION

CREATED = "supplementaryConfiguration.logs.DescribeLogGroups.logGroups.creationTime"
KEY = "configuration.KmsKeyId"
INHERITED = "supplementaryConfiguration.logs.DescribeLogGroups.logGroups.inheritedProperties"
PROTECTION = "configuration.DataProtectionPolicy"
RETENTION = "configuration.RetentionInDays"
STORED = "supplementaryConfiguration.logs.DescribeLogGroups.logGroups.storedBytes"
WRITTEN = "supplementaryConfiguration.Metrics.IncomingBytes.Sum"

MASKING: dict[str, object] = {"Deidentify": {"MaskConfig": {}}}
AUDITING = {"FindingsDestination": {"S3": {"Bucket": "findings"}}}


@check(
    "AWS::Logs::LogGroup",
    best_practices={
        "COST04-BP05": "no retention period is set, or it is too short",
        "SUS04-BP03": "log data has no defined life cycle",
        "SEC07-BP04": "no retention period defines when the logs are deleted",
        "SEC04-BP01": "logs are kept forever, or deleted too early for an investigation",
    },
    managed_rule="CW_LOGGROUP_RETENTION_PERIOD_CHECK",
    effort="S",
    collector="log-groups",
    fix="Set RetentionInDays.",
    compliant=[
        {RETENTION: 1},
        {RETENTION: 3653},
        {RETENTION: 30, "tags.Environment": "production"},
        {RETENTION: 7, "tags.Environment": "development"},
    ],
    non_compliant=[
        {RETENTION: 14, "tags.Environment": "production"},
        {RETENTION: 14, "parameters.min_retention_time": 30},
        {},
    ],
)
def cw_loggroup_retention_period_check(
    group: ConfigurationItem,
    *,
    min_retention_time: int = 1,
    max_retention_time: int = 3653,
    min_in_production: int = 30,
) -> Verdict:
    """Log groups have a retention period.

    AWS's own rule asks for 365 days at least and lets a group pass that never forgets; that default is what we look
    for. How long is enough is the workload's to say: a month where the tag Environment says `production`, elsewhere
    any number of days.
    """
    days = group.number(RETENTION)
    elsewhere = none_of([group.environment == PRODUCTION])
    enough = any_of([days >= min_in_production, elsewhere])
    right = all_of([days >= min_retention_time, enough, days <= max_retention_time])
    return compliant_if(right, otherwise=f"RetentionInDays is {stated(days)}")


@check(
    "AWS::Logs::LogGroup",
    best_practices={"SEC08-BP01": "no key policy limits access to the logs"},
    managed_rule="CLOUDWATCH_LOG_GROUP_ENCRYPTED",
    effort="S",
    severity="low",
    collector="log-groups",
    fix="Associate a KMS key of the account whose policy admits CloudWatch Logs.",
    compliant=[{KEY: "arn:aws:kms:eu-west-1:123456789012:key/1"}],
    non_compliant=[{KEY: ""}, {}],
)
def cloudwatch_log_group_encrypted(group: ConfigurationItem) -> Verdict:
    """Log groups are encrypted with a KMS key of the account.

    CloudWatch encrypts them anyway; only with a key of the account can it be revoked and audited.
    """
    return compliant_if(group.has(KEY), otherwise="KmsKeyId is not set")


@check(
    "AWS::Logs::LogGroup",
    best_practices={
        "SEC07-BP02": "personal data in logs is shown to every reader",
        "SEC08-BP03": "nothing masks sensitive data by itself",
    },
    effort="S",
    severity="medium",
    collector="log-groups",
    fix="Add a data protection policy that masks the identifiers of personal data.",
    compliant=[
        {"tags.DataClassification": "Confidential", PROTECTION: {"Statement": [{"Operation": MASKING}]}},
        {"tags.DataClassification": "Restricted", INHERITED: ["ACCOUNT_DATA_PROTECTION"]},
    ],
    non_compliant=[
        {"tags.DataClassification": "Confidential", PROTECTION: {"Statement": [{"Operation": {"Audit": AUDITING}}]}},
        {"tags.DataClassification": "Confidential"},
    ],
    not_applicable=[{"tags.DataClassification": "Internal"}, {}],
)
def cloudwatch_log_data_protection_policy_enabled(group: ConfigurationItem) -> Verdict:
    """Log groups of confidential components mask personal data.

    By a policy of their own or of the account; one that only audits masks nothing. Only where the tag
    DataClassification says `Confidential` or `Restricted`.
    """
    if none_of([contains(("Confidential", "Restricted"), group.tag("DataClassification"))]):
        return NOT_APPLICABLE
    masks = any_of(group.objects(f"{PROTECTION}.Statement"), lambda found: found.has("Operation.Deidentify"))
    of_account = contains(group.texts(INHERITED), "ACCOUNT_DATA_PROTECTION")
    return compliant_if(any_of([masks, of_account]), otherwise="no data protection policy that masks")


@check(
    "AWS::Logs::LogGroup",
    best_practices={
        "COST04-BP03": "logs that are no longer written are stored and billed",
        "SUS04-BP05": "data that is no longer needed is kept",
    },
    effort="S",
    severity="low",
    collector="log-groups",
    live=True,
    fix="Delete the log group, or set a retention, after which it is empty.",
    compliant=[{STORED: 1, WRITTEN: 1}],
    non_compliant=[{STORED: 1, WRITTEN: 0, CREATED: 1760702400000}, {STORED: 1}],
    not_applicable=[
        {STORED: 1, WRITTEN: 0, CREATED: 1760702460000},
        {STORED: 1, WRITTEN: 0, RETENTION: 30},
        {STORED: 0, WRITTEN: 0},
        {},
    ],
)
def log_group_unused(group: ConfigurationItem, *, days: int = 90) -> Verdict:
    """Log groups that keep their logs forever still get new ones.

    Within a quarter, so a younger one is not judged; nor one that is empty, or will be when its retention is over.
    """
    young = group.days_since(CREATED, default=days) < days
    if any_of([young, group.has(RETENTION), group.number(STORED) == 0]):
        return NOT_APPLICABLE
    return compliant_if(group.number(WRITTEN) > 0, otherwise=f"nothing was logged for {days} days")
