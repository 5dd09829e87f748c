"""DynamoDB tables. Config writes names as DescribeTable's Java model does: `ssedescription`, `kmsmasterKeyArn`."""

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
from pillarwatch.lift import TemplateResource, elements, lowered, worded
from pillarwatch.unknown import Unknown
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


BACKUPS = "supplementaryConfiguration.dynamodb.ListBackups.BackupSummaries"
CACHES = "supplementaryConfiguration.dax.DescribeClusters.Clusters"
CREATED = "configuration.creationDateTime"
INDEX_READS = "supplementaryConfiguration.Metrics.ConsumedReadCapacityUnits.Indexes"
MAPPINGS = "supplementaryConfiguration.lambda.ListEventSourceMappings.EventSourceMappings"
PIPES = "supplementaryConfiguration.pipes.ListPipes.Pipes"
READS = "supplementaryConfiguration.Metrics.ConsumedReadCapacityUnits.Sum"
STREAMS = "configuration.streamSpecification.streamEnabled"
WRITES = "supplementaryConfiguration.Metrics.ConsumedWriteCapacityUnits.Sum"
THIRTY_DAYS = 30 * 86_400  # in seconds


@check(
    "AWS::DynamoDB::Table",
    best_practices={
        "REL09-BP01": "deleted or overwritten items cannot be restored",
        "REL09-BP03": "the table has no automatic backup",
    },
    managed_rule="DYNAMODB_PITR_ENABLED",
    automation="AWSConfigRemediation-EnablePITRForDynamoDbTable",
    effort="S",
    severity="medium",
    fix="Turn on point-in-time recovery.",
    compliant=[{PITR: "ENABLED"}],
    non_compliant=[{PITR: "DISABLED"}, {}],
)
def dynamodb_pitr_enabled(table: ConfigurationItem) -> Verdict:
    """DynamoDB tables have point-in-time recovery enabled.

    The table can be restored to any second of the last 35 days.
    """
    status = table.text(PITR, "DISABLED")
    return compliant_if(status == "ENABLED", otherwise=f"point-in-time recovery is {status}")


@check(
    "AWS::DynamoDB::Table",
    best_practices={"SEC08-BP01": "the key is AWS's own: no key policy, no audit of its use"},
    managed_rule="DYNAMODB_TABLE_ENCRYPTED_KMS",
    automation="AWSConfigRemediation-EnableEncryptionOnDynamoDbTable",
    effort="S",
    severity="low",
    fix="Encrypt the table with a KMS key of the account.",
    compliant=[
        {f"{ENCRYPTION}.status": "ENABLED", f"{ENCRYPTION}.ssetype": "KMS"},
        {f"{ENCRYPTION}.status": "UPDATING", f"{ENCRYPTION}.ssetype": "KMS"},
    ],
    non_compliant=[{f"{ENCRYPTION}.status": "DISABLED"}, {}],
)
def dynamodb_table_encrypted_kms(table: ConfigurationItem) -> Verdict:
    """DynamoDB tables are encrypted with a KMS key of the account.

    Every table is encrypted; an absent description means AWS's own key, whose use nobody can restrict or audit.
    """
    status, kind = table.text(f"{ENCRYPTION}.status", "absent"), table.text(f"{ENCRYPTION}.ssetype")
    kms = all_of([contains(("ENABLED", "UPDATING"), status), kind == "KMS"])
    return compliant_if(kms, otherwise="SSESpecification has no KMS key: an AWS owned key encrypts the table")


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
        "PERF03-BP04": "the index projects attributes that its queries do not need",
        "COST05-BP05": "each write is billed again in full for the index",
    },
    effort="M",
    severity="low",
    fix="Project KEYS_ONLY or INCLUDE with the attributes that the queries need; an index has to be recreated for it.",
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
        "SUS04-BP03": "expired items are stored until they are deleted manually",
        "COST04-BP05": "no TTL deletes expired items",
    },
    effort="S",
    severity="low",
    collector="tables",
    fix="Turn on time to live on the attribute that holds the expiry; deletion by TTL costs nothing.",
    compliant=[{TTL: "ENABLED"}, {TTL: "ENABLING"}],
    non_compliant=[{"parameters.every_table": True, TTL: "DISABLED"}, {"parameters.every_table": True}],
    not_applicable=[{TTL: "DISABLED"}, {}],
)
def dynamodb_ttl_enabled(table: ConfigurationItem, *, every_table: bool = False) -> Verdict:
    """DynamoDB tables have time to live (TTL) enabled.

    Whether the items of a table expire at all, only its owner knows: set `every_table` to ask for it of all tables.
    """
    status = table.text(TTL, "DISABLED")
    otherwise = f"TimeToLiveSpecification is {status} (expected ENABLED)"
    return compliant_if(status.startswith("ENABL"), otherwise, asked=every_table)


