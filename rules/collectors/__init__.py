"""Collectors: what AWS Config does not record, or what only several answers together tell.

One file is one collector, e.g. ``rules/collectors/log_groups.py`` with one function::

    @collector("AWS::Logs::LogGroup", actions=("logs:DescribeLogGroups", "logs:ListTagsForResource"))
    def log_groups(aws: Aws) -> Iterator[Listed]:
        \"\"\"CloudWatch log groups, which Config does not record.\"\"\"
        for group in aws.walk("logs:DescribeLogGroups", "logGroups"):
            tags = aws.ask("logs:ListTagsForResource", "tags", resourceArn=group["logGroupArn"])
            yield aws.listed("AWS::Logs::LogGroup", group["logGroupName"], group, arn=group["arn"], tags=tags)

Its name is the function's in kebab-case, ``log-groups``. A resource it lists is judged by the checks of that type whose
``collector`` has this name. Every resource is listed every time: one that is missing from a complete listing is gone.

A listing that one invocation does not finish goes on in the next one, from the page where it stopped. So what is walked
(:meth:`Aws.walk`, :meth:`Aws.recorded`) is yielded page by page, and what else is needed is asked for again each time.
"""

from __future__ import annotations

import importlib
import json
import re
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import jmespath  # type: ignore[import-untyped]
from botocore import xform_name
from botocore.exceptions import ClientError, EndpointConnectionError

from pillarwatch.unknown import Unknown

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

Frequency = Literal["One_Hour", "Three_Hours", "Six_Hours", "Twelve_Hours", "TwentyFour_Hours"]

# Where boto3 names a service otherwise than IAM does.
SERVICES = {
    "access-analyzer": "accessanalyzer",
    "elasticloadbalancing": "elbv2",
    "servicequotas": "service-quotas",
    "sso": "sso-admin",
    "states": "stepfunctions",
    "tag": "resourcegroupstaggingapi",
}
SERVER_ERROR = 500
# That lead to the next page, answered and asked.
TOKENS = ("Marker", "NextMarker", "NextPageToken", "NextToken", "nextToken")
# What botocore takes for throttling, and what AWS calls its own errors. Cost Explorer throttles by
# LimitExceededException; IAM's LimitExceeded is none.
PASSING = re.compile(
    "Throttl|TooManyRequests|RequestLimitExceeded|LimitExceededException|ThroughputExceeded|RateExceeded"
    "|PriorRequestNotComplete|SlowDown|Internal|Unavailable|Timeout"
)
# Where an answer with HTTP 200 says why it is not whole: a JMESPath of codes or messages, by action. What concerns one
# element (a metric's StatusCode, a bucket's errorCode) is for the collector, which leaves the others as they are.
NOT_WHOLE = {
    "cloudwatch:GetMetricData": "Messages[].[Code, Value][]",
    "compute-optimizer:GetECSServiceRecommendations": "errors[].code",
    "compute-optimizer:GetIdleRecommendations": "errors[].code",
    "inspector2:BatchGetAccountStatus": "failedAccounts[].errorCode",
}
RECORDED = (
    "SELECT accountId, awsRegion, resourceType, resourceId, resourceName, arn, tags, relationships, configuration,"
    " supplementaryConfiguration WHERE resourceType = '{}'"
)


class UnknownCollector(Exception):
    """There is no collector of this name."""


class UndeclaredAction(Exception):
    """A collector calls what it does not declare, so that its function's role cannot allow it."""


class Incomplete(Exception):
    """An answer with HTTP 200 says that it is not whole. Leaving a collector, it makes the listing incomplete."""


class Denied(Incomplete):
    """The function's role does not allow an action. Leaving a collector, it makes the listing incomplete."""

    def __init__(self, action: str) -> None:
        super().__init__(f"{action} is denied")
        self.action = action


class Gone(Exception):
    """What a collector asks about has been deleted since it was recorded: it is not listed."""


class Position(NamedTuple):
    """Where a listing goes on: in which of its collector's walks, and what asks for that walk's next page."""

    walk: int = 1
    token: Mapping[str, str] = {}


BEGINNING = Position()


class Interrupted(Exception):
    """The time of an invocation is up. Leaving a collector, it says where the next one goes on."""

    def __init__(self, position: Position) -> None:
        super().__init__(f"the listing goes on at {position}")
        self.position = position


