"""The event "Resource Evaluated", version 1, as it is read. It arrives at least once and in any order."""

from __future__ import annotations

import hashlib
import json
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from aggregator.values import NO_VALUES, Values, values_of
from pillarwatch.revisions import Revision, revision_of
from pillarwatch.values import fitted

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

DETAIL_TYPE = "Resource Evaluated"
VERSION = "1"
KEY_LIMIT = 200  # bytes of a resource's key; it stands in findings, causes and changes too
DIGEST = 32  # hexadecimal digits at the end of the key of a long identity
PART_LIMIT = 64  # bytes of the ids of a listing and its parts
ANNOTATION_LIMIT = 256
SKEW = timedelta(minutes=5)  # between the clocks of AWS Config, the evaluator and the aggregator
LAST_YEAR = 9000  # so that a time to live can be added to any time

Letter = Literal["C", "N", "A", "U", "W"]  #: compliant, non-compliant, not applicable, unknown, waived
LETTERS: Mapping[str, Letter] = {
    "COMPLIANT": "C",
    "NON_COMPLIANT": "N",
    "NOT_APPLICABLE": "A",
    "INSUFFICIENT_DATA": "U",
}
STATUSES = {"ok", "deleted", "left-scope", "not-recorded"}


_OF_DETAIL = ("workload", "component", "environment", "catalogue", "settings", "owner")  # texts of a judgement


class MalformedEvent(Exception):
    """The message is no "Resource Evaluated" event of the version that we read."""


class Resource(NamedTuple):
    """A resource's identity. The revisions of a family are one resource, see ``pillarwatch.revisions``."""

    account: str
    region: str
    type: str
    id: str

    @property
    def key(self) -> str:
        """The identity as one text; one that is long, or has other characters than ASCII's, ends in its hash."""
        text = "/".join(self)
        if len(text) <= KEY_LIMIT and text.isascii():
            return text
        readable = text.encode("ascii", "ignore")[: KEY_LIMIT - DIGEST - 1].decode()
        return f"{readable}~{hashlib.sha256(text.encode()).hexdigest()[:DIGEST]}"

    def revision(self, number: int) -> Resource:
        """The identity that AWS Config has of a revision."""
        return self._replace(id=Revision(self.id, number).id)


def family_of(named: Mapping[str, str]) -> Resource:
    """The resource, or the family of revisions, that a finding names."""
    family = revision_of(named["type"], named["id"]).family
    return Resource(named["account"], named["region"], named["type"], family)


class Version(NamedTuple):
    """Orders the evaluations of a resource: times in one form, so that the order of texts is that of time."""

    captured_at: str
    evaluated_at: str
    evaluation_id: str


class ListingPart(NamedTuple):
    """The invocation of a collector that published an evaluation; a long listing has several."""

    listing: str  #: id of the listing
    part: str  #: id of the invocation
    region: str  #: in which the collector ran


class Judged(NamedTuple):
    """One check's verdict as it is counted, with its reason unless it passed."""

    letter: Letter
    annotation: str = ""
    severity: str = ""
    waiver: str = ""  #: the reason of the waiver
    expires: str = ""  #: ISO date, the last day on which the waiver holds


class Judgement(NamedTuple):
    """All that one source said of a resource, last."""

    version: Version
    name: str
    arn: str
    workload: str
    component: str
    environment: str
    catalogue: str
    settings: str
    verdicts: Mapping[str, Judged]
    revision: int = 0  #: of the resource; 0 where the type has no revisions
    owner: str = ""  #: as a tag names it
    values: str = ""  #: digest of what the checks read: aggregator/values.py


@dataclass(frozen=True, slots=True)
class Evaluated:
    """One event."""

    resource: Resource  #: of a family, where the type has revisions
    source: str
    deleted: bool
    judgement: Judgement
    listing: ListingPart | None = None  #: of a collector's evaluation
    values: Values = NO_VALUES  #: what the checks read

    @property
    def version(self) -> Version:
        """Its place in the order of evaluations."""
        return self.judgement.version


def evaluated(body: str, now: datetime) -> Evaluated:
    """The event in a message's body, which holds EventBridge's envelope.

    Args:
        body: of the message.
        now: the newest evaluation of a resource wins, so one of a later time would win over all until then.

    Raises:
        MalformedEvent: the body holds no such event, or one that is more than ``SKEW`` ahead.
    """
    with reading():
        kind, detail = envelope(body)
        return evaluated_in(kind, detail, now)


def evaluated_in(kind: str, detail: dict[str, Any], now: datetime) -> Evaluated:
    """As :func:`evaluated`, of the envelope's parts; within :func:`reading`."""
    event = _evaluated(kind, detail)
    for name in ("captured_at", "evaluated_at"):
        check_time(name, getattr(event.version, name), now)
    return event


