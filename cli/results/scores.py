"""``pillarwatch scores``: the six pillars of a deployment, or of one workload in it, now and over time."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from aggregator.queries import ScopeScores, Score, scores, scores_without_waivers, snapshot
from aggregator.queries.score_history import past
from cli.output import say, say_json
from cli.results.arguments import add_deployment, basis_of, complain_of_settings, deployment, title
from cli.results.columns import aligned, say_csv
from cli.scores_without_waivers import in_a_sentence, points
from pillarwatch.errors import UserError
from pillarwatch.framework import PILLARS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aggregator.queries.score_history import Bucket, Past

BAR = 20  # characters for 100 points
ALL = (*PILLARS, "overall")
MARKS = "▁▂▃▄▅▆▇█"
COLUMNS = ("span", "begins", "pillar", "high", "low", "last")
EPILOG = """\
examples:
  pillarwatch scores --workload shop
  pillarwatch scores --history              now, 24 hours, 7 and 30 days ago, and a curve of both spans
  pillarwatch scores --history --csv        a row for each hour of 24, each day of 30, and each pillar

In a curve the lowest score of the span has the lowest mark, and the highest score the highest."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of ``scores``."""
    parser.epilog, parser.formatter_class = EPILOG, argparse.RawDescriptionHelpFormatter
    add_deployment(parser)
    parser.add_argument("--history", action="store_true", help="the scores of the last 24 hours and 30 days")
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--csv", action="store_true", help="print the history as CSV; needs --history")
    form.add_argument(
        "--json", action="store_true", help="print JSON with six pillars; the score is null if nothing is evaluated"
    )


def run(arguments: argparse.Namespace) -> int:
    """Print the scores.

    Raises:
        UserError: the deployment, workload or component is not there, or only a history is CSV.
    """
    if arguments.csv and not arguments.history:
        raise UserError("--csv: the history is CSV; add --history")
    now = datetime.now(UTC)
    with deployment(arguments) as (table, scope):
        found = scores(table, scope)
        lines = complain_of_settings("scores", table, now)
        if arguments.history:
            _say_history(past(table, scope, now), arguments)
            return 0
        now_counted = snapshot(table, scope)
        waived = sum(count.waived for count in now_counted.counts.values())
        bare = scores_without_waivers(now_counted, basis_of(table)) if waived else {}
    if arguments.json:
        pillars = {pillar: found.pillars[pillar]._asdict() for pillar in PILLARS}
        document = {"name": found.name._asdict(), "overall": found.overall._asdict(), "pillars": pillars}
        waivers = {"waived": waived, "scores_without_waivers": points(bare) if bare else None}
        say_json({**found._asdict(), **document, **waivers, "notices": lines})
    else:
        closed = f", closed since {found.closed_at[:16].replace('T', ' ')} UTC" if found.closed_at else ""
        say(
            f"{title(found.name)}, {found.resources} resources{closed}, as of {found.at[:19]}Z\n\n{scores_table(found)}"
        )
        if bare:
            say(f"\n{in_a_sentence(waived, bare)}")
    return 0


def scores_table(found: ScopeScores) -> str:
    """The six pillars as text: score, the 24-hour range, coverage and what stands behind them."""
    lines = [f"{'Pillar':24}{'Score':>6}  {'':{BAR}}  {'24 hours':>13}  {'Coverage':>8}  {'Verdicts':>8}"]
    for pillar in PILLARS:
        score = found.pillars[pillar]
        lines.append(f"{_row(pillar, score)}  {score.coverage or 0:>7.0f}%  {score.verdicts or 0:>8}")
    return "\n".join([*lines, _row("overall", found.overall)])


def history_table(found: Past) -> str:
    """The scores now and at three times before, and both curves, as text."""
    rows: list[tuple[str, ...]] = [("Pillar", "Now", "24 h ago", "7 d ago", "30 d ago", "24 hours", "30 days")]
    for of in ALL:
        hours, days = _lasts(found.hours, of), _lasts(found.days, of)
        points = (f"{value:.1f}" if value is not None else "none" for value in (hours[-1], hours[0], days[-8], days[0]))
        rows.append((of, *points, curve(hours), curve(days)))
    return "\n".join(aligned(rows, right=(1, 2, 3, 4)))


def curve(values: Sequence[float | None]) -> str:
    """A line of marks, the lowest value with the lowest mark; a space where there is none."""
    known = [value for value in values if value is not None]
    if not known:
        return ""
    low, span = min(known), max(known) - min(known)
    top = len(MARKS) - 1
    return "".join(
        " " if value is None else MARKS[round(top * (value - low) / span) if span else top // 2] for value in values
    )


def _say_history(found: Past, arguments: argparse.Namespace) -> None:
    if arguments.json:
        spans: dict[str, Any] = {
            name: [bucket._asdict() for bucket in buckets]
            for name, buckets in (("hours", found.hours), ("days", found.days))
        }
        say_json({"name": found.name._asdict(), "at": found.at, **spans})
    elif arguments.csv:
        say_csv(COLUMNS, (row for span, of in (("hour", found.hours), ("day", found.days)) for row in _rows(span, of)))
    else:
        say(f"{title(found.name)}, as of {found.at[:19]}Z\n\n{history_table(found)}")


def _rows(span: str, buckets: Sequence[Bucket]) -> list[list[Any]]:
    return [
        [span, bucket.begins, of, *(bucket.scores[of][value] for value in COLUMNS[3:])]
        for bucket in buckets
        for of in ALL
        if of in bucket.scores
    ]


def _lasts(buckets: Sequence[Bucket], of: str) -> list[float | None]:
    return [bucket.scores[of]["last"] if of in bucket.scores else None for bucket in buckets]


def _row(name: str, score: Score) -> str:
    points = f"{'none':>6}" if score.score is None else f"{score.score:6.1f}"
    full = round((score.score or 0) / 100 * BAR)
    span = "" if score.low is None else f"{score.low:.1f} to {score.high:.1f}"
    return f"{name:24}{points}  {'█' * full}{'·' * (BAR - full)}  {span:>13}"
