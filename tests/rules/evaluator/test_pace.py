"""Collectors leave half of a published rate to deployments and other tools."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import botocore.session
import pytest
from botocore import xform_name

from rules import config_rule
from rules.collectors import SERVICES, all_collectors
from rules.collectors._pace import QUOTAS, Pace

if TYPE_CHECKING:
    from tests.rules.evaluator.support import FakeAws


class Clock:
    """A time that passes only while somebody sleeps."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def time(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        assert seconds > 0
        self.now += seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def pace(clock: Clock) -> Pace:
    return Pace(clock.time, clock.sleep)


def model(service: str, operation: str) -> Any:
    return botocore.session.get_session().get_service_model(service).operation_model(operation)


@pytest.mark.parametrize("quota", QUOTAS)
def test_quotas_name_operations_that_collectors_call(quota: Any) -> None:
    called = {
        (SERVICES.get(service, service), xform_name(name))
        for collector in all_collectors().values()
        for service, _, name in (action.partition(":") for action in collector.actions)
    }
    assert any(quota.service == service and xform_name(quota.operation) in ("", name) for service, name in called)


def test_the_first_call_does_not_wait(pace: Pace, clock: Clock) -> None:
    pace.before_call(model("lambda", "ListFunctions"))
    assert clock.now == 1_000


def test_calls_are_made_at_half_of_the_rate(pace: Pace, clock: Clock) -> None:
    for _ in range(16):
        pace.before_call(model("lambda", "ListAliases"))
    assert clock.now == pytest.approx(1_000 + 15 / 7.5)


def test_operations_of_a_shared_quota_wait_for_each_other(pace: Pace, clock: Clock) -> None:
    for operation in ("ListAliases", "ListFunctionEventInvokeConfigs", "ListAliases"):
        pace.before_call(model("lambda", operation))
    assert clock.now == pytest.approx(1_000 + 2 / 7.5)


def test_services_do_not_wait_for_each_other(pace: Pace, clock: Clock) -> None:
    for service, operation in (("lambda", "ListAliases"), ("route53", "ListResourceRecordSets")):
        pace.before_call(model(service, operation))
    assert clock.now == 1_000


def test_time_that_has_passed_counts_and_is_not_saved_up(pace: Pace, clock: Clock) -> None:
    for _ in range(2):
        clock.now += 60
        pace.before_call(model("route53", "ListResourceRecordSets"))
    assert clock.now == 1_120
    pace.before_call(model("route53", "ListResourceRecordSets"))
    assert clock.now == pytest.approx(1_120.2)


def test_a_quota_of_one_operation_is_its_own(pace: Pace, clock: Clock) -> None:
    for operation in ("GetWebACL", "GetWebACL", "GetWebACLForResource"):
        pace.before_call(model("wafv2", operation))
    assert clock.now == 1_000
    pace.before_call(model("wafv2", "GetWebACLForResource"))
    assert clock.now == 1_002


def test_every_request_of_the_evaluators_clients_is_paced(
    aws: FakeAws,
    monkeypatch: pytest.MonkeyPatch,
    pace: Pace,
    clock: Clock,
) -> None:
    monkeypatch.setattr(config_rule, "PACE", pace)
    aws.answers["ListBackups"] = lambda _: {"BackupSummaries": []}
    for _ in range(3):
        config_rule.client("dynamodb", "eu-west-1").list_backups()
    assert len(aws.named("ListBackups")) == 3
    assert clock.now == pytest.approx(1_000 + 2 / 2.5)
