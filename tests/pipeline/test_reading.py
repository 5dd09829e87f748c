"""Every command that reads a deployment, on our deployed template: people and programs read the same numbers."""

from __future__ import annotations

import csv
import io
import json
import re
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from cli.demo_prompt import prompt
from pillarwatch.command import main
from tests.pipeline.deployment import REGION, Deployment

if TYPE_CHECKING:
    from collections.abc import Callable

PUBLIC, VERSIONING = "s3-bucket-level-public-access-prohibited", "s3-bucket-versioning-enabled"
NUMBERS = re.compile(r"(\d+\.\d\d +){2}\d+\.\d\d")
WRONG = (
    (("findings", "--check", "s3-bucket-versionin-enabled"), f"did you mean {VERSIONING}"),
    (("findings", "--workload", "shp"), "there is no workload 'shp'; there is shop"),
    (("findings", "--component", "api"), "name its workload too"),
    (("findings", "--workload", "shop", "--component", "ap"), "no component 'ap'; there is api"),
    (("explain", "shop", "securty"), "did you mean security?"),
    (("explain", "shop/ap"), "no component 'ap'"),
    (("explain", "account", PUBLIC, "--passing", "0"), "give a number above 0"),
    (("explain", "nobody"), "there is no workload 'nobody'"),
    (("diff", "yesterday"), "'yesterday' is no time"),
    (("recommendations", "--check", "s3-bucket"), "there is no check 's3-bucket'"),
    (("recommendations", "--limit", "0"), "give a number above 0"),
    (("recommendations", "--status", "waived", "--resources"), "only open recommendations"),
    (("incidents", "--since", "yesterday"), "'yesterday' is no time"),
    (("diff", "2999-01-01"), "is in the future"),
    (("diff", "1h", "2h"), "FROM 1h is not before TO 2h"),
    (("diff", "91d"), "kept for 90 days"),
    (("scores", "--csv"), "add --history"),
)


def table_of(deployed: Deployment) -> tuple[str, ...]:
    """The arguments that name a deployment's table."""
    return ("--region", REGION, "--table", deployed.stack.outputs["TableName"])


def adds_up(text: str) -> bool:
    """Whether the shares, points and lost points of a printed table add up to its last row, as they are printed."""
    rows = [line for line in text.splitlines() if NUMBERS.search(line)]
    *parts, together = [[Decimal(number) for number in re.findall(r"\d+\.\d\d(?!%)", row)[-3:]] for row in rows]
    return bool(parts) and [sum(column) for column in zip(*parts, strict=True)] == together


@pytest.fixture
def read(deployed: Deployment, capsys: pytest.CaptureFixture[str]) -> Callable[..., str]:
    """Run a command on the deployment, and read what it prints."""

    def run(*arguments: str) -> str:
        capsys.readouterr()
        assert main([*arguments, *table_of(deployed)]) == 0
        return capsys.readouterr().out

    return run


def test_a_drop_is_read_from_the_score_down_to_the_resource(deployed: Deployment, read: Callable[..., str]) -> None:
    deployed.bucket(Component="api")
    deployed.bucket("other")
    deployed.finish_inventory()
    deployed.bucket(blocked=False, Component="api")

    shop = ("--workload", "shop", "--json")
    scores = json.loads(read("scores", *shop))
    overall = json.loads(read("explain", "shop", "--json"))
    assert overall["overall"] == scores["overall"]["score"]
    security = json.loads(read("explain", "shop", "security", "--json"))
    assert security["score"] == scores["pillars"]["security"]["score"]
    check = json.loads(read("explain", "shop", PUBLIC, "--json"))
    for use in check["practices"]:
        practice = json.loads(read("explain", "shop", use["best_practice"].lower(), "--json"))
        assert [one["score"] for one in practice["checks"] if one["name"] == PUBLIC] == [50]
        assert practice["score"] in [p["score"] for p in security["practices"]] or use["pillar"] != "security"
    assert check["counts"] == {"compliant": 1, "non_compliant": 1, "waived": 0, "unknown": 0}
    assert [one["resource"]["name"] for one in check["resources"]] == ["invoices"]
    assert check["resources"][0]["value"].startswith("blockPublicAcls: not set")
    assert [(one["resource"]["name"], one["value"][:21]) for one in check["passing"]] == [
        ("other", "blockPublicAcls: true")
    ]
    shown = read("explain", "shop", PUBLIC)
    assert "\ncompliant: 1 resource\n" in shown
    assert "other  shop  blockPublicAcls: true" in shown

    for target in ((), ("security",), (check["practices"][0]["best_practice"],)):
        assert adds_up(read("explain", "shop", *target))

    (finding,) = json.loads(read("findings", "--check", PUBLIC, *shop))["findings"]
    assert (finding["resource"]["name"], finding["component"]) == ("invoices", "api")
    (moved,) = [one for one in json.loads(read("diff", "30m", *shop))["checks"] if one["check"] == PUBLIC]
    assert [(one["name"], one["after"]) for one in moved["resources"]] == [
        ("invoices", "NON_COMPLIANT"),
        ("other", "COMPLIANT"),
    ]
    history = json.loads(read("scores", "--history", *shop))
    assert history["hours"][-1]["scores"]["security"]["last"] == scores["pillars"]["security"]["score"]

    (incident,) = json.loads(read("incidents", "--open", *shop))["incidents"]
    assert (incident["pillar"], incident["ended"]) == ("security", "")
    assert [(one["check"], one["resource"]["name"]) for one in incident["causes"]] == [(PUBLIC, "invoices")]
    deployed.bucket(Component="api")
    assert json.loads(read("incidents", "--open", *shop))["incidents"] == []
    (over,) = json.loads(read("incidents", *shop))["incidents"]
    assert over["ended"] > over["began"] == incident["began"]
    deployed.bucket(blocked=False, Component="api")
    (*_, digest) = deployed.alerts()
    assert digest["Subject"] == "Digest: 1 cause came and went in workload shop"
    assert "Came and went: S3 Bucket invoices" in digest["Message"]

    for text, part in (
        (read("incidents", "--workload", "shop"), "2 incidents, 1 open"),
        (read("explain", "shop/api", PUBLIC), "0 of 1 compliant"),
        (read("explain", "account", "security"), "together"),
        (read("findings", "--workload", "shop", "--component", "api"), "S3::Bucket invoices"),
        (read("scores", "--history"), "30 d ago"),
        (read("diff", "2h", "--workload", "shop"), "S3::Bucket invoices: not evaluated → NON_COMPLIANT"),
    ):
        assert part in text


