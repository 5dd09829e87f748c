"""DynamoDB tables. Config writes names as DescribeTable's Java model does: `ssedescription`, `kmsmasterKeyArn`."""

from collections.abc import Sequence
from typing import Any

from pillarwatch import (
    COMPLIANT,
    NOT_APPLICABLE,
    Attributes,
    ConfigurationItem,
    Verdict,
    all_of,
    any_of,
    check,
    compliant_if,
    compliant_if_all,
    contains,
    listed,
)
from pillarwatch.lift import TemplateResource, lowered, worded
from rules.shared.alarms import ALARM, alarmed, alarms_of
from rules.shared.examples import alarm
from rules.shared.scaling import TARGET, scales
from rules.shared.tags import (
    data_classification_tag_present,
    required_tags,
    resource_managed_by_iac,
    resource_owner_tag_present,
    workload_region_in_approved_list,
)

BILLING = "configuration.billingModeSummary.billingMode"
ENCRYPTION = "configuration.ssedescription"
INDEXES = "configuration.globalSecondaryIndexes"
PITR = (
    "supplementaryConfiguration.ContinuousBackupsDescription.pointInTimeRecoveryDescription.pointInTimeRecoveryStatus"
)
TTL = "supplementaryConfiguration.TimeToLiveDescription.TimeToLiveStatus"  # the collector's: Config does not record it

CAPACITIES = ("ReadCapacityUnits", "WriteCapacityUnits")


def target(kind: str, capacity: str, most: int = 40) -> dict[str, object]:
    """An example of a scalable target: of the table, or of its index `open`."""
    resource = "table/example/index/open" if kind == "index" else "table/example"
    dimension = {"ResourceId": resource, "ScalableDimension": f"dynamodb:{kind}:{capacity}"}
    return {"configuration": {**dimension, "MinCapacity": 5, "MaxCapacity": most}}


CLASS = "configuration.tableClassSummary.tableClass"
PROTECTED = "configuration.deletionProtectionEnabled"
SIZE = "configuration.tableSizeBytes"


@check(
    "AWS::DynamoDB::Table",
    best_practices={
        "REL09-BP01": "a deleted or overwritten item is lost",
        "REL09-BP03": "nothing backs the table up by itself",
    },
    managed_rule="DYNAMODB_PITR_ENABLED",
    automation="AWSConfigRemediation-EnablePITRForDynamoDbTable",
    effort="S",
    fix="Turn on point-in-time recovery.",
    compliant=[{PITR: "ENABLED"}],
    non_compliant=[{PITR: "DISABLED"}, {}],
)
def dynamodb_pitr_enabled(table: ConfigurationItem) -> Verdict:
    """DynamoDB tables can be restored to any second of the last 35 days.

    A faulty deployment that corrupts items can then be undone without a backup job.
    """
    status = table.text(PITR, "DISABLED")
    return compliant_if(status == "ENABLED", otherwise=f"point-in-time recovery is {status}")


@check(
    "AWS::DynamoDB::Table",
    best_practices={"SEC08-BP01": "the key is AWS's own: no key policy, no audit of its use"},
    managed_rule="DYNAMODB_TABLE_ENCRYPTED_KMS",
    automation="AWSConfigRemediation-EnableEncryptionOnDynamoDbTable",
    effort="S",
    severity="medium",
    fix="Encrypt the table with a KMS key of the account.",
    compliant=[{f"{ENCRYPTION}.status": "ENABLED", f"{ENCRYPTION}.ssetype": "KMS"}],
    non_compliant=[{f"{ENCRYPTION}.status": "DISABLED"}, {}],
)
def dynamodb_table_encrypted_kms(table: ConfigurationItem) -> Verdict:
    """DynamoDB tables encrypt with a KMS key of the account.

    Every table is encrypted; an absent description means AWS's own key, whose use nobody can restrict or audit.
    """
    status, kind = table.text(f"{ENCRYPTION}.status", "absent"), table.text(f"{ENCRYPTION}.ssetype")
    kms = all_of([status == "ENABLED", kind == "KMS"])
    return compliant_if(kms, otherwise=f"encryption is {status} {kind}".rstrip())


