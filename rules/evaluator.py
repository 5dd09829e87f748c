"""The evaluator's Lambda handlers: AWS Config's event in, our event and Config's answer out.

``on_change`` evaluates one configuration item by every check of its type; ``on_schedule`` runs one collector and
evaluates what it lists. Both publish events first and answer Config last, so that everything that Config has received
is on the bus.
"""

from __future__ import annotations

import json
import logging
import os
import time
import uuid
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rdklib import ClientFactory, ComplianceType, ConfigRule, Evaluation

from pillarwatch import ConfigurationItem
from pillarwatch.evaluation import CHANGE, EVALUATION_REQUESTED, EVENT_VERSION
from pillarwatch.json_text import document_in
from pillarwatch.settings import packaged_settings
from pillarwatch.unknown import Unknown
from rules.collectors import BEGINNING, Aws, Listing, Position, collector_of
from rules.config_rule import (
    EVALUATIONS_AT_ONCE,
    MalformedEvent,
    RuleEvaluator,
    chunks,
    client,
    invoking_event,
    status_of,
)
from rules.publishing import LISTING_COMPLETE, config_evaluation, count_metric, evaluated, publish

if TYPE_CHECKING:
    from collections.abc import Mapping

    from rules.collectors import Collector

ENDED = {("NOT_APPLICABLE", "deleted"), ("NOT_APPLICABLE", "left-scope")}  # results that Config keeps for a while
# PutEvaluations refuses a type that neither AWS Config nor CloudFormation has. Events and scores have it all the same.
UNKNOWN_TO_CONFIG = {"AWS::EC2::Snapshot"}
LONGEST_LISTING = timedelta(days=1)
logger = logging.getLogger("pillarwatch")


class ListingEndless(Exception):
    """A collector has been listing for longer than a day. It is given up; the next schedule begins anew."""


class PillarwatchRule(ConfigRule):  # type: ignore[misc]
    """Every rule of Pillarwatch: what is judged follows from the item's type and the collector's name."""

    delete_old_evaluations_on_scheduled_notification = False  # only a complete listing says what was deleted
    rest: dict[str, Any] | None = None  #: of an unfinished listing: where it continues, and what it published

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
        status = status_of(event, configuration_item)
        item = ConfigurationItem(recorded(configuration_item))
        detail = evaluated(item, CHANGE, "deleted" if status == "ok" and item.has_ended else status)
        publish(client_factory.build_client("events"), [detail])
        return [config_evaluation(detail)]

    def evaluate_periodic(
        self, event: Mapping[str, Any], client_factory: ClientFactory, valid_rule_parameters: Mapping[str, Any]
    ) -> list[Evaluation]:
        """Run the collector that the rule names, publish what it lists, and at the end that the listing is complete.

        The aggregator withdraws what a complete listing lacks: docs/adr/0021-evaluations-of-listings-are-stored.md.
        """
        if "collector" not in valid_rule_parameters:
            raise MalformedEvent("the rule has no parameter named collector")
        collector = collector_of(valid_rule_parameters["collector"])
        listing = Listing(_aws(collector, event, client_factory))
        events = client_factory.build_client("events")
        evaluations: dict[tuple[str, str], Evaluation] = {}
        known = event.get("rest") or {"listing": uuid.uuid4().hex, "parts": {}}
        part = {"listing": known["listing"], "part": uuid.uuid4().hex[:8], "region": listing.aws.region}
        published = 0
        for listed in chunks(listing, EVALUATIONS_AT_ONCE):
            items = [ConfigurationItem(item, related=related) for item, related in listed]
            details = [evaluated(item, collector.name, listing=part) for item in items]
            publish(events, details)
            published += len(details)
            evaluations |= {(e["resource"]["type"], e["resource"]["id"]): config_evaluation(e) for e in details}
        self.rest, parts = None, {**known["parts"], part["part"]: published}
        if listing.rest:
            self.rest = {
                "began": listing.aws.began,
                "position": listing.rest,
                "listing": known["listing"],
                "parts": parts,
            }
        elif listing.incomplete:
            why = listing.incomplete
            if reason := packaged_settings().accepted_denial(listing.denied, datetime.now(UTC).date()):
                logger.warning("collector %s: incomplete: %s, as the settings accept: %s", collector.name, why, reason)
            else:
                logger.error("collector %s: incomplete, so nothing counts as deleted: %s", collector.name, why)
                count_metric("ListingIncomplete", collector=collector.name, why=why)
        else:
            publish(events, [_complete(listing.aws, known["listing"], parts)], LISTING_COMPLETE)
            earlier = _earlier(client_factory.build_client("config"), event)
            evaluations |= {key: _ended(*key, collector) for key in earlier if key not in evaluations}
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
    found = json.loads(Path(__file__).with_name("configuration_item_keys.json").read_text(encoding="utf-8"))
    return {kind: set(keys) for kind, keys in found.items()}


