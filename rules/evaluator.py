"""The evaluator's Lambda handlers: AWS Config's event in, our event and Config's answer out.

``on_change`` judges one configuration item by every check of its type; ``on_schedule`` runs one collector and judges
what it lists. Both publish "Resource Evaluated" first and tell Config last, so that nothing that Config was told is
missing on the bus. Whatever AWS refuses is raised: Lambda repeats the invocation, and at last keeps the event.
"""

from __future__ import annotations

import json
import logging
import os
import time
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import boto3
from botocore.config import Config
from rdklib import ClientFactory, ComplianceType, ConfigRule, Evaluation, Evaluator
from rdklib.util.evaluations import clean_up_old_evaluations

from pillarwatch import ConfigurationItem
from pillarwatch.check import ANNOTATION_LIMIT, SEVERITIES, shortened
from pillarwatch.evaluation import EVENT_SOURCE, RESOURCE_EVALUATED, Status, judge, resource_evaluated
from pillarwatch.json_text import document_in
from pillarwatch.settings import packaged_settings
from pillarwatch.unknown import Unknown
from rules.catalogue import checks_of, digest_of
from rules.collectors import BEGINNING, Aws, Listing, Position, collector_of
from rules.collectors._pace import Pace

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from pillarwatch import Check
    from rules.collectors import Collector

CHANGE = "change"
STATUSES: Mapping[str, Status] = {
    "OK": "ok",
    "ResourceDiscovered": "ok",
    "ResourceDeleted": "deleted",
    "ResourceDeletedNotRecorded": "deleted",
    "ResourceNotRecorded": "not-recorded",
}
NEEDED = ("awsRegion", "resourceType", "resourceId", "configurationItemCaptureTime", "configurationItemStatus")
EVENTS_AT_ONCE, BYTES_AT_ONCE = 10, 1_000_000  # PutEvents takes 10 entries and 1 MB; some is left for their envelopes
EVALUATIONS_AT_ONCE = 100  # PutEvaluations
GONE = {
    ("NOT_APPLICABLE", "deleted"),
    ("NOT_APPLICABLE", "left-scope"),
}  # what Config keeps of what we published as gone
# PutEvaluations refuses a type that neither AWS Config nor CloudFormation has. Events and scores have it all the same.
UNKNOWN_TO_CONFIG = {"AWS::EC2::Snapshot"}
LONGEST_LISTING = timedelta(days=1)
TEST_MODE = "TESTMODE"  # the token of rdk's own test runs
RETRIES = Config(retries={"mode": "standard", "max_attempts": 5})  # the legacy mode repeats fewer kinds of throttling

PACE = Pace()  # of all clients of the process: quotas are the account's

T = TypeVar("T")

logger = logging.getLogger("pillarwatch")


class MalformedEvent(Exception):
    """The event is none that AWS Config documents; it says what is missing."""


class ListingEndless(Exception):
    """A collector has been listing for longer than a day. It is given up; the next schedule begins anew."""


class HistoryLags(Exception):
    """Config has announced an oversized item that its history does not hold yet. The invocation is repeated."""


class EventsRefused(Exception):
    """EventBridge did not take some of the events."""


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
        return _client(service, region or os.environ["AWS_REGION"])


