"""What folding events changes: the difference between a resource's states, as one transaction can write it."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

from aggregator.scopes import account_scope, escaped
from aggregator.states import State, counted_in, counts, held, placed

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from aggregator.events import Version
    from aggregator.states import Held

# https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html
MOST_ACTIONS = 100
MOST_BYTES = 3_000_000  # of 4 MB: what we count is JSON, without the outbox

LONG_RECORDED = timedelta(days=1)  # what is first seen with an older item was there before its rule was
WORDS = {"N": "NON_COMPLIANT", "U": "INSUFFICIENT_DATA", "W": "WAIVED"}


class Cause(NamedTuple):
    """A check that newly fails on a resource. Without a check: passing verdicts that left the scope."""

    at: str  #: when it was counted
    resource: str
    check: str
    severity: str
    workload: str


class News(NamedTuple):
    """What a fold changed in one scope: the outbox's message from counting to projecting."""

    at: str
    accounts: list[str]
    first: int  #: resources seen for the first time
    release: bool  #: other checks or settings judged, or a new rule found what was there before
    worse: list[Cause]
    better: list[tuple[str, str]]  #: resource and check that fails no more
    touched: list[str]  #: checks whose findings were written: what they show of them is drawn anew

    def __add__(self, other: object) -> News:
        """Both, of the same transaction."""
        if not isinstance(other, News):
            return NotImplemented
        return News(
            self.at,
            sorted({*self.accounts, *other.accounts}),
            self.first + other.first,
            self.release or other.release,
            self.worse + other.worse,
            self.better + other.better,
            sorted({*self.touched, *other.touched}),
        )


@dataclass(frozen=True)
class Transition:
    """One resource, before and after a fold."""

    before: State
    after: State
    revision: int  #: of the stored state that was read; 0 for none
    now: datetime

    def deltas(self) -> Counter[tuple[str, str]]:
        """What the counters change by: ``(scope, attribute)``."""
        change = Counter(
            {(scope, name): n for scope in counted_in(self.after) for name, n in counts(self.after).items()}
        )
        change.subtract(
            {(scope, name): n for scope in counted_in(self.before) for name, n in counts(self.before).items()}
        )
        return Counter({key: n for key, n in change.items() if n})

    @cached_property
    def findings(self) -> dict[str, dict[str, Any]]:
        """The findings to be written, by check; an empty one is to be deleted."""
        old, new = findings(self.before), findings(self.after)
        written = {check: finding for check, finding in new.items() if old.get(check) != finding}
        return written | {check: {} for check in old if check not in new}

    def persists(self, check: str) -> bool:
        """Whether the check failed before, waived or not, as it does now."""
        return all(
            check in verdicts and verdicts[check].judged.letter in "NW"
            for verdicts in (held(self.before), held(self.after))
        )

    def news(self) -> dict[str, News]:
        """What is to be told of it, by scope."""
        before, after = held(self.before), held(self.after)
        scopes = {*counted_in(self.before), *counted_in(self.after)}
        return {
            scope: self._news(
                scope,
                before if scope in counted_in(self.before) else {},
                after if scope in counted_in(self.after) else {},
            )
            for scope in scopes
        }

    def _news(self, scope: str, before: Mapping[str, Held], after: Mapping[str, Held]) -> News:
        resource = self.after.resource
        at = self.now.isoformat(timespec="microseconds")
        workload = placed(self.after if after else self.before).workload
        failed, fails = _letters(before, "N"), _letters(after, "N")
        release = any(self._released(check) for check in after)
        worse = [
            Cause(at, resource.key, check, after[check].judged.severity, workload)
            for check in sorted(fails - failed)
            if not self._released(check)
        ]
        if not worse and not release and _letters(before, "C") - after.keys():
            worse = [Cause(at, resource.key, "", "", workload)]
        return News(
            at,
            [resource.account],
            int(self.revision == 0 and scope == account_scope(resource.account)),
            release,
            worse,
            [(resource.key, check) for check in sorted(failed - fails)],
            sorted(self.findings),
        )

    def _released(self, check: str) -> bool:
        """Whether a release may be why the verdict is what it is, and not the resource.

        Other checks or settings judged; or a source spoke for the first time of a resource that was there before. But
        a new configuration item on which a known check fails is a change of the resource, whatever was released.
        """
        has = held(self.after)[check]
        said, known = has.judgement, self.before.sources.get(has.source)
        if known is None:
            return bool(self.before.sources) or _age(said.version) > LONG_RECORDED
        if (known.catalogue, known.settings) == (said.catalogue, said.settings):
            return False
        changed = has.source == "change" and said.version.captured_at > known.version.captured_at
        return not (changed and check in known.verdicts)


