"""DynamoDB tables with their usage, stream consumers and backups."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pillarwatch import ConfigurationItem
from pillarwatch.unknown import Unknown
from rules.collectors import collector, completed
from rules.collectors._metrics import Metric, measured

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rules.collectors import Aws, Listed

TABLE = "AWS::DynamoDB::Table"
INDEXES = "configuration.globalSecondaryIndexes.indexName"
READS, WRITES = "ConsumedReadCapacityUnits", "ConsumedWriteCapacityUnits"
DAYS = 30


@collector(
    TABLE,
    actions=(
        "cloudwatch:GetMetricData",
        "config:SelectResourceConfig",
        "dax:DescribeClusters",
        "dynamodb:ListBackups",
        "lambda:ListEventSourceMappings",
        "pipes:ListPipes",
    ),
)
def table_usage(aws: Aws) -> Iterator[Listed]:
    """DynamoDB tables with the usage of their indexes in 30 days, the consumers of their stream, and their backups."""
    backups = aws.every("dynamodb:ListBackups", "BackupSummaries", BackupType="ALL")
    clusters = aws.every("dax:DescribeClusters", "Clusters")
    mappings = aws.every("lambda:ListEventSourceMappings", "EventSourceMappings")
    pipes = aws.every("pipes:ListPipes", "Pipes", CurrentState="RUNNING")
    for page in aws.recorded_pages(TABLE):
        units = measured(aws, dict(_wanted(page)), days=DAYS)
        for item in page:
            table = item["resourceName"]
            stream = f"{item['arn']}/stream/"
            indexes = [{"IndexName": index, "Sum": units[table, index]} for index in _indexes(item)]
            yield completed(
                item,
                {
                    "dax": {"DescribeClusters": {"Clusters": clusters}},
                    "dynamodb": {"ListBackups": {"BackupSummaries": _of(backups, "TableArn", item["arn"])}},
                    "lambda": {
                        "ListEventSourceMappings": {"EventSourceMappings": _of(mappings, "EventSourceArn", stream)}
                    },
                    "pipes": {"ListPipes": {"Pipes": _of(pipes, "Source", stream)}},
                    "Metrics": {
                        READS: {"Sum": units[table, READS], "Indexes": indexes},
                        WRITES: {"Sum": units[table, WRITES]},
                    },
                },
            )


def _indexes(item: dict[str, Any]) -> list[str]:
    names: Any = ConfigurationItem(item).texts(INDEXES)
    return [] if isinstance(names, Unknown) else [str(name) for name in names]


def _wanted(page: list[dict[str, Any]]) -> Iterator[tuple[tuple[str, str], Metric]]:
    for item in page:
        table = {"TableName": item["resourceName"]}
        for metric in (READS, WRITES):
            yield (item["resourceName"], metric), Metric("AWS/DynamoDB", metric, table, "Sum")
        for index in _indexes(item):
            dimensions = {**table, "GlobalSecondaryIndexName": index}
            yield (item["resourceName"], index), Metric("AWS/DynamoDB", READS, dimensions, "Sum")


def _of(found: Any, key: str, arn: str) -> Any:
    """The elements with this ARN, or, if it ends with a slash, with an ARN that begins with it."""
    if isinstance(found, Unknown):
        return found
    return [each for each in found if (each.get(key) or "").startswith(arn) and (arn.endswith("/") or each[key] == arn)]
