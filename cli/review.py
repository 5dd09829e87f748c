"""``pillarwatch review``: the Well-Architected review of templates, or of a deployment."""

from __future__ import annotations

import importlib.metadata
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from cli.output import complain, say, write_file
from cli.results.arguments import add_deployment, deployment
from cli.scan import add_judging, notices_of, pairs
from pillarwatch.errors import UserError
from review.compose import composed
from review.markdown import markdown
from review.renderings import RENDERINGS
from review.sources.deployment import facts_of_deployment
from review.sources.templates import facts_of_templates
from settings.discovery import settings_for
from template_scan.evaluation import scanned

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable

    from review.facts import Facts
    from review.model import Review


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of ``review``."""
    parser.add_argument(
        "templates",
        nargs="*",
        metavar="TEMPLATE",
        help="a template, or a folder that contains templates (default: review a deployment)",
    )
    parser.add_argument(
        "--output",
        "-o",
        action="append",
        default=[],
        type=Path,
        metavar="FILE",
        help="file to write: a page (.html), Markdown (.md) or JSON (.json); can be repeated (default: print Markdown)",
    )
    parser.add_argument(
        "--title", default="", help="title of the review (default: the name of the workload or of the folder)"
    )
    add_judging(parser)
    add_deployment(parser)


def run(arguments: argparse.Namespace) -> int:
    """Write the review. 0: it is written; 2: a file could not be judged, which the review of the others says.

    Raises:
        UserError: the deployment is not there, or a file has an ending that stands for no rendering.
    """
    renderings = {path: _rendering(path) for path in arguments.output}
    if arguments.templates:
        _check_template_options(arguments)
    facts, complete = _of_templates(arguments) if arguments.templates else (_of_deployment(arguments), True)
    if facts is None:
        return 2
    review = composed(facts, generated_by())
    if not renderings:
        say(markdown(review), end="")
    for path, rendering in renderings.items():
        write_file(path, rendering(review))
        say(f"written: {path}")
    return 0 if complete else 2


def _check_template_options(arguments: argparse.Namespace) -> None:
    """Refuse what names a deployment, or a part of one, beside templates: it would have no effect.

    Raises:
        UserError: such an option is given.
    """
    for name in ("workload", "component", "table", "region", "profile"):
        if getattr(arguments, name):
            raise UserError(f"--{name} is for the review of a deployment; leave it out, or leave the templates out")


def generated_by() -> str:
    """The product and its version, as a review names what made it."""
    return f"Pillarwatch {importlib.metadata.version('pillarwatch')}"


def _rendering(path: Path) -> Callable[[Review], str]:
    try:
        return RENDERINGS[path.suffix.lower()]
    except KeyError:
        endings = ", ".join(RENDERINGS)
        raise UserError(f"--output {path}: the file's ending must be one of {endings}") from None


def _of_templates(arguments: argparse.Namespace) -> tuple[Facts | None, bool]:
    """The facts, None if there is no template; and whether every file could be judged."""
    now = datetime.now(UTC)
    names = list(arguments.templates)
    tags = pairs("--tags", arguments.tags, names)
    parameters = pairs("--parameters", arguments.parameters, names)
    settings, settings_file, _ = settings_for(names, arguments.settings)
    scan = scanned(map(Path, names), settings, now, tags, parameters)
    for error in scan.errors:
        complain(f"pillarwatch review: {error.located}")
    if scan.errors and not scan.resources:
        return None, False
    notices = notices_of(scan, settings, now).lines
    for line in notices:
        complain(f"pillarwatch review: {line}")
    scan.name_causes()
    facts = facts_of_templates(scan, settings, now, arguments.title, settings_file=settings_file, notices=notices)
    return facts, not scan.errors


def _of_deployment(arguments: argparse.Namespace) -> Facts:
    with deployment(arguments) as (table, scope):
        return facts_of_deployment(table, scope, arguments.title)
