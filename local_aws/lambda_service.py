"""The Lambda service: functions run in this process, invocations queue, fail, retry and are lost as in AWS."""

import contextlib
import io
import json
import logging
import os
import sys
import threading
import time
import traceback
import uuid
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib import import_module, invalidate_caches
from pathlib import Path
from types import ModuleType
from typing import Any
from unittest.mock import patch

from botocore.response import StreamingBody

from local_aws.calls import AwsError, Caller, Calls, Killed, Place
from local_aws.permissions import Permissions, resource_policy_allows
from rules.catalogue import OWN, OWN_FOLDER

OURS = __name__.partition(".")[0]  # never hidden from itself while a function runs
INHERITED = ("PATH", "HOME", OWN_FOLDER)  # a package holds the user's own checks; this variable names their folder


class ImportModuleError(Exception):
    """Lambda's Runtime.ImportModuleError: the handler string names a module that cannot be imported."""


class HandlerNotFound(Exception):
    """Lambda's Runtime.HandlerNotFound: the module has no such attribute, or the string names none."""


class MarshalError(Exception):
    """Lambda's Runtime.MarshalError: the result is not JSON."""


@dataclass(frozen=True)
class Invocation:
    """What happened once."""

    function_name: str
    event: Any
    result: Any
    error: BaseException | None
    log: str


@dataclass(frozen=True)
class Undelivered:
    """Something that did not arrive, and why: a missing permission, an unknown bus, exhausted retries."""

    source: str
    target: str
    reason: str
    event: Any


@dataclass
class Function:
    """A deployed function."""

    name: str
    arn: str
    role: str
    handler: str
    root: Path
    environment: dict[str, str]
    timeout: int = 3
    memory: int = 128
    runtime: str = "python3.13"
    log_group: str = ""
    dead_letter: str | None = None
    retries: int = 2
    on_failure: str | None = None
    on_success: str | None = None
    statements: dict[str, dict[str, Any]] = field(default_factory=dict)  # the resource policy
    modules: dict[str, ModuleType] = field(default_factory=dict)  # its own copies, as in an execution environment

    def owns(self, module: str) -> bool:
        """Whether a module's name is one that the function's code folder holds."""
        return module.partition(".")[0] in self._packages

    def prepare(self) -> None:
        """Look at the code folder once per deployment."""
        self._packages = {OWN, *(entry.stem for entry in self.root.iterdir())} - {OURS}
        self.modules = {}


@dataclass(frozen=True)
class LambdaContext:
    """The context object of the Python runtime."""

    function_name: str
    invoked_function_arn: str
    memory_limit_in_mb: int
    aws_request_id: str
    log_group_name: str
    deadline: float
    function_version: str = "$LATEST"
    log_stream_name: str = "local"
    identity: None = None
    client_context: None = None

    def get_remaining_time_in_millis(self) -> int:
        """What is left of the timeout."""
        return max(1, int((self.deadline - time.monotonic()) * 1000))


class _Log(io.TextIOBase):
    """Standard output while a function runs; loggers keep it for ever, so there is one per process."""

    def __init__(self) -> None:
        self.running: list[tuple[Caller, io.StringIO]] = []

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        if not self.running:
            return (sys.__stdout__ or io.StringIO()).write(text)
        caller, log = self.running[-1]
        return len(text) if caller.killed else log.write(text)  # the dead do not write

    def flush(self) -> None:
        """Nothing is buffered."""


_LOG = _Log()
_HANDLER = logging.StreamHandler(_LOG)
_HANDLER.setFormatter(logging.Formatter("[%(levelname)s]\t%(asctime)s\t%(name)s\t%(message)s"))


@dataclass
class _Queued:
    function: str
    event: Any
    attempt: int = 1
    request_id: str = field(default_factory=lambda: str(uuid.uuid4()))


