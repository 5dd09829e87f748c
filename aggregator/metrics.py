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


def emit(scope: str, score: Mapping[str, Any], now: datetime) -> None:
    """Write a line for each pillar that has a score. Components have no metrics."""
    if "/component/" in scope:
        return
    for pillar, known in score.get("pillars", {}).items():
        if known["score"] is None:
            continue
        metrics = {
            "Score": known["score"],
            "Coverage": known["coverage"],
            "ScoreDrop": round(max(0, known["high"] - known["score"]), 2),
        }
        directives = [
            (["Score", "Coverage"], [["Scope", "Pillar"]]),
            (["ScoreDrop"], [["Pillar"], ["Scope", "Pillar"]]),
        ]
        line = {
            "_aws": {
                "Timestamp": int(now.timestamp() * 1000),
                "CloudWatchMetrics": [
                    {"Namespace": NAMESPACE, "Dimensions": dimensions, "Metrics": [{"Name": name} for name in names]}
                    for names, dimensions in directives
                ],
            },
            "Scope": scope,
            "Pillar": pillar,
            **metrics,
        }
        sys.stdout.write(json.dumps(line) + "\n")
