"""Which checks begin to fail on a resource: event by event, so that batches do not matter. Pure.

A cause is a check that begins to fail on a resource, in the scope that alerts for it. It ends when the check passes
there, is waived, unknown or not applicable, or when the resource is deleted or leaves the scope. What a release or a
newly activated source finds is no cause: the resource did not change.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from aggregator.scopes import account_scope
from aggregator.states import OpenCause, alerting_scope, counted_in, held, lapsed, merged

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from aggregator.events import Evaluated, Letter, Version
    from aggregator.states import Held, State

LONG_RECORDED = timedelta(days=1)  # what is first evaluated with an older item was there before its rule was


class Followed(NamedTuple):
    """A resource after some events."""

    state: State
    released: Counter[tuple[str, str]]  #: scope and counter's name: how a release changed the counters
    departed: list[tuple[str, str]]  #: alerting scope that no longer has a passing verdict, and its check


def followed(state: State, events: Iterable[Evaluated], today: str) -> Followed:
    """The state after events and after the waivers that have expired, with its causes.

    Args:
        state: before.
        events: of this resource, in the order in which they are to be merged.
        today: ISO date; waivers that ended before it have expired.
    """
    so_far = Followed(state, Counter(), [])
    for event in events:
        so_far = _step(so_far, merged(so_far.state, event))
    return _step(so_far, lapsed(so_far.state, today))


def _step(so_far: Followed, after: State) -> Followed:
    before, released, departed = so_far
    if after is before:
        return so_far
    old, new = held(before), held(after)
    by_release = {check for check in old.keys() | new.keys() if _by_release(check, before, after, old, new)}
    for check in by_release:
        for scopes, verdicts, n in ((counted_in(before), old, -1), (counted_in(after), new, 1)):
            if check in verdicts and verdicts[check].judged.letter in "CN":
                released.update({(scope, f"{check}.{verdicts[check].judged.letter}"): n for scope in scopes})
    scope, was = alerting_scope(after), alerting_scope(before)
    passing = (check for check, has in old.items() if has.judged.letter == "C" and check not in by_release)
    left = [(was, check) for check in passing if scope != was or (_letter(new, check) or "A") not in "CN"]
    counted_before = was == scope or (was and scope == account_scope(after.resource.account))
    causes: dict[str, OpenCause] = {}
    for check, has in new.items():
        if has.judged.letter != "N":
            continue
        letter = _letter(old, check) if counted_before else None
        if letter == "N":  # it failed before: an open cause stays open, and moves from a workload to its account
            if check in before.causes:
                causes[check] = before.causes[check] if was == scope else before.causes[check]._replace(began="")
        elif check not in by_release:
            causes[check] = OpenCause("", has.judged.severity, letter == "C")
    return Followed(replace(after, causes=causes), released, departed + left)


def _by_release(check: str, before: State, after: State, old: Mapping[str, Held], new: Mapping[str, Held]) -> bool:
    """Whether a release may be why a verdict is what it is, and not the resource.

    Other checks or settings evaluated it; or a source evaluates for the first time what was there before; or the known
    verdict of another source counts, such as that of a managed rule after our own check was dropped. But a new
    configuration item, or another revision, on which a known check fails is a change of the resource, whatever was
    released.
    """
    source = (new.get(check) or old[check]).source
    known, now = before.sources.get(source), after.sources.get(source)
    if now is None:
        return False
    if now is known:  # it said so before; the source that counted until now does not evaluate the check any more
        return check in old and old[check].source != source
    if known is None and check in old:  # another source evaluated it
        known = old[check].judgement
    if known is None:
        return bool(before.sources) or _age(now.version) > LONG_RECORDED
    if (known.catalogue, known.settings) == (now.catalogue, now.settings):
        return False
    changed = source == "change" and (
        now.revision != known.revision or now.version.captured_at > known.version.captured_at
    )
    return not (changed and check in known.verdicts)


def _letter(verdicts: Mapping[str, Held], check: str) -> Letter | None:
    return verdicts[check].judged.letter if check in verdicts else None


def _age(version: Version) -> timedelta:
    return datetime.fromisoformat(version.evaluated_at) - datetime.fromisoformat(version.captured_at)
