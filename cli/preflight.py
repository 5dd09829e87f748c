"""``pillarwatch preflight``: what an AWS account lacks before a deployment, and what will stay unjudged."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from aggregator.schema import NewerSchema, OtherSchema, check
from cli.aws import add_connection, client, explained, is_deployment, session
from cli.output import say, say_json
from generators.config_rules import PREFIX, home_regions, longest_prefix, rule_names
from pillarwatch import ACCOUNT
from pillarwatch.errors import UserError
from rules.catalogue import change_types, checks_of, resource_types
from settings.discovery import NAME, settings_for

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    import boto3

    from pillarwatch.settings import Settings

CALLERS = (
    "sts:GetCallerIdentity, config:Describe*, cloudformation:DescribeStacks, cloudformation:ListTypes and"
    " dynamodb:Query are needed"
)
SAM_SETTINGS = Path("samconfig.toml")
MOST_RULES = 1000  # by default https://docs.aws.amazon.com/config/latest/developerguide/configlimits.html
# Types of AWS Config that CloudFormation has in no Region, or has under another name.
UNREGISTERED = {
    "AWS::ACM::Certificate",
    "AWS::Backup::RecoveryPoint",
    "AWS::OpenSearch::Domain",
    "AWS::RDS::DBClusterSnapshot",
    "AWS::S3::AccountPublicAccessBlock",
}


class Finding(NamedTuple):
    """Something a person should know before deploying. A blocker makes the deployment useless."""

    blocker: bool
    message: str


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of ``preflight``."""
    add_connection(parser)
    parser.add_argument("--stack", help=f"name of the stack (default: as in {SAM_SETTINGS}, else pillarwatch)")
    parser.add_argument(
        "--settings",
        type=Path,
        metavar="FILE",
        help=f"what the deployment excludes (default: {NAME}, found as in scan)",
    )
    parser.add_argument("--json", action="store_true", help="print the findings as JSON")


def run(arguments: argparse.Namespace) -> int:
    """Look, and say.

    Raises:
        UserError: the account could not be looked at, or the settings cannot be used.
    """
    stack = arguments.stack or _stack_name()
    settings = settings_for([], arguments.settings).settings
    connection = session(arguments)
    with explained(f"AWS account in {connection.region_name}", CALLERS):
        account = client(connection, "sts").get_caller_identity()["Account"]
        findings = [
            *_name(stack),
            *_deployments(connection, stack),
            *_findings(connection),
            *_room(connection, stack),
            *_offered(connection, settings),
        ]
    if arguments.json:
        say_json([finding._asdict() for finding in findings])
    else:
        say(f"Account {account}, Region {connection.region_name}")
        for finding in findings:
            say(f"{'must be fixed' if finding.blocker else 'note':>13}  {finding.message}")
        say("ready to deploy" if not any(finding.blocker for finding in findings) else "not ready to deploy")
    return int(any(finding.blocker for finding in findings))


def _stack_name() -> str:
    """The name with which `sam deploy` deploys.

    Raises:
        UserError: its settings cannot be read.
    """
    if not SAM_SETTINGS.exists():
        return "pillarwatch"
    try:
        default = tomllib.loads(SAM_SETTINGS.read_text(encoding="utf-8")).get("default", {})
    except (OSError, ValueError) as error:
        raise UserError(f"{SAM_SETTINGS}: cannot be read: {error}; or name the stack with --stack") from None
    names = [default.get(command, {}).get("parameters", {}).get("stack_name") for command in ("deploy", "global")]
    return str(next(filter(None, names), "pillarwatch"))


def _name(stack: str) -> Iterator[Finding]:
    """The names of the rules begin with the stack's."""
    if len(stack) > longest_prefix():
        yield Finding(
            True,
            f"the stack name {stack!r} has {len(stack)} characters; the names of the rules leave {longest_prefix()}",
        )
    if not re.fullmatch(PREFIX, stack):
        yield Finding(
            True, f"the stack name {stack!r} takes letters, digits and hyphens only, and begins with a letter"
        )


