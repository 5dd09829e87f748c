"""Kinesis data streams: CloudFormation's shape. Config does not record whether a stream is on demand."""

from pillarwatch import (
    ConfigurationItem,
    Verdict,
    any_of,
    check,
    compliant_if,
)
from rules.shared.tags import data_classification_tag_present, required_tags, resource_managed_by_iac

ENCRYPTION = "configuration.StreamEncryption.EncryptionType"
RETENTION = "configuration.RetentionPeriodHours"


MODE = "configuration.StreamModeDetails.StreamMode"


@check(
    "AWS::Kinesis::Stream",
    best_practices={"SEC08-BP02": "records lie unencrypted"},
    managed_rule="KINESIS_STREAM_ENCRYPTED",
    automation="AWS-EnableKinesisStreamEncryption",
    effort="S",
    severity="medium",
    fix="Turn on server-side encryption with a KMS key.",
    compliant=[{ENCRYPTION: "KMS"}],
    non_compliant=[{ENCRYPTION: "NONE"}, {}],
)
def kinesis_stream_encrypted(stream: ConfigurationItem) -> Verdict:
    """Kinesis streams encrypt their records.

    Unlike a queue or a table, a stream is not encrypted unless it says so.
    """
    kind = stream.text(ENCRYPTION, "NONE")
    return compliant_if(kind == "KMS", otherwise=f"encryption is {kind}")


@check(
    "AWS::Kinesis::Stream",
    best_practices={
        "COST04-BP05": "records are kept, and paid for, longer than they are read",
        "SUS04-BP03": "records outlive their purpose",
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
        "REL07-BP03": "more records than the shards take are refused",
        "PERF03-BP02": "the stream has the throughput that somebody guessed",
        "COST09-BP03": "shards are paid for while nothing flows",
        "SUS02-BP01": "capacity stays when the demand is gone",
    },
    effort="M",
    fix="Switch the stream to on-demand, or tag it with ScalingAutomation where something resizes its shards.",
    compliant=[{MODE: "ON_DEMAND"}, {MODE: "PROVISIONED", "tags.ScalingAutomation": "shard-scaler"}],
    non_compliant=[{MODE: "PROVISIONED"}, {}],
)
def kinesis_stream_adaptive_capacity(stream: ConfigurationItem) -> Verdict:
    """The capacity of Kinesis streams follows the load.

    What is not said is PROVISIONED.
    """
    mode = stream.text(MODE, "PROVISIONED")
    right = any_of([mode == "ON_DEMAND", stream.tag("ScalingAutomation") != ""])
    return compliant_if(right, otherwise=f"the mode is {mode}")