def on_change(event: Mapping[str, Any], context: object) -> None:
    """Lambda: a resource changed, was deleted, or left the scope of its type's rule; or an evaluation is requested."""
    if event.get("detail-type") == EVALUATION_REQUESTED:
        _evaluate_requested(event["detail"])
    else:
        _evaluator().handle(event, context)


def on_schedule(event: Mapping[str, Any], context: object) -> None:
    """Lambda: it is time for the collector that the rule names, or for the rest of a listing, from the queue.

    Raises:
        ListingEndless: a listing goes on for longer than a day.
    """
    for run in [json.loads(record["body"]) for record in event["Records"]] if "Records" in event else [event]:
        _evaluator().handle(run, context)
        if rest := _rule().rest:  # sent last: what came before it is published
            queue = client("sqs", os.environ["AWS_REGION"])
            queue.send_message(QueueUrl=os.environ["REST_QUEUE_URL"], MessageBody=json.dumps({**run, "rest": rest}))


def _evaluate_requested(detail: Mapping[str, Any]) -> None:
    """Evaluate what "Evaluation Requested" names: the newest configuration item of each resource, as after a change.

    A resource that AWS Config does not know any more is left out: the next inventory withdraws it.
    """
    if (detail["version"], detail["region"]) != (EVENT_VERSION, os.environ["AWS_REGION"]):
        raise MalformedEvent(f"version {detail['version']!r} for {detail['region']}")
    config, details = client("config", os.environ["AWS_REGION"]), []
    for resource_id in detail["ids"]:
        try:
            answer = config.get_resource_config_history(
                resourceType=detail["type"], resourceId=resource_id, limit=1, chronologicalOrder="Reverse"
            )
        except config.exceptions.ResourceNotDiscoveredException:
            continue
        for found in answer["configurationItems"]:
            at = found["configurationItemCaptureTime"].astimezone(UTC).isoformat(timespec="milliseconds")
            known = {**found, "configurationItemCaptureTime": at.replace("+00:00", "Z")}
            status = status_of({}, known)
            item = ConfigurationItem(recorded(known) if status == "ok" else known)
            details.append(evaluated(item, CHANGE, "deleted" if status == "ok" and item.has_ended else status))
    publish(client("events", os.environ["AWS_REGION"]), details)


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


def _complete(aws: Aws, listing: str, parts: Mapping[str, int]) -> dict[str, Any]:
    """The detail of "Listing Complete": what it listed, and how many evaluations each part of it published."""
    return {
        "version": EVENT_VERSION,
        "listing": listing,
        "source": aws.collector.name,
        "account": aws.account,
        "region": aws.region,
        "types": list(aws.collector.resource_types),
        "began": aws.began,
        "completed_at": datetime.now(UTC).isoformat(timespec="microseconds"),
        "parts": dict(parts),
    }


def _earlier(config: Any, event: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Type and id of the results that Config keeps of earlier listings of a rule: it never deletes them by itself.

    Those of an earlier part of this listing have the time of this schedule, in whole seconds as SDKs write it.
    """
    pages = config.get_paginator("get_compliance_details_by_config_rule").paginate(
        ConfigRuleName=event["configRuleName"],
        ComplianceTypes=["COMPLIANT", "NON_COMPLIANT", "NOT_APPLICABLE"],
        PaginationConfig={"PageSize": 100},
    )
    notified = datetime.fromisoformat(invoking_event(event)["notificationCreationTime"]).replace(microsecond=0)
    results = (result for page in pages for result in page["EvaluationResults"])
    identifiers = (
        result["EvaluationResultIdentifier"]
        for result in results
        if (result["ComplianceType"], result.get("Annotation")) not in ENDED
    )
    qualifiers = (each["EvaluationResultQualifier"] for each in identifiers if each["OrderingTimestamp"] < notified)
    return [(qualifier["ResourceType"], qualifier["ResourceId"]) for qualifier in qualifiers]


def _ended(resource_type: str, resource_id: str, collector: Collector) -> Evaluation:
    """What Config receives for a resource that the listing no longer has, or whose type the collector lost."""
    annotation = "deleted" if resource_type in collector.resource_types else "left-scope"
    return Evaluation(ComplianceType.NOT_APPLICABLE, resource_id, resource_type, annotation)
