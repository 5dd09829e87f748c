"""Our own template is judged by our own checks, and may do what the code needs and nothing else."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from generators.flat_template import flat_template
from pillarwatch.command import main
from pillarwatch.settings import Settings
from rules.collectors import all_collectors
from settings.validation import read_settings

OWN_SETTINGS = Path(__file__).with_name("own_settings.toml")

TEMPLATES = (
    "template.yaml",
    "aggregator/template.yaml",
    "dashboards/template.yaml",
    "dashboards/health.yaml",
    "dashboards/pillars.yaml",
    "rules/template.yaml",
    "rules/config_rules.yaml",
)


@pytest.fixture(scope="module")
def resources(root: Path) -> dict[str, Any]:
    """The resources of all our templates, intrinsic functions in their long form."""
    return dict(flat_template(root / "template.yaml")["Resources"])


def test_our_own_template_has_no_finding_that_is_not_waived_with_a_reason(
    root: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(root)
    templates = [str(root / name) for name in TEMPLATES]
    code = main(["scan", *templates, "--settings", str(OWN_SETTINGS), "--format", "json"])
    printed = json.loads(capsys.readouterr().out)
    failing = [result for result in printed["results"] if result["compliance"] == "NON_COMPLIANT"]
    assert [result for result in failing if not result.get("waiver")] == []
    assert all(len(result["waiver"]["reason"]) > 20 for result in failing)
    assert printed["errors"] == []
    assert code == 0


def test_at_most_fifteen_findings_of_our_own_template_are_waived(
    root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(root)
    flat = tmp_path / "flat.json"  # what a stack passes to another one is known in it
    flat.write_text(json.dumps(flat_template(root / "template.yaml")), encoding="utf-8")
    main(["scan", str(flat), "--settings", str(OWN_SETTINGS), "--format", "json"])
    results = json.loads(capsys.readouterr().out)["results"]
    assert [each for each in results if each["compliance"] == "NON_COMPLIANT" and not each.get("waiver")] == []
    waived = {(result["check"], result["logical_id"]) for result in results if result.get("waiver")}
    assert 0 < len(waived) <= 15
    assert {waiver.check for waiver in read_settings(OWN_SETTINGS).waivers} == {check for check, _ in waived}


def test_the_collectors_role_allows_what_they_declare_and_nothing_else(resources: dict[str, Any]) -> None:
    (statement,) = statements(resources, "CollectedPolicy")
    declared = sorted({action for collector in all_collectors().values() for action in collector.actions})
    assert statement["Action"] == declared


# The actions that a service needs of its caller beside the one that is called: the column "Dependent actions" of
# https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
# for WAF https://docs.aws.amazon.com/waf/latest/developerguide/security_iam_service-with-iam.html, and for Compute
# Optimizer and Service Quotas what they call in the caller's name.
DEPENDENT = {
    "budgets:ViewBudget": {"billing:GetBillingViewData"},
    "ce:GetCostAndUsage": {"billing:GetBillingViewData"},
    "compute-optimizer:GetECSServiceRecommendations": {"ecs:ListClusters", "ecs:ListServices"},
    "compute-optimizer:GetIdleRecommendations": {
        "autoscaling:DescribeAutoScalingGroups",
        "autoscaling:DescribeAutoScalingInstances",
        "ec2:DescribeInstances",
        "ec2:DescribeNatGateways",
        "ec2:DescribeVolumes",
        "rds:DescribeDBClusters",
        "rds:DescribeDBInstances",
    },
    "compute-optimizer:GetLambdaFunctionRecommendations": {
        "lambda:ListFunctions",
        "lambda:ListProvisionedConcurrencyConfigs",
    },
    "cost-optimization-hub:ListRecommendationSummaries": {"cost-optimization-hub:GetRecommendation"},
    "servicequotas:ListServiceQuotas": {
        "autoscaling:DescribeAccountLimits",
        "cloudformation:DescribeAccountLimits",
        "dynamodb:DescribeLimits",
        "elasticloadbalancing:DescribeAccountLimits",
        "rds:DescribeAccountAttributes",
    },
    "wafv2:GetWebACLForResource": {"appsync:GetWebACLForResource", "wafv2:GetWebACL"},
}


def test_the_collectors_role_allows_the_dependent_actions_and_nothing_else(resources: dict[str, Any]) -> None:
    declared = {action for collector in all_collectors().values() for action in collector.actions}
    granted = {action for each in statements(resources, "DependentActionsPolicy") for action in each["Action"]}
    needed = {action for caller, actions in DEPENDENT.items() if caller in declared for action in actions}
    assert DEPENDENT.keys() <= declared
    assert granted | declared == needed | declared
    assert all(action.partition(":")[2].startswith(("Describe", "Get", "List")) for action in granted)


def statements(resources: dict[str, Any], policy: str) -> list[dict[str, Any]]:
    """The statements of a managed policy of the template."""
    return list(resources[policy]["Properties"]["PolicyDocument"]["Statement"])


def test_no_partition_is_hard_coded(root: Path) -> None:
    for name in TEMPLATES:
        text = (root / name).read_text(encoding="utf-8")
        assert "arn:aws:" not in text
        assert "arn:aws-" not in text


def test_every_function_keeps_what_failed_and_is_watched(resources: dict[str, Any]) -> None:
    functions = {name for name, body in resources.items() if body["Type"] == "AWS::Serverless::Function"}
    watched = {
        metric["MetricStat"]["Metric"]["Dimensions"][0]["Value"]["Ref"]
        for metric in resources["FunctionErrorsAlarm"]["Properties"]["Metrics"]
        if "MetricStat" in metric
    }
    assert watched == functions


def test_the_packaged_alarms_follow_the_settings(root: Path) -> None:
    settings = json.loads((root / "packaged_settings.json").read_text(encoding="utf-8"))
    alarms = yaml.safe_load((root / "dashboards" / "pillars.yaml").read_text(encoding="utf-8"))["Resources"]
    thresholds = {body["Properties"]["Threshold"] for body in alarms.values() if "Threshold" in body["Properties"]}
    assert thresholds == {settings["score"]["drop_threshold"]}


def test_the_settings_that_we_ship_excuse_nothing(root: Path) -> None:
    assert json.loads((root / "packaged_settings.json").read_text(encoding="utf-8")) == Settings().document
