"""The published events keep the promise of docs/events.md."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from rules.evaluator import on_change, on_schedule
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
