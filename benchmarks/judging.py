"""Judging alone, beside a loop of bare predicates: a walk along the paths of the check's first example, and ``==``."""

from __future__ import annotations

import json
import time
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

from benchmarks.side_by_side import SHARED, Row, in_turns
from pillarwatch import ConfigurationItem
from pillarwatch.example import example_item, example_parameters
from pillarwatch.paths import keys_of
from rules.catalogue import all_checks, checks_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from pillarwatch import Check

Paths = list[tuple[tuple[str, ...], Any]]  # keys, and the value that is wanted there
PROMISED = 10  # times as slow as the bare predicates, at most
PASSES = 10  # over all subjects at once
ROUNDS = 10  # in a run, for they are short


class Subject(NamedTuple):
    """A document and what judges it. It becomes an item anew for each round, since an item keeps what it parsed."""

    document: Mapping[str, Any]
    fresh: Callable[[], ConfigurationItem]
    checks: list[tuple[Check, dict[str, Any]]]


def rows(runs: int) -> list[Row]:
    """Every change check on items that AWS Config has recorded, which is what is promised, and on its own examples.

    Examples are the edges: policies and lists stand in them far more often than in what is recorded.
    """
    recorded, examples = _recorded(), _examples()
    row = _compared("every check on its own examples", examples, runs, promised=not recorded)
    return [_compared("recorded items", recorded, runs, promised=True), row] if recorded else [row]


def _compared(what: str, subjects: list[Subject], runs: int, *, promised: bool) -> Row:
    wanted = [(subject.document, _paths(check)) for subject in subjects for check, _ in subject.checks]
    judged = len(wanted) * PASSES
    ours, theirs = in_turns(lambda: judged / _judging(subjects), lambda: judged / _walking(wanted), runs * ROUNDS)
    what = f"judging alone, {what}: checks per CPU second"
    if not promised:
        return Row(what, ours, theirs, "", "bare predicates", "reported only", holds=True)
    return Row(what, ours, theirs, "", "bare predicates", f"at least 1/{PROMISED}", ours * PROMISED >= theirs)


def _examples() -> list[Subject]:
    return [
        Subject(
            example_item(check, example).document,
            partial(example_item, check, example),
            [(check, example_parameters(example))],
        )
        for check in all_checks().values()
        if not check.collector
        for example in (*check.compliant, *check.non_compliant, *check.not_applicable)
    ]


def _recorded() -> list[Subject]:
    items = [json.loads(path.read_bytes()) for path in sorted((SHARED / "config-items").glob("AWS_*.json"))]
    subjects = (
        Subject(
            item,
            partial(ConfigurationItem, item),
            [(c, {}) for c in checks_of(item["resourceType"]) if not c.collector],
        )
        for item in items
    )
    return [subject for subject in subjects if subject.checks]


def _judging(subjects: list[Subject]) -> float:
    items = [(subject.fresh(), subject.checks) for _ in range(PASSES) for subject in subjects]
    began = time.process_time()
    for item, checks in items:
        for check, parameters in checks:
            check.judge(item, parameters)
    return time.process_time() - began


def _walking(wanted: list[tuple[Any, Paths]]) -> float:
    began = time.process_time()
    for _ in range(PASSES):
        for document, paths in wanted:
            _holds(document, paths)
    return time.process_time() - began


def _paths(check: Check) -> Paths:
    return [(keys_of(path), value) for path, value in check.compliant[0].items() if "onfiguration." in path]


def _holds(document: Any, paths: Paths) -> bool:
    for keys, expected in paths:
        value = document
        for key in keys:
            if not isinstance(value, dict):
                return False
            value = value.get(key)
        if value != expected:
            return False
    return True
