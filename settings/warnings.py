"""What a user should know of the settings in force: what has no effect in a run, and checks that are off."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import date

    from pillarwatch.settings import Settings, Waiver


class Notices(NamedTuple):
    """Each list is in the order of the file."""

    expired: list[Waiver]
    unused: list[Waiver]  #: not expired, and no failure of this run matches them
    elsewhere: list[tuple[str, str]]  #: attestations that do not count in this run, and the reason
    off: list[tuple[str, str, str]]  #: check, where it is off (empty: everywhere), and the reason

    @property
    def lines(self) -> list[str]:
        """A line for each."""
        return [
            *(f"the waiver of {each.check} for {each.resource} expired on {each.expires}" for each in self.expired),
            *(f"the waiver of {each.check} for {each.resource} matches no failure here" for each in self.unused),
            *(f"attestations {', '.join(ids)} do not count: {reason}" for reason, ids in self._elsewhere.items()),
            *(f"{check} is off{f' in {where}' if where else ''}: {reason}" for check, where, reason in self.off),
        ]

    @property
    def _elsewhere(self) -> dict[str, list[str]]:
        """The attestations by the reason why they do not count."""
        found: dict[str, list[str]] = {}
        for each, reason in self.elsewhere:
            found.setdefault(reason, []).append(each)
        return found


NO_NOTICES = Notices([], [], [], [])


def notices(settings: Settings, used: Collection[Waiver], today: date) -> Notices:
    """The notices of a run.

    Args:
        settings: the settings in force.
        used: the waivers that cover a failure of the run.
        today: waivers whose last day is before it have expired.
    """
    waivers = settings.waivers
    expired = [each for each in waivers if each.expires < today.isoformat()]
    unused = [each for each in waivers if each not in expired and each not in used]
    off = [
        (check, " ".join(each[key] for key in ("workload", "environment") if each.get(key)), each["off"])
        for check, entry in settings.document["checks"].items()
        for each in (entry, *entry.get("when", []))
        if each.get("off")
    ]
    return Notices(expired, unused, [], off)
