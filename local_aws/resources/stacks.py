"""Nested stacks, custom resources, AWS Config rules and parameters."""

import uuid
from typing import Any

from local_aws.deployer import Deployer, Resource, custom_events, json_text, nested_path
from local_aws.resources.registry import model
from local_aws.sam_templates import TemplateError


def _delete_stack(deployer: Deployer, resource: Resource) -> None:
    for each in reversed(deployer.stacks.pop(f"{resource.stack_name}-{resource.logical_id}", {}).values()):
        deployer.model(each.type).delete(deployer, each)


@model("AWS::CloudFormation::Stack", _delete_stack)
def _stack(deployer: Deployer, resource: Resource) -> None:
    given = resource.properties
    given.take("NotificationARNs", "Tags", "TimeoutInMinutes")
    path, name = nested_path(given.one("TemplateURL")), f"{resource.stack_name}-{resource.logical_id}"
    parameters = {
        key: ",".join(map(str, value)) if isinstance(value, list) else str(value)
        for key, value in given.one("Parameters", {}).items()
    }
    resource.nested = deployer.deploy(path, parameters, name)
    resource.id = next(iter(deployer.stacks[name].values())).stack_id if deployer.stacks[name] else name
    resource.attributes = {f"Outputs.{key}": value for key, value in resource.nested.outputs.items()}


@model("AWS::CloudFormation::WaitConditionHandle")
def _wait_condition_handle(deployer: Deployer, resource: Resource) -> None:  # noqa: ARG001 - it makes nothing
    resource.id = resource.logical_id


def _delete_custom(deployer: Deployer, resource: Resource) -> None:
    request = {
        "RequestType": "Delete",
        "ResourceProperties": dict(resource.properties),
        "PhysicalResourceId": resource.id,
    }
    _ask(deployer, resource, request)


@model("AWS::CloudFormation::CustomResource", _delete_custom)
def _custom(deployer: Deployer, resource: Resource) -> None:
    resource.properties.rest()
    if resource.previous:
        resource.id, resource.attributes = resource.previous.id, resource.previous.attributes
    for request in custom_events(resource):
        answer = _ask(deployer, resource, request)
        resource.id, resource.attributes = answer["PhysicalResourceId"], answer.get("Data") or {}


def _ask(deployer: Deployer, resource: Resource, request: dict[str, Any]) -> dict[str, Any]:
    """Invoke a custom resource's function and receive its answer on the ResponseURL."""
    token = resource.properties["ServiceToken"]
    function = deployer.functions.find(token)
    if function is None:
        raise TemplateError(f"the ServiceToken {token} is not a deployed function")
    request_id = str(uuid.uuid4())
    event = request | {
        "RequestId": request_id,
        "ResponseURL": deployer.answers.url(request_id),
        "StackId": resource.stack_id,
        "LogicalResourceId": resource.logical_id,
        "ResourceType": resource.type,
        "ServiceToken": token,
    }
    done = deployer.functions.invoke(function, event)
    answer = deployer.answers.received.pop(request_id, None)
    if answer is None:
        raise TemplateError(f"{function.name} did not answer on the ResponseURL: {done.error!r}\n{done.log}")
    if answer["Status"] != "SUCCESS":
        raise TemplateError(f"{function.name} answered {answer['Status']}: {answer.get('Reason')}")
    return answer


@model("AWS::SSM::Parameter", ("ssm", "delete_parameter", "Name"))
def _parameter(deployer: Deployer, resource: Resource) -> None:
    given = resource.properties
    resource.id = resource.name("Name")
    given.take("Policies", "Tags")
    request = given.take("AllowedPattern", "DataType", "Description", "Tier", "Type", "Value")
    deployer.call("ssm", "put_parameter", Name=resource.id, Overwrite=True, **request)
    resource.attributes = {"Type": request["Type"], "Value": request["Value"]}


@model("AWS::Config::ConfigRule", ("config", "delete_config_rule", "ConfigRuleName"))
def _config_rule(deployer: Deployer, resource: Resource) -> None:
    resource.id = resource.name("ConfigRuleName", 128)
    definition = resource.properties.rest("ConfigRuleName", "Compliance")
    if "InputParameters" in definition:
        definition["InputParameters"] = json_text(definition["InputParameters"])
    unchanged = resource.previous and dict(resource.previous.properties) == dict(resource.properties)
    if not unchanged:
        deployer.call("config", "put_config_rule", ConfigRule={"ConfigRuleName": resource.id, **definition})
    rule = deployer.call("config", "describe_config_rules", ConfigRuleNames=[resource.id])["ConfigRules"][0]
    resource.attributes = {"Arn": rule["ConfigRuleArn"], "ConfigRuleId": rule["ConfigRuleId"]}
