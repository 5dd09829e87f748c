"""What is published of an evaluated resource: the event "Resource Evaluated", and one compliance for AWS Config."""

from __future__ import annotations

import json
import logging
import os
import time
from functools import cache
from typing import TYPE_CHECKING, Any

from rdklib import ComplianceType, Evaluation

from pillarwatch.check import ANNOTATION_LIMIT, SEVERITIES, shortened
from pillarwatch.evaluation import CHANGE, EVENT_SOURCE, RESOURCE_EVALUATED, Status, judge, resource_evaluated
from pillarwatch.settings import packaged_settings
from rules.catalogue import checks_of, digest_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from pillarwatch import Check, ConfigurationItem

LISTING_COMPLETE, RULE_RETIRED = "Listing Complete", "Rule Retired"
EVENTS_AT_ONCE, BYTES_AT_ONCE = 10, 1_000_000  # PutEvents takes 10 entries and 1 MB; some is left for their envelopes
# An entry of PutEvents has less than 256 KB; some is left for the envelope in which the event is delivered.
# https://docs.aws.amazon.com/eventbridge/latest/userguide/calculate-putevents-entry-size.html
EVENT_LIMIT = 200_000
logger = logging.getLogger("pillarwatch")


class EventsRefused(Exception):
    """EventBridge did not take some of the events."""


def evaluated(
    item: ConfigurationItem, source: str, status: Status = "ok", listing: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """The detail of "Resource Evaluated": what every check of a source says of an item; nothing where it has none."""
    settings = packaged_settings()
    judgements = judge(item, _checks(item.resource_type, source), settings) if status == "ok" else []
    for check, verdict, *_ in judgements:
        if verdict.crashed:
            resource = f"{item.resource_type} {item.resource_id}"
            logger.error("check failed: %s on %s", check.id, resource, exc_info=verdict.error)
            count_metric("CheckCrashed", check=check.id, resource=resource)
    catalogue = digest_of(item.resource_type) if checks_of(item.resource_type) else ""
    return resource_evaluated(
        item,
        judgements,
        settings,
        source=source,
        catalogue=catalogue,
        evaluated_at=item.judged_at,
        status=status,
        listing=listing,
    )


def config_evaluation(detail: Mapping[str, Any]) -> Evaluation:
    """What Config receives for a resource: compliant only if every check that applies is."""
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


def publish(events: Any, details: Iterable[Mapping[str, Any]], kind: str = RESOURCE_EVALUATED) -> None:
    """Put events of a kind on the bus.

    Raises:
        EventsRefused: some were not taken.
    """
    for entries in _requests(_entry(kind, detail) for detail in details):
        answer = events.put_events(Entries=entries)
        if answer["FailedEntryCount"]:
            refused = [entry for entry in answer["Entries"] if "ErrorCode" in entry]
            raise EventsRefused(f"{len(refused)} of {len(entries)}: {refused[0]}")


@cache
def _checks(resource_type: str, source: str) -> tuple[Check, ...]:
    return tuple(check for check in checks_of(resource_type) if (check.collector or CHANGE) == source)


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


def _entry(kind: str, detail: Mapping[str, Any]) -> dict[str, Any]:
    arn = detail["resource"]["arn"] if "resource" in detail else ""
    return {
        "EventBusName": os.environ["EVENT_BUS_NAME"],
        "Source": EVENT_SOURCE,
        "DetailType": kind,
        "Detail": _encoded(detail),
        "Resources": [arn] if arn else [],
    }


def _encoded(detail: Mapping[str, Any]) -> str:
    """The detail as JSON. What a check read is left out first where that is too much: nothing is counted by it."""
    text = json.dumps(detail, separators=(",", ":"))
    if len(text) <= EVENT_LIMIT or "verdicts" not in detail:
        return text
    verdicts = {
        check: {name: stated for name, stated in verdict.items() if name != "value"}
        for check, verdict in detail["verdicts"].items()
    }
    return json.dumps({**detail, "verdicts": verdicts}, separators=(",", ":"))


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


def count_metric(metric: str, **about: str) -> None:
    """Count one for a health metric, in CloudWatch's embedded format; what it is about can be searched in the log."""
    metrics = {"Namespace": "Pillarwatch", "Dimensions": [["Service"]], "Metrics": [{"Name": metric, "Unit": "Count"}]}
    emf = {"Timestamp": int(time.time() * 1000), "CloudWatchMetrics": [metrics]}
    print(json.dumps({"_aws": emf, "Service": "evaluator", metric: 1, **about}))  # noqa: T201 - how Lambda logs it
