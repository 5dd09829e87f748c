"""DynamoDB tables. AWS Config uses the names of DescribeTable's Java model: `ssedescription`, `kmsmasterKeyArn`."""

from collections.abc import Iterator, Sequence
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
    compliant_if_none,
    contains,
    listed,
    none_of,
)
from pillarwatch.template_resource import TemplateResource, elements, lowered, worded
from pillarwatch.unknown import Unknown
from rules.checks.shared.alarms import ALARM, alarmed, alarms_of
from rules.checks.shared.examples import alarm
from rules.checks.shared.scaling import TARGET, scales
from rules.checks.shared.tags import (
    data_classification_tag_present,
    required_tags,
    resource_managed_by_iac,
    resource_owner_tag_present,
    workload_region_in_approved_list,
)

BILLING = "configuration.billingModeSummary.billingMode"
DELETION_PROTECTION = "configuration.deletionProtectionEnabled"
ENCRYPTION = "configuration.ssedescription"
INDEXES = "configuration.globalSecondaryIndexes"
PITR = (
    "supplementaryConfiguration.ContinuousBackupsDescription.pointInTimeRecoveryDescription.pointInTimeRecoveryStatus"
)
SIZE = "configuration.tableSizeBytes"
TABLE_CLASS = "configuration.tableClassSummary.tableClass"
TTL = "supplementaryConfiguration.TimeToLiveDescription.TimeToLiveStatus"  # AWS Config does not record it

CAPACITIES = ("ReadCapacityUnits", "WriteCapacityUnits")


def target(kind: str, capacity: str, most: int = 40) -> dict[str, object]:
    """An example of a scalable target for the table or for its index `open`."""
    resource = "table/example/index/open" if kind == "index" else "table/example"
    dimension = {"ResourceId": resource, "ScalableDimension": f"dynamodb:{kind}:{capacity}"}
    return {"configuration": {**dimension, "MinCapacity": 5, "MaxCapacity": most}}


BACKUPS = "supplementaryConfiguration.dynamodb.ListBackups.BackupSummaries"
CACHES = "supplementaryConfiguration.dax.DescribeClusters.Clusters"
CREATED = "configuration.creationDateTime"
INDEX_READS = "supplementaryConfiguration.Metrics.ConsumedReadCapacityUnits.Indexes"
MAPPINGS = "supplementaryConfiguration.lambda.ListEventSourceMappings.EventSourceMappings"
PIPES = "supplementaryConfiguration.pipes.ListPipes.Pipes"
READS = "supplementaryConfiguration.Metrics.ConsumedReadCapacityUnits.Sum"
STREAM = "configuration.streamSpecification.streamEnabled"
WRITES = "supplementaryConfiguration.Metrics.ConsumedWriteCapacityUnits.Sum"
THIRTY_DAYS = 30 * 86_400  # in seconds


@check(
    "AWS::DynamoDB::Table",
    best_practices={
        "REL09-BP01": "the table has no continuous backups",
        "REL09-BP03": "no automatic continuous backup is enabled",
    },
    managed_rule="DYNAMODB_PITR_ENABLED",
    automation="AWSConfigRemediation-EnablePITRForDynamoDbTable",
    effort="S",
    severity="medium",
    fix="Set PointInTimeRecoverySpecification.PointInTimeRecoveryEnabled to true. Backups are charged by table size.",
    compliant=[{PITR: "ENABLED"}],
    non_compliant=[{PITR: "DISABLED"}, {}],
)
def dynamodb_pitr_enabled(table: ConfigurationItem) -> Verdict:
    """DynamoDB tables have point-in-time recovery enabled.

    Without point-in-time recovery, items that were deleted or overwritten by mistake cannot be restored. A table can be
    restored to any second of the recovery period, by default 35 days.
    """
    status = table.text(PITR, "DISABLED")
    return compliant_if(status == "ENABLED", otherwise=f"PointInTimeRecoveryStatus is {status} (expected ENABLED)")


