"""Scores over time: the hour's and day's high, low and last, the rolling 24 hours, means and trend. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

HOUR, DAY = "%Y-%m-%dT%H", "%Y-%m-%d"
KEPT = {HOUR: timedelta(days=90), DAY: timedelta(days=400)}
WINDOW = timedelta(hours=24)
MEANS = {"mean_7": timedelta(days=7), "mean_30": timedelta(days=30)}
OVERALL = "overall"

Series = list[tuple[str, float]]  #: hours and the scores that are extreme from then on, the most extreme first


def bucket(
    old: Mapping[str, Any], key: str, before: Mapping[str, float], scores: Mapping[str, float]
) -> dict[str, Any]:
    """The bucket ``key`` (an hour or a day) after scores have changed from ``before``, which held at its beginning."""
    known = old.get("scores", {}) if old.get("key") == key else {name: _point(value) for name, value in before.items()}
    scored = {
        name: {
            "high": max(value, known.get(name, _point(value))["high"]),
            "low": min(value, known.get(name, _point(value))["low"]),
            "last": value,
        }
        for name, value in scores.items()
    }
    return {"key": key, "scores": known | scored}


def climbed(series: Iterable[Sequence[Any]], now: datetime, values: Iterable[float], sign: int = 1) -> Series:
    """A rolling maximum (``sign`` 1) or minimum (-1) over 24 hours, after the values have held, one after the other.

    Kept are only the hours whose score nothing later has reached: at most 25.
    """
    since, hour = _window(now)
    kept = [(str(at), float(value)) for at, value in series if str(at) >= since]
    for value in values:
        kept = [entry for entry in kept if sign * entry[1] > sign * value]
        if not kept or kept[-1][0] != hour:
            kept.append((hour, value))
    return kept


def rolling(
    days: Iterable[Mapping[str, Any]], now: datetime, scores: Mapping[str, float]
) -> dict[str, dict[str, float]]:
    """For each score its means over 7 and 30 days and its trend: points since 7 days ago, or the first day there is.

    Args:
        days: the day buckets before today, the oldest first.
        now: today, which counts with ``scores``.
        scores: as they are now.
    """
    today, a_week_ago = now.strftime(DAY), (now - MEANS["mean_7"]).strftime(DAY)
    before = {mean: (now - span).strftime(DAY) for mean, span in MEANS.items()}
    known = [(day["key"], day["scores"]) for day in days if day["key"] < today]
    found = {}
    for name, value in scores.items():
        lasts = [(key, day[name]["last"]) for key, day in known if name in day]
        found[name] = {
            mean: _mean([last for key, last in lasts if key > since] + [value]) for mean, since in before.items()
        }
        week = [last for key, last in lasts if key >= a_week_ago]
        found[name]["trend"] = round(value - week[0], 2) if week else 0.0
    return found


@lru_cache(maxsize=1)
def _window(now: datetime) -> tuple[str, str]:
    """The first hour of the last 24 and the present one; each scope asks for all its pillars."""
    return (now - WINDOW).strftime(HOUR), now.strftime(HOUR)


def _point(value: float) -> dict[str, float]:
    return {"high": value, "low": value, "last": value}


def _mean(values: Sequence[float]) -> float:
    return round(sum(values) / len(values), 2)
