"""Kinesis data streams: CloudFormation's shape. AWS Config does not record the capacity mode."""

from collections.abc import Sequence
from typing import Any

from pillarwatch import (
    NOT_APPLICABLE,
    ConfigurationItem,
    Verdict,
    any_of,
    check,
    compliant_if,
    compliant_if_all,
    contains,
)
from pillarwatch.template_resource import TemplateResource
from rules.checks.shared.tags import data_classification_tag_present, required_tags, resource_managed_by_iac

ENCRYPTION = "configuration.StreamEncryption.EncryptionType"
RETENTION = "configuration.RetentionPeriodHours"


LEVELS = "supplementaryConfiguration.kinesis.DescribeStreamSummary.StreamDescriptionSummary.EnhancedMonitoring"
CREATED = "supplementaryConfiguration.kinesis.DescribeStreamSummary.StreamDescriptionSummary.StreamCreationTimestamp"
PEAK_BYTES = "supplementaryConfiguration.Metrics.IncomingBytes.Sum"
PEAK_RECORDS = "supplementaryConfiguration.Metrics.IncomingRecords.Sum"
SHARDS = "supplementaryConfiguration.kinesis.DescribeStreamSummary.StreamDescriptionSummary.OpenShardCount"
DAYS = 14  # period of the metrics
SHARD_BYTES, SHARD_RECORDS = 1024 * 1024 * 3600, 1000 * 3600  # the write limit of a shard in an hour
MODE = "supplementaryConfiguration.kinesis.DescribeStreamSummary.StreamDescriptionSummary.StreamModeDetails.StreamMode"


@check(
    "AWS::Kinesis::Stream",
    best_practices={"SEC08-BP02": "records are stored unencrypted"},
    managed_rule="KINESIS_STREAM_ENCRYPTED",
    automation="AWS-EnableKinesisStreamEncryption",
    effort="S",
    severity="medium",
    fix="Set StreamEncryption.EncryptionType to KMS, and StreamEncryption.KeyId to a KMS key.",
    compliant=[{ENCRYPTION: "KMS"}],
    non_compliant=[{ENCRYPTION: "NONE"}, {}],
)
def kinesis_stream_encrypted(stream: ConfigurationItem) -> Verdict:
    """Kinesis data streams have server-side encryption enabled.

    Without server-side encryption, which is off by default, records are stored unencrypted.
    """
    kind = stream.text(ENCRYPTION, "NONE")
    return compliant_if(kind == "KMS", otherwise=f"StreamEncryption.EncryptionType is {kind} (expected KMS)")


@check(
    "AWS::Kinesis::Stream",
    best_practices={
        "COST04-BP05": "records are stored and billed longer than they are read",
        "SUS04-BP03": "records are kept longer than they are needed",
    },
    effort="S",
    severity="low",
    fix="Set RetentionPeriodHours to the time that consumers need to catch up, and archive older records in S3.",
    compliant=[{RETENTION: 24}, {RETENTION: 168}, {}],
    non_compliant=[{RETENTION: 169}],
)
def kinesis_retention_justified(stream: ConfigurationItem, *, max_retention_hours: int = 168) -> Verdict:
    """Kinesis data streams keep records for at most 7 days.

    Longer retention is billed, and seven days are enough to catch up. The AWS Config rule requires seven or more.
    """
    retention = stream.number(RETENTION, 24)
    return compliant_if(
        retention <= max_retention_hours,
        otherwise=f"RetentionPeriodHours is {retention} (expected at most {max_retention_hours})",
    )


@check(
    "AWS::Kinesis::Stream",
    best_practices={
        "REL07-BP03": "records above the capacity of the shards are rejected",
        "PERF03-BP02": "the throughput of the stream is a fixed number of shards",
        "COST09-BP03": "unused shards are billed",
        "SUS02-BP01": "the number of shards does not change with the demand",
    },
    effort="M",
    collector="streams",
    fix="Set StreamModeDetails.StreamMode to ON_DEMAND, or set the tag ScalingAutomation.",
    compliant=[{MODE: "ON_DEMAND"}, {MODE: "PROVISIONED", "tags.ScalingAutomation": "shard-scaler"}],
    non_compliant=[{MODE: "PROVISIONED"}, {}],
)
def kinesis_stream_adaptive_capacity(stream: ConfigurationItem) -> Verdict:
    """Kinesis data streams adapt their capacity to the load.

    Records above the fixed limit of the shards are rejected. Provisioned streams with a ScalingAutomation tag pass.
    """
    mode = stream.text(MODE, "PROVISIONED")
    adaptive = any_of([mode == "ON_DEMAND", stream.tag("ScalingAutomation") != ""])
    return compliant_if(adaptive, otherwise=f"StreamMode is {mode} (expected ON_DEMAND)")


