"""``pillarwatch preflight``: what an AWS account lacks before a deployment, and what will stay unjudged."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from cli.aws import add_connection, client, explained, session
from cli.output import say, say_json
from pillarwatch import ACCOUNT
from rules.catalogue import checks_of, resource_types

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    import boto3

CALLERS = "sts:GetCallerIdentity and config:Describe* are needed"


class Finding(NamedTuple):
    """Something a person should know before deploying. A blocker makes the deployment useless."""

    blocker: bool
    message: str


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of ``preflight``."""
    add_connection(parser)
    parser.add_argument("--json", action="store_true", help="findings for programs")


def run(arguments: argparse.Namespace) -> int:
    """Look, and say.

    Raises:
        UserError: the account could not be looked at.
    """
    connection = session(arguments)
    with explained(f"AWS account in {connection.region_name}", CALLERS):
        account = client(connection, "sts").get_caller_identity()["Account"]
        findings = list(_findings(connection))
    if arguments.json:
        say_json([finding._asdict() for finding in findings])
    else:
        say(f"Account {account}, Region {connection.region_name}")
        for finding in findings:
            say(f"{'must be mended' if finding.blocker else 'note':>14}  {finding.message}")
        say("ready to deploy" if not any(finding.blocker for finding in findings) else "not ready to deploy")
    return int(any(finding.blocker for finding in findings))


def _findings(connection: boto3.Session) -> Iterator[Finding]:
    config = client(connection, "config")
    recorders = config.describe_configuration_recorders()["ConfigurationRecorders"]
    if not recorders:
        yield Finding(True, "AWS Config has no recorder here: no change will be seen. Set AWS Config up first.")
        return
    statuses = config.describe_configuration_recorder_status()["ConfigurationRecordersStatus"]
    if not any(status.get("recording") for status in statuses):
        yield Finding(True, "the recorder of AWS Config is switched off: no change will be seen. Start it.")
    recorder = recorders[0]
    yield from _daily(recorder)
    unrecorded = sorted(_judged_on_change() - _recorded(recorder))
    if unrecorded:
        yield Finding(False, f"not recorded, so they stay unjudged: {', '.join(unrecorded)}")


def _daily(recorder: dict[str, Any]) -> Iterator[Finding]:
    mode = recorder.get("recordingMode", {})
    if mode.get("recordingFrequency") == "DAILY":
        yield Finding(False, "AWS Config records daily here: scores move once a day, not within seconds")
    for override in mode.get("recordingModeOverrides", []):
        if override.get("recordingFrequency") == "DAILY":
            daily = sorted(_judged_on_change() & set(override["resourceTypes"]))
            if daily:
                yield Finding(False, f"recorded daily, so they are judged once a day: {', '.join(daily)}")


def _recorded(recorder: dict[str, Any]) -> set[str]:
    """The types among ours that a recorder records.

    https://docs.aws.amazon.com/config/latest/APIReference/API_RecordingGroup.html
    """
    group = recorder.get("recordingGroup", {})
    excluded = set(group.get("exclusionByResourceTypes", {}).get("resourceTypes", []))
    if group.get("allSupported", not group.get("resourceTypes")):
        iam = () if group.get("includeGlobalResourceTypes") else ("AWS::IAM::",)
        return {kind for kind in _judged_on_change() - excluded if not kind.startswith(iam)}
    return set(group.get("resourceTypes", [])) if not excluded else _judged_on_change() - excluded


def _judged_on_change() -> set[str]:
    return {
        resource_type
        for resource_type in resource_types()
        if resource_type != ACCOUNT and any(check.trigger == "change" for check in checks_of(resource_type))
    }