@dataclass
class Functions:
    """All deployed functions, and the queue of their asynchronous invocations."""

    place: Place
    calls: Calls
    permissions: Permissions
    on_log: Callable[[Function, str, bool], None] = lambda *_: None  # function, log, whether it failed
    invocations: list[Invocation] = field(default_factory=list)
    undelivered: list[Undelivered] = field(default_factory=list)
    functions: dict[str, Function] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._queue: deque[_Queued] = deque()
        self._one_at_a_time = threading.RLock()  # os.environ and sys.modules belong to the process
        self.calls.answers["lambda.Invoke"] = self._answer_invoke

    def find(self, name: str) -> Function | None:
        """The function of a name or an ARN, qualified or not."""
        return self.functions.get(name.rpartition(":function:")[2].partition(":")[0])

    def may_invoke(self, name: str, service: str, source: str) -> bool:
        """Whether the function's resource policy admits a service on behalf of a source."""
        function = self.find(name)
        return function is not None and resource_policy_allows(
            {"Statement": list(function.statements.values())},
            principal=service,
            action="lambda:InvokeFunction",
            resource=function.arn,
            context={"aws:SourceArn": source, "aws:SourceAccount": self.place.account},
        )

    def invoke_as(self, service: str, source: str, name: str, event: Any) -> bool:
        """A service invokes asynchronously, if the function's resource policy lets it."""
        function = self.find(name)
        if function is None or not self.may_invoke(name, service, source):
            reason = "no such function" if function is None else f"no permission for {service} with this SourceArn"
            self.undelivered.append(Undelivered(source, name, reason, event))
            return False
        self.enqueue(function.name, event)
        return True

    def enqueue(self, name: str, event: Any) -> None:
        """Invoke asynchronously."""
        self._queue.append(_Queued(name, event))

    def run_next(self) -> bool:
        """Run the oldest asynchronous invocation; False if none waits."""
        if not self._queue:
            return False
        queued = self._queue.popleft()
        function = self.functions.get(queued.function)
        if function is None:
            self.undelivered.append(Undelivered("lambda", queued.function, "no such function", queued.event))
            return True
        done = self.invoke(function, queued.event, queued.request_id)
        if done.error is None:
            self._destination(function, function.on_success, queued, done, "Success")
        elif queued.attempt <= function.retries:
            self._queue.append(_Queued(queued.function, queued.event, queued.attempt + 1, queued.request_id))
        else:
            if not (function.on_failure or function.dead_letter):
                reason = f"failed {queued.attempt} times, and there is no on-failure destination: {done.error!r}"
                self.undelivered.append(Undelivered("lambda", function.name, reason, queued.event))
            self._destination(function, function.on_failure, queued, done, "RetriesExhausted")
            if function.dead_letter:
                self._send(function, function.dead_letter, queued.event)
        return True

    def _destination(self, function: Function, arn: str | None, queued: _Queued, done: Invocation, why: str) -> None:
        if arn is None:
            return
        record = {
            "version": "1.0",
            "timestamp": datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "requestContext": {
                "requestId": queued.request_id,
                "functionArn": f"{function.arn}:$LATEST",
                "condition": why,
                "approximateInvokeCount": queued.attempt,
            },
            "requestPayload": queued.event,
            "responseContext": {"statusCode": 200, "executedVersion": "$LATEST"},
            "responsePayload": done.result if done.error is None else error_document(done.error),
        }
        if done.error is not None:
            record["responseContext"] |= {"functionError": "Unhandled"}
        self._send(function, arn, record)

    def _send(self, function: Function, arn: str, body: Any) -> None:
        kind = arn.split(":")[2]
        text = json.dumps(body)
        try:
            if kind == "sqs":
                request = {"QueueUrl": self.place.queue_url(arn), "MessageBody": text}
                self.permissions.authorise(function.role, function.name, "sqs.SendMessage", request)
                self.calls.client("sqs").send_message(**request)
            elif kind == "sns":
                request = {"TopicArn": arn, "Message": text}
                self.permissions.authorise(function.role, function.name, "sns.Publish", request)
                self.calls.client("sns").publish(**request)
            else:
                raise NotImplementedError(f"the local AWS has no destinations of {kind}: {arn}")
        except AwsError as error:
            self.undelivered.append(Undelivered(function.name, arn, error.message, body))

    def invoke(self, function: Function, event: Any, request_id: str | None = None) -> Invocation:
        """Run a function now and keep a record of it."""
        request_id = request_id or str(uuid.uuid4())
        event = json.loads(json.dumps(event))
        caller = Caller(function.name, function.role)
        ends = self.calls.will_kill(function.name)  # as a timeout does: its time is up
        context = LambdaContext(
            function.name,
            function.arn,
            function.memory,
            request_id,
            function.log_group,
            time.monotonic() + (0 if ends else function.timeout),
        )
        log, result, error = io.StringIO(), None, None
        with self._one_at_a_time, self._environment(function, caller, log):
            self.calls.callers.append(caller)
            try:
                result = json.loads(_json(_handler(function)(event, context)))
            except (Exception, Killed, SystemExit) as raised:  # noqa: BLE001  # the runtime's edge
                error = raised
                if not caller.killed:
                    log.write(f"[ERROR] {type(raised).__name__}: {raised}\n{traceback.format_exc()}")
            finally:
                self.calls.callers.pop()
        done = Invocation(function.name, event, result, error, log.getvalue())
        self.invocations.append(done)
        self.on_log(function, done.log, error is not None)
        return done

    @contextlib.contextmanager
    def _environment(self, function: Function, caller: Caller, log: io.StringIO) -> Iterator[None]:
        """What an execution environment isolates: variables, modules, import path, standard output."""
        runtime = {name: os.environ[name] for name in INHERITED if name in os.environ} | {
            **dict.fromkeys(("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"), "local"),
            "AWS_REGION": self.place.region,
            "AWS_DEFAULT_REGION": self.place.region,
            "AWS_EXECUTION_ENV": f"AWS_Lambda_{function.runtime}",
            "AWS_LAMBDA_FUNCTION_NAME": function.name,
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(function.memory),
            "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
            "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
            "AWS_LAMBDA_LOG_GROUP_NAME": function.log_group,
            "AWS_LAMBDA_LOG_STREAM_NAME": "local",
            "LAMBDA_TASK_ROOT": str(function.root),
            "TZ": ":UTC",
            "_HANDLER": function.handler,
        }
        hidden = {name: sys.modules.pop(name) for name in list(sys.modules) if function.owns(name)}
        sys.modules.update(function.modules)
        root = logging.getLogger()
        _LOG.running.append((caller, log))
        root.addHandler(_HANDLER)
        try:
            with (
                patch.dict(os.environ, function.environment | runtime, clear=True),
                patch.object(sys, "path", [str(function.root), *sys.path]),
                contextlib.redirect_stdout(_LOG),
                contextlib.redirect_stderr(_LOG),
            ):
                yield
        finally:
            _LOG.running.pop()
            if not _LOG.running:
                root.removeHandler(_HANDLER)
            function.modules = {name: sys.modules.pop(name) for name in list(sys.modules) if function.owns(name)}
            sys.modules.update(hidden)

    def _answer_invoke(self, request: dict[str, Any]) -> dict[str, Any]:
        function = self.find(request["FunctionName"])
        if function is None:
            raise AwsError("ResourceNotFoundException", f"Function not found: {request['FunctionName']}")
        payload = request.get("Payload", b"{}")
        text = payload if isinstance(payload, (str, bytes)) else payload.read()
        event = json.loads(text or b"{}")
        kind = request.get("InvocationType", "RequestResponse")
        if kind == "Event":
            self.enqueue(function.name, event)
            return {"StatusCode": 202, "Payload": _body(b"")}
        if kind == "DryRun":
            return {"StatusCode": 204, "Payload": _body(b"")}
        done = self.invoke(function, event)
        if done.error is None:
            return {"StatusCode": 200, "ExecutedVersion": "$LATEST", "Payload": _body(json.dumps(done.result).encode())}
        answer = _body(json.dumps(error_document(done.error)).encode())
        return {"StatusCode": 200, "ExecutedVersion": "$LATEST", "FunctionError": "Unhandled", "Payload": answer}