class Listed(NamedTuple):
    """One resource: its item in the envelope of Config's events, and its related resources by type, where supplied."""

    item: dict[str, Any]
    related: Mapping[str, Sequence[Mapping[str, Any]]]


@dataclass(frozen=True, slots=True)
class Collector:
    """One collector. Its name is its function's in kebab-case, and is the source of its verdicts."""

    name: str
    function: Callable[[Aws], Iterator[Listed]]
    resource_types: tuple[str, ...]
    actions: tuple[str, ...]  #: the IAM actions it needs, and the only ones it may call
    frequency: Frequency
    region: str  #: ``global`` where its resources belong to no region, else empty


def collector(
    *resource_types: str, actions: Sequence[str], frequency: Frequency = "TwentyFour_Hours", region: str = ""
) -> Callable[[Callable[[Aws], Iterator[Listed]]], Collector]:
    """Make a collector of a function. Nothing is registered: the file in which it stands is the registry."""

    def make(function: Callable[[Aws], Iterator[Listed]]) -> Collector:
        name = function.__name__.replace("_", "-")
        return Collector(name, function, resource_types, tuple(actions), frequency, region)

    return make


class Aws:
    """What a collector asks AWS with: the IAM action names service and operation, and must be declared.

    Args:
        collector: who asks.
        client: the client of a service, by boto3's name.
        account: the account that is listed.
        region: the region that is listed.
        began: when the listing began, as Config writes times; it is the capture time of all that is listed.
        start: where an earlier invocation stopped.
        time_is_up: whether this invocation should stop; asked after every page of what is walked.
    """

    def __init__(
        self,
        collector: Collector,
        client: Callable[[str], Any],
        account: str,
        region: str,
        began: str,
        *,
        start: Position = BEGINNING,
        time_is_up: Callable[[], bool] = lambda: False,
    ) -> None:
        self.collector = collector
        self.account = account
        self.region = region
        self.began = began
        self._client = client
        self._start = start
        self._time_is_up = time_is_up
        self._walks = 0

    def walk(self, action: str, key: str, *, operation: str = "", **parameters: Any) -> Iterator[Any]:
        """As :meth:`pages`, for what the collector lists: it goes on where an earlier invocation stopped.

        Raises:
            Interrupted: there are more pages, and no time for them.
            Denied, Incomplete, ClientError: as pages.
        """
        for page in self.walk_pages(action, key, operation=operation, **parameters):
            yield from page

    def walk_pages(self, action: str, key: str, *, operation: str = "", **parameters: Any) -> Iterator[list[Any]]:
        """As :meth:`walk`, page by page: for what can be asked of many together."""
        client, method = self._resolved(action, operation)
        self._walks += 1
        if self._walks < self._start.walk:
            return  # an earlier invocation has come to its end
        walk, token = self._walks, self._start.token if self._walks == self._start.walk else {}
        try:
            for page, more in _pages(getattr(client, method), {**parameters, **token}):
                _check_whole(action, page)
                yield jmespath.search(key, page) or []
                if more and self._time_is_up():
                    raise Interrupted(Position(walk, more))
        except ClientError as error:
            if _is_denial(error):
                raise Denied(action) from error
            raise

    def pages(self, action: str, key: str, *, operation: str = "", **parameters: Any) -> Iterator[Any]:
        """The elements of the list at ``key`` (a JMESPath, e.g. ``Reservations[].Instances[]``) on all pages.

        ``operation`` is the API's name where IAM's differs: ``pages("s3:ListAllMyBuckets", operation="ListBuckets")``.

        Raises:
            Denied: the role does not allow it.
            Incomplete: a page says that it is not whole.
            ClientError: anything else that AWS refuses; the invocation fails and is repeated.
        """
        client, method = self._resolved(action, operation)
        try:
            pages = (
                client.get_paginator(method).paginate(**parameters)
                if client.can_paginate(method)
                else (page for page, _ in _pages(getattr(client, method), parameters))
            )
            for page in pages:
                _check_whole(action, page)
                yield from jmespath.search(key, page) or ()
        except ClientError as error:
            if _is_denial(error):
                raise Denied(action) from error
            raise

    def ask(
        self,
        action: str,
        key: str = "",
        *,
        operation: str = "",
        absent: Sequence[str] = (),
        gone: Sequence[str] = (),
        **parameters: Any,
    ) -> Any:
        """One answer, or what stands in it under ``key``: None where absent, Unknown naming the action where refused.

        Unknown too where the answer says that it is not whole.

        An error code in ``absent`` (``NoSuchBucketPolicy``) says that there is nothing: None. Where a service has no
        code of its own for that, its message does: ``AccessDeniedException: Macie is not enabled``. What may go well
        when it is repeated (throttling, an error of AWS's own) is raised.

        Raises:
            Gone: the error's code is in ``gone``, where nothing and no longer there are to be told apart.
        """
        client, method = self._resolved(action, operation)
        try:
            answer = getattr(client, method)(**parameters)
        except (ClientError, EndpointConnectionError) as error:
            if _says(error, gone):
                raise Gone(action) from error
            return None if _says(error, absent) else _refused(action, error)
        try:
            _check_whole(action, answer)
        except Incomplete as incomplete:
            return Unknown(str(incomplete))
        return jmespath.search(key, answer) if key else answer

    def every(
        self,
        action: str,
        key: str,
        *,
        operation: str = "",
        absent: Sequence[str] = (),
        most: int | None = None,
        **parameters: Any,
    ) -> Any:
        """The elements on all pages as a list, for a part of an item: Unknown naming the action where refused.

        Unknown too where a page says that it is not whole.

        ``absent`` as for :meth:`ask`: None. After ``most`` elements no further page is asked for.
        """
        try:
            return list(islice(self.pages(action, key, operation=operation, **parameters), most))
        except Denied as denied:
            return None if _says(denied.__cause__, absent) else Unknown(str(denied))
        except Incomplete as incomplete:
            return Unknown(str(incomplete))
        except (ClientError, EndpointConnectionError) as error:
            return None if _says(error, absent) else _refused(action, error)

    def recorded(self, resource_type: str) -> Iterator[dict[str, Any]]:
        """The items that Config has of a type, when only parts or the related resources are missing in them.

        They have Config's identity, so that verdicts of both sources meet on one resource:
        ``yield Listed(item, {"AWS::CloudWatch::Alarm": alarms})``. Needs ``config:SelectResourceConfig``.
        """
        for page in self.recorded_pages(resource_type):
            yield from page

    def recorded_pages(self, resource_type: str) -> Iterator[list[dict[str, Any]]]:
        """As :meth:`recorded`, up to a hundred at once: for what can be asked of many together."""
        expression = RECORDED.format(resource_type)
        for page in self.walk_pages("config:SelectResourceConfig", "Results", Expression=expression):
            yield [self._recorded(row) for row in page]

    def all_recorded(self, resource_type: str) -> Iterator[dict[str, Any]]:
        """As :meth:`recorded`, always from the first to the last: to look something up in, not to be yielded."""
        expression = RECORDED.format(resource_type)
        return map(self._recorded, self.pages("config:SelectResourceConfig", "Results", Expression=expression))

    def _recorded(self, row: str) -> dict[str, Any]:
        return {**json.loads(row), "configurationItemStatus": "OK", "configurationItemCaptureTime": self.began}

    def listed(
        self,
        resource_type: str,
        resource_id: str,
        configuration: Any,
        *,
        name: str = "",
        arn: str = "",
        tags: Any = None,
        related: Mapping[str, Sequence[Mapping[str, Any]]] | None = None,
    ) -> Listed:
        """A resource as an item; times inside become text. Where a part is Unknown, give it as it is."""
        item = {
            "awsAccountId": self.account,
            "awsRegion": self.collector.region or self.region,
            "resourceType": resource_type,
            "resourceId": resource_id,
            "resourceName": name or resource_id,
            "ARN": arn,
            "configurationItemStatus": "OK",
            "configurationItemCaptureTime": self.began,
            "tags": {} if tags is None else tags,
            "configuration": _plain(configuration),
            "supplementaryConfiguration": {},
        }
        return Listed(item, related or {})

    def _resolved(self, action: str, operation: str) -> tuple[Any, str]:
        if action not in self.collector.actions:
            raise UndeclaredAction(f"{self.collector.name} does not declare {action}")
        service, _, name = action.partition(":")
        return self._client(SERVICES.get(service, service)), xform_name(operation or name)


