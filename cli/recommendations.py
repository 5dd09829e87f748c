"""``pillarwatch recommendations``: what to mend first in a deployment, and what it gains."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

from aggregator.reading import Recommendation, recommendations, scores
from cli.deployment import add_deployment, deployment, title
from cli.errors import UserError
from cli.output import say, say_json

if TYPE_CHECKING:
    import argparse

WIDTH = 110


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of ``recommendations``."""
    add_deployment(parser)
    parser.add_argument("--limit", type=int, default=10, metavar="N", help="at most so many (default: %(default)s)")
    parser.add_argument("--json", action="store_true", help="all of them, for programs")


def run(arguments: argparse.Namespace) -> int:
    """Print the recommendations, what gains most for its effort first.

    Raises:
        UserError: the deployment or workload is not there, or the limit is no positive number.
    """
    if arguments.limit < 1:
        raise UserError(f"--limit {arguments.limit}: say a number above 0")
    with deployment(arguments) as (table, scope):
        found, name = recommendations(table, scope), scores(table, scope).name
    if arguments.json:
        plain = [{**one._asdict(), "sample": [resource._asdict() for resource in one.sample]} for one in found]
        say_json(plain)
        return 0
    say(f"{title(name)}: {len(found)} open recommendations, what gains most for its effort first\n")
    say("\n\n".join(told(one) for one in found[: arguments.limit]) or "nothing to mend")
    return 0


def told(recommendation: Recommendation) -> str:
    """A recommendation as text: what should be true, where it is not, how to mend it, and what that gains."""
    names = ", ".join(resource.name or resource.id for resource in recommendation.sample)
    more = recommendation.affected - len(recommendation.sample)
    gains = ", ".join(f"{pillar} +{points:.1f}" for pillar, points in recommendation.gain.items())
    lines = [
        f"{recommendation.priority}  {recommendation.title}  [{recommendation.check}]",
        _filled("fails for", f"{names} and {more} more" if more > 0 else names),
        _filled("to mend", f"{recommendation.fix} (effort {recommendation.effort})"),
    ]
    if recommendation.automation:
        lines.append(_filled("automated", recommendation.automation))
    return "\n".join([*lines, _filled("gains", gains or "nothing alone"), _filled("because", recommendation.because)])


def _filled(label: str, text: str) -> str:
    return textwrap.fill(text, WIDTH, initial_indent=f"    {label:10}", subsequent_indent=" " * 14)
