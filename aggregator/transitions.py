"""What folding events changes: the difference between a resource's states, as one transaction can write it."""

from __future__ import annotations

import json
import uuid
from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

from aggregator.scopes import account_scope, escaped, shortened
from aggregator.states import State, alerting_scope, counted_in, counts, held, placed, scopes
from aggregator.values import written

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from aggregator.scopes import ScopeName
    from aggregator.states import Held

# https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html
MOST_ACTIONS = 100
MOST_BYTES = 3_000_000  # of 4 MB: what we count is JSON, without the outbox
MOST_CHANGED = 300_000  # of 400 KB that an item of the outbox holds: names of counters, in bytes

_JSON = json.JSONEncoder(ensure_ascii=False, check_circular=False)

WORDS = {"N": "NON_COMPLIANT", "U": "INSUFFICIENT_DATA", "W": "WAIVED"}


class Began(NamedTuple):
    """A cause that begins."""

    resource: str
    check: str
    severity: str
    turned: bool


class Ended(NamedTuple):
    """A cause that ends."""

    resource: str
    check: str
    began: str  #: the key of the change in which it began
    severity: str
    turned: bool


class Moved(NamedTuple):
    """A resource whose verdicts changed in a scope."""

    account: str
    region: str
    type: str
    id: str
    name: str
    checks: dict[str, list[str]]  #: by the verdict before and after, a letter each (``CN``); ``-`` is no verdict


class Changes(NamedTuple):
    """What one transaction changed in one scope: the outbox's message from counting to projecting.

    Causes stand only in the changes of the scope that alerts for the resource.
    """

    key: str  #: time and a unique text; later changes of a resource have greater keys
    scope: ScopeName
    accounts: list[str]
    first: int  #: resources seen for the first time, in the account's changes
    began: list[Began]
    ended: list[Ended]
    released: dict[str, int]  #: how a release, or what an activated source found, changed the counters, by their names
    departed: list[str]  #: the checks of passing verdicts that the scope no longer has, one for each verdict
    passing: list[tuple[str, str]]  #: resource and check that does not fail any more
    touched: list[str]  #: checks whose findings were written: what is shown of them is read again
    moved: list[Moved]  #: verdicts that changed: the counters before and after differ by exactly these

    @property
    def at(self) -> str:
        """When it was counted."""
        return self.key.partition("#")[0]

    @property
    def counted(self) -> set[str]:
        """The checks whose counters changed."""
        return {check for resource in self.moved for checks in resource.checks.values() for check in checks}

    def __add__(self, other: object) -> Changes:
        """Both, of the same transaction."""
        if not isinstance(other, Changes):
            return NotImplemented
        released = Counter(self.released)
        released.update(other.released)
        return Changes(
            self.key,
            self.scope,
            sorted({*self.accounts, *other.accounts}),
            self.first + other.first,
            self.began + other.began,
            self.ended + other.ended,
            dict(released),
            self.departed + other.departed,
            self.passing + other.passing,
            sorted({*self.touched, *other.touched}),
            self.moved + other.moved,
        )


