"""rules/template.yaml: what AWS Config is asked to have judged."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import boto3
import pytest
import yaml
from cfnlint.schema.manager import PROVIDER_SCHEMA_MANAGER

from cli.rules_template import rule_name, rules_template
from cli.settings_file import read_settings
from cli.template import read_template
from pillarwatch import ACCOUNT
from pillarwatch.settings import Settings
from rules.catalogue import checks_of, resource_types
from rules.collectors import all_collectors
from rules.evaluator import UNKNOWN_TO_CONFIG


@pytest.fixture(scope="module")
def template(root: Path) -> dict[str, Any]:
    return rules_template(read_settings(root / "settings.toml"))


def rules_of(template: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {
        logical: resource["Properties"]
        for logical, resource in template["Resources"].items()
        if resource["Type"] == "AWS::Config::ConfigRule"
    }


def change_types() -> set[str]:
    return {each for each in resource_types() if any(not check.collector for check in checks_of(each))}


def test_the_committed_template_is_what_the_checks_make_of_it(root: Path, template: dict[str, Any]) -> None:
    assert yaml.safe_load((root / "rules" / "template.yaml").read_text(encoding="utf-8")) == template


def test_cfn_lint_has_nothing_to_say(root: Path) -> None:
    command = [Path(sys.executable).with_name("cfn-lint"), root / "rules" / "template.yaml"]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    assert (done.returncode, done.stdout + done.stderr) == (0, "")


def test_every_judged_type_has_one_rule_and_every_collector_one(template: dict[str, Any]) -> None:
    rules = rules_of(template).values()
    scoped = [rule["Scope"]["ComplianceResourceTypes"] for rule in rules if "Scope" in rule]
    collectors = [rule["InputParameters"]["collector"] for rule in rules if "InputParameters" in rule]

    assert sorted(scoped) == sorted([each] for each in change_types())
    assert sorted(collectors) == sorted(all_collectors())


def test_config_knows_every_type_that_a_rule_is_scoped_to() -> None:
    model = boto3.client("config", region_name="eu-west-1").meta.service_model
    known = model.shape_for("ResourceType").enum

    assert change_types() - set(known) == PUBLISHED_ONLY


# https://docs.aws.amazon.com/config/latest/APIReference/API_PutEvaluations.html names AWS Config's types, and the
# service's own error those of CloudFormation; AWS::::Account is the type of the account in all of AWS's own rules.
def test_config_or_cloudformation_knows_every_type_that_config_is_told_of() -> None:
    model = boto3.client("config", region_name="eu-west-1").meta.service_model
    registry = set(PROVIDER_SCHEMA_MANAGER.get_resource_types("us-east-1"))
    known = {*model.shape_for("ResourceType").enum, *registry, ACCOUNT}
    listed = {kind for collector in all_collectors().values() for kind in collector.resource_types}

    assert listed - known == UNKNOWN_TO_CONFIG


# AWS publishes the attributes of their items, and the SDK's list of types has not caught up.
PUBLISHED_ONLY = {
    "AWS::Config::ConfigurationRecorder",
    "AWS::DMS::ReplicationInstance",
    "AWS::Route53::HealthCheck",
}


def test_change_rules_hear_of_changes_and_of_oversized_changes(template: dict[str, Any]) -> None:
    for rule in rules_of(template).values():
        if "Scope" in rule:
            heard = [each["MessageType"] for each in rule["Source"]["SourceDetails"]]
            assert heard == ["ConfigurationItemChangeNotification", "OversizedConfigurationItemChangeNotification"]


def test_names_and_descriptions_fit(template: dict[str, Any]) -> None:
    longest_prefix = template["Parameters"]["Prefix"]["MaxLength"]

    assert longest_prefix >= len("pillarwatch")
    for rule in rules_of(template).values():
        name = rule["ConfigRuleName"]["Fn::Sub"]
        assert longest_prefix + len(name) - len("${Prefix}") <= 64
        assert 0 < len(rule["Description"]) <= 256


def test_no_partition_is_hard_coded(root: Path) -> None:
    assert "arn:aws" not in (root / "rules" / "template.yaml").read_text(encoding="utf-8")


def test_an_excluded_type_gets_no_rule_and_no_digest(template: dict[str, Any]) -> None:
    condition = template["Resources"]["S3Bucket"]["Condition"]

    for excluded, wanted in (
        (",,", True),
        (",AWS::S3::Bucket,", False),
        (",AWS::SQS::Queue,AWS::S3::Bucket,", False),
        (",AWS::S3::BucketPolicy,AWS::SQS::Queue,", True),
    ):
        assert holds(template["Conditions"][condition], {"ExcludedResourceTypes": excluded}) == wanted
    told = [
        digest["Fn::If"] for digest in template["Resources"]["Release"]["Properties"]["Digests"] if "Fn::If" in digest
    ]
    assert [entry[0] for entry in told if "${S3Bucket}" in entry[1]["Fn::Sub"]] == [condition]


def test_conditions_compare_no_text_with_substitutes(template: dict[str, Any]) -> None:
    def functions(node: Any) -> set[str]:
        if isinstance(node, list):
            return {function for each in node for function in functions(each)}
        return {*node, *functions(list(node.values()))} if isinstance(node, dict) else set()

    found = functions(list(template["Conditions"].values()))
    assert found == {"Fn::And", "Fn::Equals", "Fn::Join", "Fn::Or", "Fn::Split", "Ref"}


def test_a_digest_follows_the_settings_of_its_own_checks_only() -> None:
    before = digests({})
    off = digests({"checks": {"s3-bucket-versioning-enabled": {"off": "not here"}}})
    weights = digests({"score": {"drop_threshold": 7}})

    assert {rule for rule in before if before[rule] != off[rule]} == {"S3Bucket"}
    assert weights == before


def digests(document: dict[str, Any]) -> dict[str, str]:
    resources = rules_template(Settings(document))["Resources"]
    subs = [
        entry["Fn::If"][1] if "Fn::If" in entry else entry for entry in resources["Release"]["Properties"]["Digests"]
    ]
    return dict(sub["Fn::Sub"].removeprefix("${").split("} ") for sub in subs)


def holds(condition: Any, parameters: dict[str, str]) -> Any:
    """CloudFormation's answer to a condition of ours."""
    if isinstance(condition, str):
        return condition
    ((function, value),) = condition.items()
    if function == "Fn::Equals":
        left, right = (holds(side, parameters) for side in value)
        return left == right
    if function == "Ref":
        return parameters[value]
    if function == "Fn::Split":
        return holds(value[1], parameters).split(value[0])
    assert function == "Fn::Join"
    return value[0].join(holds(value[1], parameters))