@check(
    "AWS::DynamoDB::Table",
    best_practices={
        "REL10-BP01": "the critical table stands in one region",
        "REL13-BP02": "no region can take over its data",
    },
    effort="L",
    severity="medium",
    live=True,
    fix="Add a replica in a second region (global tables).",
    compliant=[{"tags.Criticality": "critical", "configuration.replicas": [{"replicaStatus": "ACTIVE"}]}],
    non_compliant=[
        {"tags.Criticality": "critical", "configuration.replicas": [{"replicaStatus": "CREATION_FAILED"}]},
        {"tags.Criticality": "critical"},
    ],
    not_applicable=[{"tags.Criticality": "low"}, {}],
)
def dynamodb_critical_table_multi_region_replica(table: ConfigurationItem) -> Verdict:
    """Critical DynamoDB tables have a replica in another region.

    Only where the tag Criticality says `critical`.
    """
    if table.tag("Criticality") != "critical":
        return NOT_APPLICABLE
    states = table.texts("configuration.replicas.replicaStatus")
    return compliant_if(contains(states, "ACTIVE"), otherwise=f"replicas are {listed(states) or 'missing'}")


@check(
    "AWS::DynamoDB::Table",
    best_practices={
        "PERF03-BP04": "queries read attributes that nobody asked for",
        "COST05-BP05": "each write is paid for again in full per index",
    },
    effort="M",
    severity="low",
    fix="Project KEYS_ONLY or INCLUDE the attributes that the index's queries need; an index must be made anew for it.",
    compliant=[{INDEXES: [{"indexName": "open", "projection": {"projectionType": "KEYS_ONLY"}}]}],
    non_compliant=[{INDEXES: [{"indexName": "open", "projection": {"projectionType": "ALL"}}]}],
    not_applicable=[{}],
)
def sparse_index_design(table: ConfigurationItem) -> Verdict:
    """Secondary indexes of DynamoDB tables project only what their queries need.

    An index that projects everything doubles the table's storage and write cost.
    """

    def sparse(index: Attributes) -> bool:
        return index.text("projection.projectionType") != "ALL"

    return compliant_if_all(table.objects(INDEXES), sparse, "ALL is projected", named="indexName")


@check(
    "AWS::DynamoDB::Table",
    best_practices={
        "SUS04-BP03": "expired items stay until somebody deletes them",
        "COST04-BP05": "no policy ends the life of its items",
    },
    effort="S",
    collector="tables",
    fix="Turn on time to live on the attribute that holds the expiry; deletion by TTL costs nothing.",
    compliant=[{TTL: "ENABLED"}],
    non_compliant=[{TTL: "DISABLED"}, {}],
)
def dynamodb_ttl_enabled(table: ConfigurationItem) -> Verdict:
    """DynamoDB tables delete expired items by themselves.

    Waive it for a table whose items have no end of life.
    """
    status = table.text(TTL, "DISABLED")
    return compliant_if(status == "ENABLED", otherwise=f"time to live is {status}")