@check(
    "AWS::DynamoDB::Table",
    best_practices={"SEC08-BP01": "the use of the AWS owned key cannot be restricted or audited"},
    managed_rule="DYNAMODB_TABLE_ENCRYPTED_KMS",
    automation="AWSConfigRemediation-EnableEncryptionOnDynamoDbTable",
    effort="S",
    severity="low",
    fix="Set SSESpecification.SSEEnabled to true. The use of the KMS key is charged.",
    compliant=[
        {f"{ENCRYPTION}.status": "ENABLED", f"{ENCRYPTION}.ssetype": "KMS"},
        {f"{ENCRYPTION}.status": "UPDATING", f"{ENCRYPTION}.ssetype": "KMS"},
    ],
    non_compliant=[{f"{ENCRYPTION}.status": "DISABLED"}, {}],
)
def dynamodb_table_encrypted_kms(table: ConfigurationItem) -> Verdict:
    """DynamoDB tables are encrypted with a KMS key in the account.

    The use of an AWS owned key, the default, cannot be restricted by a key policy or audited.
    """
    status, kind = table.text(f"{ENCRYPTION}.status", "absent"), table.text(f"{ENCRYPTION}.ssetype")
    uses_kms = all_of([contains(("ENABLED", "UPDATING"), status), kind == "KMS"])
    return compliant_if(uses_kms, otherwise="an AWS owned key encrypts the table (expected a KMS key)")


@check(
    "AWS::DynamoDB::Table",
    best_practices={
        "REL10-BP01": "the critical table exists in one Region only",
        "REL13-BP02": "no other Region has a copy of the table's data",
    },
    effort="L",
    severity="medium",
    live=True,
    fix="Add a replica in a second Region (AWS::DynamoDB::GlobalTable). Replicated writes and storage are charged.",
    compliant=[{"tags.Criticality": "critical", "configuration.replicas": [{"replicaStatus": "ACTIVE"}]}],
    non_compliant=[
        {"tags.Criticality": "critical", "configuration.replicas": [{"replicaStatus": "CREATION_FAILED"}]},
        {"tags.Criticality": "critical"},
    ],
    not_applicable=[{"tags.Criticality": "low"}, {}],
)
def dynamodb_critical_table_multi_region_replica(table: ConfigurationItem) -> Verdict:
    """Critical DynamoDB tables have a replica in another Region.

    Without a replica, the data is unavailable while the table's Region has an outage. Applies to tables whose
    Criticality tag is critical.
    """
    if table.tag("Criticality") != "critical":
        return NOT_APPLICABLE
    states = table.texts("configuration.replicas.replicaStatus")
    return compliant_if(
        contains(states, "ACTIVE"), otherwise=f"replica status: {listed(states) or 'no replica'} (expected ACTIVE)"
    )


@check(
    "AWS::DynamoDB::Table",
    best_practices={
        "PERF03-BP04": "the index projects all attributes instead of those that queries read",
        "COST05-BP05": "each write is charged again in full for the index",
    },
    effort="M",
    severity="low",
    fix="Recreate the index with ProjectionType KEYS_ONLY or INCLUDE and the attributes that its queries read.",
    compliant=[{INDEXES: [{"indexName": "open", "projection": {"projectionType": "KEYS_ONLY"}}]}],
    non_compliant=[{INDEXES: [{"indexName": "open", "projection": {"projectionType": "ALL"}}]}],
    not_applicable=[{}],
)
def sparse_index_design(table: ConfigurationItem) -> Verdict:
    """DynamoDB global secondary indexes project selected attributes only.

    An index that projects all attributes stores a full copy of each item, and each write is charged again in full.
    """

    def is_sparse(index: Attributes) -> bool:
        return index.text("projection.projectionType") != "ALL"

    return compliant_if_all(
        table.objects(INDEXES), is_sparse, "ProjectionType is ALL (expected KEYS_ONLY or INCLUDE)", named="indexName"
    )


