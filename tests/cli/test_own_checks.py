"""Checks of the user's own: begun, tested, scanned with, and deployed, from a folder that is not ours."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from pillarwatch import ACCOUNT
from rules.catalogue import OWN_FOLDER
from tests.conftest import ROOT

if TYPE_CHECKING:
    from pathlib import Path

TYPE = "AWS::EC2::TransitGatewayMulticastDomain"
BEGIN = ["checks", "new", "acme-domain-static", "--type", TYPE, "--practice", "REL02-BP04"]
BEGIN += ["--path", "configuration.Options.StaticSourcesSupport"]
TEMPLATE = {
    "Resources": {
        "Good": {"Type": TYPE, "Properties": {"Options": {"StaticSourcesSupport": True}, "TransitGatewayId": "t"}},
        "Bad": {"Type": TYPE, "Properties": {"TransitGatewayId": "t"}},
        "Bucket": {"Type": "AWS::S3::Bucket"},
    }
}


def pillarwatch(folder: Path, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, OWN_FOLDER: str(folder)}
    return subprocess.run(
        [sys.executable, "-m", "pillarwatch", *map(str, arguments)],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """A folder with one check, both begun by the command."""
    folder = tmp_path / "acme"
    done = pillarwatch(folder, *BEGIN)
    assert done.returncode == 0, done.stderr
    return folder


def finish(folder: Path) -> None:
    for file in folder.glob("*.py"):
        file.write_text(file.read_text().replace("TODO ", "").replace("TODO", "1234"))


def test_a_check_that_was_begun_wants_its_texts_and_then_nothing(own: Path) -> None:
    begun = pillarwatch(own, "checks", "test")
    assert begun.returncode == 1
    assert "acme-domain-static: a TODO is left" in begun.stdout
    finish(own)
    done = pillarwatch(own, "checks", "test")
    assert (done.returncode, done.stdout) == (0, "1 check, 3 examples, nothing wrong\n")


def test_a_check_of_a_tag_is_begun_as_one(tmp_path: Path) -> None:
    begin = [*BEGIN[:2], "acme-domain-paid", "--type", TYPE, "--practice", "COST03-BP02", "--path", "tags.CostCenter"]
    assert pillarwatch(tmp_path, *begin).returncode == 0
    finish(tmp_path)
    done = pillarwatch(tmp_path, "checks", "test")
    assert (done.returncode, done.stdout) == (0, "1 check, 3 examples, nothing wrong\n")


def test_a_check_of_the_account_is_begun_with_a_collector(tmp_path: Path) -> None:
    path = "configuration.servicecatalog.ListPortfolios.PortfolioDetails"
    begin = [*BEGIN[:2], "acme-portfolio-shared", "--type", ACCOUNT, "--practice", "OPS05-BP06", "--path", path]
    refused = pillarwatch(tmp_path, *begin)
    assert refused.returncode == 2
    assert "name a --collector; these do: account-cost, " in refused.stderr
    assert pillarwatch(tmp_path, *begin, "--collector", "account-governance").returncode == 0
    (file,) = tmp_path.glob("account/governance.py")
    file.write_text(file.read_text().replace("TODO ", "").replace("TODO", "Id"))
    done = pillarwatch(tmp_path, "checks", "test")
    assert (done.returncode, done.stdout) == (0, "1 check, 2 examples, nothing wrong\n")


def test_an_example_in_the_wrong_list_is_an_error(own: Path) -> None:
    finish(own)
    (file,) = own.glob("*.py")
    file.write_text(file.read_text().replace('Support": False', 'Support": True'))
    done = pillarwatch(own, "checks", "test", "acme-domain-static")
    assert done.returncode == 1
    assert "is COMPLIANT, and its list expects NON_COMPLIANT" in done.stdout


def test_a_second_check_stands_in_the_same_file(own: Path) -> None:
    done = pillarwatch(own, *[each.replace("acme-domain-static", "acme-domain-named") for each in BEGIN])
    assert done.returncode == 0, done.stderr
    (file,) = own.glob("*.py")
    assert file.name == "ec2_transitgatewaymulticastdomain.py"
    listed = json.loads(pillarwatch(own, "checks", "--type", TYPE, "--json").stdout)
    assert [check["check"] for check in listed] == ["acme-domain-named", "acme-domain-static"]


def test_a_scan_judges_by_them_and_by_ours(own: Path, tmp_path: Path) -> None:
    finish(own)
    template = tmp_path / "template.json"
    template.write_text(json.dumps(TEMPLATE))
    done = pillarwatch(own, "scan", template, "--json")
    found: list[dict[str, Any]] = json.loads(done.stdout)["results"]
    said = {each["logical_id"]: each["compliance"] for each in found if each["check"] == "acme-domain-static"}
    assert said == {"Good": "COMPLIANT", "Bad": "NON_COMPLIANT"}
    assert any(each["logical_id"] == "Bucket" for each in found)


def test_what_would_be_judged_and_never_counted_is_refused(own: Path, tmp_path: Path) -> None:
    finish(own)
    environment = {**os.environ, OWN_FOLDER: str(own)}
    build = [sys.executable, "-m", "generators.lambda_package", "aggregator", str(tmp_path / "package")]
    for done in (
        subprocess.run(build, cwd=ROOT, env=environment, check=False, capture_output=True, text=True),
        pillarwatch(own, "demo"),
    ):
        assert done.returncode
        assert "has no acme-domain-static; run `make generate` first" in done.stderr


DEPLOYED = """
import json, sys
sys.path.insert(0, sys.argv[1])
from rules.catalogue import checks_of, digest_of
print(json.dumps([[check.id for check in checks_of(sys.argv[2])], digest_of(sys.argv[2])]))
"""
TEMPLATES = """
import yaml
from generators.config_rules import rules_template
from pillarwatch.settings import Settings
print(yaml.safe_dump(rules_template(Settings())))
"""


def test_a_deployment_has_them_and_a_rule_for_their_type(own: Path, tmp_path: Path) -> None:
    finish(own)
    environment = {**os.environ, OWN_FOLDER: str(own)}
    package = tmp_path / "package"
    build = [sys.executable, "-m", "generators.lambda_package", "rules", str(package)]
    subprocess.run(build, cwd=ROOT, env=environment, check=True)
    found = subprocess.run(
        [sys.executable, "-I", "-S", "-c", DEPLOYED, package, TYPE], capture_output=True, text=True, check=True
    )
    checks, digest = json.loads(found.stdout)
    assert checks == ["acme-domain-static"]
    rules = [sys.executable, "-c", TEMPLATES]
    template = subprocess.run(rules, cwd=ROOT, env=environment, check=True, capture_output=True, text=True).stdout
    assert TYPE in template
    assert digest in template


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["checks", "new", "Bad_Id", *BEGIN[3:]], "'Bad_Id' is no id"),
        (["checks", "new", "s3-bucket-versioning-enabled", *BEGIN[3:]], "there is a check"),
        ([*BEGIN[:3], "--type", "Bucket", *BEGIN[5:]], "'Bucket' is no resource type"),
        ([*BEGIN[:5], "--practice", "REL99-BP01", *BEGIN[7:]], "no best practice 'REL99-BP01'"),
        ([*BEGIN, "--collector", "nobody"], f"no collector 'nobody' lists {TYPE}; none does"),
        (["checks", "test", "nobody-knows"], "there is no check 'nobody-knows'"),
    ],
)
def test_what_makes_no_sense_is_refused_with_the_way_out(arguments: list[str], said: str, tmp_path: Path) -> None:
    done = pillarwatch(tmp_path, *arguments)
    assert done.returncode == 2
    assert said in done.stderr
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("s3_bucket.py", "def (", "own_checks/s3_bucket.py: SyntaxError"),
        ("s3_bucket.py", "import nothing_of_the_kind", "own_checks/s3_bucket.py: ModuleNotFoundError"),
        (
            "s3_bukket.py",
            "from rules.checks.s3_bucket import s3_bucket_versioning_enabled",
            "it belongs into s3_bucket.py",
        ),
    ],
)
def test_a_file_that_is_wrong_is_named(name: str, text: str, said: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text(text)
    done = pillarwatch(tmp_path, "checks")
    assert done.returncode == 2
    assert said in done.stderr


def test_a_folder_that_is_missing_is_named(tmp_path: Path) -> None:
    done = pillarwatch(tmp_path / "nowhere", "checks")
    assert done.returncode == 2
    assert "nowhere: there is no such folder" in done.stderr
