"""A deployment's table and handlers for every test."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.aggregator.world import ENVIRONMENT, World, a_world, a_world_in_memory

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """The functions' environment."""
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)


@pytest.fixture
def world() -> Iterator[World]:
    """An empty deployment on a table in memory."""
    with a_world_in_memory() as deployed:
        yield deployed


@pytest.fixture
def world_on_moto() -> Iterator[World]:
    """An empty deployment with boto3's clients: for tests with threads, or of requests."""
    with a_world() as deployed:
        yield deployed
