"""The checks in ``CHANGELOG.md``: which came with which release, so that no id ever comes back with another meaning.

Between the two markers under "Unreleased" stand the checks that no release has had; the rest is written by hand. A
check that a release has had and that is removed is listed under "Removed checks", in backticks.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pillarwatch.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from pillarwatch import Check

BEGIN, END = "<!-- new checks, by `make generate` -->", "<!-- end of new checks -->"
REMOVED = "### Removed checks"
ID = re.compile(r"`([a-z][a-z0-9]*(?:-[a-z0-9]+)+)`")


def with_new_checks(changelog: str, checks: Mapping[str, Check]) -> str:
    """The changelog with every check that no release has had.

    Raises:
        UserError: the markers are missing, an id that is removed is used again, or a released check is missing.
    """
    if changelog.count(BEGIN) != 1 or changelog.count(END) != 1:
        raise UserError(f"CHANGELOG.md: there have to be one {BEGIN} and one {END}")
    before, _, rest = changelog.partition(BEGIN)
    _, _, after = rest.partition(END)
    released, removed = _released(after)
    if again := sorted(removed & checks.keys()):
        raise UserError(f"CHANGELOG.md: {', '.join(again)} is removed: another check needs another id")
    if missing := sorted(released - removed - checks.keys()):
        raise UserError(f"CHANGELOG.md: {', '.join(missing)} was released and is missing: name it under {REMOVED!r}")
    new = [check for check in checks.values() if check.id not in released]
    return f"{before}{BEGIN}\n{_listed(new)}{END}{after}"


def _released(text: str) -> tuple[set[str], set[str]]:
    """The ids that releases had, and those of them that are removed."""
    removed: set[str] = set()
    released: set[str] = set()
    for section in re.split(r"^(?=###? )", text, flags=re.MULTILINE):
        found = set(ID.findall(section))
        if section.startswith(REMOVED):
            removed |= found
        elif section.startswith("### New checks"):
            released |= found
    return released | removed, removed


def _listed(checks: Iterable[Check]) -> str:
    by_type: dict[str, list[str]] = {}
    for check in checks:
        by_type.setdefault(check.resource_types[0], []).append(check.id)
    return "".join(
        f"- {resource_type}: {', '.join(f'`{check_id}`' for check_id in sorted(ids))}\n"
        for resource_type, ids in sorted(by_type.items())
    )
