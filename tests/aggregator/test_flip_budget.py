"""What a flip costs in capacity units: a check of a resource turns, and the scores of its three scopes follow.

The table in memory counts units as DynamoDB bills them. A flip may take 45 read and 60 write units.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.aggregator.counted_units import a_deployment, bucket, scale, units_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.aggregator.world import World

MOST_READ, MOST_WRITTEN = 45, 60


@pytest.fixture(scope="module")
def deployment() -> Iterator[World]:
    with a_deployment() as world:
        yield world


def test_a_flip_costs_the_same_for_hundred_and_for_hundred_thousand_resources(deployment: World) -> None:
    small = [units_of(deployment, bucket("CN"[turn % 2], 100 + turn)) for turn in range(1, 5)]
    scale(deployment, 1000)
    large = [units_of(deployment, bucket("CN"[turn % 2], 200 + turn)) for turn in range(1, 5)]
    for units in (*small, *large):
        assert 10 < units.written <= MOST_WRITTEN
        assert units.read <= MOST_READ
    assert max(large).written - max(small).written <= 6  # numbers with more digits: a KB of each score at most
    assert max(large).read - max(small).read <= 3


def test_an_evaluation_that_says_the_same_costs_its_state_alone(deployment: World) -> None:
    units_of(deployment, bucket("C", 300))
    assert 0 < units_of(deployment, bucket("C", 301)).written <= 4
