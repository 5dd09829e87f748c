"""``pillarwatch recommendations``: what to fix first in a deployment, and what that gains."""

from __future__ import annotations

import textwrap
from collections import Counter
from typing import TYPE_CHECKING

from aggregator.reading import Recommendation, recommendations, scores
from cli.deployment import add_deployment, deployment, title
from cli.output import say, say_json
from pillarwatch.errors import UserError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

WIDTH = 110


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of ``recommendations``."""
    add_deployment(parser)
    parser.add_argument(
        "--limit", type=int, default=10, metavar="N", help="at most N, but always all of P0 (default: %(default)s)"
    )
    parser.add_argument("--json", action="store_true", help="all of them, for programs")


def run(arguments: argparse.Namespace) -> int:
    """Print the recommendations by priority.

    Raises:
        UserError: the deployment or workload is not there, or the limit is no positive number.
    """
    if arguments.limit < 1:
        raise UserError(f"--limit {arguments.limit}: give a number above 0")
    with deployment(arguments) as (table, scope):
        found, name = recommendations(table, scope), scores(table, scope).name
    if arguments.json:
        plain = [{**one._asdict(), "sample": [resource._asdict() for resource in one.sample]} for one in found]
        say_json(plain)
        return 0
    say(f"{title(name)}: {len(found)} open recommendations, by priority, severity, and value per effort\n")
    say(listed(found, arguments.limit))
    return 0


def listed(found: Sequence[Recommendation], limit: int) -> str:
    """The first recommendations as text, all of P0 among them, and how many more of each priority there are.

    Args:
        found: sorted by priority.
        limit: the number of recommendations, unless more of them are P0.
    """
    if not found:
        return "nothing to fix"
    shown = max(limit, sum(one.priority == "P0" for one in found))
    texts = [described(one) for one in found[:shown]]
    if rest := found[shown:]:
        levels = Counter(one.priority for one in rest)
        texts.append(f"{len(rest)} more: {', '.join(f'{count} {level}' for level, count in levels.items())}")
    return "\n\n".join(texts)


def described(recommendation: Recommendation) -> str:
    """A recommendation as text: what should be true, where it is not, how to fix it, and what that gains."""
    names = ", ".join(resource.name or resource.id for resource in recommendation.sample)
    more = recommendation.affected - len(recommendation.sample)
    gains = ", ".join(f"{pillar} +{points:.1f}" for pillar, points in recommendation.gain.items())
    lines = [
        f"{recommendation.priority}  {recommendation.title}  [{recommendation.check}]",
        _filled("fails for", f"{names} and {more} more" if more > 0 else names),
        _filled("fix", f"{recommendation.fix} (effort {recommendation.effort})"),
    ]
    if recommendation.same_cause:
        others = (f"{check} ({affected})" for check, affected in recommendation.same_cause.items())
        lines.append(_filled("also fail", ", ".join(others)))
    if recommendation.automation:
        lines.append(_filled("automated", recommendation.automation))
    lines.append(_filled("gains", gains or "nothing alone"))
    return "\n".join([*lines, _filled("priority", recommendation.reason)])


def _filled(label: str, text: str) -> str:
    return textwrap.fill(text, WIDTH, initial_indent=f"    {label:10}", subsequent_indent=" " * 14)
