"""Whatever an item holds, a check answers: it neither crashes nor changes the item, and unknown never passes alone."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pillarwatch import Check, ConfigurationItem
from pillarwatch.unknown import Unknown
from rules.catalogue import all_checks
from tests.checks.test_paths import read_by

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


@pytest.mark.parametrize("check", CHECKS.values(), ids=CHECKS)
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


@pytest.mark.parametrize("check", CHECKS.values(), ids=CHECKS)
def test_an_item_of_which_nothing_is_known_does_not_pass(check: Check) -> None:
    hidden = dict.fromkeys(("configuration", "supplementaryConfiguration", "tags", "awsRegion"), UNKNOWN)
    for resource_type in check.resource_types:
        verdict = check.judge(ConfigurationItem({"resourceType": resource_type, **hidden}))
        assert verdict.compliance in {"INSUFFICIENT_DATA", "NOT_APPLICABLE"}, verdict
        assert not verdict.crashed
