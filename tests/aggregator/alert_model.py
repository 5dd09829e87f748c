"""Causes, what they cost, and scores by definition: one event after the other, without batches or transactions."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from aggregator.catalogue import Basis, packaged_basis
from aggregator.scopes import ScopeName, account_scope
from aggregator.states import State, alerting_scope, lapsed, merged
from pillarwatch.framework import best_practice
from pillarwatch.score import Counts, Scored, pillar_scores
from pillarwatch.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from aggregator.events import Evaluated, Judgement, Resource

HOUR = timedelta(hours=1)

Cause = tuple[str, str, str]  #: alerting scope, resource, check


@cache
def basis(threshold: float) -> Basis:
    """The packaged basis with another threshold."""
    return basis_with(threshold, [])


def basis_with(threshold: float, attestations: Sequence[Mapping[str, Any]]) -> Basis:
    """The packaged basis with another threshold, and with attestations."""
    packaged = packaged_basis()
    score = {**packaged.settings.score, "drop_threshold": threshold}
    document = {**packaged.settings.document, "score": score, "attestations": list(attestations)}
    return Basis(packaged.checks, Settings(document))


class Counting(NamedTuple):
    """The verdict that counts for a check."""

    source: str
    judgement: Judgement
    letter: str
    severity: str


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
    attestations: Sequence[Mapping[str, Any]] = ()
    today: str = ""  #: ISO date
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

    @property
    def basis(self) -> Basis:
        """What the deployment computes scores by."""
        return _basis(self.threshold, json.dumps(self.attestations)) if self.attestations else basis(self.threshold)

    def lapse(self, now: datetime) -> None:
        """The waivers and attestations that have expired."""
        self.today = now.date().isoformat()
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
            critical = counting(after)[check].severity == "critical"
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
                total.update(f"{check}.{letter}" for check, letter in letters(state).items())
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
        now, then = (self.scores(name, counted) for counted in (known, other))
        return {pillar: round(then[pillar] - round(now[pillar], 2), 2) for pillar in now if pillar in then}

    def scores(self, name: ScopeName, counted: Mapping[str, Counts]) -> dict[str, float]:
        """The pillars of a scope that have a score."""
        mine = [json.dumps(one) for one in self.attestations if _is_of(one, name)]
        return _scores(name, frozenset(counted.items()), tuple(mine), self.today if mine else "")

    def answered(self, name: ScopeName, counted: Mapping[str, Counts]) -> set[str]:
        """The checks that attestations answer in all best practices that they serve."""
        mine = [one for one in self.attestations if _is_of(one, name)]
        pairs = _answered([one for one in mine if state_of(one, counted, self.today) == "implemented"], name)
        known = packaged_basis().checks
        return {check for _, check in pairs if all((of, check) in pairs for of in known[check].best_practices)}

    def pillars(self, check: str, scope: str) -> set[str]:
        """The pillars that a check can cost points in a workload or an account: its own, and of what it contradicts."""
        workload = scope.partition("/")[2] if scope.startswith("workload/") else ""
        contradicted = {
            best_practice(one["practice"]).pillar
            for one in self.attestations
            if one["workload"] == workload and state_of(one, {check: Counts(0, 1)}, self.today) == "contradicted"
        }
        return contradicted.union(packaged_basis().checks[check].pillars)

    def lapsed(self) -> dict[str, int]:
        """How many attestations have ended, by pillar."""
        ended = [one["practice"] for one in self.attestations if one["expires"] < self.today]
        return dict(Counter(best_practice(practice).pillar for practice in ended))

    def due_notices(self) -> set[tuple[str, int]]:
        """The notices that must have been sent: the statements of attestations, and the days at which they are due."""
        today = date.fromisoformat(self.today)
        days = [(one["statement"], (date.fromisoformat(one["expires"]) - today).days) for one in self.attestations]
        return {(statement, notice_of(left)) for statement, left in days if -30 <= left <= 14}


@cache
def _basis(threshold: float, attestations: str) -> Basis:
    return basis_with(threshold, json.loads(attestations))


def notice_of(days: int) -> int:
    """Of the notices 14, 7 and 1 days before the end, and after it (-1), the one that is due so many days before."""
    return -1 if days < 0 else min(each for each in (1, 7, 14) if days <= each)


def state_of(attestation: Mapping[str, Any], counted: Mapping[str, Counts], today: str) -> str:
    """Whether an attestation shows that its best practice is implemented, in a scope with these counts."""
    if attestation["status"] != "yes":
        return str(attestation["status"])
    if attestation["expires"] < today:
        return "expired"
    failing = {check for check, count in counted.items() if count.non_compliant + count.waived > 0}
    return "contradicted" if failing.intersection(attestation.get("contradicts", ())) else "implemented"


def _is_of(attestation: Mapping[str, Any], name: ScopeName) -> bool:
    """Those of a workload are of its components, unless they name another one; those of the account are its own."""
    component = attestation.get("component", "")
    if name.kind == "component" and component not in {"", name.name}:
        return False
    return bool(attestation.get("workload", "") == (name.workload if name.kind != "account" else ""))


def _answered(implemented: Iterable[Mapping[str, Any]], name: ScopeName) -> set[tuple[str, str]]:
    """Those of a component answer nothing in the whole workload."""
    return {
        (one["practice"], check)
        for one in implemented
        if name.kind == "component" or not one.get("component")
        for check in one.get("answers", ())
    }


@lru_cache(maxsize=10_000)
def _scores(
    name: ScopeName, counted: frozenset[tuple[str, Counts]], attestations: tuple[str, ...], today: str
) -> dict[str, float]:
    """The pillars that have a score; an attestation is one verdict of medium severity on its best practice."""
    packaged, counts = packaged_basis(), dict(counted)
    checks = {
        check: Scored(entry.best_practices, packaged.severity(check, name), entry.same_cause_as)
        for check, entry in packaged.checks.items()
        if check in counts
    }
    implemented = []
    for one in map(json.loads, attestations):
        shown = state_of(one, dict(counted), today) == "implemented"
        implemented += [one] if shown else []
        checks[f"attestation {one['id']}"] = Scored((one["practice"],), "medium")
        counts[f"attestation {one['id']}"] = Counts(int(shown), int(not shown))
    weights = {kind: packaged.settings.score[kind] for kind in ("severity_weights", "risk_weights")}
    found = pillar_scores(counts, checks, **weights, answered=_answered(implemented, name))
    return {pillar: score.score for pillar, score in found.items() if score.score is not None}


def counting(state: State) -> dict[str, Counting]:
    """The verdicts that count, by check: the newest of our own sources, else the newest of a managed rule."""
    found: dict[str, Counting] = {}
    for check in {check for said in state.sources.values() for check in said.verdicts}:
        of = {source: said for source, said in state.sources.items() if check in said.verdicts}
        ours = {source: said for source, said in of.items() if not source.startswith("config-rule:")}
        source, said = max((ours or of).items(), key=lambda one: (one[1].revision, one[1].version, one[0]))
        judged = said.verdicts[check]
        found[check] = Counting(source, said, judged.letter, judged.severity)
    return found


def letters(state: State) -> dict[str, str]:
    """The verdicts that count, by check."""
    return {check: has.letter for check, has in counting(state).items()}


def released(check: str, before: State, after: State) -> bool:
    """Whether a release, or the first evaluation by a source, may be why a check fails."""
    source = counting(after)[check].source
    new, old = after.sources[source], before.sources.get(source)
    if new is old:
        return check in counting(before) and counting(before)[check].source != source
    old = old or (counting(before)[check].judgement if check in counting(before) else None)
    if old is None:
        aged = datetime.fromisoformat(new.version.evaluated_at) - datetime.fromisoformat(new.version.captured_at)
        return bool(before.sources) or aged > timedelta(days=1)
    same_release = (old.catalogue, old.settings) == (new.catalogue, new.settings)
    newer = new.revision != old.revision or new.version.captured_at > old.version.captured_at
    changed = source == "change" and newer and check in old.verdicts
    return not (same_release or changed)
