"""``pillarwatch recommendations``: what to mend first in a deployment, and what it gains."""

from __future__ import annotations

import json
import textwrap
from typing import TYPE_CHECKING, Any

from cli.aws import add_deployment
from cli.deployment import scope_of, title, worth_first
from cli.errors import UserError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Mapping

WIDTH = 110


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of ``recommendations``."""
    add_deployment(parser)
    parser.add_argument("--workload", help="a workload's name (default: the account)")
    parser.add_argument("--limit", type=int, default=10, metavar="N", help="at most so many (default: %(default)s)")
    parser.add_argument("--json", action="store_true", help="all of them, for programs")


def run(arguments: argparse.Namespace) -> int:
    """Print the recommendations, what gains most for its effort first.

    Raises:
        UserError: the deployment or workload is not there, or the limit is no positive number.
    """
    if arguments.limit < 1:
        raise UserError(f"--limit {arguments.limit}: say a number above 0")
    scope, live = scope_of(arguments)
    found = worth_first(live)
    if arguments.json:
        private = ("pk", "sk", "gsi1pk", "gsi1sk")
        public = [{key: value for key, value in one.items() if key not in private} for one in found]
        print(json.dumps(public, indent=2, default=float))
        return 0
    print(f"{title(scope)}: {len(found)} open recommendations, what gains most for its effort first\n")
    print("\n\n".join(told(one) for one in found[: arguments.limit]) or "nothing to mend")
    return 0


def told(recommendation: Mapping[str, Any]) -> str:
    """A recommendation as text: what should be true, where it is not, how to mend it, and what that gains."""
    gains = ", ".join(f"{pillar} +{points:.1f}" for pillar, points in recommendation["gain"].items())
    affected = [_resource(sample) for sample in recommendation.get("sample", [])]
    more = recommendation["affected"] - len(affected)
    where = ", ".join(affected) + (f" and {more:.0f} more" if more > 0 and affected else "")
    lines = [
        f"{recommendation['priority']}  {recommendation['title']}  [{recommendation['check']}]",
        _filled("fails for", where or f"{recommendation['affected']:.0f} resources"),
        _filled("to mend", f"{recommendation['fix']} (effort {recommendation['effort']})"),
    ]
    if recommendation.get("automation"):
        lines.append(_filled("automated", recommendation["automation"]))
    return "\n".join(
        [*lines, _filled("gains", gains or "nothing alone"), _filled("because", recommendation["because"])]
    )


def _filled(label: str, text: str) -> str:
    return textwrap.fill(text, WIDTH, initial_indent=f"    {label:10}", subsequent_indent=" " * 14)


def _resource(sample: Mapping[str, Any]) -> str:
    resource = sample.get("resource", sample)
    return str(resource.get("name") or resource.get("id"))