class Listing:
    """One run of a collector: iterate it to the end, then ask whether it was complete."""

    def __init__(self, aws: Aws) -> None:
        self.aws = aws
        self.incomplete = ""  #: why it is: a missing permission, or an answer that is not whole
        self.denied = ""  #: the missing permission
        self.rest: Position | None = None  #: where the next run goes on, if this one had too little time

    def __iter__(self) -> Iterator[Listed]:
        try:
            yield from self.aws.collector.function(self.aws)
        except Incomplete as incomplete:
            self.incomplete = str(incomplete)
            self.denied = incomplete.action if isinstance(incomplete, Denied) else ""
        except Interrupted as interrupted:
            self.rest = interrupted.position


def completed(
    item: Mapping[str, Any],
    answers: Mapping[str, Any],
    related: Mapping[str, Sequence[Mapping[str, Any]]] | None = None,
) -> Listed:
    """A recorded item with what it lacks: answers of APIs by service and operation, ``{"ecr": {"DescribeImages": …}}``.

    They stand in ``supplementaryConfiguration``, beside what Config recorded there.
    """
    supplementary = {**(item.get("supplementaryConfiguration") or {}), **_plain(answers)}
    return Listed({**item, "supplementaryConfiguration": supplementary}, related or {})


def collector_of(name: str) -> Collector:
    """The collector of a name; loads its file and no other.

    Raises:
        UnknownCollector: there is none.
    """
    module = f"{__name__}.{name.replace('-', '_')}"
    try:
        found = getattr(importlib.import_module(module), name.replace("-", "_"))
    except (ModuleNotFoundError, AttributeError):
        raise UnknownCollector(name) from None
    if not isinstance(found, Collector):
        raise UnknownCollector(name)
    return found


