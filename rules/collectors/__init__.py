"""Collectors: functions that list what AWS Config does not record, and what requires several API responses.

One file is one collector, e.g. ``rules/collectors/log_groups.py`` with one function::

    @collector("AWS::Logs::LogGroup", actions=("logs:DescribeLogGroups", "logs:ListTagsForResource"))
    def log_groups(aws: Aws) -> Iterator[Listed]:
        \"\"\"CloudWatch log groups, which Config does not record.\"\"\"
        for group in aws.walk("logs:DescribeLogGroups", "logGroups"):
            tags = aws.ask("logs:ListTagsForResource", "tags", resourceArn=group["logGroupArn"])
            yield aws.listed("AWS::Logs::LogGroup", group["logGroupName"], group, arn=group["arn"], tags=tags)

The name of the collector is that of the function in kebab-case, ``log-groups``. Its resources are judged by the checks
of their type with this name as ``collector``. Every listing contains every resource: a resource that is missing from a
complete listing is deleted.

If one invocation does not finish a listing, the next one continues at the page where it stopped. Therefore
:meth:`Aws.walk` and :meth:`Aws.recorded` yield page by page, and each invocation repeats all other calls.
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

# Services with a different name in boto3 than in IAM.
SERVICES = {
    "access-analyzer": "accessanalyzer",
    "elasticloadbalancing": "elbv2",
    "servicequotas": "service-quotas",
    "sso": "sso-admin",
    "states": "stepfunctions",
    "tag": "resourcegroupstaggingapi",
}
SERVER_ERROR = 500
# The names of the token for the next page, the same in response and request.
TOKENS = ("Marker", "NextMarker", "NextPageToken", "NextToken", "nextToken")
# Error codes of throttling, as botocore has them, and of AWS's own errors. Cost Explorer throttles with
# LimitExceededException; LimitExceeded of IAM is not throttling.
TRANSIENT = re.compile(
    "Throttl|TooManyRequests|RequestLimitExceeded|LimitExceededException|ThroughputExceeded|RateExceeded"
    "|PriorRequestNotComplete|SlowDown|Internal|Unavailable|Timeout"
)
# The reason why a response with HTTP 200 is incomplete: a JMESPath of codes or messages, by action. Collectors handle
# errors of one element (the StatusCode of a metric, the errorCode of a bucket) themselves.
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
    """A collector calls an action that it does not declare, so the role of its function does not allow the action."""


class Incomplete(Exception):
    """A response with HTTP 200 reports that it is incomplete. If a collector raises this, the listing is incomplete."""


class Denied(Incomplete):
    """The role of the function does not allow an action. If a collector raises this, the listing is incomplete."""

    def __init__(self, action: str) -> None:
        super().__init__(f"{action} is denied")
        self.action = action


class Deleted(Exception):
    """The resource has been deleted since it was recorded. The collector does not list it."""


class Position(NamedTuple):
    """Where a listing continues: the number of the walk in its collector, and the parameters of its next page."""

    walk: int = 1
    token: Mapping[str, str] = {}


BEGINNING = Position()


class Interrupted(Exception):
    """The time of an invocation is up. The next invocation continues the listing at the position."""

    def __init__(self, position: Position) -> None:
        super().__init__(f"the listing continues at {position}")
        self.position = position


class Listed(NamedTuple):
    """One resource: its item in the envelope of AWS Config's events, and its related resources by type, if supplied."""

    item: dict[str, Any]
    related: Mapping[str, Sequence[Mapping[str, Any]]]


@dataclass(frozen=True, slots=True)
class Collector:
    """One collector. Its name is that of its function in kebab-case, and the source of its verdicts."""

    name: str
    function: Callable[[Aws], Iterator[Listed]]
    resource_types: tuple[str, ...]
    actions: tuple[str, ...]  #: the only IAM actions that the collector may call
    frequency: Frequency
    region: str  #: ``global`` if the resources belong to no Region, otherwise empty


