"""CloudTrail trails."""

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
from pillarwatch.lift import TemplateResource, lowered
from pillarwatch.unknown import Unknown

KEY = "configuration.kmsKeyId"
MULTI_REGION = "configuration.isMultiRegionTrail"
VALIDATION = "configuration.logFileValidationEnabled"


LOG_GROUP = "configuration.cloudWatchLogsLogGroupArn"


CUSTOM = "configuration.hasCustomEventSelectors"
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
    best_practices={"SEC04-BP01": "what happens in other regions, or at all, is not recorded"},
    managed_rule="MULTI_REGION_CLOUD_TRAIL_ENABLED",
    effort="S",
    fix="Make the trail a multi-region trail, turn on logging, and record read and write management events.",
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
    """Trails record the management events of every Region, reads and writes.

    A trail that is off, or selects other events, records no change of the account. As Security Hub's CloudTrail.1 reads
    AWS's own rule. Config records that a trail selects events, and not which ones: then the verdict is not known.
    """
    wanted = {
        "IsMultiRegionTrail is false": trail.flag(MULTI_REGION),
        "IsLogging is false": trail.flag(LOGGING, True),
        "event selectors leave out management events": all_of([selects(trail, READS), selects(trail, WRITES)]),
    }
    return compliant_if_all(wanted.items(), lambda each: each[1], "not recorded", named=lambda each: each[0])


def selects(trail: ConfigurationItem, kind: str) -> bool:
    """Whether a trail records the management events of a kind: all of them, unless event selectors choose others."""
    if all_of([none_of([trail.has(SELECTORS)]), none_of([trail.has(ADVANCED)])]):
        return Unknown("the event selectors are not recorded") if trail.flag(CUSTOM) else True  # type: ignore[return-value]

    def chosen(selector: Attributes) -> bool:
        read_or_write = contains(("All", kind), selector.text("ReadWriteType", "All"))
        return all_of([selector.flag("IncludeManagementEvents", True), read_or_write])

    def chosen_by_fields(selector: Attributes) -> bool:
        fields = selector.objects("FieldSelectors")
        management = any_of(
            fields,
            lambda each: all_of([each.text("Field") == "eventCategory", contains(each.texts("Equals"), "Management")]),
        )
        return all_of([management, none_of(fields, leaves_out)])

    def leaves_out(each: Attributes) -> bool:
        by_kind = none_of([contains(each.texts("Equals"), "true" if kind == READS else "false")])
        narrower = any_of(NARROWING, each.has)
        field = each.text("Field")
        return all_of([field != "eventCategory", narrower, any_of([field != "readOnly", by_kind])])

    return any_of([any_of(trail.objects(SELECTORS), chosen), any_of(trail.objects(ADVANCED), chosen_by_fields)])


@check(
    "AWS::CloudTrail::Trail",
    best_practices={
        "SEC10-BP03": "changes to the log files cannot be detected",
        "SEC04-BP01": "the integrity of the log files is not verified",
    },
    managed_rule="CLOUD_TRAIL_LOG_FILE_VALIDATION_ENABLED",
    automation="AWS-EnableCloudTrailLogFileValidation",
    effort="S",
    fix="Turn on log file validation.",
    compliant=[{VALIDATION: True}],
    non_compliant=[{VALIDATION: False}, {}],
)
def cloud_trail_log_file_validation_enabled(trail: ConfigurationItem) -> Verdict:
    """Trails have log file validation enabled.

    Digest files prove, after an incident, that the record is whole.
    """
    return compliant_if(trail.flag(VALIDATION), otherwise="EnableLogFileValidation is false (expected true)")


@check(
    "AWS::CloudTrail::Trail",
    best_practices={"SEC08-BP01": "no key policy decides who reads the record"},
    managed_rule="CLOUD_TRAIL_ENCRYPTION_ENABLED",
    automation="AWS-EnableCloudTrailKmsEncryption",
    effort="S",
    severity="low",
    fix="Encrypt the trail with a KMS key of the account.",
    compliant=[{KEY: "arn:aws:kms:eu-west-1:123456789012:key/1"}],
    non_compliant=[{KEY: ""}, {}],
)
def cloud_trail_encryption_enabled(trail: ConfigurationItem) -> Verdict:
    """Trails are encrypted with a KMS key of the account.

    S3 encrypts them anyway; only with a key of its own does reading the record need two permissions.
    """
    return compliant_if(trail.has(KEY), otherwise="KMSKeyId is not set")


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
