"""CloudTrail trails; their configuration items use the camelCase names of DescribeTrails."""

from typing import Any

from pillarwatch import (
    Attributes,
    ConfigurationItem,
    Verdict,
    all_of,
    any_of,
    check,
    compliant_if,
    compliant_if_all,
    contains,
    none_of,
)
from pillarwatch.template_resource import TemplateResource, lowered
from pillarwatch.unknown import Unknown

KEY = "configuration.kmsKeyId"
MULTI_REGION = "configuration.isMultiRegionTrail"
VALIDATION = "configuration.logFileValidationEnabled"


LOG_GROUP = "configuration.cloudWatchLogsLogGroupArn"


CUSTOM_SELECTORS = "configuration.hasCustomEventSelectors"
LOGGING = "supplementaryConfiguration.cloudtrail.GetTrailStatus.IsLogging"
SELECTORS = "supplementaryConfiguration.cloudtrail.GetEventSelectors.EventSelectors"
ADVANCED = "supplementaryConfiguration.cloudtrail.GetEventSelectors.AdvancedEventSelectors"
READS, WRITES = "ReadOnly", "WriteOnly"
NARROWING = ("Equals", "StartsWith", "EndsWith")


def selecting(**fields: list[str]) -> dict[str, Any]:
    """An example of an advanced event selector."""
    return {"FieldSelectors": [{"Field": field, "Equals": values} for field, values in fields.items()]}


@check(
    "AWS::CloudTrail::Trail",
    best_practices={"SEC04-BP01": "not all management events of all Regions are recorded"},
    managed_rule="MULTI_REGION_CLOUD_TRAIL_ENABLED",
    effort="S",
    fix="Set IsMultiRegionTrail and IsLogging to true, and record read and write management events.",
    compliant=[
        {MULTI_REGION: True},
        {MULTI_REGION: True, SELECTORS: [{"ReadWriteType": READS}, {"ReadWriteType": WRITES}]},
        {MULTI_REGION: True, ADVANCED: [selecting(eventCategory=["Data"]), selecting(eventCategory=["Management"])]},
    ],
    non_compliant=[
        {MULTI_REGION: False},
        {MULTI_REGION: True, LOGGING: False},
        {MULTI_REGION: True, SELECTORS: [{"IncludeManagementEvents": False}]},
        {MULTI_REGION: True, SELECTORS: [{"ReadWriteType": READS}]},
        {MULTI_REGION: True, ADVANCED: [selecting(eventCategory=["Data"])]},
        {MULTI_REGION: True, ADVANCED: [selecting(eventCategory=["Management"], readOnly=["true"])]},
        {},
    ],
)
def multi_region_cloudtrail_enabled(trail: ConfigurationItem) -> Verdict:
    """CloudTrail trails record the read and write management events of all Regions.

    Without such a trail, changes in the account cannot be investigated. The conditions are those of Security Hub's
    control CloudTrail.1. AWS Config does not record custom event selectors. The verdict on a trail with custom event
    selectors is unknown.
    """
    required = {
        "IsMultiRegionTrail is false": trail.flag(MULTI_REGION),
        "IsLogging is false": trail.flag(LOGGING, True),
        "event selectors leave out management events": all_of([selects(trail, READS), selects(trail, WRITES)]),
    }
    return compliant_if_all(
        required.items(), lambda each: each[1], "not all management events are recorded", named=lambda each: each[0]
    )


def selects(trail: ConfigurationItem, kind: str) -> bool:
    """Whether a trail records all management events of a kind (READS or WRITES), which is the default."""
    if all_of([none_of([trail.has(SELECTORS)]), none_of([trail.has(ADVANCED)])]):
        return Unknown("AWS Config does not record event selectors") if trail.flag(CUSTOM_SELECTORS) else True  # type: ignore[return-value]

    def selected(selector: Attributes) -> bool:
        read_or_write = contains(("All", kind), selector.text("ReadWriteType", "All"))
        return all_of([selector.flag("IncludeManagementEvents", True), read_or_write])

    def selected_by_fields(selector: Attributes) -> bool:
        fields = selector.objects("FieldSelectors")
        management = any_of(
            fields,
            lambda each: all_of([each.text("Field") == "eventCategory", contains(each.texts("Equals"), "Management")]),
        )
        return all_of([management, none_of(fields, excludes)])

    def excludes(each: Attributes) -> bool:
        other_kind = none_of([contains(each.texts("Equals"), "true" if kind == READS else "false")])
        narrower = any_of(NARROWING, each.has)
        field = each.text("Field")
        return all_of([field != "eventCategory", narrower, any_of([field != "readOnly", other_kind])])

    return any_of([any_of(trail.objects(SELECTORS), selected), any_of(trail.objects(ADVANCED), selected_by_fields)])


