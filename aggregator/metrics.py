"""Scores as CloudWatch metrics, in the embedded metric format.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
Written by hand: Powertools' Metrics gives every line one set of dimensions, and these lines need two.
"""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from datetime import datetime

NAMESPACE = "Pillarwatch"
SCOPE, ALL = ["Scope", "Pillar"], ["Pillar"]  # dimensions: of one scope; of all, whatever workloads there are
WORKLOAD = {"Score": SCOPE, "ScoreDrop": ALL, "IncidentOpen": ALL}
ACCOUNT = {
    "Score": SCOPE,
    "Coverage": SCOPE,
    "P0Open": SCOPE,
    "WaiversLapsed": SCOPE,
    "AttestationsLapsed": SCOPE,
    "ScoreDrop": ALL,
    "IncidentOpen": ALL,
}

_JSON = json.JSONEncoder(check_circular=False, separators=(",", ":"))


def emit(scope: str, score: Mapping[str, Any], now: datetime, before: Mapping[str, Any]) -> None:
    """Write a line for each pillar that has a score, unless its metrics are those of ``before``.

    A workload has a metric of its own for each pillar's score. A metric of all scopes shows the worst of them by its
    maximum, so an alarm covers new workloads. Components have no metrics.

    Args:
        scope: its key.
        score: the item SCORE#NOW.
        now: the time of the metrics.
        before: the item whose metrics were written already; empty at a tick.
    """
    if "/component/" in scope:
        return
    names = ACCOUNT if scope.startswith("account/") else WORKLOAD
    for pillar in score.get("pillars", {}):
        metrics = _metrics(score, pillar, names)
        if not metrics or metrics == _metrics(before, pillar, names):
            continue
        metadata = {"Timestamp": int(now.timestamp() * 1000), "CloudWatchMetrics": _directives(metrics, names)}
        line = {"_aws": metadata, "Scope": scope, "Pillar": pillar, **metrics}
        sys.stdout.write(_JSON.encode(line) + "\n")


def _metrics(score: Mapping[str, Any], pillar: str, names: Collection[str]) -> dict[str, float]:
    """The metrics of a pillar by name; none of one without a score, an open incident, and anything that lapsed."""
    known = score.get("pillars", {}).get(pillar, {})
    found: dict[str, float] = {
        "IncidentOpen": int(pillar in score.get("watch", {}).get("incidents", {})),
        "P0Open": score.get("p0", {}).get(pillar, 0),
        "WaiversLapsed": score.get("lapsed", {}).get("waivers", {}).get(pillar, 0),
        "AttestationsLapsed": score.get("lapsed", {}).get("attestations", {}).get(pillar, 0),
    }
    if known.get("score") is not None:
        drop = round(max(0, known["high"] - known["score"]), 2)
        found |= {"Score": known["score"], "Coverage": known["coverage"], "ScoreDrop": drop}
    elif not any(found.values()):
        return {}
    return {name: found[name] for name in names if name in found}


def _directives(metrics: Collection[str], names: Mapping[str, list[str]]) -> list[dict[str, Any]]:
    return [
        {
            "Namespace": NAMESPACE,
            "Dimensions": [dimensions],
            "Metrics": [{"Name": name} for name in metrics if names[name] == dimensions],
        }
        for dimensions in (SCOPE, ALL)
    ]