def test_rule_names_are_short() -> None:
    assert rule_name("AWS::S3::Bucket") == "s3-bucket"


def test_rules_are_created_in_waves_and_each_waits_for_the_one_before(template: dict[str, Any]) -> None:
    resources = template["Resources"]
    handles = {name: body for name, body in resources.items() if body["Type"].endswith("::WaitConditionHandle")}
    waves: dict[str | None, set[str]] = {}
    for name, body in resources.items():
        if body["Type"] == "AWS::Config::ConfigRule":
            waves.setdefault(body.get("DependsOn"), set()).add(name)

    assert all(len(wave) <= 20 for wave in waves.values())
    assert waves.keys() == {None, *list(handles)[:-1]}
    for before, handle in zip([None, *handles], handles.values(), strict=False):
        ends = [entry.get("Fn::If", [None, entry]) for entry in handle["Metadata"]["Rules"]]
        assert {end[1]["Ref"] for end in ends} == waves[before]
        for condition, rule, *_ in ends:  # a rule that its condition leaves out cannot be referred to
            assert resources[rule["Ref"]].get("Condition") == condition


def test_the_release_is_given_up_soon_after_its_function_ended(root: Path, template: dict[str, Any]) -> None:
    function = read_template(root / "template.yaml").document["Resources"]["ReleaseFunction"]
    timeout = template["Resources"]["Release"]["Properties"]["ServiceTimeout"]
    assert function["Properties"]["Timeout"] < timeout <= 1000


def test_rules_of_global_types_exist_in_the_region_that_records_them(template: dict[str, Any]) -> None:
    for prefix, region in (
        ("AWS::CloudFront::", "us-east-1"),
        ("AWS::Route53::", "us-east-1"),
        ("AWS::GlobalAccelerator::", "us-west-2"),
    ):
        rules = [rule for rule in template["Resources"].values() if scoped(rule).startswith(prefix)]
        assert rules
        for rule in rules:
            (regions, _) = template["Conditions"][rule["Condition"]]["Fn::And"]
            assert region in str(regions)
            assert "eu-west-1" not in str(regions)


def scoped(rule: dict[str, Any]) -> str:
    """The resource type of a change rule."""
    return (
        str(rule["Properties"].get("Scope", {}).get("ComplianceResourceTypes", [""])[0]) if "Properties" in rule else ""
    )
