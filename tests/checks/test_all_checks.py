"""What holds for every check there is. A new check is tested here without a line being added."""

from __future__ import annotations

import ast
import copy
import importlib
import json
import re
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from pillarwatch import Check, ConfigurationItem
from pillarwatch.check import SEVERITY_OF_RISK
from pillarwatch.example import example_item, example_parameters
from pillarwatch.framework import PILLARS, best_practice
from rules.catalogue import all_checks, checks_of, resource_types
from rules.collectors import all_collectors
from tests.conftest import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator

CHECKS = all_checks()
WORDS = {"compliant": "COMPLIANT", "non_compliant": "NON_COMPLIANT", "not_applicable": "NOT_APPLICABLE"}


def examples() -> Iterator[Any]:
    for check in CHECKS.values():
        for kind in WORDS:
            for number, example in enumerate(getattr(check, kind)):
                yield pytest.param(check, kind, example, id=f"{check.id}-{kind}-{number}")


@pytest.mark.parametrize(("check", "kind", "example"), list(examples()))
def test_an_example_gives_the_verdict_of_its_list(check: Check, kind: str, example: dict[str, Any]) -> None:
    item = example_item(check, example)
    verdict = check.judge(item, example_parameters(example))
    assert verdict.compliance == WORDS[kind], verdict.annotation
    assert (verdict.annotation != "") == (kind == "non_compliant")


@pytest.mark.parametrize("check", CHECKS.values(), ids=CHECKS)
def test_a_check_shows_what_passes_and_what_fails(check: Check) -> None:
    assert check.compliant
    assert check.non_compliant


@pytest.mark.parametrize("check", CHECKS.values(), ids=CHECKS)
def test_a_check_tells_all_that_a_review_prints(check: Check) -> None:
    assert re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)+", check.id)
    assert check.title[0].isupper()
    assert check.title[-1].isalnum() or check.title.endswith(")")
    assert not re.search(r"\b(should|must|ensure|checks?)\b", check.title, re.IGNORECASE), "say the compliant state"
    assert check.why
    assert check.fix.endswith(".")
    assert check.effort in {"S", "M", "L"}
    assert check.severity in {"critical", *SEVERITY_OF_RISK.values()}
    assert check.best_practices
    for practice, reason in check.best_practices.items():
        assert best_practice(practice).pillar in PILLARS
        assert 3 <= len(reason.split()) <= 14, f"{practice}: about ten words"
        assert not reason.endswith(".")
        assert reason[0].islower() or reason.startswith(("AWS", "Graviton", "Lambda", "API", "TLS")), reason
    assert len(set(check.best_practices.values())) >= len(check.best_practices) - 1, "each pair has its own reason"


@pytest.mark.parametrize("check", CHECKS.values(), ids=CHECKS)
def test_a_check_and_its_parameters_fit_each_other(check: Check) -> None:
    json.dumps(dict(check.parameters))
    for example in (*check.compliant, *check.non_compliant, *check.not_applicable):
        assert example_parameters(example).keys() <= check.parameters.keys()


@pytest.mark.parametrize("check", CHECKS.values(), ids=CHECKS)
def test_a_check_of_a_collector_names_one_that_lists_its_types(check: Check) -> None:
    if check.collector:
        assert set(check.resource_types) <= set(all_collectors()[check.collector].resource_types)


def test_a_collector_lists_only_what_its_checks_judge() -> None:
    judged = {(check.collector, resource_type) for check in CHECKS.values() for resource_type in check.resource_types}
    for name, found in all_collectors().items():
        for resource_type in found.resource_types:
            assert (name, resource_type) in judged


def test_a_type_is_named_by_a_check_and_its_file_alike() -> None:
    """A shared check's types are those whose files import it: else it would silently judge nothing."""
    for check in CHECKS.values():
        for resource_type in check.resource_types:
            assert check in checks_of(resource_type), f"{resource_type}'s file does not name {check.id}"
    for path in Path(ROOT, "rules").glob("[!_]*.py"):
        for value in vars(importlib.import_module(f"rules.{path.stem}")).values():
            if isinstance(value, Check):
                types = [name.removeprefix("AWS::").replace("::", "_").lower() for name in value.resource_types]
                assert path.stem in types, f"{value.id} is named by {path.name} and does not judge its type"


def test_the_catalogue_is_as_broad_as_promised() -> None:
    triggers = Counter(check.trigger for check in CHECKS.values())
    pillars = Counter(pillar for check in CHECKS.values() for pillar in check.pillars)
    assert len(CHECKS) >= 45
    assert len(resource_types()) >= 18
    assert triggers["change"] >= 10
    assert triggers["periodic"] >= 10
    assert min(pillars[pillar] for pillar in PILLARS) >= 6, pillars


def test_recorded_items_are_judged_without_a_crash(shared: Path) -> None:
    """Items as AWS Config really delivers them, in both envelopes."""
    judged = 0
    for file in sorted((shared / "config-items").glob("AWS_*.json")):
        raw = json.loads(file.read_text())
        before = copy.deepcopy(raw)
        item = ConfigurationItem(raw)
        for check in checks_of(item.resource_type):
            verdict = check.judge(item)
            assert not verdict.crashed, f"{file.name}: {check.id}: {verdict.annotation}"
            judged += 1
        assert raw == before, "a check changed its item"
    assert judged > 100


def test_checks_leave_the_third_value_to_the_core() -> None:
    """What would decide on a value that may be unknown, found in the source of every check."""
    for path in sorted(Path(ROOT, "rules").glob("**/*.py")):
        if path.stem in {"__init__", "catalogue", "evaluator", "release"} or path.parent.name == "collectors":
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            where = f"{path.relative_to(ROOT)}:{getattr(node, 'lineno', 0)}"
            if isinstance(node, ast.Compare):
                assert not any(isinstance(op, ast.Is | ast.IsNot) for op in node.ops), f"{where}: `is`: use == or has()"
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                assert node.func.id not in {"isinstance", "any", "all", "bool"}, f"{where}: {node.func.id}()"
                if node.func.id in {"any_of", "all_of", "none_of", "failing"}:
                    inner = [n for argument in node.args for n in ast.walk(argument)]
                    for found in inner:
                        assert not isinstance(found, ast.BoolOp), f"{where}: and/or inside {node.func.id}"
                        assert not (isinstance(found, ast.UnaryOp) and isinstance(found.op, ast.Not)), (
                            f"{where}: not inside {node.func.id}"
                        )


def _name(decorator: ast.expr) -> str:
    return getattr(decorator.func, "id", "") if isinstance(decorator, ast.Call) else ""


def test_the_median_check_is_short() -> None:
    """Documentation and examples included: a check reads as one thought."""
    lengths = [
        (node.end_lineno or 0) - node.decorator_list[0].lineno + 1
        for path in Path(ROOT, "rules").glob("**/*.py")
        for node in ast.parse(path.read_text(encoding="utf-8")).body
        if isinstance(node, ast.FunctionDef) and "check" in {_name(each) for each in node.decorator_list}
    ]
    middle = sorted(lengths)[len(lengths) // 2]
    assert middle <= 30, f"the median check has {middle} lines"
