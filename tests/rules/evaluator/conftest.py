"""Fixtures of the evaluator's tests."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import botocore.session
import pytest

import rules.checks
import rules.collectors
from rules import config_rule, evaluator, reevaluate
from tests.rules.evaluator.support import REGION, REST_QUEUE, FakeAws

SAMPLE = Path(__file__).parent / "sample"


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeAws]:
    """AWS behind every client that is built, and the environment of a deployed function."""
    fake = FakeAws()
    for name, value in (
        ("AWS_REGION", REGION),
        ("AWS_ACCESS_KEY_ID", "fake"),
        ("AWS_SECRET_ACCESS_KEY", "fake"),
        ("EVENT_BUS_NAME", "pillarwatch"),
        ("REST_QUEUE_URL", REST_QUEUE),
        ("COLLECTING_SECONDS", "600"),
    ):
        monkeypatch.setenv(name, value)
    session = botocore.session.Session()
    handlers: tuple[tuple[str, Any], ...] = (("before-call", fake.answer), ("creating-client-class", fake.built))
    for event, handler in handlers:
        session.register(event, handler)
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", boto3.session.Session(botocore_session=session))
    caches = (config_rule.client, config_rule.own_role_clients, evaluator._evaluator, evaluator._rule)
    for cached in (*caches, reevaluate._config):
        cached.cache_clear()
    yield fake
    for cached in caches:
        cached.cache_clear()


@pytest.fixture
def sample(monkeypatch: pytest.MonkeyPatch) -> None:
    """A resource type and a collector of our own beside the real ones: rules are found by the file's name."""
    monkeypatch.setattr(rules.checks, "__path__", [*rules.checks.__path__, str(SAMPLE)])
    monkeypatch.setattr(rules.collectors, "__path__", [*rules.collectors.__path__, str(SAMPLE / "collectors")])
