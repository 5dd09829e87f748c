"""AWS as botocore's service models describe it: every operation answers with something that its model takes.

What a test says of an operation beats what is made up. Lists that have pages have two; ids differ by page. Requests are
validated by botocore as always, answers as its own stubs are.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from datetime import UTC, datetime
from functools import cache
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, Self

import boto3
import botocore.session
from botocore import xform_name
from botocore.exceptions import DataNotFoundError
from botocore.validate import validate_parameters

from pillarwatch import ACCOUNT
from rules.collectors import Aws, Listing, collector_of
from tests.rules.collectors.account_answers import ACCOUNT_ID, ANSWERS, CREDENTIALS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

BEGAN = "2026-01-15T12:00:00.000Z"
LONG_AGO = datetime(2025, 6, 1, tzinfo=UTC)
# What an answer with HTTP 200 has only where it is not whole.
FAILURES = {"Error", "ErrorReason", "Messages", "error", "errorCode", "errors", "failedAccounts"}
DEPTH = 9  # some shapes contain themselves
GONE = re.compile("NotFound|NoSuch|DoesNotExist|NotExist|Nonexistent")
TOKENS = ("NextToken", "nextToken", "NextPageToken", "Marker", "NextMarker", "PaginationToken", "position")

_active: list[ModelledAws] = []


class ModelledAws:
    """One account as one collector sees it.

    Args:
        collector: its name.
        answers: by service and operation (snake case): an answer, or several in order of which the last stays.
        refused: error codes by service and operation, where it matters with their message: ``Code: message``.
        keys: the access key of the clients, for a test that has others answer.
        about: where an earlier invocation stopped, and whether this one should.
    """

    def __init__(
        self,
        collector: str,
        answers: Mapping[tuple[str, str], Any] | None = None,
        refused: Mapping[tuple[str, str], str] | None = None,
        keys: tuple[str, str] = ("x", "x"),
        **about: Any,
    ) -> None:
        of_account = ACCOUNT in collector_of(collector).resource_types
        self.answers = {**(ANSWERS if of_account else CREDENTIALS), **(answers or {})}
        self.refused = dict(refused or {})
        self.calls: Counter[tuple[str, str]] = Counter()
        self.client: Callable[[str], Any] = lambda service: _client(service, *keys)
        aws = Aws(collector_of(collector), self.client, account=ACCOUNT_ID, region="eu-west-1", began=BEGAN, **about)
        self.listing = Listing(aws)
        self.parameters: Mapping[str, Any] = {}

    def __enter__(self) -> Self:
        _active.append(self)
        return self

    def __exit__(self, *_: object) -> None:
        _active.remove(self)

    def remember(self, params: Mapping[str, Any], **_: Any) -> None:
        """What the next call asks for."""
        self.parameters = params

    def answer(self, model: Any, **_: Any) -> tuple[Any, dict[str, Any]]:
        """What stands in for the network."""
        key = (model.service_model.service_name, xform_name(model.name))
        number = self.calls[key]
        self.calls[key] += 1
        if refusal := self.refused.get(key) or self.refused.get((key[0], "*")):
            code, message = (*refusal.split(": ", 1), "refused")[:2]
            error = {"Code": code, "Message": message, "Type": "Sender"}
            return SimpleNamespace(status_code=400), {"Error": error, "ResponseMetadata": {"HTTPStatusCode": 400}}
        found = self.answers.get(key)
        if isinstance(found, list):
            found = found[min(number, len(found) - 1)]
        elif found is None:
            found = self._made_up(model)
        if model.output_shape:
            validate_parameters(found, model.output_shape)
        return SimpleNamespace(status_code=200), {**found, "ResponseMetadata": {"HTTPStatusCode": 200}}

    def _made_up(self, model: Any) -> dict[str, Any]:
        if model.output_shape is None:
            return {}
        token_in, token_out = tokens(model.service_model.service_name, model.name)
        if not token_in:  # no paginator: by the names of what asks for a page and leads to one
            asked = model.input_shape.members if model.input_shape else {}
            token_in = token_out = next((name for name in TOKENS if name in asked), "")
        page = 2 if token_in in self.parameters or "Marker" in self.parameters else 1
        answer: dict[str, Any] = _example(model.output_shape, page, DEPTH)
        self._response_for(model.name, answer, page)
        for name in (*TOKENS, token_out):
            answer.pop(name, None)
        for inner in answer.values():  # CloudFront has its marker inside the list
            if isinstance(inner, dict) and "NextMarker" in inner:
                inner["NextMarker"] = "" if "Marker" in self.parameters else "more"
        for name in ("IsTruncated", "HasMoreResults", "isTruncated"):
            if name in answer:
                answer[name] = page == 1 and bool(token_out)
        if token_out and page == 1 and token_out in model.output_shape.members:
            answer[token_out] = "more".ljust(model.output_shape.members[token_out].metadata.get("min", 0), "-")
        return answer

    def _response_for(self, operation: str, answer: dict[str, Any], page: int) -> None:
        """The answers that name what the request names."""
        if operation == "SelectResourceConfig":
            answer["Results"] = [_recorded(self.parameters["Expression"], page)]
        if operation == "ListFunctions":
            answer["Functions"] = [{**each, "FunctionName": f"name-{page}"} for each in answer["Functions"]]
        if operation == "GetMetricData":
            (result,) = answer["MetricDataResults"]
            asked = self.parameters["MetricDataQueries"]
            answer["MetricDataResults"] = [{**result, "Id": query["Id"]} for query in asked]


def _recorded(expression: str, page: int) -> str:
    kind = expression.rpartition("resourceType = ")[2].strip("'")
    row = {
        "accountId": ACCOUNT_ID,
        "awsRegion": "eu-west-1",
        "resourceType": kind,
        "resourceId": f"id-{page}",
        "resourceName": f"name-{page}",
        "arn": f"arn:aws:service:eu-west-1:{ACCOUNT_ID}:kind/name-{page}",
        "tags": [],
        "configuration": {},
        "supplementaryConfiguration": {},
    }
    return json.dumps(row)


def _example(shape: Any, page: int, depth: int, name: str = "") -> Any:
    kind = shape.type_name
    if kind == "structure":
        wanted = [key for key in shape.members if key not in FAILURES] if depth > 0 else []
        wanted += [key for key in shape.required_members if key not in wanted]
        members = [(key, shape.members[key]) for key in wanted]
        if getattr(shape, "is_tagged_union", False):
            members = members[:1]
        return {key: _example(inner, page, depth - 1, key) for key, inner in members}
    if kind == "list":
        least = shape.metadata.get("min", 0)
        return [_example(shape.member, page, depth - 1, name)] * max(least, depth > 0)
    if kind == "map":
        return {f"key-{page}": _example(shape.value, page, depth - 1, name)} if depth > 0 else {}
    made: Any = {
        "boolean": True,
        "timestamp": LONG_AGO,
        "blob": b"{}",
        **dict.fromkeys(("integer", "long"), max(1, shape.metadata.get("min", 1))),
        **dict.fromkeys(("float", "double"), float(max(1, shape.metadata.get("min", 1)))),
    }.get(kind)
    return made if made is not None else _text(shape, page, name)


def _text(shape: Any, page: int, name: str) -> str:
    if getattr(shape, "enum", None):
        return str(shape.enum[0])
    is_arn = name.lower().endswith(("arn", "alarmactions"))
    text = f"arn:aws:service:eu-west-1:{ACCOUNT_ID}:kind/name-{page}" if is_arn else f"{name or 'text'}-{page}"
    return text.ljust(shape.metadata.get("min", 0), "x")


@cache
def tokens(service: str, operation: str) -> tuple[str, str]:
    """What asks for an operation's next page, and what leads to it; empty where it has no paginator."""
    try:
        pages = botocore.session.get_session().get_component("data_loader").load_service_model(service, "paginators-1")
    except DataNotFoundError:
        return "", ""
    found = pages["pagination"].get(operation)
    if not found:
        return "", ""
    token_in, token_out = found["input_token"], found["output_token"]
    first = [each[0] if isinstance(each, list) else each for each in (token_in, token_out)]
    return first[0], first[1].split(" || ")[0]


@cache
def _session(key: str, secret: str) -> Any:
    return boto3.Session(key, secret, region_name="eu-west-1")


@cache
def _client(service: str, key: str, secret: str) -> Any:
    client = _session(key, secret).client(service)
    events = client.meta.events
    events.register("before-parameter-build", _remember)
    events.register("before-call", _answer)
    return client


def _remember(**about: Any) -> None:
    _active[-1].remember(**about)


def _answer(**about: Any) -> Any:
    return _active[-1].answer(**about)


def not_found(service: str, operation: str) -> str:
    """The error with which an operation says, by its model, that what it is asked about is gone; empty: it has none."""
    model = botocore.session.get_session().get_service_model(service)
    (name,) = [each for each in model.operation_names if xform_name(each) == operation]
    operation_model = model.operation_model(name)
    if not (operation_model.input_shape and operation_model.input_shape.required_members):
        return ""  # it lists everything: there is nothing that could be gone
    codes = (shape.metadata.get("error", {}).get("code", shape.name) for shape in operation_model.error_shapes)
    return next((code for code in codes if GONE.search(code)), "")
