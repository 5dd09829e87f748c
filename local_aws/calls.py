"""The one place through which every AWS call passes while a local AWS is active."""

import threading
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass, field
from functools import cache
from http import HTTPStatus
from typing import Any, Literal, NoReturn
from unittest.mock import patch

import boto3
from botocore.awsrequest import AWSResponse
from botocore.client import BaseClient
from botocore.compat import HTTPHeaders
from botocore.exceptions import ClientError, ParamValidationError
from botocore.loaders import JSONFileLoader
from botocore.validate import ParamValidator
from moto.backend_index import backend_url_patterns
from moto.core.responses import BaseResponse

Answer = Callable[[dict[str, Any]], dict[str, Any]]


class Killed(BaseException):
    """The execution environment died in the middle of an invocation; no handler gets to see it."""


class ModelViolation(AssertionError):
    """The local AWS answered something that the service's published model does not know."""


class AwsError(Exception):
    """An error that a service answers; the choke point turns it into botocore's ClientError."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code, self.message = code, message


LACKS = AwsError("AccessDeniedException", "the local AWS does not have this operation")


@dataclass(frozen=True)
class Place:
    """The account and Region that are simulated."""

    account: str
    region: str

    @property
    def partition(self) -> str:
        """The partition that the Region belongs to."""
        return {"cn": "aws-cn", "us-gov": "aws-us-gov"}.get(self.region.rpartition("-")[0].rpartition("-")[0], "aws")

    def arn(self, service: str, resource: str) -> str:
        """The ARN of a resource; IAM, S3 and dashboards have no Region, S3 has no account either."""
        region = "" if service in {"iam", "s3", "sts"} or resource.startswith("dashboard/") else self.region
        account = "" if service == "s3" else self.account
        return f"arn:{self.partition}:{service}:{region}:{account}:{resource}"

    def config_rule_id(self, name: str) -> str:
        """The id of an AWS Config rule, which its ARN ends with; AWS makes one up, here it follows from the name."""
        return f"config-rule-{uuid.uuid5(uuid.NAMESPACE_DNS, name).hex[:6]}"

    def queue_url(self, arn: str) -> str:
        """The URL of a queue of this account and Region."""
        return f"https://sqs.{self.region}.amazonaws.com/{self.account}/{arn.rpartition(':')[2]}"


@dataclass
class Fault:
    """One failure that a test requested."""

    service: str
    operation: str
    code: str | None = None  # None: the function is killed
    when: Literal["before", "after"] = "before"
    function: str | None = None


@dataclass
class Caller:
    """A function that is running: whom its calls are charged to."""

    function: str
    role: str
    killed: bool = False


_read = JSONFileLoader.load_file


@cache
def _service_model(path: str) -> Any:
    """A file of botocore's data; without this every new session parses megabytes again."""
    return _read(JSONFileLoader(), path)


@cache
def own_client(service: str, region: str) -> BaseClient:
    """The local AWS's own client: neither authorised nor made to fail."""
    session: Any = boto3.session.Session(aws_access_key_id="local", aws_secret_access_key="local")  # noqa: S106  # moto's
    client: BaseClient = session.client(service, region_name=region)
    return client


