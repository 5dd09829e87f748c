"""Starts ministack, the second AWS engine, with what it lacks to deploy and run our stack.

It runs with the Python of .venv-deploy, where nothing of this project is installed. Every patch says why it is needed.
They were written against the version in requirements.txt; after an upgrade, look first which ones are still needed.
"""

from __future__ import annotations

import json
import os
import signal
from threading import Thread
from typing import Any

from ministack import app
from ministack.core import tls
from ministack.core.responses import error_response_json, get_region, json_response
from ministack.services import cloudformation, config, eventbridge, lambda_svc
from ministack.services.cloudformation import changesets, engine, handlers, helpers, provisioners

Response = tuple[int, dict[str, str], bytes]
Put = tuple[str, dict[str, Any]]  # what Ref answers, and what Fn::GetAtt answers by attribute

TYPES = provisioners._RESOURCE_HANDLERS


def list_of_types() -> None:
    """CloudFormation's ListTypes, which the preflight calls: the engine answers it for no type."""

    def list_types(_parameters: dict[str, Any]) -> Response:
        members = "".join(f"<member><TypeName>{name}</TypeName></member>" for name in sorted(TYPES))
        result = f"<ListTypesResult><TypeSummaries>{members}</TypeSummaries></ListTypesResult>"
        response: Response = helpers._xml(200, "ListTypesResponse", result)
        return response

    handlers._ACTION_HANDLERS["ListTypes"] = list_types


def archives() -> None:
    """AWS::Events::Archive: the engine has the API and no resource type."""

    def create(logical_id: str, properties: dict[str, Any], stack: str) -> Put:
        name = properties.get("ArchiveName") or provisioners._physical_name(stack, logical_id, max_len=48)
        _accepted(eventbridge._create_archive(_archive(name, properties)))
        return name, {"Arn": eventbridge._archives[name]["ArchiveArn"]}

    def update(name: str, _before: dict[str, Any], properties: dict[str, Any], _stack: str) -> Put:
        _accepted(eventbridge._update_archive(_archive(name, properties)))
        return name, {"Arn": eventbridge._archives[name]["ArchiveArn"]}

    def delete(name: str, _properties: dict[str, Any]) -> None:
        _accepted(eventbridge._delete_archive({"ArchiveName": name}))

    TYPES["AWS::Events::Archive"] = {"create": create, "update": update, "delete": delete}


def policies_of_buses() -> None:
    """AWS::Events::EventBusPolicy: the engine has no such resource type, and its API has no statement that denies."""
    policies = eventbridge._event_bus_policies

    def put(properties: dict[str, Any]) -> Put:
        bus, sid = properties.get("EventBusName", "default"), properties["StatementId"]
        kept = [each for each in policies.get(bus, {}).get("Statement", []) if each["Sid"] != sid]
        statement = {"Sid": sid, **properties["Statement"]}
        policies[bus] = {"Version": "2012-10-17", "Statement": [*kept, statement]}
        return f"{bus}|{sid}", {}

    def delete(physical_id: str, _properties: dict[str, Any]) -> None:
        bus, _, sid = physical_id.rpartition("|")
        _accepted(eventbridge._remove_permission({"EventBusName": bus, "StatementId": sid}))

    TYPES["AWS::Events::EventBusPolicy"] = {
        "create": lambda _logical_id, properties, _stack: put(properties),
        "update": lambda _name, _before, properties, _stack: put(properties),
        "delete": delete,
    }


def config_rules() -> None:
    """AWS::Config::ConfigRule: the engine has the API, no resource type, and does not look whether Config may invoke.

    AWS refuses a rule whose function does not exist or that Config may not invoke (InsufficientPermissionsException,
    https://docs.aws.amazon.com/config/latest/APIReference/API_PutConfigRule.html), so the order of creation counts.
    """

    def put(properties: dict[str, Any]) -> Put:
        function = str(properties["Source"]["SourceIdentifier"]).rsplit(":", 1)[-1]
        policy = json.dumps(lambda_svc._functions.get(function, {}).get("policy", {}))
        if "config.amazonaws.com" not in policy:
            raise ValueError(f"InsufficientPermissionsException: AWS Config may not invoke {function}")
        # an object in a template, and text in the API
        parameters = {"InputParameters": json.dumps(properties.get("InputParameters", {}))}
        _accepted(config._put_config_rule({"ConfigRule": properties | parameters}))
        name = str(properties["ConfigRuleName"])
        rule = config._config_rules[name]
        return name, {"Arn": rule["ConfigRuleArn"], "ConfigRuleId": rule["ConfigRuleId"]}

    TYPES["AWS::Config::ConfigRule"] = {
        "create": lambda _logical_id, properties, _stack: put(properties),
        "update": lambda _name, _before, properties, _stack: put(properties),
        "delete": lambda name, _properties: _accepted(config._delete_config_rule({"ConfigRuleName": name})),
    }


