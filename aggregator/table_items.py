"""Items of the table as Python's values, and the other way round. Nothing here reads or writes the table.

What nobody looks up in the table is one compressed JSON text, the attribute ``details``: boto3 converts each member of
a map by itself, which costs a projection more than all that it computes. Findings, recommendations and counters are
attributes.
"""

from __future__ import annotations

import json
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from aggregator.events import Judged, Judgement, Resource, Version
from aggregator.packing import packed, unpacked
from aggregator.scopes import shortened
from aggregator.states import Known, Listed, OpenCause, State
from aggregator.transitions import Began, Changes, Ended, Moved

if TYPE_CHECKING:
    from collections.abc import Mapping

NOW = "SCORE#NOW"
DETAILS = {
    *("sources", "revisions", "causes", "listed"),  # of a state
    *("began", "ended", "passing", "released", "departed", "touched", "moved"),  # of a change in the outbox
    *("pillars", "overall", "points", "watch", "hour", "day", "past", "inventory", "complete"),  # of a score
    "scores",  # of the history
}

# Compact, since each KB is billed. Looking for cycles, which these trees have none of, doubles the time.
_JSON = json.JSONEncoder(ensure_ascii=False, check_circular=False, separators=(",", ":"))


def states_index(resource: Resource) -> dict[str, str]:
    """Where the index has a resource of which something is known: by account and type, sorted by Region and id."""
    return {
        "gsi1pk": f"STATES#{resource.account}#{resource.type}",
        "gsi1sk": f"{resource.region}/{shortened(resource.id)}",
    }


def stored_revisions(revisions: Mapping[int, Known]) -> dict[str, Any]:
    """The attributes of a state's item; what is known of a resource without revisions is not nested."""
    stored = {
        str(number): {
            "deleted": known.deleted,
            "sources": {name: _stored_evaluation(said) for name, said in known.sources.items()},
        }
        for number, known in revisions.items()
    }
    return stored["0"] if stored.keys() == {"0"} else {"revisions": stored}


def _stored_evaluation(said: Judgement) -> dict[str, Any]:
    """A judgement as it is stored; a verdict without a reason is its letter alone."""
    verdicts = {
        check: list(judged) if judged.annotation or judged.severity else judged.letter
        for check, judged in said.verdicts.items()
    }
    return said._asdict() | {"verdicts": verdicts}


def state_in(resource: Resource, item: dict[str, Any]) -> State:
    """The state that an item STATE holds."""
    return _state(resource, bytes(item["details"]), tuple(item.get("deleted") or ()))


@lru_cache(maxsize=1024)
def _state(resource: Resource, details: bytes, deleted: tuple[str, ...]) -> State:
    """A resource's state; states never change, so what is read again is not parsed again."""
    item = json.loads(unpacked(details)) | {"deleted": deleted}
    revisions = {int(number): _known(known) for number, known in item.get("revisions", {"0": item}).items()}
    causes = {check: OpenCause(*cause) for check, cause in item.get("causes", {}).items()}
    listed = {
        source: Listed(began, listing, region, tuple(evaluations))
        for source, (began, listing, region, evaluations) in item.get("listed", {}).items()
    }
    return State(resource, revisions, listed, causes)


def _known(stored: dict[str, Any]) -> Known:
    sources = {
        name: Judgement(
            **said
            | {
                "version": Version(*said["version"]),
                "verdicts": {c: Judged(*t) if isinstance(t, list) else Judged(t) for c, t in said["verdicts"].items()},
            }
        )
        for name, said in stored["sources"].items()
    }
    return Known(Version(*stored["deleted"]) if stored["deleted"] else None, sources)


def changes_in(item: dict[str, Any]) -> Changes:
    """The changes that an item of the outbox holds."""
    known = {name: item[name] for name in Changes._fields}
    return Changes(
        **known
        | {
            "began": [Began(*began) for began in item["began"]],
            "ended": [Ended(*ended) for ended in item["ended"]],
            "passing": [(resource, check) for resource, check in item["passing"]],
            "moved": [Moved(*moved) for moved in item["moved"]],
        }
    )


@lru_cache(maxsize=4096)
def counter(name: str) -> tuple[str, str]:
    """What a counter counts: a check and a letter; the resources under no check."""
    check, _, letter = name.rpartition(".")
    return check, letter


def stored_item(item: Mapping[str, Any]) -> dict[str, Any]:
    """An item as boto3 takes it."""
    details = {name: item[name] for name in item if name in DETAILS}
    attributes = {name: to_stored(value) for name, value in item.items() if name not in DETAILS}
    return attributes | ({"details": packed(_JSON.encode(details))} if details else {})


def decoded(item: Mapping[str, Any]) -> dict[str, Any]:
    """An item of boto3's answer with Python's values, details included."""
    details = item.get("details")
    found = {name: value if type(value) is str else _read(value) for name, value in item.items() if name != "details"}
    if not details:
        return found
    return found | (_score_details(bytes(details)) if item["sk"] == NOW else json.loads(unpacked(details)))


@lru_cache(maxsize=128)
def _score_details(details: bytes) -> dict[str, Any]:
    """A score's details, which nobody changes in place: a scope is read more often than it is written."""
    found: dict[str, Any] = json.loads(unpacked(details))
    return found


def to_stored(value: Any) -> Any:
    """Python's values as boto3 takes them: no floating point numbers, no tuples."""
    kind = type(value)
    if kind is str or kind is int or kind is bool or value is None:
        return value
    if kind is float:
        return Decimal(repr(value))
    if isinstance(value, dict):
        return {key: to_stored(inner) for key, inner in value.items()}
    return [to_stored(inner) for inner in value]


def _read(value: Any) -> Any:
    """What boto3 answers as Python's values."""
    kind = type(value)  # boto3 answers with these types themselves
    if kind is str or kind is bool:
        return value
    if kind is dict:
        return {key: inner if type(inner) is str else _read(inner) for key, inner in value.items()}
    if kind is list:
        return [inner if type(inner) is str else _read(inner) for inner in value]
    if kind is Decimal:
        return int(value) if value == value.to_integral_value() else float(value)
    return value
