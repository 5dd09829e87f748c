"""Whatever an item holds, a check answers: it neither crashes nor changes the item, and unknown never passes alone."""

from __future__ import annotations

import copy
import random
from typing import TYPE_CHECKING, Any

from pillarwatch import Check, ConfigurationItem
from pillarwatch.example import example_item, example_parameters
from pillarwatch.unknown import Unknown
from rules.catalogue import all_checks
from tests.rules.checks.test_paths import read_by

if TYPE_CHECKING:
    from collections.abc import Iterator

CHECKS = all_checks()
UNKNOWN = Unknown("nobody knows")
PART = Unknown("nobody knows", present=True, parts=("arn:aws:", None))

LEAVES: tuple[Any, ...] = (
    *(None, True, False, -1, 0, 1, 7, 10_000, 0.5, -0.25),
    *("", "*", "true", "Enabled", "ENABLED", "{", "[]", '{"Statement": {}}', "%7B", "-1", "0.0.0.0/0", "\u00e9\0 "),
    *(UNKNOWN, PART),
)
KEYS = ("Statement", "Effect", "Action", "key", "Value", "status")
EXAMPLES = 500  # of each check; plain chance draws sixty in the time in which Hypothesis draws one


def document(chance: random.Random, depth: int = 3) -> Any:
    """Lists, objects and values inside one another."""
    kind = chance.random() if depth else 1
    if kind < 0.25:
        return [document(chance, depth - 1) for _ in range(chance.randrange(3))]
    if kind < 0.5:
        return {chance.choice(KEYS): document(chance, depth - 1) for _ in range(chance.randrange(3))}
    return chance.choice(LEAVES)


def tags_of(chance: random.Random) -> Any:
    """Tags as an item has them, with values of any kind, or something else in their place."""
    keys = [key for key in ("Project", "Criticality") if chance.random() < 0.5]
    return {key: chance.choice(LEAVES) for key in keys} if chance.random() < 0.7 else chance.choice(LEAVES)


def item_of(resource_type: str, values: dict[tuple[str, str], Any], tags: Any) -> ConfigurationItem:
    """An item with these values at the paths that the check reads, and related items with theirs."""
    raws: dict[str, dict[str, Any]] = {
        kind: {"resourceType": kind, "resourceId": "x", "tags": tags} for kind in (resource_type, *_types(values))
    }
    for (kind, path), value in values.items():
        target = raws[kind]
        *parents, last = path.split(".")
        for key in parents:
            inner = target.setdefault(key, {})
            if not isinstance(inner, dict):
                break
            target = inner
        else:
            target[last] = value
    related = {kind: [raw] for kind, raw in raws.items() if kind != resource_type or len(raws) == 1}
    return ConfigurationItem(raws[resource_type], related=related)


def _types(values: dict[tuple[str, str], Any]) -> set[str]:
    return {kind for kind, _ in values}


def test_a_check_survives_any_data(check: Check) -> None:
    paths = sorted(read_by(check))
    for number in range(EXAMPLES):
        chance = random.Random(f"{check.id} {number}")  # noqa: S311 - the same data in every run
        filled = chance.random()
        values = {path: document(chance) for path in paths if chance.random() < filled}
        item = item_of(chance.choice(check.resource_types), values, tags_of(chance))
        before = repr(item._document)
        verdict = check.judge(item)
        assert not verdict.crashed, f"example {number}: {verdict.annotation}: {before}"
        assert len(verdict.annotation) <= 256
        assert repr(item._document) == before


# Of the envelope, what no check judges by, and what decides which checks do.
NAMES = {"resourceType", "resourceId", "awsAccountId", "configurationItemStatus", "configurationItemCaptureTime"}


def places(value: Any, *above: Any) -> Iterator[tuple[Any, ...]]:
    """The keys to each value inside."""
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in pairs:
        if key not in NAMES:
            yield (*above, key)
            yield from places(inner, *above, key)


def instead(value: Any) -> Iterator[Any]:
    """What may stand where a value is, for all that one can know."""
    yield Unknown("nobody knows")
    if value not in (None, "", [], {}):
        yield Unknown("nobody knows", present=True)
    if isinstance(value, str) and len(value) > 2:
        yield Unknown("nobody knows", present=True, parts=(value[:2], None))
        yield Unknown("nobody knows", present=True, parts=(None, value[-2:]))
    if isinstance(value, dict) or (isinstance(value, list) and any(isinstance(each, dict) for each in value)):
        yield from ("{", "%7B", "no document")


def replaced(document: Any, place: tuple[Any, ...], value: Any) -> Any:
    changed = copy.deepcopy(document)
    *above, last = place
    inner = changed
    for key in above:
        inner = inner[key]
    inner[last] = value
    return changed


# A setting that is stated and wrong fails though the engine is unknown: few engines are excepted from it.
RARE_EXCEPTIONS = {
    ("rds-automatic-minor-version-upgrade-enabled", "engine"),
    ("rds-performance-insights-enabled", "engine"),
}


def test_not_knowing_a_value_changes_a_verdict_only_to_unknown(check: Check) -> None:
    """The true value may be any, that of the example too: whatever else is said would be wrong for one of them."""
    for example in (*check.compliant, *check.non_compliant, *check.not_applicable):
        item, parameters = example_item(check, example), example_parameters(example)
        known = check.judge(item, parameters).compliance
        whole = {"item": item.document, "related": dict(item._related)}
        for place in places(whole):
            inner = whole
            for key in place:
                inner = inner[key]
            for value in instead(inner) if len(place) > 1 else ():
                changed = replaced(whole, place, value)
                unsure = ConfigurationItem(changed["item"], judged_at=item.judged_at, related=changed["related"])
                verdict = check.judge(unsure, parameters)
                if (check.id, place[-1]) in RARE_EXCEPTIONS and verdict.compliance == "NON_COMPLIANT":
                    continue
                assert verdict.compliance in {known, "INSUFFICIENT_DATA"}, (place, value, example)
                assert not verdict.crashed, (verdict, place, value)


def test_an_item_of_which_nothing_is_known_does_not_pass(check: Check) -> None:
    hidden = dict.fromkeys(("configuration", "supplementaryConfiguration", "tags", "awsRegion"), UNKNOWN)
    for resource_type in check.resource_types:
        verdict = check.judge(ConfigurationItem({"resourceType": resource_type, **hidden}))
        assert verdict.compliance in {"INSUFFICIENT_DATA", "NOT_APPLICABLE"}, verdict
        assert not verdict.crashed
