"""``pillarwatch recommendations``: what to fix first in a deployment, and what that gains."""

from __future__ import annotations

import argparse
import textwrap
from collections import Counter
from datetime import UTC, datetime
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from aggregator.queries import closed_recommendations, findings, recommendations, scores
from cli.checks import counted, find
from cli.output import one_line, say, say_json
from cli.results.arguments import add_deployment, basis_of, complain_of_settings, deployment, title
from pillarwatch.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from aggregator.queries import ClosedRecommendation, Identity, Recommendation
    from aggregator.scopes import ScopeName

WIDTH = 110
STATUSES = ("open", "waived", "resolved")
EPILOG = """\
examples:
  pillarwatch recommendations --workload shop
  pillarwatch recommendations --check s3-bucket-versioning-enabled --resources   every resource that fails
  pillarwatch recommendations --status resolved                                  what was fixed in the last 90 days"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of ``recommendations``."""
    parser.epilog, parser.formatter_class = EPILOG, argparse.RawDescriptionHelpFormatter
    add_deployment(parser)
    parser.add_argument(
        "--status",
        choices=STATUSES,
        default="open",
        metavar="STATUS",
        help="open; waived: fails only where the risk is accepted; resolved: fails nowhere any more (default: open)",
    )
    parser.add_argument("--check", default="", metavar="ID", help="only the recommendation of this check")
    parser.add_argument(
        "--resources",
        action="store_true",
        help="list all resources of each open recommendation, not only the first five",
    )
    parser.add_argument(
        "--limit",
        type=int,
        default=10,
        metavar="N",
        help="show at most N recommendations, and always all of priority P0 (default: %(default)s)",
    )
    parser.add_argument("--json", action="store_true", help="print all recommendations as JSON")


def run(arguments: argparse.Namespace) -> int:
    """Print the recommendations by priority.

    Raises:
        UserError: the deployment or workload is not there, or the limit is no positive number.
    """
    if arguments.limit < 1:
        raise UserError(f"--limit {arguments.limit}: give a number above 0")
    check = find(arguments.check).id if arguments.check else ""
    if arguments.resources and arguments.status != "open":
        raise UserError(f"--resources: only open recommendations have resources, not {arguments.status} ones")
    with deployment(arguments) as (table, scope):
        basis, name = basis_of(table), scores(table, scope).name
        complain_of_settings("recommendations", table, datetime.now(UTC))
        if arguments.status != "open":
            closed = closed_recommendations(table, scope, basis)
            _say_closed(
                name,
                [one for one in closed if one.status == arguments.status and check in {"", one.check}],
                as_json=arguments.json,
            )
            return 0
        found = [one for one in recommendations(table, scope, basis) if check in {"", one.check}]
        shown = found if arguments.json else found[: number_shown(found, arguments.limit)]
        wanted = shown if arguments.resources else []
        resources = {one.check: [each.resource for each in findings(table, scope, one.check)] for one in wanted}
    if arguments.json:
        say_json([_plain(one, resources) for one in found])
        return 0
    heading = counted(len(found), "open recommendation")
    say(f"{title(name)}: {heading}, by priority, severity, and value per effort\n")
    say(listed(found, arguments.limit, resources))
    return 0


def number_shown(found: Sequence[Recommendation], limit: int) -> int:
    """How many recommendations are shown: the limit, or more if more of them are P0."""
    return max(limit, sum(one.priority == "P0" for one in found))


def listed(
    found: Sequence[Recommendation], limit: int, resources: Mapping[str, Sequence[Identity]] = MappingProxyType({})
) -> str:
    """The first recommendations as text, all of P0 among them, and how many more of each priority there are.

    Args:
        found: sorted by priority.
        limit: the number of recommendations, unless more of them are P0.
        resources: all that fail, by check; without an entry the first ones are shown.
    """
    if not found:
        return "nothing to fix"
    shown = number_shown(found, limit)
    texts = [described(one, resources.get(one.check)) for one in found[:shown]]
    if rest := found[shown:]:
        levels = Counter(one.priority for one in rest)
        texts.append(f"{len(rest)} more: {', '.join(f'{count} {level}' for level, count in levels.items())}")
    return "\n\n".join(texts)


def described(recommendation: Recommendation, resources: Sequence[Identity] | None = None) -> str:
    """A recommendation as text: what should be true, where it is not, how to fix it, and what that gains.

    Args:
        recommendation: an open one.
        resources: all that fail; without them the first ones are shown.
    """
    shown = recommendation.sample if resources is None else resources
    names = ", ".join(resource.name or resource.id for resource in shown)
    more = recommendation.affected - len(shown)
    gains = ", ".join(f"{pillar} +{points:.1f}" for pillar, points in recommendation.gain.items())
    lines = [
        f"{recommendation.priority}  {recommendation.title}  [{recommendation.check}]",
        _filled("fails for", f"{names} and {more} more" if more > 0 else names),
        _filled("fix", f"{recommendation.fix} (effort {recommendation.effort})"),
    ]
    owners = Counter(resource.owner for resource in shown)
    if any(owners):
        named = (f"{owner or 'not known'} ({count})" for owner, count in owners.most_common())
        lines.append(_filled("owner", ", ".join(named)))
    if recommendation.same_cause:
        others = (f"{check} ({affected})" for check, affected in recommendation.same_cause.items())
        lines.append(_filled("also fail", ", ".join(others)))
    if recommendation.automation:
        lines.append(_filled("automated", recommendation.automation))
    lines.append(_filled("gains", gains or "nothing alone"))
    if recommendation.since:
        lines.append(_filled("since", f"{recommendation.since[:16].replace('T', ' ')} UTC"))
    return "\n".join([*lines, _filled("priority", recommendation.reason)])


def _say_closed(name: ScopeName, found: Sequence[ClosedRecommendation], *, as_json: bool) -> None:
    if as_json:
        say_json([one._asdict() for one in found])
        return
    lines = [f"{title(name)}: {counted(len(found), 'recommendation')}"]
    for one in found:
        times = f"open since {one.since[:16]}, {one.status} {one.at[:16]}".replace("T", " ")
        lines += ["", f"{one.severity}  {one_line(one.title)}  [{one.check}]", f"    {times} UTC"]
    say("\n".join(lines))


def _plain(recommendation: Recommendation, resources: Mapping[str, Sequence[Identity]]) -> dict[str, Any]:
    plain = recommendation._asdict() | {
        "status": "open",
        "sample": [resource._asdict() for resource in recommendation.sample],
    }
    if recommendation.check in resources:
        plain["resources"] = [resource._asdict() for resource in resources[recommendation.check]]
    return plain


def _filled(label: str, text: str) -> str:
    return textwrap.fill(text, WIDTH, initial_indent=f"    {label:10}", subsequent_indent=" " * 14)
