"""Lambda: functions, versions, permissions, event source mappings."""

import uuid

from local_aws.deployer import Deployer, Resource
from local_aws.lambda_service import Function
from local_aws.pollers import EventSourceMapping
from local_aws.resources.registry import model
from local_aws.sam_templates import TemplateError, local_path, written


def _delete_function(deployer: Deployer, resource: Resource) -> None:
    deployer.functions.functions.pop(resource.id, None)


@model("AWS::Lambda::Function", _delete_function)
def _function(deployer: Deployer, resource: Resource) -> None:
    given = resource.properties
    name = resource.name("FunctionName", 64)
    given.take("Architectures", "Description", "EphemeralStorage", "ReservedConcurrentExecutions",
               "RecursiveLoop", "Tags", "TracingConfig", "KmsKeyArn", "SnapStart", "PackageType",
               "RuntimeManagementConfig")  # fmt: skip
    code = given.one("Code")
    root = local_path(code)
    if "ZipFile" in code:
        root = deployer.folder()
        (root / "index.py").write_text(code["ZipFile"])
    if root is None:
        raise TemplateError(f"the local AWS runs code of this machine only, not {code}")
    old = deployer.functions.functions.get(name)
    function = Function(
        name=name,
        arn=deployer.place.arn("lambda", f"function:{name}"),
        role=given.one("Role"),
        handler=given.one("Handler"),
        root=root,
        environment={key: written(value) for key, value in given.one("Environment", {}).get("Variables", {}).items()},
        timeout=int(given.one("Timeout", 3)),
        memory=int(given.one("MemorySize", 128)),
        runtime=given.one("Runtime"),
        log_group=given.one("LoggingConfig", {}).get("LogGroup", f"/aws/lambda/{name}"),
        dead_letter=given.one("DeadLetterConfig", {}).get("TargetArn"),
        statements=old.statements if old else {},
    )
    if old:
        function.retries, function.on_failure, function.on_success = old.retries, old.on_failure, old.on_success
    function.prepare()
    deployer.functions.functions[name] = function
    resource.id, resource.attributes = name, {"Arn": function.arn}


@model("AWS::Lambda::Version")
def _version(deployer: Deployer, resource: Resource) -> None:
    resource.properties.take("CodeSha256", "Description")
    function = _of(deployer, resource.properties.one("FunctionName"))
    resource.id, resource.attributes = f"{function.arn}:1", {"Version": "1", "FunctionArn": f"{function.arn}:1"}


def _of(deployer: Deployer, name: str) -> Function:
    function = deployer.functions.find(name)
    if function is None:
        raise TemplateError(f"no function {name}")
    return function


def _delete_permission(deployer: Deployer, resource: Resource) -> None:
    function = deployer.functions.find(resource.properties["FunctionName"])
    if function:
        function.statements.pop(resource.id, None)


@model("AWS::Lambda::Permission", _delete_permission)
def _permission(deployer: Deployer, resource: Resource) -> None:
    given = resource.properties
    function = _of(deployer, given.one("FunctionName"))
    resource.id = resource.previous.id if resource.previous else f"{resource.logical_id}-{uuid.uuid4().hex[:8]}"
    principal, condition = given.one("Principal"), {}
    if "SourceArn" in given:
        condition["ArnLike"] = {"aws:SourceArn": given.one("SourceArn")}
    if "SourceAccount" in given:
        condition["StringEquals"] = {"aws:SourceAccount": str(given.one("SourceAccount"))}
    function.statements[resource.id] = {
        "Effect": "Allow",
        "Action": given.one("Action"),
        "Principal": {"Service": principal} if principal.endswith(".com") else {"AWS": principal},
        "Resource": function.arn,
        "Condition": condition,
    }


def _delete_mapping(deployer: Deployer, resource: Resource) -> None:
    deployer.mappings.pop(resource.id, None)


@model("AWS::Lambda::EventSourceMapping", _delete_mapping)
def _mapping(deployer: Deployer, resource: Resource) -> None:
    given = resource.properties
    given.take("MaximumBatchingWindowInSeconds", "ScalingConfig", "Tags")
    resource.id = resource.previous.id if resource.previous else str(uuid.uuid4())
    resource.attributes = {"Id": resource.id}
    source = given.one("EventSourceArn")
    if ":sqs:" not in source:
        raise TemplateError(f"the local AWS polls queues only, not {source}")
    deployer.mappings[resource.id] = EventSourceMapping(
        queue=source,
        function=_of(deployer, given.one("FunctionName")).name,
        batch_size=int(given.one("BatchSize", 10)),
        partial="ReportBatchItemFailures" in given.one("FunctionResponseTypes", []),
        enabled=str(given.one("Enabled", default=True)).lower() == "true",
    )


def _delete_invoke_config(deployer: Deployer, resource: Resource) -> None:
    function = deployer.functions.find(resource.properties["FunctionName"])
    if function:
        function.retries, function.on_failure, function.on_success = 2, None, None


@model("AWS::Lambda::EventInvokeConfig", _delete_invoke_config)
def _invoke_config(deployer: Deployer, resource: Resource) -> None:
    given = resource.properties
    given.take("MaximumEventAgeInSeconds")
    function = _of(deployer, given.one("FunctionName"))
    resource.id = f"{function.name}|{given.one('Qualifier')}"
    function.retries = int(given.one("MaximumRetryAttempts", 2))
    destinations = given.one("DestinationConfig", {})
    function.on_failure = destinations.get("OnFailure", {}).get("Destination")
    function.on_success = destinations.get("OnSuccess", {}).get("Destination")