def all_collectors() -> dict[str, Collector]:
    """Every collector by name, sorted."""
    names = (path.stem.replace("_", "-") for path in Path(__file__).parent.glob("[!_]*.py"))
    return {name: collector_of(name) for name in sorted(names)}


def _refused(action: str, error: ClientError | EndpointConnectionError) -> Unknown:
    """Why AWS does not answer, and will not when it is asked again; anything else is raised once more."""
    if isinstance(error, EndpointConnectionError):
        return Unknown(f"{action} has no endpoint in this region")
    if _is_denial(error):
        return Unknown(f"{action} is denied")
    code = error.response["Error"]["Code"]
    if error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0) >= SERVER_ERROR or PASSING.search(code):
        raise error
    return Unknown(f"{action} is refused: {code}")


def _check_whole(action: str, answer: Mapping[str, Any]) -> None:
    why = jmespath.search(NOT_WHOLE[action], answer) if action in NOT_WHOLE else None
    if why:
        raise Incomplete(f"{action} is incomplete: {next((each for each in why if each), 'it gives no reason')}")


def _pages(method: Callable[..., Any], parameters: Mapping[str, Any]) -> Iterator[tuple[Any, dict[str, str]]]:
    """The pages of an operation whose token has one name in request and answer, each with what asks for the next."""
    more: dict[str, str] = {}
    while True:
        page = method(**{**parameters, **more})
        more = {name: page[name] for name in TOKENS if page.get(name)}
        yield page, more
        if not more:
            return


def _says(error: BaseException | None, absent: Sequence[str]) -> bool:
    """Whether an error tells by its code, or by its code and how its message begins, that there is nothing."""
    if not isinstance(error, ClientError):
        return False
    code, message = error.response["Error"]["Code"], error.response["Error"].get("Message", "")
    return code in absent or any(": " in each and f"{code}: {message}".startswith(each) for each in absent)


def _is_denial(error: ClientError) -> bool:
    return bool(
        re.search("AccessDenied|Unauthorized|NotAuthorized|AuthorizationError", error.response["Error"]["Code"])
    )


def _plain(value: Any) -> Any:
    """An answer of boto3 as JSON would hold it: its times as text."""
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_plain(inner) for inner in value]
    return value.isoformat() if hasattr(value, "isoformat") else value
