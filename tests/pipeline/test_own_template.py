"""Our own template is judged by our own checks, and may do what the code needs and nothing else."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from cli.main import main
from cli.template import read_template
from rules.collectors import all_collectors


@pytest.fixture(scope="module")
def resources(root: Path) -> dict[str, Any]:
    """The resources of template.yaml, intrinsic functions in their long form."""
    return dict(read_template(root / "template.yaml").document["Resources"])


def test_our_own_template_has_no_finding_that_is_not_waived_with_a_reason(
    root: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(root)
    templates = [str(root / folder / "template.yaml") for folder in (".", "rules", "dashboards")]
    code = main(["scan", *templates, "--format", "json"])
    told = json.loads(capsys.readouterr().out)
    failing = [result for result in told["results"] if result["compliance"] == "NON_COMPLIANT"]
    assert [result for result in failing if not result.get("waiver")] == []
    assert all(len(result["waiver"]["reason"]) > 20 for result in failing)
    assert told["errors"] == []
    assert code == 0


def test_the_collectors_role_allows_what_they_declare_and_nothing_else(resources: dict[str, Any]) -> None:
    policies = resources["CollectorRole"]["Properties"]["Policies"]
    (policy,) = (policy for policy in policies if policy["PolicyName"] == "ReadWhatIsCollected")
    (statement,) = policy["PolicyDocument"]["Statement"]
    declared = sorted({action for collector in all_collectors().values() for action in collector.actions})
    assert statement["Action"] == declared


def test_what_services_ask_in_the_collectors_name_is_read_only_and_asked_for_a_reason(
    resources: dict[str, Any],
) -> None:
    policies = resources["CollectorRole"]["Properties"]["Policies"]
    (policy,) = (policy for policy in policies if policy["PolicyName"] == "ReadWhatServicesAskOfOthers")
    declared = {action.partition(":")[0] for collector in all_collectors().values() for action in collector.actions}
    asking = {"ComputeOptimizer": "compute-optimizer", "ServiceQuotas": "servicequotas"}
    for statement in policy["PolicyDocument"]["Statement"]:
        assert asking[statement["Sid"]] in declared
        assert statement["Action"] == sorted(statement["Action"])
        assert all(action.partition(":")[2].startswith(("Describe", "List")) for action in statement["Action"])


def test_no_partition_is_hard_coded(root: Path) -> None:
    for folder in (".", "rules", "dashboards"):
        text = (root / folder / "template.yaml").read_text(encoding="utf-8")
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
    settings = json.loads((root / "settings.json").read_text(encoding="utf-8"))
    alarms = yaml.safe_load((root / "dashboards" / "template.yaml").read_text(encoding="utf-8"))["Resources"]
    thresholds = {body["Properties"]["Threshold"] for body in alarms.values() if "Threshold" in body["Properties"]}
    assert thresholds == {settings["score"]["drop_threshold"]}


def test_the_settings_that_we_ship_excuse_no_resource_but_ours(root: Path) -> None:
    settings = json.loads((root / "settings.json").read_text(encoding="utf-8"))
    overrides = [override for check in settings["checks"].values() for override in check.get("when", [])]
    assert {entry.get("workload") for entry in (*settings["waivers"], *overrides)} == {"pillarwatch"}
    assert not [check for check, entry in settings["checks"].items() if entry.keys() != {"when"}]
