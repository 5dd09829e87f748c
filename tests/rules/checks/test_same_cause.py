"""Checks with the same cause as another check: what the pairs are, held for all of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pillarwatch.check import SEVERITIES
from pillarwatch.example import example_item, example_parameters
from rules.catalogue import all_checks

if TYPE_CHECKING:
    from pillarwatch import Check

PAIRS = [
    pytest.param(check, all_checks().get(check.same_cause_as), id=check.id)
    for check in all_checks().values()
    if check.same_cause_as
]


@pytest.mark.parametrize(("follower", "cause"), PAIRS)
def test_the_cause_is_named_by_a_check_of_the_same_resources_that_names_its_own_cause(
    follower: Check, cause: Check | None
) -> None:
    assert cause, f"there is no check {follower.same_cause_as}"
    assert set(follower.resource_types) <= set(cause.resource_types)
    assert (follower.collector, follower.live) == (cause.collector, cause.live)
    assert not cause.same_cause_as, "two steps to the check that names the cause"


@pytest.mark.parametrize(("follower", "cause"), PAIRS)
def test_the_check_that_names_the_cause_is_at_least_as_severe_and_exposed(follower: Check, cause: Check) -> None:
    assert cause.exposed or not follower.exposed
    assert SEVERITIES.index(cause.severity) <= SEVERITIES.index(follower.severity)


@pytest.mark.parametrize(("follower", "cause"), PAIRS)
def test_both_checks_fail_on_one_item_and_each_is_more_than_a_copy(follower: Check, cause: Check) -> None:
    verdicts = set()
    for one in (follower, cause):
        for example in (*one.compliant, *one.non_compliant, *one.not_applicable):
            plain = {"resourceType": follower.resource_types[0], **example}
            parameters = example_parameters(example)
            verdicts.add(
                tuple(
                    each.judge(
                        example_item(one, plain), {name: v for name, v in parameters.items() if name in each.parameters}
                    ).compliance
                    for each in (follower, cause)
                )
            )
    assert ("NON_COMPLIANT", "NON_COMPLIANT") in verdicts
    assert any(mine != theirs for mine, theirs in verdicts)
