"""What checks read of a resource: the item VALUES beside its state, written only when something in it changes.

An attribute for each source, and for each revision of a family, holds a compressed JSON object of texts by check. The
state keeps the digest of each, so that nothing is read to learn whether something changed, and the two are written
together.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

from aggregator.packing import packed, unpacked

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from aggregator.states import State

SORT_KEY = "VALUES"
_JSON = json.JSONEncoder(ensure_ascii=False, check_circular=False, separators=(",", ":"), sort_keys=True)


class Values(NamedTuple):
    """The values of an evaluation."""

    text: str = ""  #: a JSON object of texts by check; empty if there are none

    @property
    def digest(self) -> str:
        """What the state keeps; empty if there are none."""
        return hashlib.sha256(self.text.encode()).hexdigest()[:16] if self.text else ""


NO_VALUES = Values()


def values_of(texts: Mapping[str, str]) -> Values:
    """The values by check."""
    return Values(_JSON.encode(texts) if texts else "")


def attribute(source: str, revision: int) -> str:
    """The name of a source's attribute; the revision is 0 where the type has none."""
    return f"{source}#{revision}" if revision else source


def digests(state: State) -> dict[str, str]:
    """The digests that a state keeps, by attribute."""
    return {
        attribute(source, number): said.values
        for number, known in state.revisions.items()
        for source, said in known.sources.items()
        if said.values
    }


def digests_in(item: Mapping[str, Any]) -> dict[str, str]:
    """The digests of what an item VALUES holds, by attribute."""
    return {name: Values(unpacked(stored)).digest for name, stored in item.items() if name not in {"pk", "sk"}}


def without(state: State, names: Collection[str]) -> State:
    """The state without some digests, so that the next evaluation writes its values again."""
    revisions = {
        number: known._replace(
            sources={
                source: said._replace(values="") if attribute(source, number) in names else said
                for source, said in known.sources.items()
            }
        )
        for number, known in state.revisions.items()
    }
    return replace(state, revisions=revisions)


def written(before: State, after: State, texts: Mapping[str, str]) -> dict[str, str]:
    """The attributes that change between two states: the new text, empty where the attribute is removed.

    Args:
        before: the stored state.
        after: the state that is written.
        texts: by digest, of the events that are folded.
    """
    old, new = digests(before), digests(after)
    changed = (name for name in old.keys() | new.keys() if old.get(name) != new.get(name))
    return {name: texts.get(new.get(name, ""), "") for name in sorted(changed)}


def update_of(texts: Mapping[str, str]) -> dict[str, Any]:
    """The update of an item that sets attributes, and removes those whose text is empty."""
    names = {f"#{i}": name for i, name in enumerate(texts)}
    values = {f":{i}": packed(text) for i, text in enumerate(texts.values()) if text}
    clauses = [
        ("SET", [f"#{i} = :{i}" for i, text in enumerate(texts.values()) if text]),
        ("REMOVE", [f"#{i}" for i, text in enumerate(texts.values()) if not text]),
    ]
    expression = " ".join(f"{word} {', '.join(terms)}" for word, terms in clauses if terms)
    update = {"UpdateExpression": expression, "ExpressionAttributeNames": names}
    return update | ({"ExpressionAttributeValues": values} if values else {})


def read_in(item: Mapping[str, Any], source: str, revision: int) -> dict[str, str]:
    """The texts by check in an item VALUES, of a source and revision; none if it has none."""
    stored = item.get(attribute(source, revision))
    found: dict[str, str] = json.loads(unpacked(stored)) if stored else {}
    return found
