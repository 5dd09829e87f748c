"""The evaluator's Lambda handlers: AWS Config's event in, our event and Config's answer out.

``on_change`` evaluates one configuration item by every check of its type; ``on_schedule`` runs one collector and
evaluates what it lists. Both publish "Resource Evaluated" first and answer Config last, so that everything that Config
has received is on the bus.
"""

from __future__ import annotations

import json
import logging
import os
import time
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rdklib import ClientFactory, ConfigRule, Evaluation

from pillarwatch import ConfigurationItem
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
from rules.publishing import CHANGE, config_evaluation, count_metric, evaluated, publish

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pillarwatch.evaluation import Status
    from rules.collectors import Collector

GONE = {
    ("NOT_APPLICABLE", "deleted"),
    ("NOT_APPLICABLE", "left-scope"),
}  # what Config keeps of what we published as gone
# PutEvaluations refuses a type that neither AWS Config nor CloudFormation has. Events and scores have it all the same.
UNKNOWN_TO_CONFIG = {"AWS::EC2::Snapshot"}
LONGEST_LISTING = timedelta(days=1)
logger = logging.getLogger("pillarwatch")


class ListingEndless(Exception):
    """A collector has been listing for longer than a day. It is given up; the next schedule begins anew."""


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
        status = status_of(event, configuration_item)
        item = ConfigurationItem(recorded(configuration_item))
        detail = evaluated(item, CHANGE, "deleted" if status == "ok" and item.has_ended else status)
        publish(client_factory.build_client("events"), [detail])
        return [config_evaluation(detail)]

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
        for listed in chunks(listing, EVALUATIONS_AT_ONCE):
            details = [evaluated(ConfigurationItem(item, related=related), collector.name) for item, related in listed]
            publish(events, details)
            evaluations |= {(e["resource"]["type"], e["resource"]["id"]): config_evaluation(e) for e in details}
        self.rest = None
        if listing.rest:
            self.rest = {"began": listing.aws.began, "position": listing.rest}
        elif listing.incomplete:
            why = listing.incomplete
            if reason := packaged_settings().accepted_denials.get(listing.denied):
                logger.warning("collector %s: incomplete: %s, as the settings accept: %s", collector.name, why, reason)
            else:
                logger.error("collector %s: incomplete, so nothing counts as deleted: %s", collector.name, why)
                count_metric("ListingIncomplete", collector=collector.name, why=why)
        else:
            known = _known(client_factory.build_client("config"), event)
            details = [_gone(*key, listing.aws) for key in known if key not in evaluations]
            publish(events, details)
            evaluations |= {(e["resource"]["type"], e["resource"]["id"]): config_evaluation(e) for e in details}
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
            queue = client("sqs", os.environ["AWS_REGION"])
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


def _known(config: Any, event: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Type and id of the resources that a rule has told Config of before this listing, but for those told as gone.

    What an earlier part of the listing has told has the time of this schedule, in whole seconds as SDKs write it.
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
        if (result["ComplianceType"], result.get("Annotation")) not in GONE
    )
    qualifiers = (each["EvaluationResultQualifier"] for each in identifiers if each["OrderingTimestamp"] < notified)
    return [(qualifier["ResourceType"], qualifier["ResourceId"]) for qualifier in qualifiers]


def _gone(resource_type: str, resource_id: str, aws: Aws) -> dict[str, Any]:
    item = aws.listed(resource_type, resource_id, None).item
    # A type that a release took from the collector is not gone: only this source has nothing to say of it any more.
    status: Status = "deleted" if resource_type in aws.collector.resource_types else "left-scope"
    return evaluated(ConfigurationItem(item), aws.collector.name, status)
