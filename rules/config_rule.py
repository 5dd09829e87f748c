"""An AWS Config rule on rdklib, with what is wrong in rdklib's handling replaced.

It reads Config's event, has a rule evaluate it and answers Config. What AWS refuses is raised, so that Lambda repeats
the invocation and at last keeps the event.
"""

from __future__ import annotations

import json
import os
from datetime import datetime, timedelta
from functools import cache
from itertools import islice
from typing import TYPE_CHECKING, Any, TypeVar

import boto3
from botocore.config import Config
from rdklib import ClientFactory, ConfigRule, Evaluator
from rdklib.util.evaluations import clean_up_old_evaluations

from rules.collectors._pace import Pace

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from pillarwatch.evaluation import Status

STATUSES: Mapping[str, Status] = {
    "OK": "ok",
    "ResourceDiscovered": "ok",
    "ResourceDeleted": "deleted",
    "ResourceDeletedNotRecorded": "deleted",
    "ResourceNotRecorded": "not-recorded",
}
NEEDED = ("awsRegion", "resourceType", "resourceId", "configurationItemCaptureTime", "configurationItemStatus")
EVALUATIONS_AT_ONCE = 100  # PutEvaluations
TEST_MODE = "TESTMODE"  # the token of rdk's own test runs
RETRIES = Config(retries={"mode": "standard", "max_attempts": 5})  # the legacy mode repeats fewer kinds of throttling
PACE = Pace()  # of all clients of the process: quotas are the account's
T = TypeVar("T")


class MalformedEvent(Exception):
    """The event is none that AWS Config documents; it says what is missing."""


class HistoryLags(Exception):
    """Config has announced an oversized item that its history does not hold yet. The invocation is repeated."""


class EvaluationsRefused(Exception):
    """AWS Config did not take some of the evaluations."""


class OwnRoleClients(ClientFactory):  # type: ignore[misc]
    """Clients with the function's own role, kept while the function is warm.

    rdklib's factory is built for every invocation, assumes a role and builds its clients anew.
    """

    def __init__(self) -> None:
        super().__init__(role_arn=None, assume_role_mode=False)

    def build_client(self, service: str, region: str | None = None, assume_role_mode: bool = False) -> Any:  # noqa: ARG002 - rdklib's signature
        """The one client of a service and region."""
        return client(service, region or os.environ["AWS_REGION"])


class RuleEvaluator(Evaluator):  # type: ignore[misc]
    """rdklib's evaluator for one rule, with what is wrong in it replaced.

    Items that were deleted or left the rule's scope reach the rule. Errors are raised, where rdklib answers a
    dictionary that Lambda takes for success. Evaluations that Config refuses are an error. The oversized notification
    is read as AWS documents it, and its item from the history at the time it names. A rule that works with the
    function's own role gets clients that outlive the invocation; one that assumes a role gets rdklib's factory.

    Args:
        config_rule: the rule; its methods are called as rdklib calls them.
        client_factory: your own factory instead.
    """

    def __init__(self, config_rule: ConfigRule, client_factory: ClientFactory | None = None) -> None:
        super().__init__(config_rule, is_applicable_status=True)
        self._rule = config_rule
        self._clients = client_factory

    def handle(self, event: Mapping[str, Any], context: object) -> list[dict[str, Any]]:  # noqa: ARG002 - rdklib's signature
        """Have the rule evaluate, and tell Config.

        Raises:
            MalformedEvent: the event is none of Config's.
            HistoryLags: an oversized item cannot be read yet.
            EvaluationsRefused: Config did not take what the rule says.
            ClientError: AWS refused a call.
        """
        clients = self._clients or self._factory(event)
        invoking = invoking_event(event)
        parameters = self._rule.evaluate_parameters(json.loads(event.get("ruleParameters") or "{}"))
        kind = invoking["messageType"]
        if kind == "ScheduledNotification":
            found = self._rule.evaluate_periodic(event, clients, parameters)
            ordered_by = invoking["notificationCreationTime"]
        elif kind in ("ConfigurationItemChangeNotification", "OversizedConfigurationItemChangeNotification"):
            item = _item(event, invoking, clients)
            found = self._rule.evaluate_change(event, clients, item, parameters)
            ordered_by = item["configurationItemCaptureTime"]
            for evaluation in found:
                evaluation.import_fields_from_configuration_item(item)
        else:
            raise MalformedEvent(f"messageType is {kind}")
        for evaluation in found:
            evaluation.orderingTimestamp = ordered_by
        evaluations = [evaluation.get_json() for evaluation in found if evaluation.is_valid()]
        if kind == "ScheduledNotification" and self._rule.delete_old_evaluations_on_scheduled_notification:
            evaluations = clean_up_old_evaluations(event, clients, evaluations)
        _put_evaluations(clients.build_client("config"), event["resultToken"], evaluations)
        return evaluations

    def _factory(self, event: Mapping[str, Any]) -> ClientFactory:
        if not self._rule.get_assume_role_mode(event):
            return own_role_clients()
        return ClientFactory(self._rule.get_execution_role_arn(event), self._rule.get_assume_role_region(event))