@check(
    "AWS::Kinesis::Stream",
    best_practices={
        "PERF03-BP03": "shard-level metrics are not collected",
        "REL06-BP01": "throttled shards cannot be identified",
    },
    effort="S",
    severity="low",
    collector="streams",
    fix="Set DesiredShardLevelMetrics to the missing metrics. Shard-level metrics are charged.",
    compliant=[
        {LEVELS: [{"ShardLevelMetrics": ["ALL"]}]},
        {
            LEVELS: [
                {
                    "ShardLevelMetrics": [
                        "IncomingBytes",
                        "IteratorAgeMilliseconds",
                        "WriteProvisionedThroughputExceeded",
                    ]
                }
            ]
        },
    ],
    non_compliant=[{LEVELS: [{"ShardLevelMetrics": ["IncomingBytes"]}]}, {LEVELS: []}],
    not_applicable=[{SHARDS: 1, LEVELS: []}],
)
def kinesis_stream_enhanced_monitoring_enabled(
    stream: ConfigurationItem,
    *,
    metrics: Sequence[str] = ("IncomingBytes", "IteratorAgeMilliseconds", "WriteProvisionedThroughputExceeded"),
) -> Verdict:
    """Kinesis data streams publish shard-level metrics.

    Without shard-level metrics, a throttled shard or a slow consumer cannot be identified. Streams with one shard are
    not judged, because their stream-level metrics give the same values.
    """
    if stream.number(SHARDS, 2) == 1:
        return NOT_APPLICABLE
    levels = stream.texts(f"{LEVELS}.ShardLevelMetrics")
    everything = contains(levels, "ALL")
    return compliant_if_all(
        metrics,
        lambda metric: any_of([everything, contains(levels, metric)]),
        "DesiredShardLevelMetrics does not contain",
    )


@check(
    "AWS::Kinesis::Stream",
    best_practices={
        "COST06-BP02": "the number of shards is not based on usage data",
        "COST09-BP01": "demand was not measured, and most shards are unused",
    },
    effort="M",
    severity="low",
    collector="streams",
    live=True,
    fix="Merge shards, or set StreamModeDetails.StreamMode to ON_DEMAND.",
    compliant=[
        {MODE: "PROVISIONED", SHARDS: 4, PEAK_BYTES: 1024 * 1024 * 3600, PEAK_RECORDS: 1},
        {MODE: "PROVISIONED", SHARDS: 4, PEAK_BYTES: 1, PEAK_RECORDS: 1000 * 3600},
    ],
    non_compliant=[
        {MODE: "PROVISIONED", SHARDS: 4, PEAK_BYTES: 1024 * 1024 * 3600 - 5, PEAK_RECORDS: 5},
        {MODE: "PROVISIONED", SHARDS: 2},
    ],
    not_applicable=[
        {MODE: "ON_DEMAND", SHARDS: 4},
        {MODE: "PROVISIONED", SHARDS: 1, PEAK_BYTES: 0},
        {MODE: "PROVISIONED", SHARDS: 2, CREATED: "2026-01-01T12:01:00+00:00"},
        {},
    ],
)
def kinesis_provisioned_shard_utilisation(stream: ConfigurationItem, *, least_percent: int = 25) -> Verdict:
    """Provisioned Kinesis data streams use at least a quarter of their shards.

    Unused shards are billed. The check compares the busiest hour of two weeks with the write limit of the shards, in
    bytes and in records. Streams with one shard and streams younger than two weeks are not judged.
    """
    shards, young = stream.number(SHARDS), stream.days_since(CREATED, default=DAYS) < DAYS
    if any_of([stream.text(MODE, "PROVISIONED") == "ON_DEMAND", shards <= 1, young]):
        return NOT_APPLICABLE
    used = max(stream.number(PEAK_BYTES) / SHARD_BYTES, stream.number(PEAK_RECORDS) / SHARD_RECORDS) / shards
    return compliant_if(
        used * 100 >= least_percent, otherwise=f"{used:.1%} of {shards} shards are used (expected {least_percent}%)"
    )


def to_configuration_item(stream: TemplateResource) -> dict[str, Any]:
    """The configuration of a stream, and its summary in the shape of DescribeStreamSummary."""
    properties = dict(stream.properties)
    monitoring = [{"ShardLevelMetrics": properties.pop("DesiredShardLevelMetrics", None)}]
    mode = properties.pop("StreamModeDetails", None)
    known = {"EnhancedMonitoring": monitoring, "StreamModeDetails": mode}
    if "ShardCount" in properties:
        known["OpenShardCount"] = properties["ShardCount"]
    summary = {"StreamDescriptionSummary": known}
    return {
        "configuration": properties,
        "supplementaryConfiguration": {"kinesis": {"DescribeStreamSummary": summary}},
    }