def error_document(error: BaseException) -> dict[str, Any]:
    """What the runtime answers for an exception."""
    name = type(error).__name__
    own = isinstance(error, (ImportModuleError, HandlerNotFound, MarshalError))
    return {
        "errorMessage": str(error) or name,
        "errorType": f"Runtime.{name}" if own else name,
        "stackTrace": traceback.format_tb(error.__traceback__),
    }


def _handler(function: Function) -> Callable[[Any, LambdaContext], Any]:
    module_name, _, attribute = function.handler.rpartition(".")
    if not module_name:
        raise HandlerNotFound(f"Bad handler '{function.handler}': not enough values to unpack (expected 2, got 1)")
    dotted = module_name.replace("/", ".")
    try:
        module = sys.modules.get(dotted) or _cold_start(dotted)
    except ImportError as error:
        raise ImportModuleError(f"Unable to import module '{module_name}': {error}") from error
    handler: Callable[[Any, LambdaContext], Any] | None = getattr(module, attribute, None)
    if handler is None:
        raise HandlerNotFound(f"Handler '{attribute}' missing on module '{module_name}'")
    return handler


def _cold_start(module: str) -> ModuleType:
    invalidate_caches()
    return import_module(module)


def _json(result: Any) -> str:
    try:
        return json.dumps(result)
    except TypeError as error:
        raise MarshalError(f"Unable to marshal response: {error}") from error


def _body(content: bytes) -> StreamingBody:
    return StreamingBody(io.BytesIO(content), len(content))