@check(
    "AWS::DynamoDB::Table",
    best_practices={
        "REL07-BP01": "the capacity is changed manually",
        "SUS02-BP01": "the capacity does not follow the load",
        "COST09-BP03": "unused capacity is billed",
        "PERF05-BP05": "throttled requests continue until the capacity is changed manually",
    },
    managed_rule="DYNAMODB_AUTOSCALING_ENABLED",
    automation="AWS-EnableDynamoDbAutoscaling",
    effort="S",
    severity="medium",
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
    """DynamoDB tables scale their capacity automatically.

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
            dimension = target.text("configuration.ScalableDimension")
            resource = target.text("configuration.ResourceId")
            # Of a template's reference the beginning is not known, and the end decides.
            index_is_it = any_of([resource.partition("/index/")[2] == name, resource.endswith(f"/index/{name}")])
            of_part = any_of([kind == "table", index_is_it])
            return all_of([dimension == f"dynamodb:{kind}:{units}", of_part, scales(target)])

        return any_of(targets, of_it)

    capacities = [(*part, units) for part in parts for units in CAPACITIES]
    return compliant_if_all(capacities, scaled, "fixed", named=lambda capacity: " ".join(map(str, capacity)))


@check(
    "AWS::DynamoDB::Table",
    best_practices={
        "OPS08-BP04": "no alarm notifies on throttled requests",
        "REL06-BP03": "throttled requests send no notification",
    },
    effort="S",
    severity="medium",
    collector="alarms",
    fix="Add an alarm with an action on ReadThrottleEvents, WriteThrottleEvents or ThrottledRequests of the table.",
    compliant=[{f"related.{ALARM}": [alarm("TableName", "AWS/DynamoDB", "ThrottledRequests")]}],
    non_compliant=[
        {f"related.{ALARM}": [alarm("TableName", "AWS/DynamoDB", "ThrottledRequests", alarmActions=[])]},
        {f"related.{ALARM}": []},
    ],
)
def dynamodb_throttles_alarm_configured(table: ConfigurationItem) -> Verdict:
    """An alarm notifies on throttled DynamoDB requests.

    Throttling is the first sign of a hot key or of too little capacity.
    """
    throttling = ("ReadThrottleEvents", "WriteThrottleEvents", "ThrottledRequests")
    called = alarmed(table, "TableName", "AWS/DynamoDB", *throttling)
    return compliant_if(called, otherwise="no alarm with an action watches throttled requests")


@check(
    "AWS::DynamoDB::Table",
    best_practices={"SEC08-BP02": "the key of the table is not available"},
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
    best_practices={"OPS06-BP01": "one call deletes the table"},
    managed_rule="DYNAMODB_TABLE_DELETION_PROTECTION_ENABLED",
    effort="S",
    severity="medium",
    fix="Set DeletionProtectionEnabled to true.",
    compliant=[{PROTECTED: True}],
    non_compliant=[{PROTECTED: False}, {}],
)
def dynamodb_table_deletion_protection_enabled(table: ConfigurationItem) -> Verdict:
    """DynamoDB tables have deletion protection.

    With deletion protection, DeleteTable fails until the protection is turned off.
    """
    return compliant_if(table.flag(PROTECTED), otherwise="DeletionProtectionEnabled is false (expected true)")


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
    not_applicable=[{SIZE: 99_999_999_999}, {SIZE: 0}],
)
def dynamodb_table_class_appropriate(table: ConfigurationItem, *, least_bytes: int = 100_000_000_000) -> Verdict:
    """Large DynamoDB tables have a class that was chosen.

    The infrequent-access class, or a tag TableClass that says why not.
    """
    size: Any = table.number(SIZE) if table.has(SIZE) else Unknown("AWS Config did not record the size")
    if size < least_bytes:
        return NOT_APPLICABLE
    found = table.text(CLASS, "STANDARD")
    chosen = any_of([found == "STANDARD_INFREQUENT_ACCESS", table.tag("TableClass") != ""])
    return compliant_if(chosen, otherwise=f"the class is {found}")


@check(
    "AWS::DynamoDB::Table",
    best_practices={
        "COST04-BP03": "each write is paid for again, for an index that nobody reads",
        "SUS04-BP05": "data is kept twice for nobody",
        "PERF03-BP04": "indexes were not chosen by how data is accessed",
    },
    effort="M",
    severity="low",
    collector="table-usage",
    live=True,
    fix="Delete the index.",
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
    """Every index of a DynamoDB table is read.

    Within 30 days, so a younger table is not judged.
    """
    indexes = table.objects(INDEX_READS)
    if any_of([len(indexes) == 0, table.days_since(CREATED, default=days) < days]):
        return NOT_APPLICABLE
    return compliant_if_none(indexes, lambda index: index.number("Sum") == 0, "not read", named="IndexName")


@check(
    "AWS::DynamoDB::Table",
    best_practices={
        "COST04-BP03": "a stream that nobody reads is left over",
        "SUS03-BP02": "changes are copied for nobody",
    },
    effort="S",
    severity="low",
    collector="table-usage",
    live=True,
    fix="Turn the stream off.",
    compliant=[
        {STREAMS: True, MAPPINGS: [{"State": "Enabled"}], PIPES: []},
        {STREAMS: True, MAPPINGS: [], PIPES: [{"CurrentState": "RUNNING"}]},
    ],
    non_compliant=[{STREAMS: True, MAPPINGS: [{"State": "Disabled"}], PIPES: []}],
    not_applicable=[
        {STREAMS: False, MAPPINGS: [], PIPES: []},
        {MAPPINGS: [], PIPES: []},
        {STREAMS: True, MAPPINGS: [], PIPES: [], "configuration.replicas": [{"regionName": "eu-central-1"}]},
        {STREAMS: True, MAPPINGS: [], PIPES: [], "tags.StreamConsumer": "kcl"},
    ],
)
def dynamodb_stream_consumed(table: ConfigurationItem) -> Verdict:
    """A DynamoDB stream has a reader.

    A function or a pipe. A program that reads it by itself no API tells of: name it in the tag StreamConsumer. Global
    tables copy themselves through their stream.
    """
    exempt = [none_of([table.flag(STREAMS)]), table.has("configuration.replicas"), table.tag("StreamConsumer") != ""]
    if any_of(exempt):
        return NOT_APPLICABLE
    mapped = any_of(table.texts(f"{MAPPINGS}.State"), lambda state: state != "Disabled")
    return compliant_if(any_of([mapped, table.has(PIPES)]), otherwise="nobody reads the stream")


@check(
    "AWS::DynamoDB::Table",
    best_practices={
        "COST07-BP01": "a steady load is paid for by the request",
        "COST06-BP02": "the capacity mode was chosen without the data of its use",
        "COST05-BP06": "the load has changed, and the cost of the mode was not compared again",
    },
    effort="M",
    severity="low",
    collector="table-usage",
    live=True,
    fix="Compare with provisioned and reserved capacity; note the decision in the tag CapacityDecision.",
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
    """The mode of busy on-demand tables was decided by their cost.

    Busy is more than a thousand units a second on the average of 30 days.
    """
    if table.text(BILLING, "PROVISIONED") != "PAY_PER_REQUEST":
        return NOT_APPLICABLE
    most = most_units_a_second * THIRTY_DAYS
    quiet = all_of([table.number(READS) <= most, table.number(WRITES) <= most])
    return compliant_if(any_of([quiet, table.tag("CapacityDecision") != ""]), otherwise="a steady load, on demand")


@check(
    "AWS::DynamoDB::Table",
    best_practices={
        "PERF03-BP05": "the same items are read from the table again and again",
        "COST05-BP05": "reads that a cache would answer are paid for one by one",
    },
    effort="M",
    severity="low",
    collector="table-usage",
    live=True,
    fix="Put DAX before the table, or note in the tag CacheDecision why not.",
    compliant=[
        {READS: 1_600_000_000, CACHES: []},
        {},
        {READS: 1_600_000_001, CACHES: [{"Status": "available"}]},
        {READS: 1_600_000_001, CACHES: [], "tags.CacheDecision": "reads are of distinct items"},
    ],
    non_compliant=[{READS: 1_600_000_001, CACHES: []}],
)
def dynamodb_dax_evaluated(table: ConfigurationItem, *, most_reads: int = 1_600_000_000) -> Verdict:
    """Reads that are worth a cache have one, or a decision.

    By default 1.6 thousand million read units in 30 days, about 200 USD of on-demand reads in us-east-1.
    """
    settled = [table.number(READS) <= most_reads, table.has(CACHES), table.tag("CacheDecision") != ""]
    return compliant_if(any_of(settled), otherwise="many reads, no cache and no decision")


@check(
    "AWS::DynamoDB::Table",
    best_practices={"REL09-BP01": "there is no backup that outlives the window of point-in-time recovery"},
    automation="AWS-CreateDynamoDBBackup",
    effort="S",
    severity="low",
    collector="table-usage",
    live=True,
    fix="Back the table up by a plan of AWS Backup.",
    compliant=[{BACKUPS: [{"BackupCreationDateTime": "2025-12-11T12:00:00+00:00"}]}],
    non_compliant=[{BACKUPS: [{"BackupCreationDateTime": "2025-12-11T11:59:00+00:00"}]}, {BACKUPS: []}],
)
def backup_on_demand_available(table: ConfigurationItem, *, most_days: int = 35) -> Verdict:
    """A DynamoDB table has a backup of the last five weeks.

    On demand or by a plan: point-in-time recovery ends with the table.
    """
    ages = table.objects(BACKUPS)
    recent = any_of(ages, lambda backup: backup.days_since("BackupCreationDateTime") <= most_days)
    return compliant_if(recent, otherwise=f"no backup within {most_days} days")


@check(
    "AWS::DynamoDB::Table",
    best_practices={
        "COST04-BP03": "a table without a use is not decommissioned",
        "SUS03-BP02": "a component that nobody uses is kept",
        "SUS04-BP05": "data that nobody reads is kept in fast storage",
    },
    effort="M",
    severity="low",
    collector="usage",
    live=True,
    fix="Export the table to S3, and delete it.",
    compliant=[{WRITES: 1, CREATED: "2025-01-01T00:00:00.000Z"}, {READS: 1, CREATED: "2025-01-01T00:00:00.000Z"}],
    non_compliant=[{READS: 0, WRITES: 0, CREATED: "2025-10-17T12:00:00.000Z"}, {}],
    not_applicable=[{READS: 0, WRITES: 0, CREATED: "2025-10-17T12:01:00.000Z"}],
)
def dynamodb_table_unused(table: ConfigurationItem, *, days: int = 90) -> Verdict:
    """DynamoDB tables are in use.

    Within a quarter, so a younger one is not judged.
    """
    if table.days_since(CREATED, default=days) < days:
        return NOT_APPLICABLE
    used = any_of([table.number(READS) > 0, table.number(WRITES) > 0])
    return compliant_if(used, otherwise=f"neither read nor written for {days} days")


def related(table: TemplateResource) -> dict[str, Sequence[TemplateResource]]:
    """Its scalable targets, those of a global table's own settings too, and its alarms."""
    return {TARGET: [*table.attached(TARGET, "ResourceId"), *_own_targets(table)], **alarms_of(table)}


def _own_targets(table: TemplateResource) -> Iterator[TemplateResource]:
    """The scalable targets that a global table's settings make, of the table and of its indexes."""
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
    """The settings of indexes by their names."""
    indexes = elements(place.get("GlobalSecondaryIndexes")) if isinstance(place, dict) else []
    return {str(each.get("IndexName")): each for each in indexes if isinstance(each, dict)}


def _scaling(place: Any, units: str) -> dict[str, Any]:
    """The range in which a capacity scales; empty where it is not said."""
    settings = place.get(f"{units}ProvisionedThroughputSettings") if isinstance(place, dict) else None
    found = settings.get(f"{units}CapacityAutoScalingSettings") if isinstance(settings, dict) else None
    return found if isinstance(found, dict) else {}


def lift(table: TemplateResource) -> dict[str, Any]:
    """A table as DescribeTable and DescribeContinuousBackups tell of it."""
    properties = table.properties
    encryption = properties.get("SSESpecification", {})
    expiry = properties.get("TimeToLiveSpecification", {}).get("Enabled")
    # A global table is as many tables: what is said of its replicas holds if it holds for each.
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
    """Whether a template's booleans are all true."""
    return all_of([worded(flag, "on", "off") == "on" for flag in flags])
