"""``make deploy-local``: deploys the built stack with the real ``sam deploy`` into a second AWS engine, and uses it.

It proves what the local AWS of this repository (local_aws) cannot, because both were written by the same people: SAM's
packaging and change sets, the order of nested stacks, the custom resource over HTTP, packages that import outside the
repository, an update, and roles that a stranger's engine evaluates. docs/testing.md says what it does not prove.
"""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import sys
import time
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any

from pillarwatch.errors import UserError
from pillarwatch.root import ROOT
from tests.sam_deploy.command import InstalledCommand, has_users_rules, recorded, stacks
from tests.sam_deploy.environment import install
from tests.sam_deploy.server import REGION, NotStarted, engine
from tests.sam_deploy.stack import (
    BUILT,
    NAME,
    DeployedStack,
    Failed,
    a_type_with_one_rule,
    declared,
    excluding,
    rules,
    same,
    wait_for,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.sam_deploy.server import Engine

FOLDER = ROOT / ".deploy-local"
BIN = ROOT / ".venv/bin"
BUCKET = "invoices"
AT_MOST = 900  # seconds: two minutes on two free cores, and much more on a machine that does other work
SAM_AT_MOST = 300
UNREADABLE = "not JSON"


def main() -> int:
    """Run all checks; exit code 1 if one fails, with the place of the logs."""
    if not BUILT.is_file():
        sys.stderr.write("There is no build. Run `make build` first.\n")
        return 2
    try:
        install()
    except UserError as error:
        sys.stderr.write(f"make deploy-local: {error}\n")
        return 2
    began = time.monotonic()
    shutil.rmtree(FOLDER, ignore_errors=True)
    signal.signal(signal.SIGALRM, _late)
    signal.signal(signal.SIGTERM, _ended)
    signal.signal(signal.SIGINT, _ended)
    signal.alarm(AT_MOST)
    try:
        for name, roles_enforced in (("roles-not-enforced", False), ("roles-enforced", True)):
            folder = FOLDER / name
            folder.mkdir(parents=True)
            _say(f"{name.replace('-', ' ')}:")
            with ExitStack() as running:
                with _step("start the engine"):
                    started = running.enter_context(engine(folder, roles_enforced=roles_enforced))
                _verify(started, folder, updates=not roles_enforced)
        _installed(FOLDER / "installed")
    except (Failed, NotStarted) as error:
        _say(f"FAILED after {time.monotonic() - began:.0f} s: {error}")
        _say(f"The logs of the engine, of the functions and of sam are in {FOLDER}")
        return 1
    _say(f"all checks passed in {time.monotonic() - began:.0f} s; logs are in {FOLDER}")
    return 0


def _verify(started: Engine, folder: Path, *, updates: bool) -> None:
    expected = declared()
    with _step(f"sam deploy: {len(expected)} resources, {rules(expected)} of them AWS Config rules"):
        _sam_deploy(started, folder / "sam-create.log")
        stack = DeployedStack(started)
        stack.has(expected)
    try:
        stack.listen()
        _change_to_alert(stack)
        _failures_are_kept(stack)
    except Failed as error:  # most often because a function fails, which its caller does not see
        raise Failed(f"{error}; errors of the functions: {stack.errors() or 'none'}") from None
    with _step("pillarwatch scores reads the deployment"):
        printed = _run([BIN / "pillarwatch", "scores", "--workload", "shop", "--json"], started, folder / "scores.log")
        document = json.loads(printed[printed.index("{") :])  # notices of the settings are printed before it
        same("resources of the workload", 1, document["resources"])
    if updates:
        _updates(stack, started, folder)
    _delete(stack)


def _installed(folder: Path) -> None:
    """Deploy, show a change and delete with an installed wheel: settings and checks are a user's."""
    folder.mkdir()
    _say("installed wheel:")
    excluded = a_type_with_one_rule()
    with ExitStack() as running:
        with _step("start the engine, install the wheel"):
            started = running.enter_context(engine(folder, roles_enforced=False))
            stack = DeployedStack(started)
            recorded(stack)
            command = InstalledCommand(folder, started)
        with _step(f"pillarwatch deploy, with a check of its own and without {excluded}"):
            command.configure(excluded, REGION)
            command.run("deploy")
            has_users_rules(stack, excluded)
        with _step("pillarwatch deploy --dry-run: a change set, and no change"):
            before = stack.events()
            printed = command.run("deploy", "--dry-run", "--parameter", "Owner=shop")
            same("a change set in the output", True, "CloudFormation stack changeset" in printed)
            same("events of the stack", before, stack.events())
        with _step("pillarwatch deploy --stack second: refused, because there is a deployment"):
            command.run("deploy", "--stack", "second", expected=1)
            same("stacks", [NAME], stacks(stack))
        with _step("pillarwatch deploy --delete: table and key remain"):
            ids = stack.resources()
            printed = command.run("deploy", "--delete", "--no-confirm")
            for place in (("Aggregator", "Table"), ("", "Key")):
                same(f"{place[1]} in the output", True, ids[place] in printed)
            same("rules of AWS Config", set(), stack.rule_names())


def _change_to_alert(stack: DeployedStack) -> None:
    with _step("the first inventory: one bucket, two ticks of the schedule, no alert"):
        stack.change(BUCKET, blocked=True)
        wait_for("evaluation on the bus", lambda: _kinds(stack.published()) == ["Resource Evaluated"])
        stack.settle()
        same("alerts", [], stack.alerts())
    for what, blocked, kind in (
        ("a change that breaks it: one alert", False, "Pillar Score Dropped"),
        ("a change that repairs it: one alert", True, "Pillar Score Recovered"),
    ):
        with _step(what):
            stack.change(BUCKET, blocked=blocked)
            (alert, *more) = wait_for("alert", stack.alerts)
            stack.settle()
            same("alerts beyond the first", [], more + stack.alerts())
            same("events", [kind, "Resource Evaluated"], _kinds(stack.published()))
            if BUCKET not in alert["Message"]:
                raise Failed(f"the alert does not name the bucket: {alert['Message']}")
    same("results in AWS Config", ["NON_COMPLIANT"], stack.compliance(BUCKET))
    same("errors of the functions", {}, stack.errors())


def _failures_are_kept(stack: DeployedStack) -> None:
    with _step("an unreadable message: dead-letter queue"):
        before = stack.set_visibility("EvaluatedQueue", 1)  # five attempts, six minutes apart as deployed
        stack.send("EvaluatedQueue", UNREADABLE)
        found = wait_for("message in the dead-letter queue", lambda: stack.messages("EvaluatedDeadLetterQueue"))
        stack.set_visibility("EvaluatedQueue", int(before))
        same("dead letters", [UNREADABLE], found)
    with _step("an event that a function cannot process: three attempts, then the queue of failed invocations"):
        event = {"invokingEvent": "{}", "resultToken": "none"}
        stack.invoke(stack.ids["EvaluatorFunction"], event)
        (failure,) = wait_for("failed invocation", lambda: stack.messages("FailedInvocationsQueue"))
        # https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
        record = json.loads(failure)
        same("event of the failed invocation", event, record["requestPayload"])
        same("condition", "RetriesExhausted", record["requestContext"]["condition"])
        same("errors of the functions", {"EvaluatorFunction": 3}, stack.errors())


def _updates(stack: DeployedStack, started: Engine, folder: Path) -> None:
    with _step("sam deploy without a change: CloudFormation does nothing"):
        before = stack.events()
        _sam_deploy(started, folder / "sam-unchanged.log")
        same("events of the stack", before, stack.events())
    excluded = a_type_with_one_rule()
    all_rules = rules(declared())
    with _step(f"sam deploy without {excluded}: {all_rules - 1} rules"), excluding(excluded):
        expected = declared()
        same(f"rules that the templates declare without {excluded}", all_rules - 1, rules(expected))
        _sam_deploy(started, folder / "sam-excluded.log")
        stack.has(expected)


def _delete(stack: DeployedStack) -> None:
    retained = sorted(each.logical_id for each in declared() if each.retained)
    with _step(f"delete the stack: {' and '.join(retained)} remain"):
        ids = stack.ids
        stack.aws("cloudformation").delete_stack(StackName=NAME)
        wait_for("end of the deletion", lambda: _is_deleted(stack))
        same("rules of AWS Config", set(), stack.rule_names())
        same("functions", [], stack.aws("lambda").list_functions()["Functions"])
        same("retained resources", ["Key", "Table"], retained)
        same("table", "ACTIVE", stack.aws("dynamodb").describe_table(TableName=ids["Table"])["Table"]["TableStatus"])
        same("key", "Enabled", stack.aws("kms").describe_key(KeyId=ids["Key"])["KeyMetadata"]["KeyState"])


def _is_deleted(stack: DeployedStack) -> bool:
    pages = stack.aws("cloudformation").get_paginator("list_stacks").paginate()
    states = {
        each["StackName"]: each["StackStatus"]
        for page in pages
        for each in page["StackSummaries"]
        if each["StackName"].startswith(NAME)
    }
    if failed := [name for name, state in states.items() if state.endswith("FAILED")]:
        raise Failed(f"stacks that could not be deleted: {failed}")
    return set(states.values()) <= {"DELETE_COMPLETE"}


def _kinds(events: list[dict[str, Any]]) -> list[str]:
    return sorted(event["detail-type"] for event in events)


def _sam_deploy(started: Engine, log: Path, *arguments: str) -> None:
    _run([BIN / "sam", "deploy", "--no-confirm-changeset", "--no-progressbar", *arguments], started, log)


def _run(command: list[Path | str], started: Engine, log: Path) -> str:
    with log.open("w+") as output:
        try:
            code = subprocess.run(
                command, cwd=ROOT, env=started.environment, stdout=output, stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL, timeout=SAM_AT_MOST, check=False,
            ).returncode  # fmt: skip
        except subprocess.TimeoutExpired:
            raise Failed(f"{log.stem} did not end within {SAM_AT_MOST} s") from None
    printed = log.read_text(encoding="utf-8")
    if code:
        raise Failed(f"{log.stem} ended with exit code {code}:\n{printed[-2000:]}")
    return printed


@contextmanager
def _step(what: str) -> Iterator[None]:
    """Say what is done, and how long it took."""
    started = time.monotonic()
    sys.stdout.write(f"  {what} ... ")
    sys.stdout.flush()
    try:
        yield
    except BaseException:
        _say(f"FAILED ({time.monotonic() - started:.1f} s)")
        raise
    _say(f"{time.monotonic() - started:.1f} s")


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _late(*_: object) -> None:
    raise Failed(f"the checks did not end within {AT_MOST} s")


def _ended(*_: object) -> None:
    sys.exit(1)  # an exception: what was started is stopped


if __name__ == "__main__":
    sys.exit(main())