def findings(state: State) -> dict[str, dict[str, Any]]:
    """What is not in order with a resource, by check, as the table and its index hold it.

    The index answers "non-compliant resources of a check" for an account, a workload and a component alike, because
    its sort key nests: letter, workload, component, resource. What is waived stands under its last day.
    """
    resource, place = state.resource, placed(state)
    found = {}
    for check, (source, said, judged) in held(state).items():
        if judged.letter in "CA":
            continue
        tail = f"{escaped(place.workload)}#{escaped(place.component)}#{resource.key}"
        found[check] = {
            "check": check,
            "source": source,
            "verdict": WORDS[judged.letter],
            "annotation": judged.annotation,
            "severity": judged.severity,
            "waiver": judged.waiver,
            "expires": judged.expires,
            "resource": resource._asdict() | {"name": said.name, "arn": said.arn},
            "workload": place.workload,
            "component": place.component,
            "environment": place.environment,
            "gsi1pk": "WAIVED" if judged.letter == "W" else f"{resource.account}#CHECK#{check}",
            "gsi1sk": f"{judged.expires}#{tail}#{check}" if judged.letter == "W" else f"{judged.letter}#{tail}",
        }
    return found


@dataclass
class Part:
    """Transitions that one transaction holds."""

    transitions: list[Transition] = field(default_factory=list)
    counters: Counter[tuple[str, str, str]] = field(default_factory=Counter)  #: scope, resource type, attribute
    news: dict[str, News] = field(default_factory=dict)
    bytes: int = 0

    def with_(self, transition: Transition) -> Part:
        """This and one more."""
        counters, news, told = Counter(self.counters), dict(self.news), transition.deltas()
        for (scope, name), n in told.items():
            counters[scope, transition.after.resource.type, name] += n
        if told:
            for scope, said in transition.news().items():
                news[scope] = news[scope] + said if scope in news else said
        size = len(
            json.dumps([transition.after.sources, transition.findings], ensure_ascii=False, default=str).encode()
        )
        return Part([*self.transitions, transition], counters, news, self.bytes + size)

    @property
    def fits(self) -> bool:
        """Whether DynamoDB takes it as one transaction."""
        actions = (
            sum(1 + len(transition.findings) for transition in self.transitions)
            + len({(scope, resource_type) for scope, resource_type, _ in self.counters})
            + len(self.news)
        )
        return actions <= MOST_ACTIONS and self.bytes <= MOST_BYTES


def parts(transitions: Iterable[Transition]) -> Iterator[Part]:
    """The transitions in as few transactions as they need, split between resources: each part is correct alone.

    A transition that no transaction takes comes alone, in a part that does not fit.
    """
    part = Part()
    for transition in transitions:
        more = part.with_(transition)
        if part.transitions and not more.fits:
            yield part
            more = Part().with_(transition)
        part = more
    if part.transitions:
        yield part


def _letters(verdicts: Mapping[str, Held], letter: str) -> set[str]:
    return {check for check, has in verdicts.items() if has.judged.letter == letter}


def _age(version: Version) -> timedelta:
    return datetime.fromisoformat(version.evaluated_at) - datetime.fromisoformat(version.captured_at)
