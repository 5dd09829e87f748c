"""Causes and what they cost, by definition: one event after the other, without batches, transactions or keys."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any

from aggregator.catalogue import Basis, packaged_basis
from aggregator.scopes import ScopeName, account_scope
from aggregator.states import State, alerting_scope, counts, held, lapsed, merged
from pillarwatch.score import Counts
from pillarwatch.settings import Settings

if TYPE_CHECKING:
    from aggregator.events import Evaluated, Resource

HOUR = timedelta(hours=1)

Cause = tuple[str, str, str]  #: alerting scope, resource, check


@cache
def basis(threshold: float) -> Basis:
    """The packaged basis with another threshold."""
    packaged = packaged_basis()
    score = {**packaged.settings.score, "drop_threshold": threshold}
    return Basis(packaged.checks, Settings({**packaged.settings.document, "score": score}))


class WrongDigest(AssertionError):
    """An alert is a digest and must not be, or the other way round."""


@dataclass
class Open:
    """A cause that has begun and not ended."""

    critical: bool
    turned: bool
    began: datetime
    reported: str = ""  #: kind of the scope that reported it


@dataclass
class Model:
    """Resources and causes by definition, one event after the other: no batches, transactions or keys."""

    threshold: float
    states: dict[Resource, State] = field(default_factory=dict)
    causes: dict[Cause, Open] = field(default_factory=dict)
    unreported: Counter[Cause] = field(default_factory=Counter)  #: how often a cause began since the last step's check
    alerts: dict[Cause, list[datetime]] = field(default_factory=dict)  #: by the scope that sent them, and cause
    digests: dict[Cause, datetime] = field(default_factory=dict)  #: the last one, by the scope that sent it, and cause
    departed: dict[str, datetime] = field(default_factory=dict)  #: by scope, when a passing verdict last left it
    incidents: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)  #: open ones, by scope and pillar
    records: dict[str, set[tuple[str, str]]] = field(default_factory=dict)  #: by incident's id, the causes named in it
    _counts: dict[str, dict[str, Counts]] = field(default_factory=dict)  #: by scope, since a state last changed

    def apply(self, event: Evaluated, now: datetime) -> None:
        """One event."""
        before = self.states.get(event.resource, State(event.resource))
        self._change(before, merged(before, event), now)

    def lapse(self, now: datetime) -> None:
        """The waivers that have expired."""
        for state in list(self.states.values()):
            self._change(state, lapsed(state, now.date().isoformat()), now)

    def _change(self, before: State, after: State, now: datetime) -> None:
        if after is before:
            return
        self.states[after.resource] = after
        self._counts.clear()
        old, new = letters(before), letters(after)
        was, scope = alerting_scope(before), alerting_scope(after)
        own_account = scope == account_scope(after.resource.account)
        key = after.resource.key
        open_before = {check: cause for (_, resource, check), cause in self.causes.items() if resource == key}
        for check in open_before:
            if scope != was or new.get(check) != "N":
                del self.causes[was, key, check]
        for check, letter in new.items():
            if letter != "N" or (scope, key, check) in self.causes:
                continue
            seen = old.get(check) if scope == was or (was and own_account) else None
            critical = held(after)[check].judged.severity == "critical"
            if seen == "N":
                if scope != was and check in open_before:  # from a workload to its account: still open
                    known = open_before[check]
                    self._begin((scope, key, check), Open(known.critical, known.turned, now))
            elif not released(check, before, after):
                self._begin((scope, key, check), Open(critical, seen == "C", now))
        if was and any(letter == "C" and (scope != was or new.get(c) not in {"C", "N"}) for c, letter in old.items()):
            self.departed[was] = now

    def _begin(self, key: Cause, cause: Open) -> None:
        self.causes[key] = cause
        self.unreported[key] += 1

    def checked(self) -> None:
        """A step was checked: only causes that are open and not reported may be reported without beginning again."""
        self.unreported = Counter(key for key, cause in self.causes.items() if not cause.reported)

    def name(self, scope: str, cause: tuple[str, str], at: datetime, *, digest: bool, also: str = "") -> None:
        """An alert of a scope names a resource and check: it must be a digest exactly if it is the third of an hour.

        Args:
            scope: that sends it.
            cause: resource and check.
            at: the time of the alert.
            digest: whether the alert is a digest of the cause.
            also: the workload of the cause, if its account sends the alert.

        Raises:
            WrongDigest: it must not.
        """
        scopes = {scope, also or scope}
        if self.is_quiet(scopes, cause, at):
            raise WrongDigest(f"{scope} {cause}: an alert in the hour after a digest")
        within = [one for of in scopes for one in self.alerts.get((of, *cause), []) if at - HOUR < one]
        if digest != (len(within) >= 2):
            raise WrongDigest(
                f"{scope} {cause}: {'a' if digest else 'no'} digest after {len(within)} alerts in an hour"
            )
        self.alerts.setdefault((scope, *cause), []).append(at)
        if digest:
            self.digests[scope, *cause] = at

    def is_quiet(self, scopes: set[str], cause: tuple[str, str], at: datetime) -> bool:
        """Whether a digest of one of the scopes named the cause less than an hour ago."""
        found = [self.digests[of, *cause] for of in scopes if (of, *cause) in self.digests]
        return any(at - HOUR < digest for digest in found)

    def counts(self, scope: str) -> dict[str, Counts]:
        """The counts of a scope: a workload's or an account's."""
        if scope not in self._counts:
            self._counts[scope] = self._counted(scope)
        return self._counts[scope]

    def _counted(self, scope: str) -> dict[str, Counts]:
        total: Counter[str] = Counter()
        for state in self.states.values():
            if scope in {alerting_scope(state), account_scope(state.resource.account)} and alerting_scope(state):
                total.update(counts(state))
        kinds = {"C": "compliant", "N": "non_compliant", "W": "waived", "U": "unknown"}
        checks = {name.rpartition(".")[0] for name in total if "." in name}
        return {c: Counts(**{kind: total[f"{c}.{letter}"] for letter, kind in kinds.items()}) for c in checks}

    def cost(self, scope: str, causes: list[tuple[Cause, Open]]) -> dict[str, float]:
        """The points that causes cost each pillar of a scope."""
        if not causes:
            return {}
        known = self.counts(scope)
        name = ScopeName("account", scope.partition("/")[2], "")
        if scope.startswith("workload/"):
            name = ScopeName("workload", scope.partition("/")[2], scope.partition("/")[2])
        other = dict(known)
        for (_, _, check), cause in causes:
            count = other[check]
            other[check] = count._replace(
                compliant=count.compliant + cause.turned, non_compliant=count.non_compliant - 1
            )
        now, then = (_scores(self.threshold, name, frozenset(counted.items())) for counted in (known, other))
        return {pillar: round(then[pillar] - round(now[pillar], 2), 2) for pillar in now if pillar in then}


@lru_cache(maxsize=10_000)
def _scores(threshold: float, name: ScopeName, counted: frozenset[tuple[str, Counts]]) -> dict[str, float]:
    """The pillars that have a score."""
    scores = basis(threshold).scores(name, dict(counted))
    return {pillar: score.score for pillar, score in scores.items() if score.score is not None}


def letters(state: State) -> dict[str, str]:
    """The verdicts that count, by check."""
    return {check: has.judged.letter for check, has in held(state).items()}


def released(check: str, before: State, after: State) -> bool:
    """Whether a release, or the first evaluation by a source, may be why a check fails."""
    source = held(after)[check].source
    new, old = after.sources[source], before.sources.get(source)
    if new is old:
        return False
    old = old or (held(before)[check].judgement if check in held(before) else None)
    if old is None:
        aged = datetime.fromisoformat(new.version.evaluated_at) - datetime.fromisoformat(new.version.captured_at)
        return bool(before.sources) or aged > timedelta(days=1)
    same_release = (old.catalogue, old.settings) == (new.catalogue, new.settings)
    newer = new.revision != old.revision or new.version.captured_at > old.version.captured_at
    changed = source == "change" and newer and check in old.verdicts
    return not (same_release or changed)
