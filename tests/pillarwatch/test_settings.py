"""One resolver: scopes, overrides, switches and waivers."""

from datetime import UTC, datetime
from typing import Any

import pytest

from pillarwatch import ConfigurationItem
from pillarwatch.environments import Environments
from pillarwatch.evaluation import judge, resource_evaluated
from pillarwatch.example import example_item
from pillarwatch.settings import Settings, digest_of, packaged_settings
from pillarwatch.unknown import Unknown, Unresolved
from rules.catalogue import check_of

VERSIONING = check_of("s3-bucket-versioning-enabled")
NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)


def bucket(**attributes: Any) -> ConfigurationItem:
    return ConfigurationItem({"resourceType": "AWS::S3::Bucket", "resourceId": "invoices", **attributes}, judged_at=NOW)


@pytest.mark.parametrize(
    ("tags", "workload"),
    [
        ({"Workload": "shop", "Project": "p"}, "shop"),
        ({"Project": "p", "aws:cloudformation:stack-name": "s"}, "p"),
        ({"awsApplication": "arn:aws:resource-groups:eu-west-1:123456789012:group/shop/0abc"}, "shop"),
        ({"aws:cloudformation:stack-name": "s"}, "s"),
        ({"Workload": ""}, ""),
        ({}, ""),
    ],
)
def test_the_workload_is_the_first_configured_tag_then_the_stack(tags: dict[str, str], workload: str) -> None:
    assert Settings().scope(bucket(tags=tags)).workload == workload


@pytest.mark.parametrize("value", ["production", "prod", "PRD", "Live", " Production "])
def test_an_alias_means_its_environment(value: str) -> None:
    item = bucket(tags={"Environment": value})
    assert Settings().scope(item).environment == item.environment == "production"


def test_a_value_that_is_no_alias_is_an_environment_of_its_own() -> None:
    assert bucket(tags={"Environment": "Canary"}).environment == "canary"
    assert bucket().environment == ""


def test_aliases_and_the_tag_of_environments_are_settings_that_every_check_reads() -> None:
    settings = Settings({"scope": {"environment_tag": "Stage", "environments": {"production": ["main"]}}})
    in_use = check_of("lambda-production-alias-in-use")
    item = example_item(in_use, {**in_use.non_compliant[1], "tags.Environment": "test", "tags.Stage": "main"})
    (judgement,) = judge(item, [in_use], settings)
    assert judgement.verdict.compliance == "NON_COMPLIANT"
    assert settings.scope(item).environment == "production"


def test_an_override_names_an_environment_by_any_alias() -> None:
    settings = Settings({"checks": {VERSIONING.id: {"when": [{"environment": "dev", "severity": "low"}]}}})
    assert settings.of(VERSIONING, settings.scope_of_tags({"Environment": "development"})).severity == "low"


def test_a_part_of_an_environment_s_name_decides_nothing() -> None:
    unknown: Any = Unknown("it is a parameter", parts=("pr", None))
    found: Any = Environments().name_of(unknown) == "production"
    with pytest.raises(Unresolved):
        bool(found)


def test_an_override_holds_in_its_environment_and_the_last_one_wins() -> None:
    settings = Settings(
        {
            "checks": {
                VERSIONING.id: {
                    "severity": "high",
                    "when": [
                        {"environment": "development", "severity": "low"},
                        {"environment": "development", "workload": "shop", "off": "built again every night"},
                    ],
                }
            }
        }
    )
    scope = settings.scope_of_tags
    assert settings.of(VERSIONING, scope({"Workload": "shop", "Environment": "production"})).severity == "high"
    assert settings.of(VERSIONING, scope({"Workload": "blog", "Environment": "development"})).severity == "low"
    shop = {"Workload": "shop", "Environment": "development"}
    assert settings.of(VERSIONING, scope(shop)).off == "built again every night"
    assert judge(bucket(tags=shop), [VERSIONING], settings) == []


@pytest.mark.parametrize(
    ("waiver", "waived"),
    [
        ({"resource": "invoices", "expires": "2026-06-01"}, True),
        ({"resource": "inv*", "expires": "2026-06-02"}, True),
        ({"resource": "invoices", "expires": "2026-05-31"}, False),
        ({"resource": "other", "expires": "2027-01-01"}, False),
    ],
)
def test_a_waiver_covers_its_resource_until_its_last_day(waiver: dict[str, str], *, waived: bool) -> None:
    entry = {"check": VERSIONING.id, "reason": "can be built again", **waiver}
    settings = Settings({"waivers": [entry]})
    (judgement,) = judge(bucket(), [VERSIONING], settings)
    assert judgement.verdict.compliance == "NON_COMPLIANT"
    assert (judgement.waiver is not None) == waived
    event = resource_evaluated(bucket(), [judgement], settings, source="change", catalogue="c", evaluated_at=NOW)
    assert ("waiver" in event["verdicts"][VERSIONING.id]) == waived


def test_a_waiver_names_what_can_be_named() -> None:
    entry = {"check": VERSIONING.id, "reason": "can be built again", "resource": "*", "expires": "2027-01-01"}
    unnamed = bucket(resourceName=Unknown("it is made up when deployed"), ARN=Unknown("it is made up when deployed"))
    (judgement,) = judge(unnamed, [VERSIONING], Settings({"waivers": [entry]}))
    assert judgement.waiver is not None


def test_the_digest_changes_with_any_setting() -> None:
    assert Settings().digest == Settings({"score": {"drop_threshold": 5}}).digest
    assert Settings().digest != Settings({"score": {"drop_threshold": 6}}).digest


def test_the_packaged_settings_are_those_of_the_file() -> None:
    assert packaged_settings().score["drop_threshold"] == 5


def test_a_digest_does_not_depend_on_the_order_of_keys() -> None:
    """Two builds of the same settings are no release."""
    first, second = {"a": {"c": 1, "d": 2}, "b": []}, {"b": [], "a": {"d": 2, "c": 1}}
    assert digest_of(first) == digest_of(second) != digest_of({"a": {"c": 2, "d": 1}, "b": []})


@pytest.mark.parametrize(
    ("stack", "workload", "component"),
    [
        ("shop", "shop", ""),
        ("shop-pr-42", "", ""),
        ("pr-7-shop", "", ""),
        ("preview-shop", "", ""),
        ("shop-preview-login", "", ""),
        ("hr-pr-portal", "hr-pr-portal", ""),
        ("shop-Database-1ABCDEF2GHIJK", "shop", "Database"),
        ("shop-Backend-1ABCDEF2GHIJK-Queue-ZYX9876543210", "shop", "Backend"),
        ("shop-pr-42-Database-1ABCDEF2GHIJK", "", ""),
    ],
)
def test_a_stack_without_a_workload_tag_is_a_workload_unless_it_is_nested_or_a_preview(
    stack: str, workload: str, component: str
) -> None:
    found = Settings().scope_of_tags({"aws:cloudformation:stack-name": stack})
    assert (found.workload, found.component) == (workload, component)


def test_patterns_merge_stacks_into_a_workload_or_leave_them_to_the_account() -> None:
    settings = Settings({"scope": {"stacks": {"shop-*": "shop", "*": ""}}})
    assert settings.scope_of_tags({"aws:cloudformation:stack-name": "shop-eu"}).workload == "shop"
    assert settings.scope_of_tags({"aws:cloudformation:stack-name": "bank"}).workload == ""
    assert settings.scope_of_tags({"aws:cloudformation:stack-name": "bank", "Workload": "bank"}).workload == "bank"
