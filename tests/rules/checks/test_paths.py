"""No check reads a path that does not exist: AWS publishes them, and what it leaves out has its evidence."""

from __future__ import annotations

import json
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import botocore.session

from pillarwatch import ACCOUNT, Check
from pillarwatch.example import example_item, example_parameters
from rules.catalogue import all_checks, resource_types, stem_of
from tests.rules.checks.evidence import unpublished

CHECKS = all_checks()
UNPUBLISHED = unpublished()
PUBLISHED: dict[str, list[str]] = json.loads(Path(__file__).with_name("published_paths.json").read_text())
MISSING = (
    "its paths are not here yet: python -m generators.config_schema_paths DIRECTORY {} (docs/adding-a-check.md, 5)"
)


def read_by(check: Check) -> set[tuple[str, str]]:
    """What a check reads while its examples run."""
    found = set()
    for example in (*check.compliant, *check.non_compliant, *check.not_applicable):
        item = example_item(check, example)
        check.judge(item, example_parameters(example))
        for of, path in zip(item.reads[::3], item.reads[1::3], strict=True):
            is_entry = isinstance(of._document, dict) and of._document.keys() == {"key", "value"}
            found.add((of._item.resource_type, of._path[:-1] if is_entry else f"{of._path}{path}"))
    return {(kind, path) for kind, path in found if not path.startswith("tags.")}


def covered(path: str, known: str) -> bool:
    """Whether one path lies on the other."""
    return f"{known}.".startswith(f"{path}.")


def test_a_check_reads_what_items_have(check: Check) -> None:
    for resource_type, path in sorted(read_by(check)):
        if "." not in path:  # of the envelope, which all items have
            continue
        if f"{path}.".startswith(MEASURED):
            assert check.collector, "only a collector measures"
            continue
        if resource_type == ACCOUNT or names_a_call(path):
            assert is_answered(path), f"no API answers {path}"
            continue
        assert resource_type in PUBLISHED, MISSING.format(resource_type)
        published = any(covered(path, known) for known in PUBLISHED[resource_type])
        evident = any(kind == resource_type and covered(known, path) for kind, known in UNPUBLISHED)
        assert published or evident, (
            f"AWS publishes no {path} of {resource_type}: correct it by the list in published_paths.json,"
            f" or say who has seen it in an item in tests/rules/checks/evidence/{stem_of(resource_type)}.py"
        )


def test_every_exception_is_still_needed() -> None:
    read = {pair for check in CHECKS.values() for pair in read_by(check)}
    for resource_type, known in UNPUBLISHED:
        assert any(kind == resource_type and covered(known, path) for kind, path in read), f"nobody reads {known}"
        assert not any(covered(known, path) for path in PUBLISHED[resource_type]), f"{known} is published now"


def test_every_exception_has_its_evidence_and_date() -> None:
    for evidence in UNPUBLISHED.values():
        assert len(evidence.why) > 20
        assert date.fromisoformat(evidence.since)


def test_facts_are_about_the_types_that_are_judged() -> None:
    missing = {*resource_types()} - {ACCOUNT} - PUBLISHED.keys()
    assert not missing, MISSING.format(" ".join(sorted(missing)))


# What a collector adds of CloudWatch's metrics: one number by metric and statistic, as in `….Latency.p95`.
MEASURED = "supplementaryConfiguration.Metrics."


def names_a_call(path: str) -> bool:
    """Whether it is ``supplementaryConfiguration.SERVICE.OPERATION.…``: what a collector adds of another answer."""
    part, service, operation, *_ = (*path.split("."), "", "")
    return (
        part == "supplementaryConfiguration"
        and operation[:1].isupper()
        and service in _session().get_available_services()
    )


@cache
def _session() -> Any:
    return botocore.session.get_session()


JSON_TEXTS = {  # shapes whose text holds a document
    ("iam", "GetCredentialReport", "ReportContentType"),
    ("ssm", "GetDocument", "DocumentContent"),
    ("stepfunctions", "DescribeStateMachine", "Definition"),
}


def is_answered(path: str) -> bool:
    """Whether ``configuration.SERVICE.OPERATION.…`` lies in what the operation answers, by botocore's model of it."""
    _, service, operation, *keys = path.split(".")
    shape = _session().get_service_model(service).operation_model(operation).output_shape
    for key in keys:
        if (service, operation, shape.name) in JSON_TEXTS:
            return True
        while shape.type_name == "list":
            shape = shape.member
        if shape.type_name == "map":
            shape = shape.value
        elif key in shape.members:
            shape = shape.members[key]
        else:
            return False
    return True