def config_results() -> None:
    """AWS Config: the engine stores rules, and refuses what a rule's function calls.

    PutEvaluations keeps the results under the result token, which the checks of this folder set to the rule's name;
    GetComplianceDetailsByConfigRule answers them. A rule is invoked by who plays AWS Config (stack.py).
    """
    results: dict[str, dict[tuple[str, str], dict[str, Any]]] = {}

    def put_evaluations(request: dict[str, Any]) -> Response:
        rule = request["ResultToken"]
        if rule not in config._config_rules:
            return _refused("InvalidResultTokenException", f"{rule} is not the token of an invocation")
        for each in request.get("Evaluations", []):
            results.setdefault(rule, {})[each["ComplianceResourceType"], each["ComplianceResourceId"]] = each
        return _answered({"FailedEvaluations": []})

    def get_compliance_details(request: dict[str, Any]) -> Response:
        found = [
            {
                "EvaluationResultIdentifier": {
                    "EvaluationResultQualifier": {
                        "ConfigRuleName": request["ConfigRuleName"],
                        "ResourceType": each["ComplianceResourceType"],
                        "ResourceId": each["ComplianceResourceId"],
                    },
                    "OrderingTimestamp": each["OrderingTimestamp"],
                },
                "ComplianceType": each["ComplianceType"],
                "Annotation": each.get("Annotation", ""),
            }
            for each in results.get(request["ConfigRuleName"], {}).values()
            if each["ComplianceType"] in request.get("ComplianceTypes", [each["ComplianceType"]])
        ]
        return _answered({"EvaluationResults": found})

    def start_evaluation(request: dict[str, Any]) -> Response:
        unknown = set(request.get("ConfigRuleNames", [])) - set(config._config_rules)
        return _refused("NoSuchConfigRuleException", str(sorted(unknown))) if unknown else _answered({})

    ours = {
        "PutEvaluations": put_evaluations,
        "GetComplianceDetailsByConfigRule": get_compliance_details,
        "StartConfigRulesEvaluation": start_evaluation,
    }
    theirs = config.handle_request

    async def handle(method: str, path: str, headers: dict[str, str], body: bytes, query: dict[str, Any]) -> Response:
        action = headers.get("x-amz-target", "").rpartition(".")[2]
        if action in ours:
            return ours[action](json.loads(body))
        answer: Response = await theirs(method, path, headers, body, query)
        return answer

    config.handle_request = handle


def alarms_on_expressions() -> None:
    """AWS::CloudWatch::Alarm: the engine refuses `Metrics`, and it evaluates alarms wrongly.

    Such an alarm is created on a metric without data. No alarm is checked here; local_aws evaluates them.
    """
    theirs = provisioners._cw_metric_alarm_record

    def record(name: str, properties: dict[str, Any]) -> Any:
        if "Metrics" in properties:
            properties = {key: value for key, value in properties.items() if key != "Metrics"}
            properties |= {"Namespace": "deploy-local", "MetricName": "not evaluated"}
        return theirs(name, properties)

    provisioners._cw_metric_alarm_record = record


def numbers_of_mappings() -> None:
    """AWS::Lambda::EventSourceMapping: a parameter of type Number arrives as text, and the poller fails on it.

    CloudFormation coerces it (https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/parameters-section-structure.html);
    here the stack is complete, and no message is ever read.
    """
    mapping = TYPES["AWS::Lambda::EventSourceMapping"]
    create, update = mapping["create"], mapping["update"]

    def numbers(properties: dict[str, Any]) -> dict[str, Any]:
        scaling = properties.get("ScalingConfig")
        if not scaling:
            return properties
        return {**properties, "ScalingConfig": {name: int(value) for name, value in scaling.items()}}

    mapping["create"] = lambda logical_id, properties, stack: create(logical_id, numbers(properties), stack)
    mapping["update"] = lambda name, before, properties, stack: update(name, before, numbers(properties), stack)


def conditions() -> None:
    """Conditions: the engine compares the name AWS::Region and not the Region, so no condition on it holds."""
    theirs = engine._evaluate_conditions

    def evaluate(template: dict[str, Any], parameters: dict[str, Any]) -> Any:
        return theirs(template, {**parameters, "AWS::Region": {"Value": get_region()}})

    for module in (engine, changesets, handlers):
        module._evaluate_conditions = evaluate


