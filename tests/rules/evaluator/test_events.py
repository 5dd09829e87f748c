"""The published events keep the promise of docs/events.md."""

import json
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from pillarwatch import Check, ConfigurationItem, Verdict
from pillarwatch.evaluation import Judgement, resource_evaluated
from pillarwatch.settings import packaged_settings
from pillarwatch.values import MOST_BYTES
from rules.catalogue import checks_of, resource_types
from rules.config_rule import client
from rules.evaluator import on_change, on_schedule
from rules.publishing import EVENT_LIMIT, publish
from tests.rules.evaluator.support import BUCKET, FakeAws, changed, deleted, scheduled
from tests.schemas import SchemaViolation, check_entry, validator


@pytest.mark.usefixtures("sample")
def test_every_status_is_emitted(aws: FakeAws) -> None:
    aws.answers["DescribeLogGroups"] = lambda _: {"logGroups": []}

    on_change(changed(), None)
    on_change(changed(left_scope=True), None)
    on_change(changed(resourceType="AWS::Sample::Thing", configuration={"explosive": True}), None)
    on_change(deleted(), None)
    on_schedule(scheduled("things"), None)

    assert [event["status"] for event in aws.events] == ["ok", "left-scope", "ok", "deleted"]
    assert [each["source"] for each in aws.published("Listing Complete")] == ["things"]


def test_the_fake_bus_refuses_an_event_that_violates_its_schema(aws: FakeAws) -> None:
    on_change(changed(), None)
    (request,) = aws.named("PutEvents")
    (entry,) = request["Entries"]
    detail = json.loads(entry["Detail"]) | {"captured_at": "yesterday"}
    with pytest.raises(SchemaViolation, match="captured_at"):
        check_entry({**entry, "Detail": json.dumps(detail)})
    with pytest.raises(KeyError):
        check_entry({**entry, "DetailType": "Without A Schema"})


def test_the_schema_refuses_what_would_mislead_a_consumer(aws: FakeAws) -> None:
    on_change(changed(), None)
    (event,) = aws.events

    def refused(**differences: Any) -> bool:
        return not validator("Resource Evaluated").is_valid({**event, **differences})

    assert not refused(added_later=1)
    assert refused(version="2")
    assert refused(status="deleted")  # with verdicts
    assert refused(verdicts={"a-check": {"compliance": "PASS", "severity": "high"}})
    assert refused(resource={**event["resource"], "account": ""})


def test_the_documented_examples_fit_their_schemas(root: Path) -> None:
    page = (root / "docs" / "events.md").read_text(encoding="utf-8")
    examples = [json.loads(text) for text in re.findall(r"```json\n(.*?)```", page, re.DOTALL)]
    evaluated = [example for example in examples if "evaluation_id" in example]
    scores = [example for example in examples if "pillars" in example]

    assert (len(evaluated), len(scores)) == (1, 1)
    validator("Resource Evaluated").validate(evaluated[0])
    validator("Pillar Score Dropped").validate(scores[0])
    assert BUCKET["resourceId"] == evaluated[0]["resource"]["id"]


def test_what_was_read_is_in_the_event_also_where_a_check_passes_and_never_where_it_does_not_apply(
    aws: FakeAws,
) -> None:
    on_change(changed(supplementaryConfiguration={"BucketVersioningConfiguration": {"status": "Enabled"}}), None)
    (event,) = aws.events
    assert event["verdicts"]["s3-bucket-versioning-enabled"] == {
        "compliance": "COMPLIANT",
        "severity": "medium",
        "value": "status: Enabled",
    }
    words = {verdict["compliance"] for verdict in event["verdicts"].values() if "value" in verdict}
    assert words == {"COMPLIANT", "NON_COMPLIANT"}


LONG = "\N{FIRE}" * 256  # four bytes of UTF-8, twelve of JSON
TAGS = {f"{n:02}{'é' * 126}": "é" * 256 for n in range(50)}  # as many and as long as AWS allows


def longest(tags: dict[str, str]) -> dict[str, Any]:
    """The event with most checks: each has the longest reason and has read the longest value."""
    by_source: dict[tuple[str, str], list[Check]] = {}
    for kind in resource_types():
        for check in checks_of(kind):
            by_source.setdefault((kind, check.collector), []).append(check)
    checks = max(by_source.values(), key=len)
    item = ConfigurationItem({**BUCKET, "configuration": {"read": LONG[:100]}, "tags": tags})
    item.text("configuration.read")
    judgements = [Judgement(check, Verdict("NON_COMPLIANT", LONG), None, item.reads) for check in checks]
    now = datetime(2026, 1, 15, tzinfo=UTC)
    settings = packaged_settings()
    return resource_evaluated(item, judgements, settings, source="change", catalogue="", evaluated_at=now)


def test_the_largest_event_stays_below_the_limit_of_the_bus_and_keeps_its_values(aws: FakeAws) -> None:
    events = client("events", "eu-west-1")
    publish(events, [longest(TAGS)])
    (request,) = aws.named("PutEvents")
    (entry,) = request["Entries"]
    assert len(entry["Detail"]) <= EVENT_LIMIT < 256_000
    (event,) = aws.events
    values = [verdict["value"] for verdict in event["verdicts"].values()]
    assert all(MOST_BYTES - 4 < len(value.encode()) <= MOST_BYTES for value in values)


def test_of_an_event_that_is_too_large_values_are_left_out_first(aws: FakeAws) -> None:
    detail = longest(TAGS | {"more": "x" * 60_000})
    publish(client("events", "eu-west-1"), [detail])
    (event,) = aws.events
    assert event == detail | {
        "verdicts": {
            check: {name: stated for name, stated in verdict.items() if name != "value"}
            for check, verdict in detail["verdicts"].items()
        }
    }