class RuleEvaluator(Evaluator):  # type: ignore[misc]
    """rdklib's evaluator for one rule, with what is wrong in it replaced.

    Items that were deleted or left the rule's scope reach the rule. Errors are raised, where rdklib answers a
    dictionary that Lambda takes for success. Evaluations that Config refuses are an error. The oversized notification
    is read as AWS documents it, and its item from the history at the time it tells of. A rule that works with the
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
        invoking = _invoking_event(event)
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
        _tell_config(clients.build_client("config"), event["resultToken"], evaluations)
        return evaluations

    def _factory(self, event: Mapping[str, Any]) -> ClientFactory:
        if not self._rule.get_assume_role_mode(event):
            return _own_role_clients()
        return ClientFactory(self._rule.get_execution_role_arn(event), self._rule.get_assume_role_region(event))


class PillarwatchRule(ConfigRule):  # type: ignore[misc]
    """Every rule of Pillarwatch: what is judged follows from the item's type and the collector's name."""

    delete_old_evaluations_on_scheduled_notification = False  # it publishes what is gone, and only if the list is whole
    rest: dict[str, Any] | None = None  #: when the listing that was left unfinished began, and where it goes on

    def get_assume_role_mode(self, event: Mapping[str, Any]) -> bool:  # noqa: ARG002 - rdklib's signature
        """Never: the function's own role may all it needs, and a warm invocation costs no call of STS."""
        return False

    def evaluate_change(
        self,
        event: Mapping[str, Any],
        client_factory: ClientFactory,
        configuration_item: Mapping[str, Any],
        valid_rule_parameters: Mapping[str, Any],  # noqa: ARG002 - rdklib's signature
    ) -> list[Evaluation]:
        """Judge one item by every check of its type, publish the verdicts, and answer Config's one word."""
        status = _status(event, configuration_item)
        item = ConfigurationItem(recorded(configuration_item))
        detail = evaluated(item, CHANGE, "deleted" if status == "ok" and item.has_ended else status)
        publish(client_factory.build_client("events"), [detail])
        return [told(detail)]

    def evaluate_periodic(
        self, event: Mapping[str, Any], client_factory: ClientFactory, valid_rule_parameters: Mapping[str, Any]
    ) -> list[Evaluation]:
        """Run the collector that the rule names; publish what it lists as it comes, and then what is gone."""
        if "collector" not in valid_rule_parameters:
            raise MalformedEvent("the rule has no parameter named collector")
        collector = collector_of(valid_rule_parameters["collector"])
        listing = Listing(_aws(collector, event, client_factory))
        events = client_factory.build_client("events")
        evaluations: dict[tuple[str, str], Evaluation] = {}
        for listed in _chunks(listing, EVALUATIONS_AT_ONCE):
            details = [evaluated(ConfigurationItem(item, related=related), collector.name) for item, related in listed]
            publish(events, details)
            evaluations |= {(e["resource"]["type"], e["resource"]["id"]): told(e) for e in details}
        self.rest = None
        if listing.rest:
            self.rest = {"began": listing.aws.began, "position": listing.rest}
        elif listing.incomplete:
            why = listing.incomplete
            if reason := packaged_settings().accepted_denials.get(listing.denied):
                logger.warning("collector %s: incomplete: %s, as the settings accept: %s", collector.name, why, reason)
            else:
                logger.error("collector %s: incomplete, so nothing counts as deleted: %s", collector.name, why)
                _count("ListingIncomplete", collector=collector.name, why=why)
        else:
            known = _known(client_factory.build_client("config"), event)
            details = [_gone(*key, listing.aws) for key in known if key not in evaluations]
            publish(events, details)
            evaluations |= {(e["resource"]["type"], e["resource"]["id"]): told(e) for e in details}
        return [evaluation for (kind, _), evaluation in evaluations.items() if kind not in UNKNOWN_TO_CONFIG]


def recorded(item: Mapping[str, Any]) -> Mapping[str, Any]:
    """The item; what it says is unknown, not absent, where it has none of the keys that items of its type have."""
    found = item.get("configuration")
    configuration = document_in(found) if isinstance(found, str) else found
    keys = _item_keys().get(item["resourceType"])
    if isinstance(configuration, dict) and configuration and (keys is None or not keys.isdisjoint(configuration)):
        return item
    nothing = Unknown("AWS Config recorded nothing that items of this type have")
    return {
        **item,
        "configuration": nothing,
        "supplementaryConfiguration": nothing,
        "tags": item.get("tags") or nothing,
    }


@cache
def _item_keys() -> dict[str, set[str]]:
    found = json.loads(Path(__file__).with_name("item_keys.json").read_text(encoding="utf-8"))
    return {kind: set(keys) for kind, keys in found.items()}


def evaluated(item: ConfigurationItem, source: str, status: Status = "ok") -> dict[str, Any]:
    """The detail of "Resource Evaluated": what every check of a source says of an item; nothing where it has none."""
    settings = packaged_settings()
    judgements = judge(item, _checks(item.resource_type, source), settings) if status == "ok" else []
    for check, verdict, _ in judgements:
        if verdict.crashed:
            resource = f"{item.resource_type} {item.resource_id}"
            logger.error("check failed: %s on %s", check.id, resource, exc_info=verdict.error)
            _count("CheckCrashed", check=check.id, resource=resource)
    catalogue = digest_of(item.resource_type) if checks_of(item.resource_type) else ""
    return resource_evaluated(
        item, judgements, settings, source=source, catalogue=catalogue, evaluated_at=item.judged_at, status=status
    )