def test_findings_are_filtered_and_are_csv(deployed: Deployment, read: Callable[..., str]) -> None:
    deployed.bucket(blocked=False, versioning="Suspended", Team="accounting")
    deployed.bucket("other", blocked=False)

    def names(*filters: str) -> set[tuple[str, str]]:
        text = read("findings", "--workload", "shop", "--csv", *filters)
        return {(row["check"], row["name"]) for row in csv.DictReader(io.StringIO(text))}

    assert {(PUBLIC, "invoices"), (PUBLIC, "other"), (VERSIONING, "invoices")} <= names()
    found = json.loads(read("findings", "--workload", "shop", "--check", VERSIONING, "--json"))["findings"]
    assert [one["resource"]["owner"] for one in found] == ["accounting"]
    assert "owner     accounting (1)" in read("recommendations", "--workload", "shop", "--check", VERSIONING)
    assert (PUBLIC, "other") in names("--severity", "high")
    assert (VERSIONING, "invoices") not in names("--severity", "high")
    assert {name for _, name in names("--resource", "inv*")} == {"invoices"}
    assert names("--check", VERSIONING, "--pillar", "reliability") == {(VERSIONING, "invoices")}
    assert names("--check", VERSIONING, "--pillar", "sustainability") == set()
    assert (PUBLIC, "other") not in names("--verdict", "waived", "--verdict", "unknown")


def test_a_prompt_runs_commands_and_goes_on_after_a_wrong_one(
    deployed: Deployment, capsys: pytest.CaptureFixture[str]
) -> None:
    deployed.bucket(blocked=False)
    lines = ["", "help", "deploy", "scores --nothing", "explain shop 'secu", "explain shop securty"]
    prompt([*lines, "pillarwatch findings --workload shop", "exit", "scores"], table_of(deployed))
    printed = capsys.readouterr()
    assert "S3::Bucket invoices" in printed.out
    assert "24 hours" not in printed.out
    for said in ("'deploy' does not read", "--nothing", "No closing quotation", "did you mean security?"):
        assert said in printed.err


def test_wrong_input_is_one_line(deployed: Deployment, capsys: pytest.CaptureFixture[str]) -> None:
    deployed.bucket(Component="api")
    for arguments, said in WRONG:
        capsys.readouterr()
        assert main([*arguments, *table_of(deployed)]) == 2
        (line,) = [line for line in capsys.readouterr().err.splitlines() if line]
        assert line.startswith(f"pillarwatch {arguments[0]}: ")
        assert said in line


def test_a_recommendation_lists_all_its_resources_until_it_is_resolved(
    deployed: Deployment, read: Callable[..., str]
) -> None:
    names = [f"bucket-{number}" for number in range(7)]
    for name in names:
        deployed.bucket(name, versioning="Suspended")
    one = ("--workload", "shop", "--check", VERSIONING)
    (found,) = json.loads(read("recommendations", *one, "--resources", "--json"))
    assert (found["status"], found["affected"], len(found["sample"])) == ("open", 7, 5)
    assert sorted(resource["name"] for resource in found["resources"]) == names
    text = read("recommendations", *one, "--resources")
    assert ", ".join(names) in " ".join(text.split())
    assert "1 open recommendation," in text
    for name in names:
        deployed.bucket(name)
    assert json.loads(read("recommendations", *one, "--json")) == []
    (resolved,) = json.loads(read("recommendations", *one, "--status", "resolved", "--json"))
    assert resolved["since"] == found["since"] < resolved["at"]
    assert "S3 buckets have versioning enabled" in read("recommendations", *one, "--status", "resolved")


def test_a_workload_without_resources_is_still_read(deployed: Deployment, read: Callable[..., str]) -> None:
    deployed.bucket(blocked=False)
    deployed.delete("AWS::S3::Bucket", "invoices")
    assert "workload shop, 0 resources, closed since " in read("scores", "--workload", "shop")
    assert json.loads(read("diff", "1h", "--workload", "shop", "--json"))["checks"] == []  # it came and went
    (resolved, *_) = json.loads(read("recommendations", "--workload", "shop", "--status", "resolved", "--json"))
    assert resolved["status"] == "resolved"
    for command in ("findings", "incidents"):
        assert json.loads(read(command, "--workload", "shop", "--json"))[command] == []
    assert json.loads(read("explain", "shop", "--json"))["overall"] is None