def _deployments(connection: boto3.Session, stack: str) -> Iterator[Finding]:
    """What another deployment forbids, or the present one of a newer release.

    A second deployment in an account and Region would publish the same metrics, with the same dimensions.
    """
    pages = client(connection, "cloudformation").get_paginator("describe_stacks").paginate()
    for found in (each for page in pages for each in page["Stacks"] if is_deployment(each)):
        name = found["StackName"]
        if name != stack:
            message = f"the stack {name} is a deployment of Pillarwatch, and a Region of an account has at most one."
            yield Finding(True, f"{message} Update it with --stack {name}, or delete it first.")
        for table in (each["OutputValue"] for each in found.get("Outputs", []) if each["OutputKey"] == "TableName"):
            try:
                check(connection.resource("dynamodb").Table(table))
            except NewerSchema as error:
                yield Finding(True, str(error))
            except OtherSchema:
                continue  # of an older release: this one migrates it


def _room(connection: boto3.Session, stack: str) -> Iterator[Finding]:
    """Whether the rules find room beside those of others."""
    pages = client(connection, "config").get_paginator("describe_config_rules").paginate()
    others = sum(not rule["ConfigRuleName"].startswith(f"{stack}-") for page in pages for rule in page["ConfigRules"])
    needed = len(rule_names())
    if others + needed > MOST_RULES:
        message = (
            f"{others} rules of others and {needed} of Pillarwatch are more than the default quota of {MOST_RULES:,}"
        )
        yield Finding(False, f"{message} AWS Config rules; the deployment fails unless the quota was raised")


def _offered(connection: boto3.Session, settings: Settings) -> Iterator[Finding]:
    """The types that this Region does not offer, by CloudFormation's registry: no API lists those of AWS Config."""
    region = connection.region_name
    pages = (
        client(connection, "cloudformation")
        .get_paginator("list_types")
        .paginate(Visibility="PUBLIC", Type="RESOURCE", Filters={"Category": "AWS_TYPES"})
    )
    offered = {summary["TypeName"] for page in pages for summary in page["TypeSummaries"]}
    wanted = {each for each in change_types() if region in (home_regions(each) or [region])}
    excluded = set(settings.excluded_types.get(region, []))
    if missing := wanted - offered - UNREGISTERED - excluded:
        lines = f"[excluded_types]\n{region} = {json.dumps(sorted(missing | excluded))}"
        yield Finding(False, f"{region} does not offer some types. Set in {NAME}, then deploy:\n{lines}")


def _findings(connection: boto3.Session) -> Iterator[Finding]:
    config = client(connection, "config")
    recorders = config.describe_configuration_recorders()["ConfigurationRecorders"]
    if not recorders:
        yield Finding(True, "AWS Config has no recorder here: no change will be seen. Set AWS Config up first.")
        return
    if not config.describe_delivery_channels()["DeliveryChannels"]:
        yield Finding(
            True, "AWS Config has no delivery channel here, without which its recorder cannot start. Add one."
        )
    statuses = config.describe_configuration_recorder_status()["ConfigurationRecordersStatus"]
    if not any(status.get("recording") for status in statuses):
        yield Finding(True, "the recorder of AWS Config is switched off: no change will be seen. Start it.")
    recorder = recorders[0]
    yield from _daily(recorder)
    unrecorded = sorted(_judged_on_change() - _recorded(recorder))
    if unrecorded:
        yield Finding(False, f"not recorded, so they are not evaluated: {', '.join(unrecorded)}")


def _daily(recorder: dict[str, Any]) -> Iterator[Finding]:
    mode = recorder.get("recordingMode", {})
    if mode.get("recordingFrequency") == "DAILY":
        yield Finding(False, "AWS Config records daily here: scores move once a day, not within seconds")
    for override in mode.get("recordingModeOverrides", []):
        if override.get("recordingFrequency") == "DAILY":
            daily = sorted(_judged_on_change() & set(override["resourceTypes"]))
            if daily:
                yield Finding(False, f"recorded daily, so they are evaluated once a day: {', '.join(daily)}")


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