@cache
def own_role_clients() -> OwnRoleClients:
    """The clients of this process with the function's own role."""
    return OwnRoleClients()


@cache
def client(service: str, region: str) -> Any:
    """The one boto3 client of a service and Region, paced by the service's quotas."""
    made = boto3.client(service, region_name=region, config=RETRIES)  # type: ignore[call-overload]  # any service
    # Registered first, because a handler that answers ends the event.
    made.meta.events.register_first("before-call", PACE.before_call)
    return made


def invoking_event(event: Mapping[str, Any]) -> dict[str, Any]:
    """The notification in Config's event.

    Raises:
        MalformedEvent: there is none, or no result token.
    """
    try:
        invoking: dict[str, Any] = json.loads(event["invokingEvent"])
    except (KeyError, TypeError, ValueError) as error:
        raise MalformedEvent("there is no invokingEvent in JSON") from error
    if not isinstance(invoking, dict) or not invoking.get("messageType") or not event.get("resultToken"):
        raise MalformedEvent("there is no messageType, or no resultToken")
    return invoking


def _item(event: Mapping[str, Any], invoking: Mapping[str, Any], clients: ClientFactory) -> Mapping[str, Any]:
    """The item of a change, from the history where the notification has only its summary and we need more."""
    item: Mapping[str, Any] | None = invoking.get("configurationItem")
    summary = invoking.get("configurationItemSummary")
    known = item or summary or {}
    missing = [key for key in NEEDED if not known.get(key)]
    if missing or not (known.get("awsAccountId") or known.get("accountId")):
        raise MalformedEvent(f"the configuration item lacks {', '.join(missing) or 'its account'}")
    if item or status_of(event, known) != "ok":
        return known
    return _from_history(clients.build_client("config"), known)


def _from_history(config: Any, summary: Mapping[str, Any]) -> dict[str, Any]:
    """The item that a summary describes, in the API's envelope.

    An SDK may cut laterTime to whole seconds, so we ask for up to the next one, newest first.
    """
    at = datetime.fromisoformat(summary["configurationItemCaptureTime"])
    pages = config.get_paginator("get_resource_config_history").paginate(
        resourceType=summary["resourceType"],
        resourceId=summary["resourceId"],
        laterTime=at.replace(microsecond=0) + timedelta(seconds=1),
    )
    for item in (item for page in pages for item in page["configurationItems"]):
        late = item["configurationItemCaptureTime"] - at
        if late <= timedelta(milliseconds=1):
            if late < timedelta(seconds=-1):
                break
            return {**item, "configurationItemCaptureTime": summary["configurationItemCaptureTime"]}
    raise HistoryLags(f"{summary['resourceType']} {summary['resourceId']} at {at.isoformat()}")


def status_of(event: Mapping[str, Any], item: Mapping[str, Any]) -> Status:
    """What became of a resource, in our words.

    Raises:
        MalformedEvent: AWS Config documents no such status.
    """
    status = STATUSES.get(item["configurationItemStatus"])
    if status is None:
        raise MalformedEvent(f"configurationItemStatus is {item['configurationItemStatus']}")
    return "left-scope" if status == "ok" and event.get("eventLeftScope") else status


def _put_evaluations(config: Any, token: str, evaluations: Sequence[Mapping[str, Any]]) -> None:
    for some in list(chunks(evaluations, EVALUATIONS_AT_ONCE)) or [[]]:  # no evaluations: Config learns that we ran
        answer = config.put_evaluations(Evaluations=some, ResultToken=token, TestMode=token == TEST_MODE)
        if refused := answer.get("FailedEvaluations"):
            raise EvaluationsRefused(f"{len(refused)} of {len(some)}: {refused[0]}")


def chunks(elements: Iterable[T], size: int) -> Iterator[list[T]]:
    """Elements in lists of at most ``size``, as they come."""
    iterator = iter(elements)
    while chunk := list(islice(iterator, size)):
        yield chunk
