"""``pillarwatch deploy``: deploys the application through SAM, with the user's settings and own checks.

It works on a copy of the application in a temporary folder: what is generated from the settings is written there, and
SAM builds there. Parameters that are not given keep the values that the deployed stack has.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError, WaiterError

from cli.aws import add_connection, client, explained, is_deployment, session
from cli.output import say
from pillarwatch.errors import UserError
from pillarwatch.root import INSTALLED, PACKAGE, ROOT
from rules.catalogue import OWN, OWN_FOLDER, own_folder
from settings.discovery import ATTESTATIONS, BESIDE, NAME, settings_for
from template_scan.reading import read_template

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    import boto3

EMAIL = "AlertEmail"
NOT_COPIED = (
    ".*",
    "__pycache__",
    "application",
    "benchmarks",
    "dist",
    "docs",
    "tests",
    OWN,
    NAME,
    ATTESTATIONS,
)
HINT = "cloudformation:DescribeStacks, ListStackResources and DeleteStack are needed"
DELETION = {"Delay": 10, "MaxAttempts": 360}  # an hour


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of ``deploy``."""
    add_connection(parser)
    parser.add_argument("--stack", default="pillarwatch", help="name of the stack (default: %(default)s)")
    parser.add_argument("--settings", type=Path, metavar="FILE", help=f"settings file (default: {BESIDE})")
    parser.add_argument(
        "--parameter",
        action="append",
        default=[],
        metavar="KEY=VALUE",
        help="a parameter of the template, such as AlertEmail=team@example.com; may be repeated",
    )
    parser.add_argument(
        "--no-confirm", action="store_true", help="do not ask for confirmation (the default without a terminal)"
    )
    only = parser.add_mutually_exclusive_group()
    only.add_argument("--dry-run", action="store_true", help="create and show the change set, and do not execute it")
    only.add_argument("--delete", action="store_true", help="delete the stack; its table and its key are retained")


def run(arguments: argparse.Namespace) -> int:
    """Deploy, or delete. 1: the account is not ready, and nothing was deployed.

    Raises:
        UserError: an argument or the settings cannot be used, or a step failed.
    """
    connection = session(arguments)
    asks = not arguments.no_confirm and sys.stdin is not None and sys.stdin.isatty()
    if arguments.delete:
        return _delete(connection, arguments.stack, asks=asks, confirmed=arguments.no_confirm)
    parameters = _parameters(arguments.parameter)
    with explained(f"AWS account in {connection.region_name}", "are the credentials valid?"):
        client(connection, "sts").get_caller_identity()  # needs no permission; without an account nothing is built
    in_force = settings_for([], arguments.settings)
    say(f"Settings: {in_force.path or 'the defaults'}")
    if asks and EMAIL not in parameters and not _exists(connection, arguments.stack):
        parameters[EMAIL] = _answer("E-mail address that gets the alerts (empty for none): ")
    with tempfile.TemporaryDirectory(prefix="pillarwatch-") as temporary:
        folder = Path(temporary, "application")
        copy_application(folder, in_force.path, own_folder(), in_force.attestations)
        return _deploy(folder, connection, arguments, parameters, asks=asks)


def copy_application(
    folder: Path, settings: Path | None, own_checks: Path | None, attestations: Path | None = None
) -> None:
    """Copy the application, as the repository lays it out, with the user's settings and own checks."""
    ignored = shutil.ignore_patterns(*NOT_COPIED)
    shutil.copytree(ROOT, folder, ignore=ignored)
    if INSTALLED:
        shutil.copytree(PACKAGE, folder / PACKAGE.name, ignore=ignored)
    if settings:
        shutil.copy(settings, folder / NAME)
    if attestations:
        shutil.copy(attestations, folder / ATTESTATIONS)
    if own_checks:
        shutil.copytree(own_checks, folder / OWN, ignore=shutil.ignore_patterns("__pycache__"))


def _deploy(
    folder: Path, connection: boto3.Session, arguments: argparse.Namespace, parameters: dict[str, str], *, asks: bool
) -> int:
    account = ["--region", connection.region_name]
    if arguments.profile:
        account += ["--profile", arguments.profile]
    _run(folder, sys.executable, "-m", "pillarwatch", "generate", "--deployed", "--quiet")
    preflight = [sys.executable, "-m", "pillarwatch", "preflight", "--stack", arguments.stack, *account]
    if _exit_code(folder, *preflight) == 1:  # it says what must be fixed first
        return 1
    sam = str(Path(sys.executable).with_name("sam"))
    _run(folder, sam, "build")
    _run(folder, sys.executable, "-m", "generators.lambda_package", "--verify", ".aws-sam/build")
    deploy = [sam, "deploy", "--stack-name", arguments.stack, *account]
    if parameters:
        deploy += ["--parameter-overrides", *(f"{key}={_quoted(value)}" for key, value in parameters.items())]
    if arguments.dry_run:
        deploy.append("--no-execute-changeset")
    if not asks or arguments.dry_run:
        deploy.append("--no-confirm-changeset")
    if not sys.stdout.isatty():
        deploy.append("--no-progressbar")
    _run(folder, *deploy)
    return 0


