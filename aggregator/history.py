"""Scores over time: the hour's and day's high, low and last, the rolling 24 hours, means and trend. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

HOUR, DAY = "%Y-%m-%dT%H", "%Y-%m-%d"
KEPT = {HOUR: timedelta(days=90), DAY: timedelta(days=400)}
CHANGES_KEPT = timedelta(days=90)  # verdicts that changed
WINDOW = timedelta(hours=24)
MEANS = {"mean_7": timedelta(days=7), "mean_30": timedelta(days=30)}
OVERALL = "overall"

Series = list[tuple[str, float]]  #: hours and the scores that are extreme from then on, the most extreme first


def bucket(
    old: Mapping[str, Any], key: str, before: Mapping[str, float], scores: Mapping[str, float]
) -> dict[str, Any]:
    """The bucket ``key`` (an hour or a day) after scores have changed from ``before``, which held at its beginning."""
    known = old.get("scores", {}) if old.get("key") == key else {name: _point(value) for name, value in before.items()}
    scored = {}
    for name, value in scores.items():
        so_far = known.get(name) or _point(value)
        scored[name] = {"high": max(value, so_far["high"]), "low": min(value, so_far["low"]), "last": value}
    return {"key": key, "scores": known | scored}


def climbed(series: Iterable[Sequence[Any]], now: datetime, values: Iterable[float], sign: int = 1) -> Series:
    """A rolling maximum (``sign`` 1) or minimum (-1) over 24 hours, after the values have held, one after the other.

    Kept are only the hours whose score nothing later has reached: at most 25.
    """
    since, hour = _window(now)
    kept = [(at, value) for at, value in series if at >= since]
    for value in values:
        while kept and sign * kept[-1][1] <= sign * value:
            kept.pop()
        if not kept or kept[-1][0] != hour:
            kept.append((hour, value))
    return kept


def past(days: Iterable[Mapping[str, Any]], now: datetime) -> dict[str, dict[str, list[float]]]:
    """By score what its means and its trend have to know of the days before today: it is the same all day.

    Args:
        days: the day buckets, the oldest first.
        now: today.

    Returns:
        Of each mean the sum and the number of the days' last scores, and of ``trend`` the first of the last 7 days.
    """
    today, a_week_ago = now.strftime(DAY), (now - MEANS["mean_7"]).strftime(DAY)
    after = {mean: (now - span).strftime(DAY) for mean, span in MEANS.items()}
    lasts: dict[str, list[tuple[str, float]]] = {}
    for day in days:
        if day["key"] < today:
            for name, values in day["scores"].items():
                lasts.setdefault(name, []).append((day["key"], values["last"]))
    found = {}
    for name, known in lasts.items():
        of = {mean: [last for key, last in known if key > since] for mean, since in after.items()}
        found[name] = {mean: [sum(values), len(values)] for mean, values in of.items()}
        found[name]["trend"] = [last for key, last in known if key >= a_week_ago][:1]
    return found


def rolling(
    before: Mapping[str, Mapping[str, Sequence[float]]], scores: Mapping[str, float]
) -> dict[str, dict[str, float]]:
    """For each score its means over 7 and 30 days and its trend: points since 7 days ago, or the first day there is.

    Args:
        before: today's ``past``.
        scores: as they are now: they count as today's.
    """
    found = {}
    for name, value in scores.items():
        if known := before.get(name):
            view = {mean: round((known[mean][0] + value) / (known[mean][1] + 1), 2) for mean in MEANS}
            found[name] = view | {"trend": round(value - known["trend"][0], 2) if known["trend"] else 0.0}
        else:
            found[name] = dict.fromkeys(MEANS, value) | {"trend": 0.0}
    return found


@lru_cache(maxsize=1)
def _window(now: datetime) -> tuple[str, str]:
    """The first hour of the last 24 and the present one; each scope asks for all its pillars."""
    return (now - WINDOW).strftime(HOUR), now.strftime(HOUR)


def _point(value: float) -> dict[str, float]:
    return {"high": value, "low": value, "last": value}
