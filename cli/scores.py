"""``pillarwatch scores``: the six pillars of a deployment, or of one workload in it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from cli.aws import add_deployment
from cli.deployment import scope_of, title
from pillarwatch.framework import PILLARS

if TYPE_CHECKING:
    import argparse
    from collections.abc import Mapping

BAR = 20  # characters for 100 points


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of ``scores``."""
    add_deployment(parser)
    parser.add_argument("--workload", help="a workload's name (default: the account)")
    parser.add_argument(
        "--json", action="store_true", help="for programs: six pillars, score null where nothing is judged"
    )


def run(arguments: argparse.Namespace) -> int:
    """Print the scores.

    Raises:
        UserError: the deployment or workload is not there.
    """
    scope, live = scope_of(arguments)
    if arguments.json:
        kept = ("at", "overall", "pillars", "resources")
        print(json.dumps({"scope": scope, **{key: live.score.get(key) for key in kept}}, indent=2, default=float))
    else:
        print(f"{title(scope)}, {live.resources} resources, as of {live.score.get('at', 'never')[:19]}Z\n")
        print(scores_table(live.score.get("pillars", {}), live.score.get("overall", {})))
    return 0


def scores_table(pillars: Mapping[str, Mapping[str, Any]], overall: Mapping[str, Any]) -> str:
    """The six pillars as text: score, the 24-hour range, coverage and what stands behind them."""
    lines = [f"{'Pillar':24}{'Score':>6}  {'':{BAR}}  {'24 hours':>13}  {'Coverage':>8}  {'Verdicts':>8}"]
    for pillar in PILLARS:
        entry = pillars.get(pillar, {})
        lines.append(
            f"{pillar:24}{_points(entry.get('score'))}  {_bar(entry.get('score'))}  {_range(entry):>13}"
            f"  {entry.get('coverage', 0):>7.0f}%  {entry.get('verdicts', 0):>8}"
        )
    lines.append(f"{'overall':24}{_points(overall.get('score'))}  {_bar(overall.get('score'))}  {_range(overall):>13}")
    return "\n".join(lines)


def _points(score: float | None) -> str:
    return f"{'none':>6}" if score is None else f"{score:6.1f}"


def _bar(score: float | None) -> str:
    full = round((score or 0) / 100 * BAR)
    return "█" * full + "·" * (BAR - full)


def _range(entry: Mapping[str, Any]) -> str:
    return f"{entry['low']:.1f} to {entry['high']:.1f}" if "high" in entry else ""
