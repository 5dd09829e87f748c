"""Flow logs, with the attribute names of the EC2 API in camelCase."""

from typing import Any

from pillarwatch import NOT_APPLICABLE, ConfigurationItem, Verdict, check, compliant_if
from pillarwatch.template_resource import TemplateResource, lowered

DESTINATION = "configuration.logDestinationType"
FORMAT = "configuration.destinationOptions.fileFormat"


@check(
    "AWS::EC2::FlowLog",
    best_practices={
        "SUS04-BP02": "flow logs are stored as plain text instead of in columns",
        "COST05-BP05": "every query reads whole records and is charged for them",
    },
    effort="S",
    fix="Recreate the flow log with DestinationOptions.FileFormat set to parquet.",
    compliant=[{DESTINATION: "s3", FORMAT: "parquet"}],
    non_compliant=[{DESTINATION: "s3", FORMAT: "plain-text"}, {DESTINATION: "s3"}],
    not_applicable=[{DESTINATION: "cloud-watch-logs"}, {}],
)
def flow_log_parquet_format(log: ConfigurationItem) -> Verdict:
    """Flow logs in S3 use the Parquet format.

    A query of plain-text logs reads whole records. Parquet takes about 20 percent less storage, and a query reads only
    the columns that it needs.
    """
    if log.text(DESTINATION, "cloud-watch-logs") != "s3":
        return NOT_APPLICABLE
    found = log.text(FORMAT, "plain-text")
    return compliant_if(found == "parquet", otherwise=f"DestinationOptions.FileFormat is {found} (expected parquet)")


def to_configuration_item(log: TemplateResource) -> dict[str, Any]:
    """A flow log as DescribeFlowLogs returns it."""
    return {"configuration": lowered(log.properties)}