@check(
    "AWS::DynamoDB::Table",
    best_practices={
        "REL07-BP01": "capacity waits for a person",
        "SUS02-BP01": "capacity does not follow the load",
        "COST09-BP03": "idle capacity is paid for",
    },
    managed_rule="DYNAMODB_AUTOSCALING_ENABLED",
    automation="AWS-EnableDynamoDbAutoscaling",
    effort="S",
    collector="scaling",
    fix="Switch the table to on-demand, or make the read and write capacity of table and indexes scalable targets.",
    compliant=[
        {BILLING: "PAY_PER_REQUEST"},
        {f"related.{TARGET}": [target("table", capacity) for capacity in CAPACITIES]},
        {
            INDEXES: [{"indexName": "open"}],
            f"related.{TARGET}": [target(kind, capacity) for kind in ("table", "index") for capacity in CAPACITIES],
        },
    ],
    non_compliant=[
        {f"related.{TARGET}": [target("table", CAPACITIES[0]), target("table", CAPACITIES[1], most=5)]},
        {INDEXES: [{"indexName": "open"}], f"related.{TARGET}": [target("table", each) for each in CAPACITIES]},
        {f"related.{TARGET}": []},
    ],
)
def dynamodb_autoscaling_enabled(table: ConfigurationItem) -> Verdict:
    """The capacity of DynamoDB tables follows their load.

    On-demand tables scale by themselves; provisioned ones, and each of their global secondary indexes, need a scalable
    target for reads and one for writes.
    """
    if table.text(BILLING) == "PAY_PER_REQUEST":
        return COMPLIANT
    targets = table.related(TARGET)
    parts = [("table", ""), *(("index", index.text("indexName")) for index in table.objects(INDEXES))]

    def scaled(capacity: tuple[str, str, str]) -> bool:
        kind, name, units = capacity

        def of_it(target: ConfigurationItem) -> bool:
            index = target.text("configuration.ResourceId").partition("/index/")[2]
            dimension = target.text("configuration.ScalableDimension")
            return all_of(
                [dimension == f"dynamodb:{kind}:{units}", any_of([kind == "table", index == name]), scales(target)]
            )

        return any_of(targets, of_it)

    capacities = [(*part, units) for part in parts for units in CAPACITIES]
    return compliant_if_all(capacities, scaled, "fixed", named=lambda capacity: " ".join(map(str, capacity)))


@check(
    "AWS::DynamoDB::Table",
    best_practices={
        "OPS08-BP04": "nobody is alerted when requests are throttled",
        "REL06-BP03": "nobody is notified when requests are throttled",
        "PERF03-BP03": "the throttling of the data store goes unwatched",
    },
    automation="AWS-EnableCWAlarm",
    effort="S",
    collector="alarms",
    fix="Add an alarm with an action on ReadThrottleEvents, WriteThrottleEvents or ThrottledRequests of the table.",
    compliant=[{f"related.{ALARM}": [alarm("TableName", "AWS/DynamoDB", "ThrottledRequests")]}],
    non_compliant=[
        {f"related.{ALARM}": [alarm("TableName", "AWS/DynamoDB", "ThrottledRequests", alarmActions=[])]},
        {f"related.{ALARM}": []},
    ],
)
def dynamodb_throttles_alarm_configured(table: ConfigurationItem) -> Verdict:
    """An alarm calls somebody when requests to a DynamoDB table are throttled.

    Throttling is the first sign of a hot key or of too little capacity.
    """
    throttling = ("ReadThrottleEvents", "WriteThrottleEvents", "ThrottledRequests")
    called = alarmed(table, "TableName", "AWS/DynamoDB", *throttling)
    return compliant_if(called, otherwise="no alarm with an action watches throttled requests")


@check(
    "AWS::DynamoDB::Table",
    best_practices={"SEC08-BP02": "the table's data lies on the disk as it is"},
    managed_rule="DYNAMODB_TABLE_ENCRYPTION_ENABLED",
    effort="S",
    severity="low",
    live=True,
    fix="Nothing: a new table is encrypted.",
    compliant=[{f"{ENCRYPTION}.status": "ENABLED"}, {}],
    non_compliant=[{f"{ENCRYPTION}.status": "DISABLING"}],
)
def dynamodb_table_encryption_enabled(table: ConfigurationItem) -> Verdict:
    """DynamoDB tables are encrypted.

    With a key of DynamoDB's own where nothing else is said, which `DISABLED` means too: every table passes that is not
    just losing its key.
    """
    status = table.text(f"{ENCRYPTION}.status", "ENABLED")
    return compliant_if(status != "DISABLING", otherwise=f"encryption is {status}")