def collector(
    *resource_types: str, actions: Sequence[str], frequency: Frequency = "TwentyFour_Hours", region: str = ""
) -> Callable[[Callable[[Aws], Iterator[Listed]]], Collector]:
    """Make a collector of a function. :func:`all_collectors` finds it by its file; nothing is registered."""

    def make(function: Callable[[Aws], Iterator[Listed]]) -> Collector:
        name = function.__name__.replace("_", "-")
        return Collector(name, function, resource_types, tuple(actions), frequency, region)

    return make


class Aws:
    """The access of a collector to AWS. An IAM action names service and operation; the collector must declare it.

    Args:
        collector: the collector.
        client: returns the client of a service by boto3's name.
        account: the account that is listed.
        region: the Region that is listed.
        began: when the listing began, in the format of AWS Config: the capture time of all listed items.
        start: where an earlier invocation stopped.
        time_is_up: whether this invocation should stop; called after every page of a walk.
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
        """As :meth:`pages`, for the resources that the collector lists. Begins where an earlier invocation stopped.

        Raises:
            Interrupted: there are more pages, but no time left.
            Denied, Incomplete, ClientError: as pages.
        """
        for page in self.walk_pages(action, key, operation=operation, **parameters):
            yield from page

    def walk_pages(self, action: str, key: str, *, operation: str = "", **parameters: Any) -> Iterator[list[Any]]:
        """As :meth:`walk`, page by page, for calls that take many resources at once."""
        client, method = self._resolved(action, operation)
        self._walks += 1
        if self._walks < self._start.walk:
            return  # an earlier invocation finished this walk
        walk, token = self._walks, self._start.token if self._walks == self._start.walk else {}
        try:
            for page, more in _pages(getattr(client, method), {**parameters, **token}):
                _check_complete(action, page)
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
            Denied: the role does not allow the action.
            Incomplete: a page reports that it is incomplete.
            ClientError: any other error; the invocation fails and is repeated.
        """
        client, method = self._resolved(action, operation)
        try:
            pages = (
                client.get_paginator(method).paginate(**parameters)
                if client.can_paginate(method)
                else (page for page, _ in _pages(getattr(client, method), parameters))
            )
            for page in pages:
                _check_complete(action, page)
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
        deleted: Sequence[str] = (),
        **parameters: Any,
    ) -> Any:
        """One response, or its value at ``key``; None if absent, Unknown naming the action if refused or incomplete.

        An error code in ``absent`` (``NoSuchBucketPolicy``) means that there is nothing: None. If a service has no such
        code, the beginning of the message is added: ``AccessDeniedException: Macie is not enabled``. Errors that a
        repetition can solve (throttling, AWS's own errors) are raised.

        Raises:
            Deleted: the error's code is in ``deleted``: the resource itself does not exist any more.
        """
        client, method = self._resolved(action, operation)
        try:
            answer = getattr(client, method)(**parameters)
        except (ClientError, EndpointConnectionError) as error:
            if _has_code(error, deleted):
                raise Deleted(action) from error
            return None if _has_code(error, absent) else _refused(action, error)
        try:
            _check_complete(action, answer)
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
        """The elements on all pages as a list, for a part of an item; Unknown if refused or incomplete.

        ``absent`` as for :meth:`ask`: None. After ``most`` elements no further page is requested.
        """
        try:
            return list(islice(self.pages(action, key, operation=operation, **parameters), most))
        except Denied as denied:
            return None if _has_code(denied.__cause__, absent) else Unknown(str(denied))
        except Incomplete as incomplete:
            return Unknown(str(incomplete))
        except (ClientError, EndpointConnectionError) as error:
            return None if _has_code(error, absent) else _refused(action, error)

    def recorded(self, resource_type: str) -> Iterator[dict[str, Any]]:
        """The items of a type in AWS Config, for collectors that add attributes or related resources to them.

        The items keep their identity, so verdicts of both sources belong to one resource:
        ``yield Listed(item, {"AWS::CloudWatch::Alarm": alarms})``. Needs ``config:SelectResourceConfig``.
        """
        for page in self.recorded_pages(resource_type):
            yield from page

    def recorded_pages(self, resource_type: str) -> Iterator[list[dict[str, Any]]]:
        """As :meth:`recorded`, in pages of up to 100 items, for calls that take many resources at once."""
        expression = RECORDED.format(resource_type)
        for page in self.walk_pages("config:SelectResourceConfig", "Results", Expression=expression):
            yield [self._recorded(row) for row in page]

    def all_recorded(self, resource_type: str) -> Iterator[dict[str, Any]]:
        """All items of a type in each invocation, for look-ups. A collector does not yield these items."""
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
        """A resource as an item. Times become text; Unknown parts stay Unknown."""
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
    """One run of a collector. Iterate to the end, then read whether the listing was complete."""

    def __init__(self, aws: Aws) -> None:
        self.aws = aws
        self.incomplete = ""  #: the reason: a missing permission or an incomplete response; empty if complete
        self.denied = ""  #: the missing permission
        self.rest: Position | None = None  #: where the next run continues, if this run had too little time

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
    """A recorded item with API responses in ``supplementaryConfiguration``, in addition to those of AWS Config.

    Args:
        item: the recorded item.
        answers: the responses by service and operation, ``{"ecr": {"DescribeImages": …}}``.
        related: the related resources by type.
    """
    supplementary = {**(item.get("supplementaryConfiguration") or {}), **_plain(answers)}
    return Listed({**item, "supplementaryConfiguration": supplementary}, related or {})


