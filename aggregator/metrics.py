"""Scores as CloudWatch metrics, in the embedded metric format.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
Written by hand: Powertools' Metrics gives every line one set of dimensions, and the drop needs two.
"""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

NAMESPACE = "Pillarwatch"
DIRECTIVES = [
    {"Namespace": NAMESPACE, "Dimensions": dimensions, "Metrics": [{"Name": name} for name in names]}
    for names, dimensions in (
        (["Score", "Coverage"], [["Scope", "Pillar"]]),
        (["ScoreDrop"], [["Pillar"], ["Scope", "Pillar"]]),
    )
]

_JSON = json.JSONEncoder(check_circular=False, separators=(",", ":"))


def emit(scope: str, score: Mapping[str, Any], now: datetime, before: Mapping[str, Any]) -> None:
    """Write a line for each pillar that has a score, unless its metrics are those of ``before``.

    Components have no metrics.

    Args:
        scope: its key.
        score: the item SCORE#NOW.
        now: the time of the metrics.
        before: by pillar, as in the score, what was written already; nothing at a tick.
    """
    if "/component/" in scope:
        return
    for pillar, known in score.get("pillars", {}).items():
        metrics = _metrics(known)
        if not metrics or metrics == _metrics(before.get(pillar, {})):
            continue
        metadata = {"Timestamp": int(now.timestamp() * 1000), "CloudWatchMetrics": DIRECTIVES}
        line = {"_aws": metadata, "Scope": scope, "Pillar": pillar, **metrics}
        sys.stdout.write(_JSON.encode(line) + "\n")


def _metrics(pillar: Mapping[str, Any]) -> dict[str, float]:
    """The metrics of a pillar by name; none without a score."""
    if pillar.get("score") is None:
        return {}
    drop = round(max(0, pillar["high"] - pillar["score"]), 2)
    return {"Score": pillar["score"], "Coverage": pillar["coverage"], "ScoreDrop": drop}
