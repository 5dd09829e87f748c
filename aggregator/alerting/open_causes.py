"""How many causes are open in a scope, and which of them an alert has reported, without keeping each one. Pure.

Causes that began between two keys share a group, which counts them by check. A check of a group is reported as a
whole, and the group is closed then: a later cause of the check counts in another group. So an ended cause, which
carries the key with which it began, is found in its group, however many there are. What was not reported is
forgotten after 24 hours: the lower score is the usual one then.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from aggregator.history import HOUR, WINDOW

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from datetime import datetime

    from aggregator.alerting.situation import Candidate
    from aggregator.transitions import Began, Changes, Ended
    from pillarwatch.score import Counts

Reporter = Literal["workload", "account"]
MOST_GROUPS = 64  # of an account; the oldest are joined, which can take a forgotten cause for a reported one


class Kind(NamedTuple):
    """Which causes are counted together."""

    check: str
    turned: bool  #: the check passed before; otherwise the verdict is new in the scope


@dataclass
class Group:
    """The causes that began with keys in ``(after, until]``."""

    after: str
    hour: str
    until: str = ""  #: empty while the group is not closed
    turned: dict[str, int] = field(default_factory=dict)  #: by check
    new: dict[str, int] = field(default_factory=dict)  #: by check
    urgent: dict[str, int] = field(default_factory=dict)  #: by check, counted in the other two as well
    reported: dict[str, Reporter] = field(default_factory=dict)  #: by check
    late: list[str] = field(default_factory=list)  #: keys that came after the group of their range was closed
    without: list[str] = field(default_factory=list)  #: keys in the range that are late in another group

    def copy(self) -> Group:
        """The same, to be changed."""
        return replace(
            self,
            turned=dict(self.turned),
            new=dict(self.new),
            urgent=dict(self.urgent),
            reported=dict(self.reported),
            late=list(self.late),
            without=list(self.without),
        )

    def holds(self, key: str) -> bool:
        """Whether a cause that began with the key is counted here."""
        return key in self.late or (
            self.after < key and (not self.until or key <= self.until) and key not in self.without
        )

    def count(self, check: str, n: int, *, turned: bool, urgent: bool) -> None:
        """Add ``n`` causes of a check."""
        for counts in [self.turned if turned else self.new] + ([self.urgent] if urgent else []):
            counts[check] = counts.get(check, 0) + n
            if counts[check] <= 0:
                del counts[check]

    def forget(self, checks: Iterable[str]) -> None:
        """Drop the causes of checks."""
        for check in checks:
            for counts in (self.turned, self.new, self.urgent):
                counts.pop(check, None)

    def checks(self) -> set[str]:
        """The checks with open causes."""
        return {*self.turned, *self.new}

    def joined(self, newer: Group) -> Group:
        """This and the next one as one group."""
        turned, new, urgent = (
            dict(Counter(getattr(self, name)) + Counter(getattr(newer, name))) for name in ("turned", "new", "urgent")
        )
        return Group(
            self.after,
            newer.hour,
            newer.until,
            turned,
            new,
            urgent,
            self.reported | newer.reported,
            self.late + newer.late,
            self.without + newer.without,
        )


@dataclass
class OpenCauses:
    """The open causes of a scope."""

    groups: dict[str, list[Group]] = field(default_factory=dict)  #: by account, the oldest first
    processed: str = ""  #: the greatest key of the changes that were processed

    @classmethod
    def of(cls, stored: Mapping[str, Any]) -> OpenCauses:
        """As ``stored`` holds them."""
        groups = {account: [Group(**group) for group in groups] for account, groups in stored.get("groups", {}).items()}
        return cls(groups, stored.get("processed", ""))

    def copy(self) -> OpenCauses:
        """The same, to be changed."""
        groups = {account: [group.copy() for group in of] for account, of in self.groups.items()}
        return OpenCauses(groups, self.processed)

    def stored(self) -> dict[str, Any]:
        """As a score item holds them, without what is empty."""
        groups = {account: [_stored(group) for group in of] for account, of in self.groups.items()}
        return {"groups": groups, "processed": self.processed}

    def process(
        self, changes: Changes, now: datetime, accounts: set[str], urgent: Callable[[Began | Ended], bool]
    ) -> None:
        """Count the causes that changes begin and end.

        Args:
            changes: of one transaction.
            now: causes of one hour share a group.
            accounts: whose causes count; of the others the first inventory is not complete.
            urgent: whether a cause is reported whatever it costs.
        """
        for began in changes.began:
            if account_of(began) in accounts:
                group = self._current(account_of(began), changes.key, now.strftime(HOUR))
                group.count(began.check, 1, turned=began.turned, urgent=urgent(began))
        for ended in changes.ended:
            groups = self.groups.get(account_of(ended), [])
            late = (group for group in groups if ended.began in group.late)
            holding = next(late, None) or next((group for group in groups if group.holds(ended.began)), None)
            if holding:
                holding.count(ended.check, -1, turned=ended.turned, urgent=urgent(ended))
        self.processed = max(self.processed, changes.key)

    def forget(self, now: datetime) -> None:
        """Drop what was not reported within 24 hours, and groups without open causes."""
        since = (now - WINDOW).strftime(HOUR)
        for account, groups in list(self.groups.items()):
            for group in groups:
                if group.hour < since:
                    group.forget(group.checks() - group.reported.keys())
                group.forget(group.urgent.keys() - group.checks())  # a release can change what is urgent
            left = [group for group in groups if group.checks()]
            while len(left) > MOST_GROUPS:
                left[:2] = [left[0].joined(left[1])]
            self.groups[account] = left
        self.groups = {account: groups for account, groups in self.groups.items() if groups}

    def unreported(self, account: str = "") -> Counter[Kind]:
        """The causes that no alert has reported, of one account or of all."""
        return self._counted(account, lambda group: group.checks() - group.reported.keys())

    def reported(self, by: Reporter, account: str = "") -> Counter[Kind]:
        """The causes that were reported by the workload or by the account."""
        return self._counted(account, lambda group: {c for c in group.checks() if group.reported.get(c) == by})

    def urgent(self, by: Reporter | None, account: str = "") -> Counter[str]:
        """The urgent causes by check that were reported by the workload or by the account, or (None) were not."""
        found: Counter[str] = Counter()
        for group in self._of(account):
            found.update({check: n for check, n in group.urgent.items() if group.reported.get(check) == by})
        return found

    def report(self, checks: set[str], by: Reporter, account: str = "") -> None:
        """Remember that an alert has reported all causes of some checks."""
        for group in self._of(account):
            reported = checks & group.checks() - group.reported.keys()
            if reported:
                group.reported |= dict.fromkeys(reported, by)
                group.until = group.until or self.processed

    def _of(self, account: str) -> Iterator[Group]:
        for name, groups in self.groups.items():
            if account in {"", name}:
                yield from groups

    def _counted(self, account: str, wanted: Any) -> Counter[Kind]:
        found: Counter[Kind] = Counter()
        for group in self._of(account):
            checks = wanted(group)
            found.update({Kind(check, True): n for check, n in group.turned.items() if check in checks})
            found.update({Kind(check, False): n for check, n in group.new.items() if check in checks})
        return found

    def _current(self, account: str, key: str, hour: str) -> Group:
        """The group in which a cause that begins now is counted."""
        groups = self.groups.setdefault(account, [])
        if groups and not groups[-1].until and groups[-1].hour != hour:
            groups[-1].until = self.processed
        if not groups or groups[-1].until:
            groups.append(Group(self.processed, hour))
        current = groups[-1]
        if key <= current.after and key not in current.late:
            for group in groups[:-1]:
                if group.after < key <= group.until:
                    group.without.append(key)
            current.late.append(key)
        return current


def _stored(group: Group) -> dict[str, Any]:
    return {name: value for name, value in vars(group).items() if value or name == "after"}


def without(counts: Mapping[str, Counts], causes: Mapping[Kind, int]) -> dict[str, Counts]:
    """The counts that a scope would have if some causes had not begun."""
    changed = dict(counts)
    for kind, n in causes.items():
        if count := changed.get(kind.check):
            fewer = min(n, count.non_compliant)
            passing = count.compliant + (fewer if kind.turned else 0)
            changed[kind.check] = count._replace(compliant=passing, non_compliant=count.non_compliant - fewer)
    return changed


def account_of(cause: Began | Ended | Candidate) -> str:
    """The account of a cause's resource."""
    return cause.resource.partition("/")[0]
