"""Whatever an item holds, a check answers: it neither crashes nor changes the item, and unknown never passes alone."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pillarwatch import Check, ConfigurationItem
from pillarwatch.example import example_item, example_parameters
from pillarwatch.unknown import Unknown
from rules.catalogue import all_checks
from tests.checks.test_paths import read_by

if TYPE_CHECKING:
    from collections.abc import Iterator

CHECKS = all_checks()
UNKNOWN = Unknown("nobody knows")
PART = Unknown("nobody knows", present=True, parts=("arn:aws:", None))

leaves = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-1, 10_000),
    st.floats(allow_nan=False, allow_infinity=False, width=16),
    st.sampled_from(["", "*", "true", "Enabled", "ENABLED", "{", "[]", '{"Statement": {}}', "%7B", "-1", "0.0.0.0/0"]),
    st.text(max_size=3),
    st.booleans().map(lambda whole: UNKNOWN if whole else PART),
)
documents = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.lists(inner, max_size=2),
        st.dictionaries(
            st.sampled_from(["Statement", "Effect", "Action", "key", "Value", "status"]), inner, max_size=2
        ),
    ),
    max_leaves=4,
)


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
    fixed = st.fixed_dictionaries({}, optional=dict.fromkeys(paths, documents))
    tags = st.one_of(st.dictionaries(st.sampled_from(["Project", "Criticality"]), leaves, max_size=2), leaves)

    @settings(max_examples=100, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(values=fixed, tags=tags, resource_type=st.sampled_from(check.resource_types))
    def survives(values: dict[tuple[str, str], Any], tags: Any, resource_type: str) -> None:
        item = item_of(resource_type, values, tags)
        before = copy.deepcopy(item._document)
        verdict = check.judge(item)
        assert not verdict.crashed, f"{verdict.annotation}: {values} {tags}"
        assert len(verdict.annotation) <= 256
        assert repr(item._document) == repr(before)

    survives()


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
                assert verdict.compliance in {known, "INSUFFICIENT_DATA"}, (place, value, example)
                assert not verdict.crashed, (verdict, place, value)


def test_an_item_of_which_nothing_is_known_does_not_pass(check: Check) -> None:
    hidden = dict.fromkeys(("configuration", "supplementaryConfiguration", "tags", "awsRegion"), UNKNOWN)
    for resource_type in check.resource_types:
        verdict = check.judge(ConfigurationItem({"resourceType": resource_type, **hidden}))
        assert verdict.compliance in {"INSUFFICIENT_DATA", "NOT_APPLICABLE"}, verdict
        assert not verdict.crashed
