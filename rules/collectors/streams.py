"""Kinesis streams with their summary and incoming data, which AWS Config does not record."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rules.collectors import collector, completed
from rules.collectors._metrics import Metric, measured

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rules.collectors import Aws, Listed

STREAM = "AWS::Kinesis::Stream"
METRICS = ("IncomingBytes", "IncomingRecords")


@collector(STREAM, actions=("cloudwatch:GetMetricData", "config:SelectResourceConfig", "kinesis:DescribeStreamSummary"))
def streams(aws: Aws) -> Iterator[Listed]:
    """Kinesis streams with their summary and the incoming data of the busiest hour in two weeks."""
    for page in aws.recorded_pages(STREAM):
        busiest = measured(
            aws,
            {
                (item["resourceId"], metric): Metric(
                    "AWS/Kinesis", metric, {"StreamName": item["resourceName"]}, "Sum", busiest_hour=True
                )
                for item in page
                for metric in METRICS
            },
        )
        for item in page:
            summary = aws.ask(
                "kinesis:DescribeStreamSummary",
                absent=("ResourceNotFoundException",),
                StreamName=item["resourceName"],
            )
            if summary is not None:
                metrics = {metric: {"Sum": busiest[item["resourceId"], metric]} for metric in METRICS}
                yield completed(item, {"kinesis": {"DescribeStreamSummary": summary}, "Metrics": metrics})