def nested_sam_templates() -> None:
    """AWS::CloudFormation::Stack: the engine transforms no nested template; AWS does with CAPABILITY_AUTO_EXPAND.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateStack.html
    """
    theirs = engine._parse_template

    def parse(template: str) -> dict[str, Any]:
        transformed: dict[str, Any] = engine._apply_transforms(theirs(template))
        return transformed

    engine._parse_template = parse


def unchanged_resources_of_nested_stacks() -> None:
    """In nested stacks the engine also updates unchanged resources, and loses attributes such as a role's ARN."""
    theirs = provisioners._update_resource

    def update(kind: str, physical_id: str, before: Any, after: Any, stack: str, logical_id: str) -> Put:
        kept: dict[str, Any] = cloudformation._stacks[stack]["_resources"][logical_id]["Attributes"]
        if before == after:
            return physical_id, kept
        found, attributes = theirs(kind, physical_id, before, after, stack, logical_id)
        return found, (kept | attributes if found == physical_id else attributes)

    provisioners._update_resource = update


def retained_resources_of_nested_stacks() -> None:
    """DeletionPolicy: with a nested stack the engine deletes what its template retains."""
    theirs = TYPES["AWS::CloudFormation::Stack"]["delete"]

    def delete(physical_id: str, properties: dict[str, Any]) -> None:
        stack = cloudformation._stacks[provisioners._nested_stack_lookup_name(physical_id)]
        for logical_id, resource in stack["_template"]["Resources"].items():
            if resource.get("DeletionPolicy") == "Retain":
                stack["_resources"].pop(logical_id, None)
        theirs(physical_id, properties)

    TYPES["AWS::CloudFormation::Stack"]["delete"] = delete


def schedules_on_signal() -> None:
    """Schedules fire once at each SIGUSR1, and not by time: nobody waits for a tick every 5 minutes.

    On a clock that runs faster, ticks would overlap on a busy machine, which the deployed schedule rules out.
    """
    eventbridge._parse_rate_seconds = lambda expression: 0 if expression.startswith("rate(") else None
    eventbridge.start_scheduler = lambda: None
    signal.signal(signal.SIGUSR1, lambda *_: Thread(target=eventbridge._tick_scheduled_rules).start())


def metrics_of_functions() -> None:
    """AWS/Lambda metrics: the engine counts synchronous invocations only, and services invoke ours asynchronously."""
    execute, emit = lambda_svc._execute_function, lambda_svc._emit_lambda_metrics

    def counted(function: dict[str, Any], *rest: Any, **named: Any) -> Any:
        result = execute(function, *rest, **named)
        emit(function["config"]["FunctionName"], 0.0, error=bool(result.get("error")), throttle=False)
        return result

    lambda_svc._execute_function = counted
    lambda_svc._emit_lambda_metrics = lambda *_, **__: None


def one_port() -> None:
    """With TLS the engine would also listen on port 443; nothing of ours needs it."""
    app._port_is_bindable = lambda _host, _port: False


def trust_in_itself() -> None:
    """With TLS the engine and the functions that it starts call it with its own certificate, which no store holds."""
    if tls.use_ssl_enabled():
        certificate, _key = tls.resolve_tls_material()
        os.environ["AWS_CA_BUNDLE"] = os.environ["SSL_CERT_FILE"] = certificate


PATCHES = (
    list_of_types,
    archives,
    policies_of_buses,
    config_rules,
    config_results,
    alarms_on_expressions,
    numbers_of_mappings,
    conditions,
    nested_sam_templates,
    unchanged_resources_of_nested_stacks,
    retained_resources_of_nested_stacks,
    schedules_on_signal,
    metrics_of_functions,
    one_port,
    trust_in_itself,
)


def _accepted(response: Response) -> None:
    status, _headers, body = response
    if status >= 400:
        raise ValueError(body.decode())


def _answered(document: dict[str, Any]) -> Response:
    response: Response = json_response(document)
    return response


def _refused(code: str, message: str) -> Response:
    response: Response = error_response_json(code, message, 400)
    return response


def _archive(name: str, properties: dict[str, Any]) -> dict[str, Any]:
    return {
        "ArchiveName": name,
        "EventSourceArn": properties["SourceArn"],
        "KmsKeyIdentifier": properties.get("KmsKeyIdentifier", ""),
        "EventPattern": json.dumps(properties.get("EventPattern", {})),
        "RetentionDays": int(properties.get("RetentionDays", 0)),
        "Description": properties.get("Description", ""),
    }


if __name__ == "__main__":
    for patch in PATCHES:
        patch()
    app.main()
