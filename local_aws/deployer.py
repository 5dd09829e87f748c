"""Deploys a template: every resource in the order of its references, each through the API calls it stands for."""

import json
import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from local_aws.calls import AwsError, Calls, Place
from local_aws.lambda_service import Functions
from local_aws.sam_templates import Template, TemplateError, load, local_path, written


class DeployError(Exception):
    """A stack cannot be deployed; names the resource and the reason."""


@dataclass(frozen=True)
class Stack:
    """A deployed stack."""

    name: str
    outputs: dict[str, str]
    resources: dict[str, str]  # logical id -> physical id
    nested: dict[str, "Stack"]

    def all_resources(self) -> dict[str, str]:
        """The physical ids of its resources and of its nested stacks', by logical id."""
        found = dict(self.resources)
        for stack in self.nested.values():
            found |= stack.all_resources()
        return found


class Properties(dict[str, Any]):
    """A resource's resolved properties; remembers which ones its model has read."""

    def __init__(self, values: Mapping[str, Any]) -> None:
        super().__init__(values)
        self.read: set[str] = set()

    def take(self, *names: str) -> dict[str, Any]:
        """Those of the named properties that are given."""
        self.read.update(names)
        return {name: self[name] for name in names if name in self}

    def one(self, name: str, default: Any = None) -> Any:
        """One property."""
        self.read.add(name)
        return self.get(name, default)

    def rest(self, *apart: str) -> dict[str, Any]:
        """All but the named properties: they go to an API that validates them itself."""
        self.read.update(self)
        return {name: value for name, value in self.items() if name not in apart}


@dataclass
class Resource:
    """A resource of a stack: what it is, and what Ref and Fn::GetAtt answer once it is deployed."""

    type: str
    logical_id: str
    stack_name: str
    stack_id: str
    properties: Properties
    id: str = ""
    named: str = ""
    attributes: dict[str, Any] = field(default_factory=dict)
    previous: "Resource | None" = None
    nested: Stack | None = None

    def name(self, of: str, longest: int = 255, *, lower: bool = False) -> str:
        """The name that a property gives, or the one CloudFormation makes up and keeps."""
        given = self.properties.one(of)
        if given is not None:
            self.named = str(given)
        elif self.previous and of not in self.previous.properties:
            self.named = self.previous.named
        else:
            suffix = f"-{uuid.uuid4().hex[:12].upper()}"
            self.named = f"{self.stack_name}-{self.logical_id}"[: longest - len(suffix)] + suffix
        if lower:
            self.named = self.named.lower()
        return self.named


Act = Callable[["Deployer", Resource], None]


@dataclass(frozen=True)
class Model:
    """How a resource type is created or updated, and deleted."""

    put: Act
    delete: Act


def register(
    models: dict[str, Model], resource_type: str, delete: Act | tuple[str, str, str] | None = None
) -> Callable[[Act], Act]:
    """Register what deploys a type, and what deletes it: a function, one call with the id, or nothing."""

    def remove(deployer: "Deployer", resource: Resource) -> None:
        if isinstance(delete, tuple):
            service, operation, name = delete
            deployer.call(service, operation, **{name: [resource.id] if name.endswith("Names") else resource.id})
        elif delete:
            delete(deployer, resource)

    def put_with(put: Act) -> Act:
        models[resource_type] = Model(put, remove)
        return put

    return put_with


@dataclass
class Deployer:
    """The CloudFormation of the local AWS."""

    place: Place
    calls: Calls
    functions: Functions
    models: Mapping[str, "Model"]
    stacks: dict[str, dict[str, Resource]] = field(default_factory=dict)
    exports: dict[str, str] = field(default_factory=dict)
    mappings: dict[str, Any] = field(default_factory=dict)  # event source mappings, by their id

    def __post_init__(self) -> None:
        self._server: _AnswerServer | None = None
        self._folders: list[TemporaryDirectory[str]] = []

    def close(self) -> None:
        """Stop listening for the answers of custom resources, and forget inline code."""
        if self._server:
            self._server.shutdown()
            self._server.server_close()
        for folder in self._folders:
            folder.cleanup()

    def folder(self) -> Path:
        """A new folder for the code that a template writes inline."""
        self._folders.append(TemporaryDirectory())
        return Path(self._folders[-1].name)

    @property
    def answers(self) -> "_AnswerServer":
        """The listener that custom resources answer to, started when the first one needs it."""
        if self._server is None:
            self._server = _AnswerServer()
            Thread(target=self._server.serve_forever, daemon=True, kwargs={"poll_interval": 0.01}).start()
        return self._server

    def model(self, resource_type: str) -> "Model":
        """How a type is deployed; `Custom::` types all alike."""
        return self.models.get(resource_type) or self.models["AWS::CloudFormation::CustomResource"]

    def call(self, service: str, operation: str, **parameters: Any) -> dict[str, Any]:
        """Call an API as CloudFormation does: numbers and flags may have been written as text."""
        client = self.calls.client(service)
        shape = client.meta.service_model.operation_model(client.meta.method_to_api_mapping[operation]).input_shape
        answer: dict[str, Any] = getattr(client, operation)(**_typed(parameters, shape))
        return answer

    def deploy(self, path: Path, parameters: Mapping[str, Any], stack_name: str) -> Stack:
        """Create or update a stack."""
        try:
            return _Deployment(self, path, parameters, stack_name).run()
        except TemplateError as error:
            raise DeployError(f"{stack_name}: {error}") from error


