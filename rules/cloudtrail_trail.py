"""CloudTrail trails."""

from typing import Any

from pillarwatch import (
    ConfigurationItem,
    Verdict,
    check,
    compliant_if,
)
from pillarwatch.lift import TemplateResource, lowered

KEY = "configuration.kmsKeyId"
MULTI_REGION = "configuration.isMultiRegionTrail"
VALIDATION = "configuration.logFileValidationEnabled"


LOG_GROUP = "configuration.cloudWatchLogsLogGroupArn"


@check(
    "AWS::CloudTrail::Trail",
    best_practices={"SEC04-BP01": "what happens in other regions is not recorded"},
    managed_rule="MULTI_REGION_CLOUD_TRAIL_ENABLED",
    effort="S",
    fix="Make the trail a multi-region trail.",
    compliant=[{MULTI_REGION: True}],
    non_compliant=[{MULTI_REGION: False}, {}],
)
def multi_region_cloudtrail_enabled(trail: ConfigurationItem) -> Verdict:
    """Trails record what happens in every region.

    Intruders prefer the regions that nobody looks at.
    """
    return compliant_if(trail.flag(MULTI_REGION), otherwise="it records one region")


@check(
    "AWS::CloudTrail::Trail",
    best_practices={
        "SEC10-BP03": "the record may have been changed, and nobody can tell",
        "SEC04-BP01": "the integrity of the record is not looked after",
    },
    managed_rule="CLOUD_TRAIL_LOG_FILE_VALIDATION_ENABLED",
    automation="AWS-EnableCloudTrailLogFileValidation",
    effort="S",
    fix="Turn on log file validation.",
    compliant=[{VALIDATION: True}],
    non_compliant=[{VALIDATION: False}, {}],
)
def cloud_trail_log_file_validation_enabled(trail: ConfigurationItem) -> Verdict:
    """Nobody can change the log files of a trail unnoticed.

    Digest files prove, after an incident, that the record is whole.
    """
    return compliant_if(trail.flag(VALIDATION), otherwise="log file validation is off")


@check(
    "AWS::CloudTrail::Trail",
    best_practices={"SEC08-BP01": "no key policy decides who reads the record"},
    managed_rule="CLOUD_TRAIL_ENCRYPTION_ENABLED",
    automation="AWS-EnableCloudTrailKmsEncryption",
    effort="S",
    severity="medium",
    fix="Encrypt the trail with a KMS key of the account.",
    compliant=[{KEY: "arn:aws:kms:eu-west-1:123456789012:key/1"}],
    non_compliant=[{KEY: ""}, {}],
)
def cloud_trail_encryption_enabled(trail: ConfigurationItem) -> Verdict:
    """Trails are encrypted with a KMS key of the account.

    S3 encrypts them anyway; only with a key of its own does reading the record need two permissions.
    """
    return compliant_if(trail.has(KEY), otherwise="no KMS key")


@check(
    "AWS::CloudTrail::Trail",
    best_practices={"SEC04-BP02": "events lie in a bucket where nothing looks at them"},
    managed_rule="CLOUD_TRAIL_CLOUD_WATCH_LOGS_ENABLED",
    automation="AWS-EnableCloudTrailCloudWatchLogs",
    effort="S",
    severity="low",
    fix="Send the trail's events to a log group.",
    compliant=[{LOG_GROUP: "arn:aws:logs:eu-west-1:123456789012:log-group:trail:*"}],
    non_compliant=[{}],
)
def cloud_trail_cloud_watch_logs_enabled(trail: ConfigurationItem) -> Verdict:
    """Trails send their events to CloudWatch Logs.

    There a filter can raise an alarm within minutes.
    """
    return compliant_if(trail.has(LOG_GROUP), otherwise="no log group")


def lift(trail: TemplateResource) -> dict[str, Any]:
    """A trail as DescribeTrails tells of it."""
    properties = trail.properties
    return {
        "configuration": {
            **lowered(properties, {"KMSKeyId": "kmsKeyId"}),
            "logFileValidationEnabled": properties.get("EnableLogFileValidation"),
        }
    }
