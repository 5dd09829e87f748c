"""CloudWatch logs, alarms and dashboards."""

from typing import Any

from local_aws.deployer import Deployer, Resource, json_text
from local_aws.resources.registry import model


@model("AWS::Logs::LogGroup", ("logs", "delete_log_group", "logGroupName"))
def _log_group(deployer: Deployer, resource: Resource) -> None:
    given = resource.properties
    resource.id = resource.name("LogGroupName", 512)
    given.take("DataProtectionPolicy", "DeletionProtectionEnabled", "LogGroupClass", "Tags")
    key = {"kmsKeyId": given.one("KmsKeyId")} if "KmsKeyId" in given else {}
    if not (resource.previous and resource.previous.id == resource.id):
        deployer.call("logs", "create_log_group", logGroupName=resource.id, **key)
    if days := given.one("RetentionInDays"):
        deployer.call("logs", "put_retention_policy", logGroupName=resource.id, retentionInDays=days)
    resource.attributes = {"Arn": deployer.place.arn("logs", f"log-group:{resource.id}:*")}


def _delete_metric_filter(deployer: Deployer, resource: Resource) -> None:
    group = resource.properties["LogGroupName"]
    deployer.call("logs", "delete_metric_filter", filterName=resource.id, logGroupName=group)


@model("AWS::Logs::MetricFilter", _delete_metric_filter)
def _metric_filter(deployer: Deployer, resource: Resource) -> None:
    given = resource.properties
    resource.id = resource.name("FilterName", 512)
    transformations = [_lowered(each) for each in given.one("MetricTransformations")]
    deployer.call(
        "logs",
        "put_metric_filter",
        filterName=resource.id,
        filterPattern=given.one("FilterPattern"),
        logGroupName=given.one("LogGroupName"),
        metricTransformations=transformations,
    )


def _lowered(value: dict[str, Any]) -> dict[str, Any]:
    """The Logs API writes CloudFormation's names with a small first letter."""
    lowered = {key[0].lower() + key[1:]: each for key, each in value.items()}
    if "dimensions" in lowered:
        lowered["dimensions"] = {each["Key"]: each["Value"] for each in lowered["dimensions"]}
    return lowered


@model("AWS::CloudWatch::Alarm", ("cloudwatch", "delete_alarms", "AlarmNames"))
def _alarm(deployer: Deployer, resource: Resource) -> None:
    resource.id = resource.name("AlarmName")
    deployer.call("cloudwatch", "put_metric_alarm", AlarmName=resource.id, **resource.properties.rest("AlarmName"))
    if not resource.previous:  # moto says OK
        new = {"StateValue": "INSUFFICIENT_DATA", "StateReason": "Unchecked: Initial alarm creation"}
        deployer.call("cloudwatch", "set_alarm_state", AlarmName=resource.id, **new)
    resource.attributes = {"Arn": deployer.place.arn("cloudwatch", f"alarm:{resource.id}")}


@model("AWS::CloudWatch::CompositeAlarm", ("cloudwatch", "delete_alarms", "AlarmNames"))
def _composite_alarm(deployer: Deployer, resource: Resource) -> None:
    resource.id = resource.name("AlarmName")
    deployer.call("cloudwatch", "put_composite_alarm", AlarmName=resource.id, **resource.properties.rest("AlarmName"))
    resource.attributes = {"Arn": deployer.place.arn("cloudwatch", f"alarm:{resource.id}")}


@model("AWS::CloudWatch::Dashboard", ("cloudwatch", "delete_dashboards", "DashboardNames"))
def _dashboard(deployer: Deployer, resource: Resource) -> None:
    resource.id = resource.name("DashboardName")
    body = json_text(resource.properties.one("DashboardBody"))
    deployer.call("cloudwatch", "put_dashboard", DashboardName=resource.id, DashboardBody=body)
