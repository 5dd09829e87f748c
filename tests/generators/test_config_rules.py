"""rules/config_rules.yaml: what AWS Config is asked to have judged."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
import yaml
from cfnlint.schema.manager import PROVIDER_SCHEMA_MANAGER

from generators.config_rules import rule_name, rules_template
from local_aws.sam_templates import Template
from pillarwatch import ACCOUNT
from pillarwatch.settings import Settings
from rules.catalogue import checks_of, resource_types
from rules.collectors import all_collectors
from rules.evaluator import UNKNOWN_TO_CONFIG
from template_scan.reading import read_template


@pytest.fixture(scope="module")
def template() -> dict[str, Any]:
    return rules_template(Settings())


def rules_of(template: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {
        logical: resource["Properties"]
        for logical, resource in template["Resources"].items()
        if resource["Type"] == "AWS::Config::ConfigRule"
    }


def change_types() -> set[str]:
    return {each for each in resource_types() if any(not check.collector for check in checks_of(each))}


def test_the_committed_template_is_what_the_checks_make_of_it(root: Path, template: dict[str, Any]) -> None:
    assert yaml.safe_load((root / "rules" / "config_rules.yaml").read_text(encoding="utf-8")) == template


def test_cfn_lint_has_nothing_to_say(root: Path) -> None:
    command = [Path(sys.executable).with_name("cfn-lint"), root / "rules" / "config_rules.yaml"]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    assert (done.returncode, done.stdout + done.stderr) == (0, "")


def test_every_judged_type_has_one_rule_and_every_collector_one(template: dict[str, Any]) -> None:
    rules = rules_of(template).values()
    scoped = [rule["Scope"]["ComplianceResourceTypes"] for rule in rules if "Scope" in rule]
    collectors = [rule["InputParameters"]["collector"] for rule in rules if "InputParameters" in rule]

    assert sorted(scoped) == sorted([each] for each in change_types())
    assert sorted(collectors) == sorted(all_collectors())


def test_config_supports_every_type_of_a_rules_scope() -> None:
    model = boto3.client("config", region_name="eu-west-1").meta.service_model
    known = model.shape_for("ResourceType").enum

    assert change_types() - set(known) == PUBLISHED_ONLY


# https://docs.aws.amazon.com/config/latest/APIReference/API_PutEvaluations.html names AWS Config's types, and the
# service's own error those of CloudFormation; AWS::::Account is the type of the account in all of AWS's own rules.
def test_config_or_cloudformation_supports_every_type_of_an_evaluation() -> None:
    model = boto3.client("config", region_name="eu-west-1").meta.service_model
    registry = set(PROVIDER_SCHEMA_MANAGER.get_resource_types("us-east-1"))
    known = {*model.shape_for("ResourceType").enum, *registry, ACCOUNT}
    listed = {kind for collector in all_collectors().values() for kind in collector.resource_types}

    assert listed - known == UNKNOWN_TO_CONFIG


# The SDK lacks these types. AWS publishes the attributes of their items, and has managed rules that a change of a
# replication instance or a health check triggers.
# https://docs.aws.amazon.com/config/latest/developerguide/dms-auto-minor-version-upgrade-check.html
# https://docs.aws.amazon.com/config/latest/developerguide/route53-health-check-tagged.html
PUBLISHED_ONLY = {
    "AWS::Config::ConfigurationRecorder",
    "AWS::DMS::ReplicationInstance",
    "AWS::Route53::HealthCheck",
}


def test_change_rules_hear_of_changes_and_of_oversized_changes(template: dict[str, Any]) -> None:
    for rule in rules_of(template).values():
        if "Scope" in rule:
            received = [each["MessageType"] for each in rule["Source"]["SourceDetails"]]
            assert received == ["ConfigurationItemChangeNotification", "OversizedConfigurationItemChangeNotification"]


def test_names_and_descriptions_fit(template: dict[str, Any]) -> None:
    longest_prefix = template["Parameters"]["Prefix"]["MaxLength"]

    assert longest_prefix >= len("pillarwatch")
    for rule in rules_of(template).values():
        name = rule["ConfigRuleName"]["Fn::Sub"]
        assert longest_prefix + len(name) - len("${Prefix}") <= 64
        assert 0 < len(rule["Description"]) <= 256


def test_no_partition_is_hard_coded(root: Path) -> None:
    assert "arn:aws" not in (root / "rules" / "config_rules.yaml").read_text(encoding="utf-8")


def test_an_excluded_type_gets_no_rule_and_no_digest_in_that_region() -> None:
    excluded = {"eu-south-2": ["AWS::S3::Bucket", "AWS::SQS::Queue"], "eu-west-3": ["AWS::SQS::Queue"]}
    template = rules_template(Settings({"excluded_types": excluded}))
    everywhere = rules_in(template, "eu-west-1")

    assert everywhere - rules_in(template, "eu-south-2") == {"S3Bucket", "SQSQueue"}
    assert everywhere - rules_in(template, "eu-west-3") == {"SQSQueue"}
    digests = [
        digest["Fn::If"] for digest in template["Resources"]["Release"]["Properties"]["Rules"] if "Fn::If" in digest
    ]
    (condition,) = (entry[0] for entry in digests if "${S3Bucket}" in entry[1]["Fn::Sub"])
    assert condition == template["Resources"]["S3Bucket"]["Condition"]


def test_a_global_type_can_be_excluded_in_its_home_region() -> None:
    template = rules_template(Settings({"excluded_types": {"us-east-1": ["AWS::CloudFront::Distribution"]}}))

    assert "CloudFrontDistribution" not in rules_in(template, "us-east-1") | rules_in(template, "eu-west-1")
    assert "CloudFrontDistribution" in rules_in(template, "us-gov-west-1")


# https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-conditions.html
def test_conditions_have_documented_functions_only_and_no_more_operands_than_these_take() -> None:
    regions = [f"eu-west-{number}" for number in range(1, 24)]
    excluded = {each: ["AWS::CloudFront::Distribution", "AWS::S3::Bucket"] for each in regions}
    template = rules_template(Settings({"excluded_types": excluded}))
    found = dict(functions(list(template["Conditions"].values())))

    assert found.keys() == {"Fn::And", "Fn::Equals", "Fn::Not", "Fn::Or", "Ref"}
    for function, arguments in functions(list(template["Conditions"].values())):
        if function in {"Fn::And", "Fn::Or"}:
            assert 2 <= len(arguments) <= 10
    with_bucket = {region for region in (*regions, "eu-north-1") if "S3Bucket" in rules_in(template, region)}
    assert with_bucket == {"eu-north-1"}


def functions(node: Any) -> Iterator[tuple[str, Any]]:
    """Each function in a value, with its arguments."""
    if isinstance(node, list):
        for each in node:
            yield from functions(each)
    elif isinstance(node, dict):
        for function, arguments in node.items():
            yield function, arguments
            yield from functions(arguments)


def rules_in(template: dict[str, Any], region: str) -> set[str]:
    """The logical ids of the rules that CloudFormation creates in a Region."""
    parameters = dict.fromkeys(("Prefix", "EvaluatorArn", "CollectorArn", "ReleaseArn"), "pillarwatch")
    conditions = Template(template, {"AWS::Region": region}, parameters, str, "{}.{}".format, str, str)
    return {
        name
        for name, rule in template["Resources"].items()
        if rule["Type"] == "AWS::Config::ConfigRule"
        and ("Condition" not in rule or conditions.condition(rule["Condition"]))
    }


def test_a_digest_follows_the_settings_of_its_own_checks_only() -> None:
    before = digests({})
    off = digests({"checks": {"s3-bucket-versioning-enabled": {"off": "not here"}}})
    weights = digests({"score": {"drop_threshold": 7}})

    assert {rule for rule in before if before[rule] != off[rule]} == {"S3Bucket"}
    assert weights == before


def digests(document: dict[str, Any]) -> dict[str, str]:
    resources = rules_template(Settings(document))["Resources"]
    subs = [entry["Fn::If"][1] if "Fn::If" in entry else entry for entry in resources["Release"]["Properties"]["Rules"]]
    return dict(sub["Fn::Sub"].removeprefix("${").split("} ") for sub in subs)


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
    function = read_template(root / "rules" / "template.yaml").document["Resources"]["ReleaseFunction"]
    timeout = template["Resources"]["Release"]["Properties"]["ServiceTimeout"]
    assert function["Properties"]["Timeout"] < timeout <= 1000


def test_rules_of_global_types_exist_in_the_region_that_records_them(template: dict[str, Any]) -> None:
    here, virginia, oregon = (rules_in(template, region) for region in ("eu-west-1", "us-east-1", "us-west-2"))
    changes = {name: scoped(rule) for name, rule in template["Resources"].items() if scoped(rule)}

    assert {changes[name] for name in oregon - here} == {
        each for each in changes.values() if each.startswith("AWS::GlobalAccelerator::")
    }
    assert {changes[name] for name in virginia - here if name in changes} == {
        each
        for each in changes.values()
        if each.startswith(("AWS::CloudFront::", "AWS::ECR::PublicRepository", "AWS::Route53::"))
    }
    assert here == virginia & oregon


def scoped(rule: dict[str, Any]) -> str:
    """The resource type of a change rule; empty for every other resource."""
    return str(rule.get("Properties", {}).get("Scope", {}).get("ComplianceResourceTypes", [""])[0])
