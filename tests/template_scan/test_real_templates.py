"""Templates of a real system, as they are."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from pillarwatch.settings import Settings
from rules.catalogue import checks_of
from template_scan.evaluation import Scan, scanned
from template_scan.reading import read_template
from template_scan.resource_types import config_type

NOW = datetime(2026, 1, 15, tzinfo=UTC)


@pytest.fixture(scope="module")
def scan(shared: Path) -> Scan:
    return scanned([shared / "templates" / "live-meeting-assistant"], Settings(), NOW)


def test_all_ten_templates_are_judged(scan: Scan) -> None:
    assert len(scan.files) == 10
    assert scan.errors == []
    assert len({result.file for result in scan.results}) == 10


def test_no_check_and_no_conversion_crashes(scan: Scan) -> None:
    assert [result for result in scan.results if result.verdict.crashed] == []
    assert [warning for warning in scan.warnings if "could not be read" in warning.message] == []
    assert [warning for warning in scan.warnings if "does not accept" in warning.message] == []


def test_every_reference_of_them_is_understood(scan: Scan) -> None:
    assert scan.warnings == []


def test_every_result_has_the_line_of_a_resource(scan: Scan) -> None:
    for result in scan.results:
        if result.logical_id == "(template)":  # the template as a whole
            continue
        line = Path(result.file).read_text(encoding="utf-8").splitlines()[result.line - 1]
        assert line.strip() == f"{result.generated_from or result.logical_id}:"


def test_replacing_any_value_by_an_unknown_one_turns_no_failure_into_a_pass(shared: Path, tmp_path: Path) -> None:
    file = tmp_path / "template.json"
    looked_at: set[str] = set()
    for path in sorted((shared / "templates" / "live-meeting-assistant").glob("*.yaml")):
        document = read_template(path).document
        for logical_id, body in document["Resources"].items():
            kind = config_type(body["Type"])
            if kind and kind not in looked_at and checks_of(kind) and body.get("Properties"):
                looked_at.add(kind)
                sections = {name: document.get(name) for name in ("Parameters", "Conditions", "Mappings")}
                failing = _verdicts(file, sections, logical_id, body, "NON_COMPLIANT")
                for changed in _with_unknowns(body["Properties"]):
                    passing = _verdicts(file, sections, logical_id, {**body, "Properties": changed}, "COMPLIANT")
                    assert not failing & passing, (logical_id, changed)
    assert len(looked_at) > 5


def _verdicts(file: Path, sections: dict[str, Any], logical_id: str, body: Any, compliance: str) -> set[str]:
    file.write_text(json.dumps({**sections, "Resources": {logical_id: body}}), encoding="utf-8")
    results = scanned([file], Settings(), NOW).results
    return {result.check.id for result in results if result.verdict.compliance == compliance}


def _with_unknowns(value: Any) -> Iterator[Any]:
    """The value once for each part of it that is replaced by something unknown."""
    yield {"Ref": "SomethingUnknown"}
    if isinstance(value, dict):
        for key, inner in value.items():
            if key != "Ref" and not key.startswith("Fn::"):
                yield from ({**value, key: changed} for changed in _with_unknowns(inner))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from ([*value[:index], changed, *value[index + 1 :]] for changed in _with_unknowns(inner))