@check(
    "AWS::CloudTrail::Trail",
    best_practices={
        "SEC10-BP03": "changes to the log files cannot be detected",
        "SEC04-BP01": "the integrity of the log files is not verified",
    },
    managed_rule="CLOUD_TRAIL_LOG_FILE_VALIDATION_ENABLED",
    automation="AWS-EnableCloudTrailLogFileValidation",
    effort="S",
    fix="Set EnableLogFileValidation to true.",
    compliant=[{VALIDATION: True}],
    non_compliant=[{VALIDATION: False}, {}],
)
def cloud_trail_log_file_validation_enabled(trail: ConfigurationItem) -> Verdict:
    """CloudTrail trails have log file validation enabled.

    Without digest files, changed or deleted log files cannot be detected after an incident.
    """
    return compliant_if(trail.flag(VALIDATION), otherwise="EnableLogFileValidation is false (expected true)")


@check(
    "AWS::CloudTrail::Trail",
    best_practices={"SEC08-BP01": "no key policy limits who can read the log files"},
    managed_rule="CLOUD_TRAIL_ENCRYPTION_ENABLED",
    automation="AWS-EnableCloudTrailKmsEncryption",
    effort="S",
    severity="low",
    fix="Set KMSKeyId to a KMS key with a key policy that allows CloudTrail to use it.",
    compliant=[{KEY: "arn:aws:kms:eu-west-1:123456789012:key/1"}],
    non_compliant=[{KEY: ""}, {}],
)
def cloud_trail_encryption_enabled(trail: ConfigurationItem) -> Verdict:
    """CloudTrail trails are encrypted with a KMS key.

    With the default encryption of S3, access to the bucket is enough to read the log files. With a KMS key, readers
    also need permission to use the key.
    """
    return compliant_if(trail.has(KEY), otherwise="KMSKeyId is not set (expected a KMS key)")


@check(
    "AWS::CloudTrail::Trail",
    best_practices={"SEC04-BP02": "no metric filter or alarm can analyze the events"},
    managed_rule="CLOUD_TRAIL_CLOUD_WATCH_LOGS_ENABLED",
    automation="AWS-EnableCloudTrailCloudWatchLogs",
    effort="S",
    severity="low",
    fix="Set CloudWatchLogsLogGroupArn and CloudWatchLogsRoleArn. CloudWatch Logs charges for ingested events.",
    compliant=[{LOG_GROUP: "arn:aws:logs:eu-west-1:123456789012:log-group:trail:*"}],
    non_compliant=[{}],
)
def cloud_trail_cloud_watch_logs_enabled(trail: ConfigurationItem) -> Verdict:
    """CloudTrail trails send their events to CloudWatch Logs.

    Without CloudWatch Logs, metric filters and alarms cannot report a suspicious event within minutes.
    """
    return compliant_if(trail.has(LOG_GROUP), otherwise="CloudWatchLogsLogGroupArn is not set (expected a log group)")


def to_configuration_item(trail: TemplateResource) -> dict[str, Any]:
    """The configuration item of a trail, as DescribeTrails returns it."""
    properties = trail.properties
    return {
        "configuration": {
            **lowered(properties, {"KMSKeyId": "kmsKeyId"}),
            "logFileValidationEnabled": properties.get("EnableLogFileValidation"),
        },
        "supplementaryConfiguration": {
            "cloudtrail": {
                "GetTrailStatus": {"IsLogging": properties.get("IsLogging")},
                "GetEventSelectors": {
                    "EventSelectors": properties.get("EventSelectors"),
                    "AdvancedEventSelectors": properties.get("AdvancedEventSelectors"),
                },
            }
        },
    }