class _Deployment:
    """One run of the deployer over one template."""

    def __init__(self, deployer: Deployer, path: Path, parameters: Mapping[str, Any], stack_name: str) -> None:
        self.deployer, self.stack_name = deployer, stack_name
        place = deployer.place
        self.previous = deployer.stacks.get(stack_name, {})
        self.stack_id = next(
            (each.stack_id for each in self.previous.values()),
            place.arn("cloudformation", f"stack/{stack_name}/{uuid.uuid4()}"),
        )
        pseudo = {
            "AWS::AccountId": place.account,
            "AWS::NotificationARNs": [],
            "AWS::Partition": place.partition,
            "AWS::Region": place.region,
            "AWS::StackId": self.stack_id,
            "AWS::StackName": stack_name,
            "AWS::URLSuffix": "amazonaws.com.cn" if place.partition == "aws-cn" else "amazonaws.com",
        }
        self.template = Template(
            load(path, place.region, parameters),
            pseudo,
            dict(parameters),
            reference=lambda name: self.put(name).id,
            attribute=self._attribute,
            imported=self._imported,
            parameter_store=self._parameter_store,
        )
        self.done: dict[str, Resource] = {}
        self._doing: list[str] = []

    def run(self) -> Stack:
        declared = self.template.document.get("Resources", {})
        for logical_id, resource in declared.items():
            if resource["Type"] not in self.deployer.models and not resource["Type"].startswith("Custom::"):
                raise DeployError(f"{self.stack_name}.{logical_id}: the local AWS has no model of {resource['Type']}")
        try:
            for logical_id, resource in declared.items():
                if "Condition" not in resource or self.template.condition(resource["Condition"]):
                    self.put(logical_id)
        finally:  # nothing rolls back: the next deployment takes up what this one has left
            self.deployer.stacks[self.stack_name] = self.previous | self.done
        for logical_id, old in reversed(self.previous.items()):
            if logical_id not in self.done:
                self._act(old, self.deployer.model(old.type).delete)
        self.deployer.stacks[self.stack_name] = self.done
        nested = {name: resource.nested for name, resource in self.done.items() if resource.nested}
        return Stack(self.stack_name, self._outputs(), {name: each.id for name, each in self.done.items()}, nested)

    def put(self, logical_id: str) -> Resource:
        """Deploy a resource, and first what it refers to."""
        if logical_id in self.done:
            return self.done[logical_id]
        declared = self.template.document.get("Resources", {}).get(logical_id)
        if declared is None:
            raise TemplateError(f"unresolved reference to {logical_id}")
        if "Condition" in declared and not self.template.condition(declared["Condition"]):
            raise TemplateError(f"reference to {logical_id}, which its condition leaves out")
        if logical_id in self._doing:
            raise TemplateError(f"circular dependency: {' -> '.join([*self._doing, logical_id])}")
        self._doing.append(logical_id)
        after = declared.get("DependsOn", [])
        for other in [after] if isinstance(after, str) else after:
            self.put(other)
        try:
            properties = Properties(self.template.value(declared.get("Properties", {})))
        except TemplateError as error:
            raise DeployError(f"{self.stack_name}.{logical_id} ({declared['Type']}): {error}") from error
        resource = Resource(declared["Type"], logical_id, self.stack_name, self.stack_id, properties)
        previous = self.previous.get(logical_id)
        if previous and previous.type == resource.type:
            resource.previous = previous
        self._act(resource, self.deployer.model(resource.type).put)
        if unread := sorted(set(properties) - properties.read):
            where = f"{self.stack_name}.{logical_id} ({resource.type})"
            raise DeployError(f"{where}: the local AWS has no model of the property {', '.join(unread)}")
        if previous and (previous.type != resource.type or previous.id != resource.id):
            self._act(previous, self.deployer.model(previous.type).delete)
        resource.previous = None
        self._doing.remove(logical_id)
        self.done[logical_id] = resource
        return resource

    def _act(self, resource: Resource, act: Act) -> None:
        try:
            act(self.deployer, resource)
        except (AwsError, BotoCoreError, ClientError, TemplateError, KeyError, ValueError) as error:
            where = f"{self.stack_name}.{resource.logical_id} ({resource.type})"
            raise DeployError(f"{where}: {error if str(error) else type(error).__name__}") from error

    def _attribute(self, logical_id: str, name: str) -> Any:
        resource = self.put(logical_id)
        if name not in resource.attributes:
            raise TemplateError(f"{logical_id} ({resource.type}) has no attribute {name}")
        return resource.attributes[name]

    def _imported(self, name: str) -> str:
        if name not in self.deployer.exports:
            raise TemplateError(f"no export named {name}")
        return self.deployer.exports[name]

    def _parameter_store(self, name: str) -> str:
        return str(self.deployer.call("ssm", "get_parameter", Name=name)["Parameter"]["Value"])

    def _outputs(self) -> dict[str, str]:
        outputs = {}
        for name, output in self.template.document.get("Outputs", {}).items():
            if "Condition" in output and not self.template.condition(output["Condition"]):
                continue
            outputs[name] = str(self.template.value(output["Value"]))
            if "Export" in output:
                self.deployer.exports[self.template.value(output["Export"]["Name"])] = outputs[name]
        return outputs