def told(detail: Mapping[str, Any]) -> Evaluation:
    """What Config is told of a resource: one word, which says compliant only if every check that applies does."""
    resource, verdicts = detail["resource"], detail["verdicts"]
    said = [verdict["compliance"] for verdict in verdicts.values()]
    word, annotation = ComplianceType.NOT_APPLICABLE, ""
    if detail["status"] != "ok":
        annotation = detail["status"]
    elif "NON_COMPLIANT" in said:
        word, annotation = ComplianceType.NON_COMPLIANT, _failing(verdicts)
    elif "INSUFFICIENT_DATA" in said:
        annotation = f"{said.count('INSUFFICIENT_DATA')} of {len(said)} unjudged"
    elif "COMPLIANT" in said:
        word = ComplianceType.COMPLIANT
    elif not said:
        annotation = "no checks"
    return Evaluation(word, resource["id"], resource["type"], annotation)


def publish(events: Any, details: Iterable[Mapping[str, Any]]) -> None:
    """Put "Resource Evaluated" events on the bus.

    Raises:
        EventsRefused: some were not taken.
    """
    for entries in _requests(map(_entry, details)):
        answer = events.put_events(Entries=entries)
        if answer["FailedEntryCount"]:
            refused = [entry for entry in answer["Entries"] if "ErrorCode" in entry]
            raise EventsRefused(f"{len(refused)} of {len(entries)}: {refused[0]}")


def on_change(event: Mapping[str, Any], context: object) -> None:
    """Lambda: a resource changed, was deleted, or left the scope of its type's rule."""
    _evaluator().handle(event, context)


def on_schedule(event: Mapping[str, Any], context: object) -> None:
    """Lambda: it is time for the collector that the rule names, or for the rest of a listing, which the queue tells of.

    Raises:
        ListingEndless: a listing goes on for longer than a day.
    """
    for run in [json.loads(record["body"]) for record in event["Records"]] if "Records" in event else [event]:
        _evaluator().handle(run, context)
        if rest := _rule().rest:  # sent last: what it goes on from has been told
            queue = _client("sqs", os.environ["AWS_REGION"])
            queue.send_message(QueueUrl=os.environ["REST_QUEUE_URL"], MessageBody=json.dumps({**run, "rest": rest}))


@cache
def _rule() -> PillarwatchRule:
    return PillarwatchRule()


@cache
def _evaluator() -> RuleEvaluator:
    return RuleEvaluator(_rule())


def _aws(collector: Collector, event: Mapping[str, Any], clients: ClientFactory) -> Aws:
    """What a collector asks with: from the beginning, or from where an earlier invocation has left off."""
    rest = event.get("rest")
    if rest and datetime.now(UTC) - datetime.fromisoformat(rest["began"]) > LONGEST_LISTING:
        raise ListingEndless(f"{collector.name} since {rest['began']}")
    began = rest["began"] if rest else datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    stop = time.monotonic() + float(os.environ["COLLECTING_SECONDS"])
    return Aws(
        collector,
        clients.build_client,
        event["accountId"],
        os.environ["AWS_REGION"],
        began,
        start=Position(*rest["position"]) if rest else BEGINNING,
        time_is_up=lambda: time.monotonic() >= stop,
    )


@cache
def _own_role_clients() -> OwnRoleClients:
    return OwnRoleClients()


@cache
def _client(service: str, region: str) -> Any:
    client = boto3.client(service, region_name=region, config=RETRIES)  # type: ignore[call-overload]  # any service
    client.meta.events.register_first("before-call", PACE.before_call)  # first: whoever answers a call ends the event
    return client


@cache
def _checks(resource_type: str, source: str) -> tuple[Check, ...]:
    return tuple(check for check in checks_of(resource_type) if (check.collector or CHANGE) == source)


def _invoking_event(event: Mapping[str, Any]) -> dict[str, Any]:
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
    if item or _status(event, known) != "ok":
        return known
    return _from_history(clients.build_client("config"), known)


