"""What is lost in the table comes back: the deployed functions and the command compare it with AWS Config."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from pillarwatch.command import main
from tests.aggregator.world import PUBLIC
from tests.pipeline.deployment import REGION

if TYPE_CHECKING:
    from tests.pipeline.deployment import Deployment


@pytest.fixture
def damaged(deployed: Deployment) -> Deployment:
    """A deployment in which everything about one bucket is lost."""
    deployed._clock -= timedelta(hours=2)  # what is recorded within the last hour is left alone
    deployed.bucket("invoices", blocked=False)
    deployed.bucket("other")
    deployed.finish_inventory()
    table = deployed.store._table
    for item in table.scan()["Items"]:
        if item["pk"].startswith("RESOURCE#") and item["pk"].endswith("/invoices"):
            table.delete_item(Key={"pk": item["pk"], "sk": item["sk"]})
    return deployed


def of(deployed: Deployment, *, bus: bool = True) -> list[str]:
    """The arguments that name a deployment."""
    outputs = deployed.stack.outputs
    return ["--region", REGION, "--table", outputs["TableName"], *(["--bus", outputs["EventBusName"]] if bus else [])]


def failing(deployed: Deployment, capsys: pytest.CaptureFixture[str]) -> list[str]:
    """The buckets that fail the check, as `findings` lists them."""
    capsys.readouterr()
    assert main(["findings", "--check", PUBLIC, "--json", *of(deployed, bus=False)]) == 0
    found: list[dict[str, Any]] = json.loads(capsys.readouterr().out)["findings"]
    return sorted(one["resource"]["name"] for one in found)


def test_the_command_says_what_is_wrong_and_mends_it(damaged: Deployment, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["reconcile", *of(damaged), "--dry-run", "--json"]) == 1
    seen = json.loads(capsys.readouterr().out)
    assert seen["counters"] > 0
    assert seen["config"]["missing"] == 1
    assert "invoices" not in failing(damaged, capsys)

    assert main(["reconcile", *of(damaged)]) == 0
    printed = capsys.readouterr()
    assert "1 missing" in printed.out
    assert "pillarwatch reconcile: AWS::S3::Bucket: 1 missing" in printed.err
    damaged.aws.run_until_idle()
    damaged.finish_inventory()
    assert "invoices" in failing(damaged, capsys)
    assert main(["reconcile", *of(damaged), "--json"]) == 0
    seen = json.loads(capsys.readouterr().out)
    assert (seen["drift"], seen["config"]["missing"], seen["config"]["stale"]) == (0, 0, 0)


def test_the_daily_run_mends_it(damaged: Deployment, capsys: pytest.CaptureFixture[str]) -> None:
    damaged.finish_inventory()  # all schedules, the daily ones too
    damaged.aws.run_until_idle()
    damaged.finish_inventory()
    assert "invoices" in failing(damaged, capsys)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--stack", "nowhere"), "stack nowhere in us-east-1"),
        (("--table", "nowhere", "--bus", "pillarwatch"), "table nowhere"),
        (("--region", "eu-west-9"), "there is no Region 'eu-west-9'"),
        (("--bos", "x"), "did you mean --bus?"),
    ],
)
@pytest.mark.usefixtures("deployed")
def test_wrong_input_is_one_line(arguments: tuple[str, ...], message: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["reconcile", "--region", REGION, *arguments]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert message in line