def _typed(value: Any, shape: Any) -> Any:  # noqa: PLR0911  # one case per kind of shape
    """A value in the type that an API's shape wants."""
    match shape.type_name, value:
        case "structure", dict():
            return {
                key: _typed(each, shape.members[key]) if key in shape.members else each for key, each in value.items()
            }
        case "list", list():
            return [_typed(each, shape.member) for each in value]
        case "map", dict():
            return {key: _typed(each, shape.value) for key, each in value.items()}
        case "integer" | "long", str():
            return int(value)
        case "float" | "double", str():
            return float(value)
        case "boolean", str():
            return {"true": True, "false": False}[value.lower()]
        case "string", bool() | int() | float():
            return written(value)
        case _:
            return value


class _AnswerServer(ThreadingHTTPServer):
    """Receives what custom resources PUT to their ResponseURL."""

    daemon_threads = True

    def __init__(self) -> None:
        self.received: dict[str, dict[str, Any]] = {}
        super().__init__(("127.0.0.1", 0), _AnswerHandler)

    def url(self, request_id: str) -> str:
        """Where one request is to be answered."""
        return f"http://127.0.0.1:{self.server_port}/{request_id}"


class _AnswerHandler(BaseHTTPRequestHandler):
    server: _AnswerServer

    def do_PUT(self) -> None:  # http.server's name
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.server.received[self.path.strip("/").partition("?")[0]] = json.loads(body)
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  # http.server's name
        """Say nothing."""


def json_text(value: Any) -> str:
    """A policy or a body that a template may write as an object or as text."""
    return value if isinstance(value, str) else json.dumps(value)


def nested_path(url: str) -> Path:
    """The template of a nested stack."""
    path = local_path(url)
    if path is None:
        raise TemplateError(f"the local AWS deploys templates of this machine only, not {url}")
    return path


def custom_events(resource: Resource) -> Iterator[dict[str, Any]]:
    """The request documents that a custom resource's function receives for a change."""
    new = _stringified(dict(resource.properties))
    if resource.previous is None:
        yield {"RequestType": "Create", "ResourceProperties": new}
        return
    old = _stringified(dict(resource.previous.properties))
    if old != new:
        yield {
            "RequestType": "Update",
            "ResourceProperties": new,
            "OldResourceProperties": old,
            "PhysicalResourceId": resource.previous.id,
        }


def _stringified(value: Any) -> Any:
    """CloudFormation hands every scalar of a custom resource over as text."""
    if isinstance(value, dict):
        return {key: _stringified(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_stringified(each) for each in value]
    return written(value)
