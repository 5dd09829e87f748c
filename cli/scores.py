"""``pillarwatch scores``: the six pillars of a deployment, or of one workload in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aggregator.reading import ScopeScores, Score, scores
from cli.deployment import add_deployment, deployment, title
from cli.output import say, say_json
from pillarwatch.framework import PILLARS

if TYPE_CHECKING:
    import argparse

BAR = 20  # characters for 100 points


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of ``scores``."""
    add_deployment(parser)
    parser.add_argument(
        "--json", action="store_true", help="for programs: six pillars, score null where nothing is evaluated"
    )


def run(arguments: argparse.Namespace) -> int:
    """Print the scores.

    Raises:
        UserError: the deployment or workload is not there.
    """
    with deployment(arguments) as (table, scope):
        found = scores(table, scope)
    if arguments.json:
        pillars = {pillar: found.pillars[pillar]._asdict() for pillar in PILLARS}
        say_json(
            {**found._asdict(), "name": found.name._asdict(), "overall": found.overall._asdict(), "pillars": pillars}
        )
    else:
        say(f"{title(found.name)}, {found.resources} resources, as of {found.at[:19]}Z\n\n{scores_table(found)}")
    return 0


def scores_table(found: ScopeScores) -> str:
    """The six pillars as text: score, the 24-hour range, coverage and what stands behind them."""
    lines = [f"{'Pillar':24}{'Score':>6}  {'':{BAR}}  {'24 hours':>13}  {'Coverage':>8}  {'Verdicts':>8}"]
    for pillar in PILLARS:
        score = found.pillars[pillar]
        lines.append(f"{_row(pillar, score)}  {score.coverage or 0:>7.0f}%  {score.verdicts or 0:>8}")
    return "\n".join([*lines, _row("overall", found.overall)])


def _row(name: str, score: Score) -> str:
    points = f"{'none':>6}" if score.score is None else f"{score.score:6.1f}"
    full = round((score.score or 0) / 100 * BAR)
    span = "" if score.low is None else f"{score.low:.1f} to {score.high:.1f}"
    return f"{name:24}{points}  {'█' * full}{'·' * (BAR - full)}  {span:>13}"