@check(
    "AWS::DynamoDB::Table",
    best_practices={
        "SUS04-BP03": "expired items are stored until they are deleted manually",
        "COST04-BP05": "no TTL deletes expired items",
    },
    effort="S",
    severity="low",
    collector="tables",
    fix="Set TimeToLiveSpecification.Enabled to true, and AttributeName to the attribute that holds the expiry time.",
    compliant=[{TTL: "ENABLED"}, {TTL: "ENABLING"}],
    non_compliant=[{"parameters.every_table": True, TTL: "DISABLED"}, {"parameters.every_table": True}],
    not_applicable=[{TTL: "DISABLED"}, {}],
)
def dynamodb_ttl_enabled(table: ConfigurationItem, *, every_table: bool = False) -> Verdict:
    """DynamoDB tables have time to live (TTL) enabled.

    Expired items are charged until they are deleted manually. Applies only if the parameter `every_table` is true.
    """
    status = table.text(TTL, "DISABLED")
    otherwise = f"TimeToLiveStatus is {status} (expected ENABLED)"
    return compliant_if(status.startswith("ENABL"), otherwise, required=every_table)


@check(
    "AWS::DynamoDB::Table",
    best_practices={
        "REL07-BP01": "capacity is changed manually",
        "SUS02-BP01": "capacity does not follow the load",
        "COST09-BP03": "unused capacity is charged",
        "PERF05-BP05": "throttling continues until capacity is increased manually",
    },
    managed_rule="DYNAMODB_AUTOSCALING_ENABLED",
    automation="AWS-EnableDynamoDbAutoscaling",
    effort="S",
    severity="medium",
    collector="scaling",
    fix="Set BillingMode to PAY_PER_REQUEST, or add scalable targets for reads and writes of table and indexes.",
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
    """DynamoDB tables use on-demand capacity or auto scaling.

    With fixed capacity, requests are throttled at peak load, and unused capacity is charged. A provisioned table and
    each of its global secondary indexes need a scalable target for reads and one for writes.
    """
    if table.text(BILLING) == "PAY_PER_REQUEST":
        return COMPLIANT
    targets = table.related(TARGET)
    parts = [("table", ""), *(("index", index.text("indexName")) for index in table.objects(INDEXES))]

    def scaled(capacity: tuple[str, str, str]) -> bool:
        kind, name, units = capacity

        def covers(target: ConfigurationItem) -> bool:
            dimension = target.text("configuration.ScalableDimension")
            resource = target.text("configuration.ResourceId")
            # A reference in a template is known by its end only.
            same_index = any_of([resource.partition("/index/")[2] == name, resource.endswith(f"/index/{name}")])
            same_part = any_of([kind == "table", same_index])
            return all_of([dimension == f"dynamodb:{kind}:{units}", same_part, scales(target)])

        return any_of(targets, covers)

    capacities = [(*part, units) for part in parts for units in CAPACITIES]
    otherwise = "no scalable target with MinCapacity below MaxCapacity (expected one)"
    return compliant_if_all(
        capacities, scaled, otherwise, named=lambda capacity: f"{capacity[2]} of {capacity[0]} {capacity[1]}".rstrip()
    )


@check(
    "AWS::DynamoDB::Table",
    best_practices={
        "OPS08-BP04": "no alarm notifies on throttled requests",
        "REL06-BP03": "throttled requests send no notification",
    },
    effort="S",
    severity="medium",
    collector="alarms",
    fix="Create an alarm with an action on ReadThrottleEvents, WriteThrottleEvents or ThrottledRequests.",
    compliant=[{f"related.{ALARM}": [alarm("TableName", "AWS/DynamoDB", "ThrottledRequests")]}],
    non_compliant=[
        {f"related.{ALARM}": [alarm("TableName", "AWS/DynamoDB", "ThrottledRequests", alarmActions=[])]},
        {f"related.{ALARM}": []},
    ],
)
def dynamodb_throttles_alarm_configured(table: ConfigurationItem) -> Verdict:
    """DynamoDB tables have an alarm on throttled requests.

    Without an alarm, throttled requests are noticed only when applications fail. Throttling indicates a hot partition
    key or insufficient capacity.
    """
    throttling = ("ReadThrottleEvents", "WriteThrottleEvents", "ThrottledRequests")
    watched = alarmed(table, "TableName", "AWS/DynamoDB", *throttling)
    return compliant_if(watched, otherwise="no alarm with an action is set on throttled requests (expected one)")


@check(
    "AWS::DynamoDB::Table",
    best_practices={"SEC08-BP02": "encryption of the table with a KMS key is being disabled"},
    managed_rule="DYNAMODB_TABLE_ENCRYPTION_ENABLED",
    effort="S",
    severity="low",
    live=True,
    fix="Set SSESpecification.SSEEnabled to true.",
    compliant=[{f"{ENCRYPTION}.status": "ENABLED"}, {}],
    non_compliant=[{f"{ENCRYPTION}.status": "DISABLING"}],
)
def dynamodb_table_encryption_enabled(table: ConfigurationItem) -> Verdict:
    """DynamoDB tables are encrypted at rest.

    An unencrypted table would expose its items to anyone with access to the storage. DynamoDB always encrypts a table.
    The status DISABLED means that DynamoDB uses an AWS owned key, and the check passes. The check fails only while
    encryption with a KMS key is being turned off (status DISABLING).
    """
    status = table.text(f"{ENCRYPTION}.status", "ENABLED")
    return compliant_if(status != "DISABLING", otherwise=f"SSEDescription.Status is {status} (expected ENABLED)")


@check(
    "AWS::DynamoDB::Table",
    best_practices={"OPS06-BP01": "one DeleteTable call deletes the table"},
    managed_rule="DYNAMODB_TABLE_DELETION_PROTECTION_ENABLED",
    effort="S",
    severity="medium",
    fix="Set DeletionProtectionEnabled to true.",
    compliant=[{DELETION_PROTECTION: True}],
    non_compliant=[{DELETION_PROTECTION: False}, {}],
)
def dynamodb_table_deletion_protection_enabled(table: ConfigurationItem) -> Verdict:
    """DynamoDB tables have deletion protection enabled.

    Without deletion protection, a single DeleteTable call deletes the table and its items.
    """
    return compliant_if(table.flag(DELETION_PROTECTION), otherwise="DeletionProtectionEnabled is false (expected true)")


@check(
    "AWS::DynamoDB::Table",
    best_practices={
        "COST05-BP05": "a large table is charged at the Standard storage price",
        "SUS04-BP02": "items of a large table are stored in the Standard class",
        "COST06-BP02": "no decision about the table class is documented",
    },
    effort="S",
    severity="low",
    live=True,
    fix="Set TableClass to STANDARD_INFREQUENT_ACCESS if storage is most of the cost, or add a TableClass tag.",
    compliant=[
        {SIZE: 200_000_000_000, TABLE_CLASS: "STANDARD_INFREQUENT_ACCESS"},
        {SIZE: 200_000_000_000, "tags.TableClass": "x"},
    ],
    non_compliant=[{SIZE: 200_000_000_000, TABLE_CLASS: "STANDARD"}, {SIZE: 200_000_000_000}],
    not_applicable=[{SIZE: 99_999_999_999}, {SIZE: 0}],
)
def dynamodb_table_class_appropriate(table: ConfigurationItem, *, least_bytes: int = 100_000_000_000) -> Verdict:
    """Large DynamoDB tables use Standard-IA or have a TableClass tag.

    For a large table with few reads and writes, the table class Standard-Infrequent Access (Standard-IA) costs less. A
    TableClass tag documents why a table stays in the Standard class. Applies to tables of at least 100 GB.
    """
    size: Any = table.number(SIZE) if table.has(SIZE) else Unknown("AWS Config did not record the size")
    if size < least_bytes:
        return NOT_APPLICABLE
    found = table.text(TABLE_CLASS, "STANDARD")
    chosen = any_of([found == "STANDARD_INFREQUENT_ACCESS", table.tag("TableClass") != ""])
    return compliant_if(
        chosen, otherwise=f"TableClass is {found} (expected STANDARD_INFREQUENT_ACCESS or a TableClass tag)"
    )


@check(
    "AWS::DynamoDB::Table",
    best_practices={
        "COST04-BP03": "an unused index is charged for storage and writes",
        "SUS04-BP05": "an unused index stores the data a second time",
        "PERF03-BP04": "the table has an index that no query reads",
    },
    effort="M",
    severity="low",
    collector="table-usage",
    live=True,
    fix="Remove the index from GlobalSecondaryIndexes if no infrequent job queries it.",
    compliant=[{INDEX_READS: [{"IndexName": "by-day", "Sum": 1}]}],
    non_compliant=[
        {INDEX_READS: [{"IndexName": "by-day", "Sum": 1}, {"IndexName": "by-name", "Sum": 0}]},
        {INDEX_READS: [{"IndexName": "by-name"}], CREATED: "2025-12-16T12:00:00.000Z"},
    ],
    not_applicable=[
        {INDEX_READS: []},
        {INDEX_READS: [{"IndexName": "by-name", "Sum": 0}], CREATED: "2025-12-16T12:01:00.000Z"},
    ],
)
def dynamodb_gsi_unused(table: ConfigurationItem, *, days: int = 30) -> Verdict:
    """DynamoDB global secondary indexes are in use.

    An unused index costs storage and writes. An index is unused if nothing was read for 30 days. The check does not
    evaluate younger tables.
    """
    indexes = table.objects(INDEX_READS)
    if any_of([len(indexes) == 0, table.days_since(CREATED, default=days) < days]):
        return NOT_APPLICABLE
    return compliant_if_none(
        indexes, lambda index: index.number("Sum") == 0, f"no reads in {days} days", named="IndexName"
    )


@check(
    "AWS::DynamoDB::Table",
    best_practices={
        "COST04-BP03": "the stream is enabled without a consumer",
        "SUS03-BP02": "item changes are copied without use",
    },
    effort="S",
    severity="low",
    collector="table-usage",
    live=True,
    fix="Remove StreamSpecification, or name the consumer in the StreamConsumer tag.",
    compliant=[
        {STREAM: True, MAPPINGS: [{"State": "Enabled"}], PIPES: []},
        {STREAM: True, MAPPINGS: [], PIPES: [{"CurrentState": "RUNNING"}]},
    ],
    non_compliant=[{STREAM: True, MAPPINGS: [{"State": "Disabled"}], PIPES: []}],
    not_applicable=[
        {STREAM: False, MAPPINGS: [], PIPES: []},
        {MAPPINGS: [], PIPES: []},
        {STREAM: True, MAPPINGS: [], PIPES: [], "configuration.replicas": [{"regionName": "eu-central-1"}]},
        {STREAM: True, MAPPINGS: [], PIPES: [], "tags.StreamConsumer": "kcl"},
    ],
)
def dynamodb_stream_consumed(table: ConfigurationItem) -> Verdict:
    """DynamoDB streams have a consumer.

    A stream without a consumer copies item changes without use. Event source mappings and EventBridge pipes are
    consumers. Name any other consumer in the tag StreamConsumer. Global tables are not evaluated, because replication
    uses the stream.
    """
    exempt = [none_of([table.flag(STREAM)]), table.has("configuration.replicas"), table.tag("StreamConsumer") != ""]
    if any_of(exempt):
        return NOT_APPLICABLE
    mapped = any_of(table.texts(f"{MAPPINGS}.State"), lambda state: state != "Disabled")
    return compliant_if(
        any_of([mapped, table.has(PIPES)]), otherwise="no event source mapping or pipe reads the stream (expected one)"
    )


@check(
    "AWS::DynamoDB::Table",
    best_practices={
        "COST07-BP01": "a high load is charged at on-demand prices",
        "COST06-BP02": "the capacity mode is not based on consumption data",
        "COST05-BP06": "no cost comparison of capacity modes is documented",
    },
    effort="M",
    severity="low",
    collector="table-usage",
    live=True,
    fix="Compare the cost of both capacity modes, and document the decision in a CapacityDecision tag.",
    compliant=[
        {BILLING: "PAY_PER_REQUEST", READS: 2_592_000_000, WRITES: 2_592_000_000},
        {BILLING: "PAY_PER_REQUEST", READS: 2_592_000_001, "tags.CapacityDecision": "ADR-12"},
        {BILLING: "PAY_PER_REQUEST"},
    ],
    non_compliant=[
        {BILLING: "PAY_PER_REQUEST", READS: 2_592_000_001},
        {BILLING: "PAY_PER_REQUEST", WRITES: 2_592_000_001},
    ],
    not_applicable=[{BILLING: "PROVISIONED", READS: 2_592_000_001}, {}],
)
def dynamodb_capacity_mode_cost_reviewed(table: ConfigurationItem, *, most_units_a_second: int = 1000) -> Verdict:
    """Busy DynamoDB on-demand tables have a documented capacity decision.

    A steady high load usually costs less with provisioned capacity. A table is busy if it uses more than 1,000 capacity
    units a second on average over 30 days. The tag CapacityDecision documents the decision.
    """
    if table.text(BILLING, "PROVISIONED") != "PAY_PER_REQUEST":
        return NOT_APPLICABLE
    most = most_units_a_second * THIRTY_DAYS
    quiet = all_of([table.number(READS) <= most, table.number(WRITES) <= most])
    return compliant_if(
        any_of([quiet, table.tag("CapacityDecision") != ""]),
        otherwise=f"average use exceeds {most_units_a_second} units a second (expected a CapacityDecision tag)",
    )


@check(
    "AWS::DynamoDB::Table",
    best_practices={
        "PERF03-BP05": "the table serves many reads without a cache",
        "COST05-BP05": "reads that a cache could serve are charged",
    },
    effort="M",
    severity="low",
    collector="table-usage",
    live=True,
    fix="Create a DAX cluster, which is charged by the hour, or document in a CacheDecision tag why none is needed.",
    compliant=[
        {READS: 1_600_000_000, CACHES: []},
        {},
        {READS: 1_600_000_001, CACHES: [{"Status": "available"}]},
        {READS: 1_600_000_001, CACHES: [], "tags.CacheDecision": "reads are of distinct items"},
    ],
    non_compliant=[{READS: 1_600_000_001, CACHES: []}],
)
def dynamodb_dax_evaluated(table: ConfigurationItem, *, most_reads: int = 1_600_000_000) -> Verdict:
    """DynamoDB tables with many reads have a DAX cluster or a CacheDecision tag.

    Without a cache, repeated reads are slower and each one is charged. The check applies to tables that use more than
    1.6 billion read units in 30 days. This costs about 200 USD on demand in us-east-1. The check accepts any DAX
    cluster in the Region.
    """
    settled = [table.number(READS) <= most_reads, table.has(CACHES), table.tag("CacheDecision") != ""]
    return compliant_if(
        any_of(settled),
        otherwise=f"more than {most_reads} reads in 30 days (expected a DAX cluster or a CacheDecision tag)",
    )


@check(
    "AWS::DynamoDB::Table",
    best_practices={"REL09-BP01": "no recent backup exists besides point-in-time recovery"},
    automation="AWS-CreateDynamoDBBackup",
    effort="S",
    severity="low",
    collector="table-usage",
    live=True,
    fix="Add the table to an AWS Backup plan. Backup storage is charged.",
    compliant=[{BACKUPS: [{"BackupCreationDateTime": "2025-12-11T12:00:00+00:00"}]}],
    non_compliant=[{BACKUPS: [{"BackupCreationDateTime": "2025-12-11T11:59:00+00:00"}]}, {BACKUPS: []}],
)
def backup_on_demand_available(table: ConfigurationItem, *, most_days: int = 35) -> Verdict:
    """DynamoDB tables have a backup from the last 35 days.

    Only a backup can restore data older than the period of point-in-time recovery, at most 35 days. The check accepts
    on-demand backups and backups of AWS Backup.
    """
    ages = table.objects(BACKUPS)
    recent = any_of(ages, lambda backup: backup.days_since("BackupCreationDateTime") <= most_days)
    return compliant_if(recent, otherwise=f"no backup in {most_days} days (expected one)")


@check(
    "AWS::DynamoDB::Table",
    best_practices={
        "COST04-BP03": "an unused table is not decommissioned",
        "SUS03-BP02": "an unused component is kept",
        "SUS04-BP05": "unused data is kept in the table",
    },
    effort="M",
    severity="low",
    collector="usage",
    live=True,
    fix="Export the table to S3 if its data is needed, and delete the table.",
    compliant=[{WRITES: 1, CREATED: "2025-01-01T00:00:00.000Z"}, {READS: 1, CREATED: "2025-01-01T00:00:00.000Z"}],
    non_compliant=[{READS: 0, WRITES: 0, CREATED: "2025-10-17T12:00:00.000Z"}, {}],
    not_applicable=[{READS: 0, WRITES: 0, CREATED: "2025-10-17T12:01:00.000Z"}],
)
def dynamodb_table_unused(table: ConfigurationItem, *, days: int = 90) -> Verdict:
    """DynamoDB tables are in use.

    An unused table is charged for storage. A table is unused if nothing was read or written for 90 days. The check does
    not evaluate younger tables.
    """
    if table.days_since(CREATED, default=days) < days:
        return NOT_APPLICABLE
    used = any_of([table.number(READS) > 0, table.number(WRITES) > 0])
    return compliant_if(used, otherwise=f"no reads and writes in {days} days (expected some)")


def related(table: TemplateResource) -> dict[str, Sequence[TemplateResource]]:
    """The table's scalable targets, including those of a global table's settings, and its alarms."""
    return {TARGET: [*table.attached(TARGET, "ResourceId"), *_own_targets(table)], **alarms_of(table)}


def _own_targets(table: TemplateResource) -> Iterator[TemplateResource]:
    """The scalable targets that the settings of a global table define, for the table and its indexes."""
    replicas = elements(table.properties.get("Replicas"))
    named = {"": table.properties, **_by_index(table.properties)}
    for index, settings in named.items():
        kind, resource = ("index", f"table/{table.logical_id}/index/{index}") if index else ("table", table.logical_id)
        parts = {"Write": [settings], "Read": [_by_index(each).get(index, {}) if index else each for each in replicas]}
        for units, places in parts.items():
            ranges = [_scaling(place, units) for place in places]
            if ranges and all(ranges):
                fixed = (each for each in ranges if (each.get("MinCapacity") == each.get("MaxCapacity")) is True)
                dimension = f"dynamodb:{kind}:{units}CapacityUnits"
                found = next(fixed, ranges[0])
                yield table.implied(TARGET, {**found, "ResourceId": resource, "ScalableDimension": dimension})


def _by_index(place: Any) -> dict[str, dict[str, Any]]:
    """The settings of indexes, by index name."""
    indexes = elements(place.get("GlobalSecondaryIndexes")) if isinstance(place, dict) else []
    return {str(each.get("IndexName")): each for each in indexes if isinstance(each, dict)}


def _scaling(place: Any, units: str) -> dict[str, Any]:
    """The auto scaling range of a capacity; empty if it is not set."""
    settings = place.get(f"{units}ProvisionedThroughputSettings") if isinstance(place, dict) else None
    found = settings.get(f"{units}CapacityAutoScalingSettings") if isinstance(settings, dict) else None
    return found if isinstance(found, dict) else {}


def to_configuration_item(table: TemplateResource) -> dict[str, Any]:
    """A table as DescribeTable and DescribeContinuousBackups return it."""
    properties = table.properties
    encryption = properties.get("SSESpecification", {})
    expiry = properties.get("TimeToLiveSpecification", {}).get("Enabled")
    # A global table passes only if each of its replicas does.
    tables = elements(properties.get("Replicas")) or [properties]
    recoveries = [table.get("PointInTimeRecoverySpecification", {}) for table in tables]
    recovery = _for_each([each.get("PointInTimeRecoveryEnabled") for each in recoveries])
    protection = _for_each([table.get("DeletionProtectionEnabled") for table in tables])
    return {
        "configuration": {
            "tableName": properties.get("TableName", table.logical_id),
            "billingModeSummary": {"billingMode": properties.get("BillingMode")},
            "deletionProtectionEnabled": protection,
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


def _for_each(flags: Sequence[Any]) -> bool:
    """Whether all of these booleans of a template are true."""
    return all_of([worded(flag, "on", "off") == "on" for flag in flags])
