"""What an attestation shows on a day."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from pillarwatch.attestation import Attestation, last_day

FIGURE = {"name": "recovery time", "comparison": "<=", "target": 60, "measured": 42}
TABLE = {"columns": {"set": "text"}, "rows": [{"set": "tickets"}], "required": ["set"], "at_least": 1}


def attestation(**changes: Any) -> Attestation:
    common = {"kind": "exercise", "practice": "REL13-BP03", "statement": "restored in time", "status": "yes"}
    times = {"attested_by": "Ann", "attested_on": "2026-11-01", "expires": "2027-04-30"}
    return Attestation(**{"id": "drill", **common, **times, **changes})


@pytest.mark.parametrize(
    ("changes", "state"),
    [
        ({}, "implemented"),
        ({"status": "no"}, "not implemented"),
        ({"status": "planned"}, "planned"),
        ({"expires": "2026-11-30"}, "expired"),
        ({"expires": "2026-12-01"}, "implemented"),
        ({"figures": [FIGURE]}, "implemented"),
        ({"figures": [FIGURE, FIGURE | {"measured": 61}]}, "target missed"),
        ({"figures": [{name: value for name, value in FIGURE.items() if name != "measured"}]}, "target missed"),
        ({"table": TABLE}, "implemented"),
        ({"table": TABLE | {"at_least": 2}}, "incomplete"),
        ({"table": TABLE | {"rows": [{"set": ""}]}}, "incomplete"),
        ({"contradicts": ["a-check"]}, "contradicted"),
        ({"contradicts": ["another"]}, "implemented"),
    ],
)
def test_the_state_of_an_attestation(changes: dict[str, Any], state: str) -> None:
    assert attestation(**changes).state("2026-12-01", {"a-check"}) == state


@pytest.mark.parametrize(
    ("where", "scopes"),
    [
        ({}, [("", "")]),
        ({"workload": "shop"}, [("shop", ""), ("shop", "api")]),
        ({"workload": "shop", "component": "api"}, [("shop", ""), ("shop", "api")]),
        ({"workload": "shop", "component": "web"}, [("shop", "")]),
        ({"workload": "bank"}, []),
    ],
)
def test_the_scopes_of_an_attestation(where: dict[str, str], scopes: list[tuple[str, str]]) -> None:
    every = [("", ""), ("shop", ""), ("shop", "api")]
    assert [scope for scope in every if attestation(**where).is_of(*scope)] == scopes


def test_a_recurring_review_expires_when_the_next_one_is_due() -> None:
    held_on = date(2026, 11, 1)
    assert last_day("recurring", date(2026, 11, 3), held_on, 30) == date(2026, 12, 1)
    assert last_day("exercise", date(2026, 11, 3), held_on, None) == date(2027, 5, 2)


def test_the_particulars_of_an_attestation() -> None:
    slow = {"name": "search", "comparison": "<", "target": 500, "unit": "ms", "percentile": 95, "window": "1 hour"}
    details = {"trade_off": "a cold cache", "actions": ["a", "b"]}
    found = attestation(figures=[FIGURE, slow, {**slow, "measured": 640.5}], table=TABLE, details=details).particulars
    assert found == [
        "recovery time: 42 (target <= 60)",
        "search p95: not measured in 1 hour (target < 500)",
        "search p95: 640.5 ms in 1 hour (target < 500)",
        "register: 1 row",
        "trade off: a cold cache",
        "actions: a, b",
    ]