def _from_history(config: Any, summary: Mapping[str, Any]) -> dict[str, Any]:
    """The item that a summary tells of, in the API's envelope.

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


def _status(event: Mapping[str, Any], item: Mapping[str, Any]) -> Status:
    status = STATUSES.get(item["configurationItemStatus"])
    if status is None:
        raise MalformedEvent(f"configurationItemStatus is {item['configurationItemStatus']}")
    return "left-scope" if status == "ok" and event.get("eventLeftScope") else status


def _failing(verdicts: Mapping[str, Mapping[str, Any]]) -> str:
    """The failing checks and why, as many as fit: accepted risks last, before that the worst first."""
    failing = [(check, verdict) for check, verdict in verdicts.items() if verdict["compliance"] == "NON_COMPLIANT"]
    failing.sort(key=lambda entry: ("waiver" in entry[1], SEVERITIES.index(entry[1]["severity"])))
    texts = [f"{check}{' (waived)' if 'waiver' in v else ''}: {v.get('annotation', '')}" for check, v in failing]
    for count in range(len(texts), 1, -1):
        text = "; ".join(texts[:count]) + _more(len(texts) - count)
        if len(text) <= ANNOTATION_LIMIT:
            return text
    more = _more(len(texts) - 1)
    return shortened(texts[0], ANNOTATION_LIMIT - len(more)) + more


def _more(count: int) -> str:
    return f"; {count} more" if count else ""


def _tell_config(config: Any, token: str, evaluations: Sequence[Mapping[str, Any]]) -> None:
    for some in list(_chunks(evaluations, EVALUATIONS_AT_ONCE)) or [[]]:  # no evaluations: Config learns that we ran
        answer = config.put_evaluations(Evaluations=some, ResultToken=token, TestMode=token == TEST_MODE)
        if refused := answer.get("FailedEvaluations"):
            raise EvaluationsRefused(f"{len(refused)} of {len(some)}: {refused[0]}")


def _known(config: Any, event: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Type and id of the resources that a rule has told Config of before this listing, but for those told as gone.

    What an earlier part of the listing has told has the time of this schedule, in whole seconds as SDKs write it.
    """
    pages = config.get_paginator("get_compliance_details_by_config_rule").paginate(
        ConfigRuleName=event["configRuleName"],
        ComplianceTypes=["COMPLIANT", "NON_COMPLIANT", "NOT_APPLICABLE"],
        PaginationConfig={"PageSize": 100},
    )
    notified = datetime.fromisoformat(_invoking_event(event)["notificationCreationTime"]).replace(microsecond=0)
    results = (result for page in pages for result in page["EvaluationResults"])
    identifiers = (
        result["EvaluationResultIdentifier"]
        for result in results
        if (result["ComplianceType"], result.get("Annotation")) not in GONE
    )
    qualifiers = (each["EvaluationResultQualifier"] for each in identifiers if each["OrderingTimestamp"] < notified)
    return [(qualifier["ResourceType"], qualifier["ResourceId"]) for qualifier in qualifiers]


def _gone(resource_type: str, resource_id: str, aws: Aws) -> dict[str, Any]:
    item = aws.listed(resource_type, resource_id, None).item
    # A type that a release took from the collector is not gone: only this source has nothing to say of it any more.
    status: Status = "deleted" if resource_type in aws.collector.resource_types else "left-scope"
    return evaluated(ConfigurationItem(item), aws.collector.name, status)


def _entry(detail: Mapping[str, Any]) -> dict[str, Any]:
    arn = detail["resource"]["arn"]
    return {
        "EventBusName": os.environ["EVENT_BUS_NAME"],
        "Source": EVENT_SOURCE,
        "DetailType": RESOURCE_EVALUATED,
        "Detail": json.dumps(detail, separators=(",", ":")),
        "Resources": [arn] if arn else [],
    }


def _requests(entries: Iterable[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    """Entries in requests that PutEvents takes. Their JSON is ASCII: a character is a byte."""
    request: list[dict[str, Any]] = []
    size = 0
    for entry in entries:
        length = len(entry["Detail"])
        if request and (len(request) == EVENTS_AT_ONCE or size + length > BYTES_AT_ONCE):
            yield request
            request, size = [], 0
        request.append(entry)
        size += length
    if request:
        yield request


def _chunks(elements: Iterable[T], size: int) -> Iterator[list[T]]:
    iterator = iter(elements)
    while chunk := list(islice(iterator, size)):
        yield chunk


def _count(metric: str, **about: str) -> None:
    """Count one for a health metric, in CloudWatch's embedded format; what it is about can be searched in the log."""
    metrics = {"Namespace": "Pillarwatch", "Dimensions": [["Service"]], "Metrics": [{"Name": metric, "Unit": "Count"}]}
    emf = {"Timestamp": int(time.time() * 1000), "CloudWatchMetrics": [metrics]}
    print(json.dumps({"_aws": emf, "Service": "evaluator", metric: 1, **about}))  # noqa: T201 - how Lambda logs it
