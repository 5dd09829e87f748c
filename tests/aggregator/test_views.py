"""Rolling views, priorities and gains: pure."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.catalogue import packaged_basis
from aggregator.history import DAY, WINDOW, Series, bucket, climbed, rolling
from aggregator.recommendations import gains, priority
from aggregator.scopes import ScopeName
from pillarwatch.score import Counts
from tests.aggregator.world import PUBLIC, VERSIONING

SHOP = ScopeName("workload", "shop", "shop")
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


@given(st.lists(st.tuples(st.integers(0, 50), st.integers(0, 100)), min_size=1, max_size=60))
def test_the_rolling_high_is_the_highest_of_the_last_day(steps: list[tuple[int, int]]) -> None:
    series: Series = []
    seen = []
    for hour, value in sorted(steps, key=lambda step: step[0]):
        now = NOON + timedelta(hours=hour)
        seen.append((now, value))
        series = climbed(series, now, [value])
        assert series[0][1] == max(value for at, value in seen if at >= now - WINDOW)
        assert len(series) <= 25


@given(st.lists(st.integers(0, 100), min_size=1, max_size=30))
def test_the_rolling_low_is_the_high_upside_down(values: list[int]) -> None:
    assert climbed([], NOON, values, -1)[0][1] == min(values)


def test_a_series_has_one_entry_for_an_hour_however_often_the_score_falls_in_it() -> None:
    assert climbed([], NOON, [90, 80, 70]) == [("2026-11-22T12", 90)]
    later = NOON + timedelta(hours=1)
    assert climbed([("2026-11-22T12", 90)], later, [80, 70, 75]) == [("2026-11-22T12", 90), ("2026-11-22T13", 80)]


def test_an_hour_remembers_the_score_that_held_at_its_beginning() -> None:
    (first,) = bucket({}, "2026-11-22T12", {"security": 90}, {"security": 80})["scores"].values()
    assert first == {"high": 90, "low": 80, "last": 80}
    again = bucket({"key": "2026-11-22T12", "scores": {"security": first}}, "2026-11-22T12", {}, {"security": 85})
    assert again["scores"]["security"] == {"high": 90, "low": 80, "last": 85}


def test_means_and_trend_look_back_as_far_as_they_say() -> None:
    days = [
        {
            "key": (NOON - timedelta(days=back)).strftime(DAY),
            "scores": {"security": {"last": 50 if back > 7 else 80}},
        }
        for back in range(29, 0, -1)
    ]
    view = rolling(days, NOON, {"security": 90})["security"]
    assert view["mean_7"] == round((6 * 80 + 90) / 7, 2)
    assert view["mean_30"] == round((22 * 50 + 7 * 80 + 90) / 30, 2)
    assert view["trend"] == 10


def test_a_gain_is_what_the_pillar_wins_when_the_check_is_mended() -> None:
    basis = packaged_basis()
    counts = {VERSIONING: Counts(1, 3), PUBLIC: Counts(2, 1)}
    before = basis.scores(SHOP, counts)
    for check, count in counts.items():
        mended = basis.scores(SHOP, counts | {check: Counts(count.judged)})
        for pillar, points in gains(check, before.values()).items():
            assert points == pytest.approx((mended[pillar].score or 0) - (before[pillar].score or 0), abs=0.01)


@pytest.mark.parametrize(
    ("severity", "effort", "counts", "word"),
    [
        ("critical", "L", Counts(9, 1), "P0"),
        ("high", "S", Counts(9, 1), "P1"),
        ("high", "S", Counts(2, 2), "P0"),
        ("high", "L", Counts(9, 1), "P2"),
        ("medium", "L", Counts(1, 9), "P2"),
        ("low", "L", Counts(9, 1), "P3"),
        ("low", "S", Counts(0, 1), "P3"),
    ],
)
def test_priority_follows_from_severity_breadth_and_effort(
    severity: str, effort: str, counts: Counts, word: str
) -> None:
    found = priority(severity, effort, counts)  # type: ignore[arg-type]
    assert found.word == word
    assert f"{counts.non_compliant} of {counts.judged} resources" in found.because