@check(
    "AWS::DynamoDB::Table",
    best_practices={
        "REL09-BP01": "one call deletes the table",
        "OPS06-BP01": "a wrong deployment may take the data with it",
    },
    managed_rule="DYNAMODB_TABLE_DELETION_PROTECTION_ENABLED",
    effort="S",
    severity="medium",
    fix="Turn on deletion protection.",
    compliant=[{PROTECTED: True}],
    non_compliant=[{PROTECTED: False}, {}],
)
def dynamodb_table_deletion_protection_enabled(table: ConfigurationItem) -> Verdict:
    """DynamoDB tables cannot be deleted by one call.

    Protection has to be taken away first, which is a second thought.
    """
    return compliant_if(table.flag(PROTECTED), otherwise="deletion protection is off")


@check(
    "AWS::DynamoDB::Table",
    best_practices={
        "COST05-BP05": "data that is rarely read is paid for as hot data",
        "SUS04-BP02": "rarely read items stay on storage made for hot ones",
        "COST06-BP02": "the class of the table was never compared with its use",
    },
    effort="S",
    severity="low",
    live=True,
    fix="Change the table class to STANDARD_INFREQUENT_ACCESS where storage is most of its cost.",
    compliant=[
        {SIZE: 200_000_000_000, CLASS: "STANDARD_INFREQUENT_ACCESS"},
        {SIZE: 200_000_000_000, "tags.TableClass": "x"},
    ],
    non_compliant=[{SIZE: 200_000_000_000, CLASS: "STANDARD"}, {SIZE: 200_000_000_000}],
    not_applicable=[{SIZE: 99_999_999_999}, {}],
)
def dynamodb_table_class_appropriate(table: ConfigurationItem, *, least_bytes: int = 100_000_000_000) -> Verdict:
    """Large DynamoDB tables have a class that was chosen.

    The infrequent-access class, or a tag TableClass that says why not.
    """
    if table.number(SIZE) < least_bytes:
        return NOT_APPLICABLE
    found = table.text(CLASS, "STANDARD")
    chosen = any_of([found == "STANDARD_INFREQUENT_ACCESS", table.tag("TableClass") != ""])
    return compliant_if(chosen, otherwise=f"the class is {found}")


def related(table: TemplateResource) -> dict[str, Sequence[TemplateResource]]:
    """Its scalable targets and its alarms."""
    return {TARGET: table.attached(TARGET, "ResourceId"), **alarms_of(table)}


def lift(table: TemplateResource) -> dict[str, Any]:
    """A table as DescribeTable and DescribeContinuousBackups tell of it."""
    properties = table.properties
    encryption = properties.get("SSESpecification", {})
    expiry = properties.get("TimeToLiveSpecification", {}).get("Enabled")
    recovery = properties.get("PointInTimeRecoverySpecification", {}).get("PointInTimeRecoveryEnabled")
    return {
        "configuration": {
            "tableName": properties.get("TableName", table.logical_id),
            "billingModeSummary": {"billingMode": properties.get("BillingMode")},
            "deletionProtectionEnabled": properties.get("DeletionProtectionEnabled"),
            "globalSecondaryIndexes": lowered(properties.get("GlobalSecondaryIndexes")),
            "ssedescription": {
                "status": worded(encryption.get("SSEEnabled"), "ENABLED", "DISABLED"),
                "ssetype": encryption.get("SSEType", "KMS"),
            },
        },
        "supplementaryConfiguration": {
            "ContinuousBackupsDescription": {
                "pointInTimeRecoveryDescription": {"pointInTimeRecoveryStatus": worded(recovery, "ENABLED", "DISABLED")}
            },
            "TimeToLiveDescription": {"TimeToLiveStatus": worded(expiry, "ENABLED", "DISABLED")},
        },
    }
