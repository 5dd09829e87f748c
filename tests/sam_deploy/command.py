"""`pillarwatch deploy` of an installed wheel, from a folder with settings and a check of a user, into the engine."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

from pillarwatch.root import ROOT
from rules.catalogue import OWN_FOLDER
from tests.sam_deploy.environment import UV
from tests.sam_deploy.stack import NAME, DeployedStack, Failed, same

if TYPE_CHECKING:
    from pathlib import Path

    from tests.sam_deploy.server import Engine

AT_MOST = 600  # seconds for a command
OWN_TYPE = "AWS::EC2::TransitGatewayMulticastDomain"  # no check of ours evaluates it
OWN_CHECK = (
    *("checks", "new", "acme-domain-static", "--type", OWN_TYPE, "--practice", "REL02-BP04"),
    *("--path", "configuration.Options.StaticSourcesSupport"),
)


class InstalledCommand:
    """The wheel with the extra `deploy` in an empty environment, run from the folder of a user."""

    def __init__(self, folder: Path, engine: Engine) -> None:
        self._environment, self._user, self._log = folder / "environment", folder / "user", folder / "command.log"
        self._user.mkdir()
        self._variables = engine.environment | {"HOME": str(self._user), OWN_FOLDER: str(self._user / "acme_checks")}
        self._tool("build", "--wheel", "--out-dir", str(folder), str(ROOT))
        (wheel,) = folder.glob("*.whl")
        self._tool("venv", "--python", sys.executable, str(self._environment))
        self._tool("pip", "install", "--python", str(self._environment / "bin/python"), f"{wheel}[deploy]")

    def configure(self, excluded_type: str, region: str) -> None:
        """Write the user's settings, and begin a check of the user's own."""
        settings = f'[excluded_types]\n{region} = ["{excluded_type}"]\n'
        (self._user / "pillarwatch.toml").write_text(settings, encoding="utf-8")
        self.run(*OWN_CHECK)

    def run(self, *arguments: str, expected: int = 0) -> str:
        """Run the command, and answer what it printed.

        Raises:
            Failed: it ended with another exit code.
        """
        done = self._run([self._environment / "bin/pillarwatch", *arguments], self._variables)
        if done.returncode != expected:
            raise Failed(f"pillarwatch {' '.join(arguments)} ended with exit code {done.returncode}: see {self._log}")
        return done.stdout

    def _tool(self, *arguments: str) -> None:
        if self._run([UV, "--quiet", *arguments], dict(os.environ)).returncode:
            raise Failed(f"uv {arguments[0]} failed: see {self._log}")

    def _run(self, command: list[Path | str], variables: dict[str, str]) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            command, cwd=self._user, env=variables, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, text=True, timeout=AT_MOST, check=False,
        )  # fmt: skip
        with self._log.open("a", encoding="utf-8") as log:
            log.write(f"$ {' '.join(map(str, command))}\n{done.stdout}\n")
        return done


def recorded(stack: DeployedStack) -> None:
    """Set up AWS Config as the preflight asks for it."""
    config = stack.aws("config")
    group = {"allSupported": True, "includeGlobalResourceTypes": True}
    recorder = {"name": "default", "roleARN": "arn:aws:iam::123456789012:role/config", "recordingGroup": group}
    config.put_configuration_recorder(ConfigurationRecorder=recorder)
    config.put_delivery_channel(DeliveryChannel={"name": "default", "s3BucketName": "config"})
    config.start_configuration_recorder(ConfigurationRecorderName="default")


def has_users_rules(stack: DeployedStack, excluded_type: str) -> None:
    """Compare the types in the scopes of the rules with what the user's settings and check ask for."""
    pages = stack.aws("config").get_paginator("describe_config_rules").paginate()
    rules = [rule for page in pages for rule in page["ConfigRules"]]
    types = {each for rule in rules for each in rule.get("Scope", {}).get("ComplianceResourceTypes", [])}
    same("a rule for the type of the user's own check", True, OWN_TYPE in types)
    same("a rule for the type that the user's settings exclude", False, excluded_type in types)


def stacks(stack: DeployedStack) -> list[str]:
    """The names of the stacks that are not nested."""
    found = stack.aws("cloudformation").describe_stacks()["Stacks"]
    return sorted(each["StackName"] for each in found if each["StackName"] in {NAME, "second"})