def envelope(body: str) -> tuple[str, dict[str, Any]]:
    """The detail type and the detail of EventBridge's envelope; within :func:`reading`."""
    body.encode()  # a lone surrogate cannot be stored
    found = json.loads(body)
    return found["detail-type"], found["detail"]


@contextmanager
def reading() -> Iterator[None]:
    """Whatever is wrong with a message is a MalformedEvent."""
    try:
        yield
    except (AttributeError, KeyError, OverflowError, RecursionError, TypeError, ValueError) as error:
        raise MalformedEvent(f"{type(error).__name__}: {error}") from error


def check_time(name: str, time: str, now: datetime) -> None:
    """Check that a time is not ahead: the newest wins, so it would win over everything until then.

    Raises:
        MalformedEvent: it is more than ``SKEW`` ahead of ``now``.
    """
    if time > (now + SKEW).isoformat(timespec="microseconds"):
        raise MalformedEvent(f"{name} is ahead of time: {time}")


def moment(text: str) -> str:
    """A time in the one form in which times are compared: UTC, with microseconds.

    Raises:
        MalformedEvent: the time names no time zone, or is beyond all calendars.
    """
    time = datetime.fromisoformat(text)
    if time.tzinfo is None:
        raise MalformedEvent(f"time without a time zone: {text}")
    if time.year > LAST_YEAR:
        raise MalformedEvent(f"no such time: {text}")
    return time.astimezone(UTC).isoformat(timespec="microseconds")


def _evaluated(detail_type: str, detail: dict[str, Any]) -> Evaluated:
    if (detail_type, detail["version"]) != (DETAIL_TYPE, VERSION):
        raise MalformedEvent(f"{detail_type!r} of version {detail['version']!r}")
    identity = detail["resource"]
    recorded = Resource(*(required(identity, part) for part in Resource._fields))
    values = _values(detail["verdicts"]) if detail["status"] == "ok" else NO_VALUES
    family, revision = revision_of(recorded.type, recorded.id)
    status = detail["status"]
    if status not in STATUSES:
        raise MalformedEvent(f"status is {status!r}")
    judgement = Judgement(
        Version(moment(detail["captured_at"]), moment(detail["evaluated_at"]), required(detail, "evaluation_id")),
        **{part: _text(identity, part) for part in ("name", "arn")},
        **{part: _text(detail, part) for part in _OF_DETAIL},
        verdicts={_checked(check): _judged(stated) for check, stated in detail["verdicts"].items()}
        if status == "ok"
        else {},
        revision=revision,
        values=values.digest,
    )
    part = (
        ListingPart(*(key_part(detail["listing"], name) for name in ListingPart._fields))
        if "listing" in detail
        else None
    )
    source, deleted = required(detail, "source"), status == "deleted"
    return Evaluated(recorded._replace(id=family), source, deleted, judgement, part, values)


def key_part(document: Mapping[str, Any], key: str) -> str:
    """A text that can be a part of a key.

    Raises:
        MalformedEvent: it is missing, has a ``#`` or more than ``PART_LIMIT`` bytes.
    """
    value = required(document, key)
    if "#" in value or len(value.encode()) > PART_LIMIT:
        raise MalformedEvent(f"{key} is no part of a key: {value[:PART_LIMIT]}")
    return value


def _judged(stated: dict[str, Any]) -> Judged:
    letter = LETTERS[stated["compliance"]]
    if letter in "CA":
        return Judged(letter)
    reason, severity = _text(stated, "annotation")[:ANNOTATION_LIMIT], _text(stated, "severity")
    waiver = stated.get("waiver")
    if letter == "N" and waiver:
        return Judged("W", reason, severity, _text(waiver, "reason"), required(waiver, "expires"))
    return Judged(letter, reason, severity)


def _values(verdicts: Mapping[str, dict[str, Any]]) -> Values:
    """What the checks read, as far as an event tells it."""
    return values_of({check: fitted(text) for check, stated in verdicts.items() if (text := _text(stated, "value"))})


def _text(document: Mapping[str, Any], key: str) -> str:
    value = document.get(key, "")
    if not isinstance(value, str):
        raise MalformedEvent(f"{key} is no text")
    value.encode()
    return value


def required(document: Mapping[str, Any], key: str) -> str:
    """A text of a document that is not empty.

    Raises:
        MalformedEvent: it is missing, empty or no text.
    """
    value = _text(document, key)
    if not value:
        raise MalformedEvent(f"{key} is missing")
    return value


def _checked(check: str) -> str:
    check.encode()
    return check
