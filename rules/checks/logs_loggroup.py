"""CloudWatch Logs log groups. AWS Config does not record them: a collector lists them in CloudFormation's shape."""

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
        "SUS04-BP03": "logs have no retention period that fits their use",
        "SEC07-BP04": "no retention period defines when the logs are deleted",
        "SEC04-BP01": "logs are kept forever, or deleted too early for an investigation",
    },
    managed_rule="CW_LOGGROUP_RETENTION_PERIOD_CHECK",
    effort="S",
    collector="log-groups",
    fix="Set RetentionInDays to 30 or more in production, and to any number of days elsewhere.",
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

    Without a retention period, logs are billed forever. With a short retention period, logs are missing in an
    investigation. The check requires 30 days if the Environment tag is production, and any retention elsewhere. The AWS
    Config rule requires at least 365 days, and passes log groups without a retention period.
    """
    days = group.number(RETENTION)
    elsewhere = none_of([group.environment == PRODUCTION])
    enough = any_of([days >= min_in_production, elsewhere])
    within_limits = all_of([days >= min_retention_time, enough, days <= max_retention_time])
    expected = f"at least {min_retention_time}, in production {min_in_production}, at most {max_retention_time}"
    return compliant_if(within_limits, otherwise=f"RetentionInDays is {stated(days)} (expected {expected})")


@check(
    "AWS::Logs::LogGroup",
    best_practices={"SEC08-BP01": "no key policy limits access to the logs"},
    managed_rule="CLOUDWATCH_LOG_GROUP_ENCRYPTED",
    effort="S",
    severity="low",
    collector="log-groups",
    fix="Set KmsKeyId to the ARN of a customer managed key with a key policy that allows CloudWatch Logs.",
    compliant=[{KEY: "arn:aws:kms:eu-west-1:123456789012:key/1"}],
    non_compliant=[{KEY: ""}, {}],
)
def cloudwatch_log_group_encrypted(group: ConfigurationItem) -> Verdict:
    """Log groups are encrypted with a customer managed KMS key.

    CloudWatch Logs always encrypts logs, but only a customer managed key can be audited, restricted and revoked.
    """
    return compliant_if(group.has(KEY), otherwise="KmsKeyId is not set (expected a customer managed key)")


@check(
    "AWS::Logs::LogGroup",
    best_practices={
        "SEC07-BP02": "personal data in logs is shown to every reader",
        "SEC08-BP03": "no automation masks sensitive data in logs",
    },
    effort="S",
    severity="medium",
    collector="log-groups",
    fix="Set DataProtectionPolicy to a policy with a Deidentify operation. Data protection is charged per GB.",
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
    """Log groups with confidential data mask personal data.

    Without masking, anybody who may read the logs sees personal data. A policy of the account passes. A policy that
    only audits fails. Applies to log groups whose DataClassification tag is Confidential or Restricted.
    """
    if none_of([contains(("Confidential", "Restricted"), group.tag("DataClassification"))]):
        return NOT_APPLICABLE
    masks = any_of(group.objects(f"{PROTECTION}.Statement"), lambda statement: statement.has("Operation.Deidentify"))
    of_account = contains(group.texts(INHERITED), "ACCOUNT_DATA_PROTECTION")
    return compliant_if(any_of([masks, of_account]), otherwise="DataProtectionPolicy has no Deidentify operation")


@check(
    "AWS::Logs::LogGroup",
    best_practices={
        "COST04-BP03": "old logs are billed although no new logs arrive",
        "SUS04-BP05": "logs that are no longer needed are kept",
    },
    effort="S",
    severity="low",
    collector="log-groups",
    live=True,
    fix="Delete the log group, or set RetentionInDays, which deletes its logs over time.",
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
    """Log groups without a retention period still receive logs.

    A log group that receives no logs, and has no retention period, is billed for its storage forever. Log groups that
    are empty or younger than 90 days are not judged.
    """
    young = group.days_since(CREATED, default=days) < days
    if any_of([young, group.has(RETENTION), group.number(STORED) == 0]):
        return NOT_APPLICABLE
    return compliant_if(group.number(WRITTEN) > 0, otherwise=f"IncomingBytes is 0 for {days} days")
