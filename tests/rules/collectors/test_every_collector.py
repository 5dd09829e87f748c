"""What holds for every collector there is. A new one is tested here without a line being added."""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest
from botocore import xform_name
from botocore.exceptions import ClientError

from pillarwatch import ACCOUNT, ConfigurationItem
from pillarwatch.unknown import Unknown
from rules.catalogue import checks_of
from rules.collectors import BEGINNING, SERVICES, Position, all_collectors
from tests.rules.collectors.modelled_aws import ModelledAws, not_found

COLLECTORS = all_collectors()
THROTTLED = "ThrottlingException"
DENIED = "AccessDeniedException"
NAMES_NOTHING = {("ce", "get_cost_and_usage")}  # only of a billing view can it say that it is gone
LISTED_AT_ONCE = ("edge-policies",)  # an account may have some dozens


@cache
def called(name: str) -> tuple[tuple[str, str], ...]:
    """Which operations a collector calls, the first one first."""
    with ModelledAws(name) as aws:
        list(aws.listing)
    return tuple(aws.calls)


def verdicts(aws: ModelledAws) -> dict[tuple[str, str, str], tuple[str, str]]:
    """What the checks say of all that is listed."""
    said: dict[tuple[str, str, str], tuple[str, str]] = {}
    for item, related in list(aws.listing):
        judged = ConfigurationItem(item, related=related)
        for check in checks_of(judged.resource_type):
            if check.collector == aws.listing.aws.collector.name:
                verdict = check.judge(judged)
                assert not verdict.crashed, f"{check.id}: {verdict.annotation}"
                said[judged.resource_type, judged.resource_id, check.id] = (verdict.compliance, verdict.annotation)
    return said


@cache
def as_always(name: str) -> dict[tuple[str, str, str], tuple[str, str]]:
    """What a collector leads to where nothing is refused."""
    with ModelledAws(name) as aws:
        return verdicts(aws)


@pytest.mark.parametrize("name", COLLECTORS)
def test_both_pages_are_listed(name: str) -> None:
    resources = {key[:2] for key in as_always(name)}
    types = COLLECTORS[name].resource_types
    for resource_type in types:
        of_type = [each for each in resources if each[0] == resource_type]
        assert len(of_type) == (1 if resource_type == ACCOUNT else 2), f"{resource_type}: {of_type}"


@pytest.mark.parametrize("name", COLLECTORS)
def test_a_listing_that_is_interrupted_goes_on_where_it_stopped(name: str) -> None:
    parts: dict[tuple[str, str, str], tuple[str, str]] = {}
    start: Position | None = BEGINNING
    runs = 0
    while start:
        with ModelledAws(name, start=start, time_is_up=lambda: True) as aws:
            parts |= verdicts(aws)
            start, runs = aws.listing.rest, runs + 1
    assert parts == as_always(name)
    listed = [each for each in COLLECTORS[name].resource_types if each != ACCOUNT]
    assert runs == 1 + len(listed) or name in LISTED_AT_ONCE


@pytest.mark.parametrize("name", COLLECTORS)
def test_a_throttle_ends_the_run_so_that_it_is_repeated(name: str, subtests: pytest.Subtests) -> None:
    for call in called(name):
        with (
            subtests.test(call[1]),
            ModelledAws(name, refused={call: THROTTLED}) as aws,
            pytest.raises(ClientError, match=THROTTLED),
        ):
            list(aws.listing)


@pytest.mark.parametrize("name", COLLECTORS)
def test_what_is_denied_is_unknown_and_named(name: str, subtests: pytest.Subtests) -> None:
    for call in called(name):
        with subtests.test(call[1]):
            assert_a_denial_is_unknown_and_named(name, call)


