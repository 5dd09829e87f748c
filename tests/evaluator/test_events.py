"""The published events keep the promise of docs/events.md."""

import json
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator, FormatChecker  # type: ignore[import-untyped]

from rules.evaluator import on_change, on_schedule
from tests.evaluator.support import BUCKET, FakeAws, changed, deleted, scheduled


@pytest.fixture(scope="module")
def schemas(root: Path) -> dict[str, Draft202012Validator]:
    found = {}
    for path in (root / "docs").glob("*.schema.json"):
        schema = json.loads(path.read_text(encoding="utf-8"))
        Draft202012Validator.check_schema(schema)
        found[path.name.removesuffix(".schema.json")] = Draft202012Validator(schema, format_checker=FormatChecker())
    return found


@pytest.mark.usefixtures("sample")
def test_everything_that_is_emitted_fits_the_schema(aws: FakeAws, schemas: dict[str, Draft202012Validator]) -> None:
    aws.answers["DescribeLogGroups"] = lambda _: {"logGroups": []}
    gone = {
        "EvaluationResultQualifier": {"ResourceType": "AWS::Sample::Thing", "ResourceId": "gone"},
        "OrderingTimestamp": datetime(2026, 1, 14, tzinfo=UTC),
    }
    aws.answers["GetComplianceDetailsByConfigRule"] = lambda _: {
        "EvaluationResults": [{"EvaluationResultIdentifier": gone, "ComplianceType": "COMPLIANT"}]
    }

    on_change(changed(), None)
    on_change(changed(left_scope=True), None)
    on_change(changed(resourceType="AWS::Sample::Thing", configuration={"explosive": True}), None)
    on_change(deleted(), None)
    on_schedule(scheduled("things"), None)

    assert [event["status"] for event in aws.events] == ["ok", "left-scope", "ok", "deleted", "deleted"]
    for event in aws.events:
        schemas["resource-evaluated"].validate(event)


def test_the_schema_refuses_what_would_mislead_a_consumer(
    aws: FakeAws, schemas: dict[str, Draft202012Validator]
) -> None:
    on_change(changed(), None)
    (event,) = aws.events

    def refused(**differences: Any) -> bool:
        return not schemas["resource-evaluated"].is_valid({**event, **differences})

    assert not refused(added_later=1)
    assert refused(version="2")
    assert refused(status="deleted")  # with verdicts
    assert refused(verdicts={"a-check": {"compliance": "PASS", "severity": "high"}})
    assert refused(resource={**event["resource"], "account": ""})


def test_the_documented_examples_fit_their_schemas(root: Path, schemas: dict[str, Draft202012Validator]) -> None:
    page = (root / "docs" / "events.md").read_text(encoding="utf-8")
    examples = [json.loads(text) for text in re.findall(r"```json\n(.*?)```", page, re.DOTALL)]
    evaluated = [example for example in examples if "evaluation_id" in example]
    scores = [example for example in examples if "pillars" in example]

    assert (len(evaluated), len(scores)) == (1, 1)
    schemas["resource-evaluated"].validate(evaluated[0])
    schemas["pillar-score"].validate(scores[0])
    assert BUCKET["resourceId"] == evaluated[0]["resource"]["id"]