def _run(folder: Path, *command: str) -> None:
    if _exit_code(folder, *command):
        name = " ".join([Path(command[0]).name, *command[1:3]])
        raise UserError(f"`{name}` failed; its messages are above")


def _exit_code(folder: Path, *command: str) -> int:
    environment = {name: value for name, value in os.environ.items() if name != OWN_FOLDER}  # they are in the folder
    # Make builds the packages with this Python, and uv needs no other.
    environment |= {"PYTHON": sys.executable, "UV_PYTHON": sys.executable}
    environment.setdefault("SAM_CLI_TELEMETRY", "0")  # who deploys has not agreed to send any
    return subprocess.run(command, cwd=folder, env=environment, check=False).returncode


def _parameters(given: list[str]) -> dict[str, str]:
    """The parameters by name.

    Raises:
        UserError: one is no pair, or the template does not declare it.
    """
    declared = read_template(ROOT / "template.yaml").document["Parameters"]
    found = {}
    for text in given:
        key, equals, value = text.partition("=")
        if not equals:
            raise UserError(f"--parameter {text}: is not KEY=VALUE; e.g. {EMAIL}=team@example.com")
        if key not in declared:
            raise UserError(f"--parameter {text}: the template declares no {key}; it declares {', '.join(declared)}")
        found[key] = value
    return found


def _quoted(value: str) -> str:
    """A value as `sam deploy --parameter-overrides` reads it."""
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _answer(question: str) -> str:
    say(question, end="")
    return sys.stdin.readline().strip()


def _exists(connection: boto3.Session, stack: str) -> bool:
    return bool(_described(connection, stack))


def _described(connection: boto3.Session, stack: str) -> dict[str, Any] | None:
    """The deployed stack; None where there is none, or only a change set that was never executed."""
    with explained(f"stack {stack} in {connection.region_name}", HINT):
        try:
            found: dict[str, Any] = client(connection, "cloudformation").describe_stacks(StackName=stack)["Stacks"][0]
        except ClientError as error:
            if error.response["Error"]["Code"] == "ValidationError":  # CloudFormation's answer for "does not exist"
                return None
            raise
    return None if found["StackStatus"] in {"REVIEW_IN_PROGRESS", "DELETE_COMPLETE"} else found


def _delete(connection: boto3.Session, stack: str, *, asks: bool, confirmed: bool) -> int:
    """Delete the stack.

    Raises:
        UserError: there is none, it is no deployment of Pillarwatch, nobody confirms, or it cannot be deleted.
    """
    where = f"stack {stack} in {connection.region_name}"
    found = _described(connection, stack)
    if found is None or not is_deployment(found):
        raise UserError(f"{where} is no deployment of Pillarwatch; name it with --stack, and its Region with --region")
    cloudformation = client(connection, "cloudformation")
    with explained(where, HINT):
        retained = list(_retained(cloudformation, found["StackId"]))
    say(f"Delete {where}. Retained, and to be deleted by hand: {', '.join(retained) or 'nothing'}")
    if not (confirmed or asks):
        raise UserError("--delete asks for a confirmation; without a terminal, give --no-confirm as well")
    if asks and _answer(f"Type {stack} to delete it: ") != stack:
        raise UserError("nothing is deleted")
    with explained(where, HINT):
        cloudformation.delete_stack(StackName=found["StackId"])
        try:
            cloudformation.get_waiter("stack_delete_complete").wait(StackName=found["StackId"], WaiterConfig=DELETION)
        except WaiterError:
            reason = "see its events in the CloudFormation console, then run this again"
            raise UserError(f"{where} could not be deleted: {reason}") from None
    say("deleted")
    return 0


def _retained(cloudformation: Any, stack: str) -> Iterator[str]:
    """The type and the physical id of each resource that outlives the deletion of a stack; nested stacks too."""
    templates = [read_template(path).document for path in (ROOT / "template.yaml", *ROOT.glob("*/template.yaml"))]
    kept = {
        name
        for template in templates
        for name, resource in template["Resources"].items()
        if resource.get("DeletionPolicy") == "Retain"
    }
    for page in cloudformation.get_paginator("list_stack_resources").paginate(StackName=stack):
        for each in page["StackResourceSummaries"]:
            if each["LogicalResourceId"] in kept:
                yield f"{each['ResourceType']} {each['PhysicalResourceId']}"
            if each["ResourceType"] == "AWS::CloudFormation::Stack":
                yield from _retained(cloudformation, each["PhysicalResourceId"])
