"""The days of a workload through everything that is deployed: the team's files and commands, AWS Config, the functions.

Each step is seen in what the commands print and in what people receive. Time passes by the time of the tick.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from cli.deploy import copy_application
from pillarwatch.command import main
from settings.discovery import ATTESTATIONS, NAME
from tests.aggregator.world import PUBLIC
from tests.pipeline.deployment import ACCOUNT, REGION, Deployment

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

SHOP = ("--workload", "shop", "--json")
DRILL = "REL13-BP03"


class Team:
    """A team with a folder of settings, and its deployment."""

    def __init__(self, folder: Path, deploy: Callable[[Path], Deployment], capsys: pytest.CaptureFixture[str]) -> None:
        self.folder, self._capsys = folder, capsys
        self._releases = 0
        self.deployed = deploy(self._packaged() / "template.yaml")
        self.days = 0.0

    def release(self) -> None:
        """Deploy the settings as they are now."""
        self.deployed.stack = self.deployed.aws.deploy(
            self._packaged() / "template.yaml", parameters={}, stack_name="pillarwatch"
        )
        self.deployed.aws.run_until_idle()

    def _packaged(self) -> Path:
        """The application with the team's settings, as `pillarwatch deploy` packages it."""
        self._releases += 1
        application = self.folder / f"release-{self._releases}"
        settings, attestations = self.folder / NAME, self.folder / ATTESTATIONS
        found = (settings if settings.exists() else None, attestations if attestations.exists() else None)
        copy_application(application, found[0], None, found[1])
        command = [sys.executable, "-m", "pillarwatch", "generate", "--deployed", "--quiet"]
        subprocess.run(command, cwd=application, check=True)
        return application

    def types(self, *arguments: str) -> str:
        """A command that the team types, and what it prints."""
        self._capsys.readouterr()
        assert main(list(arguments)) == 0
        return self._capsys.readouterr().out

    def reads(self, *arguments: str) -> Any:
        """What a command prints of the deployment as JSON."""
        table = ("--region", REGION, "--table", self.deployed.stack.outputs["TableName"])
        return json.loads(self.types(*arguments, *table))

    def passes(self, days: float) -> list[str]:
        """Time passes, and the tick comes; the subjects of what people receive."""
        self.days += days
        at = datetime.now(UTC) + timedelta(days=self.days)
        tick = self.deployed.stack.all_resources()["TickFunction"]
        function = self.deployed.aws.functions.find(tick)
        assert function is not None
        event = {"id": f"tick-{self.days}", "account": ACCOUNT, "time": at.strftime("%Y-%m-%dT%H:%M:%SZ")}
        done = self.deployed.aws.functions.invoke(function, event)
        assert done.error is None, done.log
        self.deployed.aws.run_until_idle()
        return self.subjects()

    def subjects(self) -> list[str]:
        """The subjects of the messages that people have received."""
        return [message["Subject"] for message in self.deployed.alerts()]

    def security(self) -> float:
        """The score of the workload, which `explain` explains."""
        score = self.reads("scores", *SHOP)["pillars"]["security"]["score"]
        assert self.reads("explain", "shop", "security", "--json")["score"] == score
        return float(score)

    def failing(self, verdict: str = "non-compliant") -> list[str]:
        """The buckets that fail the check."""
        found = self.reads("findings", "--check", PUBLIC, "--verdict", verdict, *SHOP)["findings"]
        return [one["resource"]["name"] for one in found]


@pytest.fixture
def team(
    tmp_path: Path,
    deploy: Callable[[Path], Deployment],
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> Team:
    """A team whose workload has one bucket, beside another workload; the inventory is complete."""
    monkeypatch.chdir(tmp_path)
    found = Team(tmp_path, deploy, capsys)
    found.deployed.bucket("loans", Workload="bank")
    found.deployed.bucket("orders")
    found.deployed.finish_inventory()
    assert found.subjects() == []
    return found


def test_a_day_in_the_life_of_a_workload(team: Team) -> None:
    high = team.security()
    assert team.failing() == []

    # A change makes the bucket public.
    team.deployed.bucket("orders", blocked=False)
    (subject,) = team.subjects()
    assert "shop" in subject
    low = team.security()
    assert low < high
    assert team.failing() == ["orders"]
    assert [one["ended"] for one in team.reads("incidents", "--open", *SHOP)["incidents"]]

    # The team accepts the risk for ten days.
    reason = ("--reason", "it is a public catalogue", "--approver", "Head of Shop")
    assert "written" in team.types("waive", PUBLIC, "orders", "--days", "10", *reason)
    team.release()
    assert [subject for subject in team.subjects() if "is back" in subject]
    assert team.security() > low  # the waived failure counts for nothing, so the score is not the former one
    assert (team.failing(), team.failing("waived")) == ([], ["orders"])
    assert team.reads("incidents", "--open", *SHOP)["incidents"] == []

    # The end of the waiver is announced, and it lapses: the finding comes back.
    assert [subject for subject in team.passes(1) if "Ends in 9 days" in subject]
    assert [subject for subject in team.passes(8) if "Ends in 1 day" in subject]
    subjects = team.passes(2)
    assert [subject for subject in subjects if "Ended" in subject]
    assert [subject for subject in subjects if "shop" in subject]
    assert team.security() == pytest.approx(low)
    assert team.failing() == ["orders"]

    # The bucket is fixed.
    team.deployed.bucket("orders")
    assert [subject for subject in team.subjects() if "is back" in subject]
    assert team.security() == pytest.approx(high)
    assert team.failing() == team.failing("waived") == []

    # The team attests its recovery drill.
    before = team.reads("scores", *SHOP)["pillars"]["reliability"]
    team.types("attest", "new", DRILL, "--kind", "document", "--workload", "shop", "--by", "Ann")
    file = team.folder / ATTESTATIONS
    text = file.read_text(encoding="utf-8").replace('status = "planned"', 'status = "yes"')
    for field in ("evidence", "version", "reviewed_on", "expires"):
        text = re.sub(rf"^# ({field} = .*?)(  #.*)?$", r"\1", text, flags=re.MULTILINE)
    last = (datetime.now(UTC) + timedelta(days=team.days + 20)).date()
    file.write_text(re.sub(r"^expires = .*$", f"expires = {last}", text, flags=re.MULTILINE), encoding="utf-8")
    assert "1 implemented" in team.types("attest", "check")
    team.release()
    assert team.passes(0.01) == []
    attested = team.reads("scores", *SHOP)["pillars"]["reliability"]
    assert attested["coverage"] > before["coverage"]
    assert [one["score"] for one in team.reads("explain", "shop", DRILL, "--json")["checks"]] == [100]

    # The end of the attestation is announced, and it ends.
    assert [subject for subject in team.passes(7) if "attestation" in subject]
    assert [subject for subject in team.passes(15) if subject.startswith("Ended")]
    expired = team.reads("scores", *SHOP)["pillars"]["reliability"]
    assert expired["score"] < attested["score"]

    # The bucket is deleted: the workload is closed, and its history stays.
    team.deployed.delete("AWS::S3::Bucket", "orders")
    assert team.reads("scores", *SHOP)["closed_at"]
    assert any(day["scores"] for day in team.reads("scores", *SHOP, "--history")["days"])
    assert "shop" not in json.dumps(team.reads("scores", "--json"))
