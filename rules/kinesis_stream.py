"""Kinesis data streams: CloudFormation's shape. Config does not record whether a stream is on demand."""

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
from pillarwatch.lift import TemplateResource
from rules.shared.tags import data_classification_tag_present, required_tags, resource_managed_by_iac

ENCRYPTION = "configuration.StreamEncryption.EncryptionType"
RETENTION = "configuration.RetentionPeriodHours"


LEVELS = "supplementaryConfiguration.kinesis.DescribeStreamSummary.StreamDescriptionSummary.EnhancedMonitoring"
CREATED = "supplementaryConfiguration.kinesis.DescribeStreamSummary.StreamDescriptionSummary.StreamCreationTimestamp"
PEAK_BYTES = "supplementaryConfiguration.Metrics.IncomingBytes.Sum"
PEAK_RECORDS = "supplementaryConfiguration.Metrics.IncomingRecords.Sum"
SHARDS = "supplementaryConfiguration.kinesis.DescribeStreamSummary.StreamDescriptionSummary.OpenShardCount"
DAYS = 14  # of metrics
SHARD_BYTES, SHARD_RECORDS = 1024 * 1024 * 3600, 1000 * 3600  # what a shard takes in an hour
MODE = "supplementaryConfiguration.kinesis.DescribeStreamSummary.StreamDescriptionSummary.StreamModeDetails.StreamMode"


@check(
    "AWS::Kinesis::Stream",
    best_practices={"SEC08-BP02": "records are stored unencrypted"},
    managed_rule="KINESIS_STREAM_ENCRYPTED",
    automation="AWS-EnableKinesisStreamEncryption",
    effort="S",
    severity="medium",
    fix="Turn on server-side encryption with a KMS key.",
    compliant=[{ENCRYPTION: "KMS"}],
    non_compliant=[{ENCRYPTION: "NONE"}, {}],
)
def kinesis_stream_encrypted(stream: ConfigurationItem) -> Verdict:
    """Kinesis streams have server-side encryption enabled.

    Unlike a queue or a table, a stream is not encrypted unless it says so.
    """
    kind = stream.text(ENCRYPTION, "NONE")
    return compliant_if(kind == "KMS", otherwise=f"StreamEncryption.EncryptionType is {kind} (expected KMS)")


@check(
    "AWS::Kinesis::Stream",
    best_practices={
        "COST04-BP05": "records are kept, and paid for, longer than they are read",
        "SUS04-BP03": "records are kept longer than they are needed",
    },
    effort="S",
    severity="low",
    fix="Set the retention to what a consumer needs to catch up, and archive the rest in S3.",
    compliant=[{RETENTION: 24}, {RETENTION: 168}, {}],
    non_compliant=[{RETENTION: 169}],
)
def kinesis_retention_justified(stream: ConfigurationItem, *, max_retention_hours: int = 168) -> Verdict:
    """Kinesis streams keep records no longer than a consumer needs to catch up.

    A week covers an outage over a long weekend. AWS's own rule asks for the opposite, a week at least.
    """
    retention = stream.number(RETENTION, 24)
    return compliant_if(retention <= max_retention_hours, otherwise=f"records are kept for {retention} hours")


@check(
    "AWS::Kinesis::Stream",
    best_practices={
        "REL07-BP03": "records above the capacity of the shards are rejected",
        "PERF03-BP02": "the throughput of the stream is a fixed number of shards",
        "COST09-BP03": "unused shards are billed",
        "SUS02-BP01": "the capacity does not follow the demand",
    },
    effort="M",
    collector="streams",
    fix="Switch the stream to on-demand, or tag it with ScalingAutomation where something resizes its shards.",
    compliant=[{MODE: "ON_DEMAND"}, {MODE: "PROVISIONED", "tags.ScalingAutomation": "shard-scaler"}],
    non_compliant=[{MODE: "PROVISIONED"}, {}],
)
def kinesis_stream_adaptive_capacity(stream: ConfigurationItem) -> Verdict:
    """The capacity of Kinesis streams follows the load.

    Config does not record the mode, the stream's summary does. A summary or template without one is of PROVISIONED.
    """
    mode = stream.text(MODE, "PROVISIONED")
    right = any_of([mode == "ON_DEMAND", stream.tag("ScalingAutomation") != ""])
    return compliant_if(right, otherwise=f"the mode is {mode}")


@check(
    "AWS::Kinesis::Stream",
    best_practices={
        "PERF03-BP03": "shard-level metrics are off",
        "REL06-BP01": "throttled shards cannot be identified",
    },
    effort="S",
    severity="low",
    collector="streams",
    fix="Turn on enhanced monitoring of the stream's shards.",
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
    """Kinesis streams publish shard-level metrics.

    At least how much comes in, how late it is read, and how much is refused. Of one shard, the free metrics of the
    stream say the same.
    """
    if stream.number(SHARDS, 2) == 1:
        return NOT_APPLICABLE
    levels = stream.texts(f"{LEVELS}.ShardLevelMetrics")
    everything = contains(levels, "ALL")
    return compliant_if_all(
        metrics, lambda metric: any_of([everything, contains(levels, metric)]), "DesiredShardLevelMetrics lacks"
    )


@check(
    "AWS::Kinesis::Stream",
    best_practices={
        "COST06-BP02": "shards were chosen without the data of their use",
        "COST09-BP01": "demand was not measured, and most of what is paid for rests",
    },
    effort="M",
    severity="low",
    collector="streams",
    live=True,
    fix="Merge shards, or switch the stream to on-demand.",
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
    """Provisioned shards are used in the busiest hour of two weeks.

    By bytes or by records, whichever is nearer to what the shards take. One shard is the least there is; a younger
    stream is not judged.
    """
    shards, young = stream.number(SHARDS), stream.days_since(CREATED, default=DAYS) < DAYS
    if any_of([stream.text(MODE, "PROVISIONED") == "ON_DEMAND", shards <= 1, young]):
        return NOT_APPLICABLE
    used = max(stream.number(PEAK_BYTES) / SHARD_BYTES, stream.number(PEAK_RECORDS) / SHARD_RECORDS) / shards
    return compliant_if(used * 100 >= least_percent, otherwise=f"{used:.0%} of {shards} shards are used")


def lift(stream: TemplateResource) -> dict[str, Any]:
    """A stream with the metrics of its shards, as its summary tells of them."""
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