@dataclass
class Calls:
    """Decides for each call: fault, permission, our answer or moto's."""

    place: Place
    authorise: Callable[[str, str, str, Mapping[str, Any]], None]  # role, function, service.operation, parameters
    answers: dict[str, Answer] = field(default_factory=dict)  # "config.PutEvaluations" -> what answers it
    unanswered: set[str] = field(default_factory=set)  # services that moto must never answer
    refusals: Mapping[str, Callable[[Mapping[str, Any], Place], None]] = field(default_factory=dict)  # raise AwsError
    faults: list[Fault] = field(default_factory=list)
    callers: list[Caller] = field(default_factory=list)  # the innermost running function is last

    def __post_init__(self) -> None:
        self._lock = threading.RLock()  # moto is not atomic under threads

    @contextmanager
    def active(self) -> Iterator[None]:
        """Route every botocore client of this process through here."""
        self._moto = BaseClient._make_api_call  # type: ignore[attr-defined]  # noqa: SLF001  # the choke point

        def make_api_call(client: BaseClient, operation: str, parameters: dict[str, Any]) -> Any:
            return self._call(client, operation, parameters)

        with (
            patch.object(BaseClient, "_make_api_call", make_api_call),
            patch.object(JSONFileLoader, "load_file", lambda _, path: _service_model(path)),
            patch.object(BaseResponse, "get_current_account", lambda _: self.place.account),
        ):
            yield

    def will_kill(self, function: str) -> bool:
        """Whether a test requested that a function, or any, is killed."""
        return any(fault.code is None and fault.function in {None, function} for fault in self.faults)

    def client(self, service: str) -> Any:
        """The local AWS's own client of a service."""
        return own_client(service, self.place.region)

    def moto(self, service: str, operation: str, parameters: Mapping[str, Any]) -> dict[str, Any]:
        """What moto answers to an operation that we answer ourselves."""
        with self._lock:
            answer: dict[str, Any] = self._moto(self.client(service), operation, dict(parameters))
        return answer

    def _call(self, client: BaseClient, operation: str, parameters: dict[str, Any]) -> Any:
        service = client.meta.service_model.service_name
        caller = self.callers[-1] if self.callers else None
        if client is own_client(service, self.place.region):
            return self._answer(client, service, operation, parameters)
        if caller and caller.killed:
            raise Killed
        self._fail(client, "before", service, operation, caller)
        if caller:
            try:
                self.authorise(caller.role, caller.function, f"{service}.{operation}", parameters)
            except AwsError as error:
                _raise(client, operation, error)
        answer = self._answer(client, service, operation, parameters)
        self._fail(client, "after", service, operation, caller)
        return answer

    def _fail(self, client: BaseClient, when: str, service: str, operation: str, caller: Caller | None) -> None:
        for fault in self.faults:
            wanted = (fault.service, fault.operation, fault.when) == (service, operation, when)
            if wanted and fault.function in {None, caller and caller.function} and (fault.code or caller):
                self.faults.remove(fault)
                if fault.code:
                    _raise(client, operation, AwsError(fault.code, "a test requested this failure"))
                if caller:
                    caller.killed = True
                raise Killed

    def _motos(self, client: BaseClient, operation: str, parameters: dict[str, Any]) -> Any:
        """What moto answers; what it does not have is denied, where a call would otherwise leave this machine."""
        if not _moto_has(client.meta.endpoint_url):
            _raise(client, operation, LACKS)
        try:
            with self._lock:
                return self._moto(client, operation, parameters)
        except (NotImplementedError, ModuleNotFoundError):  # some of moto's services need an extra of its
            _raise(client, operation, LACKS)
        except ClientError as error:
            http = client.meta.service_model.operation_model(operation).http
            if error.response["Error"]["Code"] != "404" or http["method"] == "HEAD":
                raise
            _raise(client, operation, LACKS)  # moto has no such path; a resource that is missing has a code of AWS's

    def _answer(self, client: BaseClient, service: str, operation: str, parameters: dict[str, Any]) -> Any:
        if refuse := self.refusals.get(f"{service}.{operation}"):
            try:
                refuse(parameters, self.place)
            except AwsError as error:
                _raise(client, operation, error)
        answer = self.answers.get(f"{service}.{operation}")
        if answer is None:
            if service in self.unanswered:
                _raise(client, operation, LACKS)
            return self._motos(client, operation, parameters)
        model = client.meta.service_model.operation_model(operation)
        context: dict[str, Any] = {"client_region": self.place.region, "client_config": client.meta.config}
        emit: Any = client._emit_api_params  # type: ignore[attr-defined]  # noqa: SLF001  # boto3's resources hook in here
        parameters = emit(api_params=parameters, operation_model=model, context=context)
        _validate(parameters, model.input_shape, ParamValidationError)
        try:
            response = deepcopy(answer(parameters))
        except AwsError as error:
            _raise(client, operation, error)
        _validate(response, model.output_shape, ModelViolation)
        response["ResponseMetadata"] = {"HTTPStatusCode": HTTPStatus.OK, "RequestId": "local", "RetryAttempts": 0}
        client.meta.events.emit(
            f"after-call.{client.meta.service_model.service_id.hyphenize()}.{operation}",
            http_response=AWSResponse("", HTTPStatus.OK, HTTPHeaders(), None),
            parsed=response,
            model=model,
            context=context,
        )
        return response


@cache
def _moto_has(endpoint: str) -> bool:
    return any(pattern.match(endpoint) for _, pattern in backend_url_patterns)


def _validate(document: dict[str, Any], shape: Any, error: type[Exception]) -> None:
    if shape is None:
        return
    report = ParamValidator().validate(document, shape)
    if report.has_errors():
        text = report.generate_report()
        raise ParamValidationError(report=text) if error is ParamValidationError else error(text)


def _raise(client: BaseClient, operation: str, error: AwsError) -> NoReturn:
    answer: Any = {
        "Error": {"Code": error.code, "Message": error.message},
        "ResponseMetadata": {"HTTPStatusCode": HTTPStatus.BAD_REQUEST, "RequestId": "local", "RetryAttempts": 0},
    }
    kind: Any = client.exceptions.from_code(error.code)
    raise kind(answer, operation)