@dataclass(frozen=True)
class Transition:
    """One resource, before and after a fold."""

    before: State
    after: State
    revision: int  #: of the stored state that was read; 0 for none
    now: datetime
    released: Counter[tuple[str, str]] = field(default_factory=Counter)  #: see ``causes``
    departed: Sequence[tuple[str, str]] = ()  #: see ``causes``
    texts: Mapping[str, str] = field(default_factory=dict)  #: what the checks read, by digest: see ``values``

    @cached_property
    def values(self) -> dict[str, str]:
        """The attributes of the item VALUES that change, see ``values.written``."""
        return written(self.before, self.after, self.texts)

    @cached_property
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
    def processed(self) -> Counter[tuple[str, str]]:
        """The evaluations of each listing and part that were not processed before."""
        found: Counter[tuple[str, str]] = Counter()
        for source, now in self.after.listed.items():
            known = self.before.listed.get(source)
            before = known.evaluations if known and known.listing == now.listing else ()
            found.update((now.listing, one.partition("#")[0]) for one in now.evaluations if one not in before)
        return found

    @cached_property
    def concerns_scopes(self) -> bool:
        """Whether it changes counters, causes or the names of failing resources: scopes are projected from them."""
        return bool(self.deltas) or self.before.causes != self.after.causes or self._is_renamed

    @cached_property
    def _is_renamed(self) -> bool:
        """Whether a finding stays, of the next revision or under another name."""
        old, new = findings(self.before), findings(self.after)
        return any(old[check]["resource"] != new[check]["resource"] for check in old.keys() & new.keys())

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

    def stamped(self, key: str) -> State:
        """The state after it, in which the causes that begin have a key."""
        causes = {check: cause._replace(began=cause.began or key) for check, cause in self.after.causes.items()}
        return replace(self.after, causes=causes)

    def changes(self, key: str) -> dict[str, Changes]:
        """What changes, by scope."""
        before, after = held(self.before), held(self.after)
        was, now = scopes(self.before), scopes(self.after)
        return {
            scope.key: self._changes(scope, key, before if scope in was else {}, after if scope in now else {})
            for scope in {*was, *now}
        }

    def _changes(self, name: ScopeName, key: str, before: Mapping[str, Held], after: Mapping[str, Held]) -> Changes:
        resource, scope = self.after.resource, name.key
        old, new = self.before.causes, self.after.causes
        began = [
            Began(resource.key, check, cause.severity, cause.turned)
            for check, cause in sorted(new.items())
            if not cause.began and scope == alerting_scope(self.after)
        ]
        ended = [
            Ended(resource.key, check, *cause)
            for check, cause in sorted(old.items())
            if (check not in new or not new[check].began) and scope == alerting_scope(self.before)
        ]
        return Changes(
            key,
            name,
            [resource.account],
            int(self.revision == 0 and scope == account_scope(resource.account)),
            began,
            ended,
            {counter: n for (of, counter), n in self.released.items() if of == scope and n},
            sorted(check for of, check in self.departed if of == scope),
            [(resource.key, check) for check in sorted(_letters(before, "N") - _letters(after, "N"))],
            sorted(self.findings),
            self._moved(before, after),
        )

    def _moved(self, before: Mapping[str, Held], after: Mapping[str, Held]) -> list[Moved]:
        by_letters: dict[str, list[str]] = {}
        for check in sorted(before.keys() | after.keys()):
            was, now = (_counted_letter(verdicts, check) for verdicts in (before, after))
            if was != now:
                by_letters.setdefault(was + now, []).append(check)
        resource, newest = self.after.resource, [*after.values(), *before.values()]
        return [Moved(*resource, newest[0].judgement.name, by_letters)] if by_letters else []


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
        tail = f"{escaped(place.workload)}#{escaped(place.component)}#{shortened(resource.key)}"
        found[check] = {
            "check": check,
            "source": source,
            "verdict": WORDS[judged.letter],
            "annotation": judged.annotation,
            "severity": judged.severity,
            "waiver": judged.waiver,
            "expires": judged.expires,
            "resource": resource.revision(said.revision)._asdict()
            | {"name": said.name, "arn": said.arn, "owner": place.owner},
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
    scopes: set[str] = field(default_factory=set)  #: that change
    processed: Counter[tuple[str, str]] = field(default_factory=Counter)  #: evaluations by listing and part
    bytes: int = 0
    changed: int = 0  #: bytes of the names of the counters that change

    def with_(self, transition: Transition) -> Part:
        """This and one more."""
        counters, touched = Counter(self.counters), set(self.scopes)
        for (scope, name), n in transition.deltas.items():
            counters[scope, transition.after.resource.type, name] += n
        if transition.concerns_scopes:
            touched.update(counted_in(transition.before), counted_in(transition.after))
        size = len(_JSON.encode([transition.after.revisions, transition.findings, transition.values]).encode())
        processed = self.processed + transition.processed
        changed = self.changed + sum(len(name) for _, name in transition.deltas)
        return Part([*self.transitions, transition], counters, touched, processed, self.bytes + size, changed)

    def new_key(self) -> str:
        """A unique key for its changes: greater than that of every change in which one of its causes began."""
        at = max(transition.now for transition in self.transitions)
        for cause in (cause for transition in self.transitions for cause in transition.before.causes.values()):
            at = max(at, datetime.fromisoformat(cause.began.partition("#")[0]) + timedelta(microseconds=1))
        return f"{at.isoformat(timespec='microseconds')}#{uuid.uuid4().hex}"

    def changes(self, key: str) -> dict[str, Changes]:
        """What changes, by scope."""
        found: dict[str, Changes] = {}
        for transition in self.transitions:
            if transition.concerns_scopes:
                for scope, changes in transition.changes(key).items():
                    found[scope] = found[scope] + changes if scope in found else changes
        return found

    @property
    def fits(self) -> bool:
        """Whether DynamoDB takes it as one transaction."""
        actions = (
            sum(1 + len(transition.findings) + bool(transition.values) for transition in self.transitions)
            + len({(scope, resource_type) for scope, resource_type, _ in self.counters})
            + len(self.scopes)
            + len({listing for listing, _ in self.processed})
        )
        return actions <= MOST_ACTIONS and self.bytes <= MOST_BYTES and self.changed <= MOST_CHANGED


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


def _counted_letter(verdicts: Mapping[str, Held], check: str) -> str:
    """The letter of a verdict; ``-`` where no counter counts it."""
    letter = verdicts[check].judged.letter if check in verdicts else "A"
    return "-" if letter == "A" else letter


def _letters(verdicts: Mapping[str, Held], letter: str) -> set[str]:
    return {check for check, has in verdicts.items() if has.judged.letter == letter}