def collector_of(name: str) -> Collector:
    """The collector with a name. Imports only its file.

    Raises:
        UnknownCollector: there is no collector of this name.
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
    """All collectors by name, in alphabetical order."""
    names = (path.stem.replace("_", "-") for path in Path(__file__).parent.glob("[!_]*.py"))
    return {name: collector_of(name) for name in sorted(names)}


def _refused(action: str, error: ClientError | EndpointConnectionError) -> Unknown:
    """The reason why AWS refuses a call. Raises errors that a repetition can solve."""
    if isinstance(error, EndpointConnectionError):
        return Unknown(f"{action} has no endpoint in this region")
    if _is_denial(error):
        return Unknown(f"{action} is denied")
    code = error.response["Error"]["Code"]
    if error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0) >= SERVER_ERROR or TRANSIENT.search(code):
        raise error
    return Unknown(f"{action} is refused: {code}")


def _check_complete(action: str, answer: Mapping[str, Any]) -> None:
    why = jmespath.search(NOT_WHOLE[action], answer) if action in NOT_WHOLE else None
    if why:
        raise Incomplete(f"{action} is incomplete: {next((each for each in why if each), 'no reason given')}")


def _pages(method: Callable[..., Any], parameters: Mapping[str, Any]) -> Iterator[tuple[Any, dict[str, str]]]:
    """The pages of an operation with one token name in request and response, each with the token of the next page."""
    more: dict[str, str] = {}
    while True:
        page = method(**{**parameters, **more})
        more = {name: page[name] for name in TOKENS if page.get(name)}
        yield page, more
        if not more:
            return


def _has_code(error: BaseException | None, absent: Sequence[str]) -> bool:
    """Whether an error has one of the codes, or one of the texts "code: beginning of the message"."""
    if not isinstance(error, ClientError):
        return False
    code, message = error.response["Error"]["Code"], error.response["Error"].get("Message", "")
    return code in absent or any(": " in each and f"{code}: {message}".startswith(each) for each in absent)


def _is_denial(error: ClientError) -> bool:
    return bool(
        re.search("AccessDenied|Unauthorized|NotAuthorized|AuthorizationError", error.response["Error"]["Code"])
    )


def _plain(value: Any) -> Any:
    """A response of boto3 with its times as text (ISO 8601)."""
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_plain(inner) for inner in value]
    return value.isoformat() if hasattr(value, "isoformat") else value