def assert_a_denial_is_unknown_and_named(name: str, call: tuple[str, str]) -> None:
    with ModelledAws(name, refused={call: DENIED}) as aws:
        said = verdicts(aws)
    if aws.listing.denied:
        assert names_one_of(aws.listing.denied, name, call)
        return
    changed = {key: said.get(key) for key, verdict in as_always(name).items() if said.get(key) != verdict}
    for key, verdict in changed.items():
        assert verdict is not None, f"{key} vanishes"
        assert verdict[0] == "INSUFFICIENT_DATA", f"{key}: {verdict}"
        assert "is denied" in verdict[1], f"{key}: {verdict}"
        assert names_one_of(verdict[1], name, call), f"{key}: {verdict}"


def names_one_of(text: str, name: str, call: tuple[str, str]) -> bool:
    service, operation = call
    for action in COLLECTORS[name].actions:
        prefix, _, api = action.partition(":")
        if action in text and SERVICES.get(prefix, prefix) == service:
            return True
        if action in text and xform_name(api) == operation:
            return True
    return False


@pytest.mark.parametrize("name", COLLECTORS)
def test_what_vanishes_meanwhile_does_no_harm(name: str, subtests: pytest.Subtests) -> None:
    for call in called(name):
        if call not in NAMES_NOTHING and (code := not_found(*call)):
            with subtests.test(call[1]):
                assert_a_deletion_does_no_harm(name, call, code)


def assert_a_deletion_does_no_harm(name: str, call: tuple[str, str], code: str) -> None:
    with ModelledAws(name, refused={call: code}) as aws:
        for key, verdict in verdicts(aws).items():
            if key[0] != ACCOUNT:  # it is not listed any more, or it was not the resource that has vanished
                assert verdict == as_always(name).get(key), key
            assert verdict[0] != "COMPLIANT" or as_always(name).get(key, verdict)[0] == "COMPLIANT", key
            assert "is refused" not in verdict[1], f"{key}: {verdict[1]}"


# What belongs to an account and not to a Region: asked elsewhere than at home it would be told once for each Region.
OF_NO_REGION = {
    "account",
    "bcm-data-exports",
    "budgets",
    "ce",
    "cost-optimization-hub",
    "cur",
    "iam",
    "organizations",
    "shield",
    "support",
    "sustainability",
    "trustedadvisor",
}
ALSO_AT_HOME = {
    ("compute-optimizer", "get_enrollment_status"),  # of the account
    ("sso-admin", "list_instances"),  # of all Regions at once
}
ALSO_ELSEWHERE = {
    ("organizations", "describe_organization"),  # whether what is missing here may stand in another account
}


@pytest.mark.parametrize("name", [name for name, found in COLLECTORS.items() if ACCOUNT in found.resource_types])
def test_global_services_are_called_in_the_home_region_and_others_in_every_region(name: str) -> None:
    for call in called(name):
        if COLLECTORS[name].region == "global":
            assert call[0] in OF_NO_REGION or call in ALSO_AT_HOME, call
        else:
            assert call[0] not in OF_NO_REGION or call in ALSO_ELSEWHERE, call


def unknowns(value: Any) -> list[str]:
    """Why parts of an item are not known."""
    if isinstance(value, Unknown):
        return [str(value)]
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [why for each in inner for why in unknowns(each)]


@pytest.mark.parametrize("name", COLLECTORS)
def test_nothing_is_unknown_where_nothing_is_refused(name: str) -> None:
    with ModelledAws(name) as aws:
        assert [why for item, _ in list(aws.listing) for why in unknowns(item)] == []


@pytest.mark.parametrize("name", COLLECTORS)
def test_every_action_that_is_declared_is_needed(name: str) -> None:
    asked = {xform_name(api) for api in (action.partition(":")[2] for action in COLLECTORS[name].actions)}
    operations = {operation for _, operation in called(name)}
    renamed = [operation for operation in operations if operation not in asked]
    unused = [action for action in asked if action not in operations]
    assert len(unused) <= len(renamed), f"declared and not called: {unused}"
