"""``pillarwatch demo``: the whole product on this machine, printed as it happens.

Deploys ``template.yaml`` into the local AWS, records systems, shows their scores, breaks two resources, fixes them
again, and reads the alerts from a queue that is subscribed to the deployed topic.
"""

from __future__ import annotations

import json
import logging
import os
import shutil
import sys
import tempfile
import textwrap
import time
from collections import Counter
from contextlib import contextmanager
from copy import deepcopy
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import boto3

from aggregator.queries import recommendations, scopes, scores
from aggregator.scopes import account_scope, kind_of, workload_scope
from cli.demo_prompt import prompt, typed
from cli.output import say
from cli.results.arguments import title
from cli.results.recommendations import listed
from cli.results.scores import scores_table
from cli.review import generated_by
from generators.lambda_package import uncounted
from local_aws.recorded_templates import Place, recorded_items
from pillarwatch import ConfigurationItem
from pillarwatch.errors import UserError
from pillarwatch.evaluation import judge
from pillarwatch.framework import PILLARS
from pillarwatch.root import ROOT
from pillarwatch.settings import packaged_settings
from review.compose import composed
from review.html import html
from review.sources.deployment import facts_of_deployment
from rules.catalogue import checks_of
from template_scan.evaluation import templates_in
from template_scan.reading import UnreadableTemplate, read_template

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Iterator

    from local_aws import LocalAws

    Standing = tuple[dict[str, float | None], dict[str, int]]

SAMPLES = ROOT / "samples"
PLACE = Place("123456789012", "us-east-1")  # where AWS Config records the global resources too
TOP = 3  # recommendations of a workload; of P0, all are shown
WIDTH = 110
NEXT = """\
What to try next:
  pillarwatch scan YOUR-TEMPLATE.yaml          the same checks on a template of yours
  pillarwatch review YOUR-TEMPLATE.yaml        its Well-Architected review; -o review.html writes a page
  pillarwatch demo --template YOUR-TEMPLATE…   your templates in this demo
  pillarwatch demo --prompt                    this demo, and then findings, explain, diff, … as you type them
  pillarwatch checks {check}
  pillarwatch deploy                           in your own AWS account"""


class Break(NamedTuple):
    """Something that people do to a resource, and regret."""

    resource_type: str
    deed: str
    do: Callable[[dict[str, Any]], None]


def _open_bucket(bucket: dict[str, Any]) -> None:
    bucket["supplementaryConfiguration"].pop("PublicAccessBlockConfiguration", None)


def _forget_backups(table: dict[str, Any]) -> None:
    table["supplementaryConfiguration"].pop("ContinuousBackupsDescription", None)


def _allow_everything(role: dict[str, Any]) -> None:
    everything = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
    role["configuration"]["rolePolicyList"] = [{"policyName": "everything", "policyDocument": everything}]


def _stop_tracing(function: dict[str, Any]) -> None:
    function["configuration"]["tracingConfig"] = {"mode": "PassThrough"}


BREAKS = (
    Break("AWS::S3::Bucket", "switches off Block Public Access of bucket", _open_bucket),
    Break("AWS::DynamoDB::Table", "switches off point-in-time recovery of table", _forget_backups),
    Break("AWS::IAM::Role", "allows everything to role", _allow_everything),
    Break("AWS::Lambda::Function", "switches off tracing of function", _stop_tracing),
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of ``demo``."""
    parser.add_argument(
        "--template",
        nargs="+",
        type=Path,
        metavar="FILE",
        help="use the resources of these templates instead of the samples; the templates are not deployed",
    )
    parser.add_argument(
        "--prompt",
        action="store_true",
        help="after the demo, read commands from standard input, for example `findings` or `scores --history`",
    )


def run(arguments: argparse.Namespace) -> int:
    """Run the demo.

    Raises:
        UserError: a template cannot be read, or generated files lack a check.
    """
    if why := uncounted():
        raise UserError(why)
    systems = _systems(arguments.template)
    started = time.monotonic()
    say("This demo runs the complete Pillarwatch on this machine, in a local AWS account that ends with the demo.\n")
    with _step("Starting the local AWS"):
        from local_aws import LocalAws  # noqa: PLC0415 - moto takes seconds to import, and the person should know why

        _silence()
    with LocalAws(region=PLACE.region, account=PLACE.account) as aws:
        demo = _Demo(aws)
        demo.deploy()
        demo.record(systems)
        demo.show()
        demo.breaks_and_mends()
        demo.review()
        if arguments.prompt:
            demo.prompt()
    say(f"\nThat took {time.monotonic() - started:.0f} seconds.\n\n{NEXT.format(check=demo.failed_check)}")
    if not shutil.which("pillarwatch"):  # `make demo` runs it where it is
        say(f"\nThe command is {os.path.relpath(sys.argv[0])}; it is not on the PATH.")
    return 0


class _Demo:
    """One run, and what it has to remember from one step to the next."""

    def __init__(self, aws: LocalAws) -> None:
        self._aws = aws
        self._items: list[dict[str, Any]] = []
        self._table: Any = None
        self._alerts_url = ""
        self.failed_check = "s3-bucket-level-public-access-prohibited"

    def deploy(self) -> None:
        """Deploy our own template, and subscribe a queue to its alerts."""
        with _step("Deploying template.yaml") as note:
            stack = self._aws.deploy(ROOT / "template.yaml", parameters={}, stack_name="pillarwatch")
            pages = boto3.client("config", region_name=PLACE.region).get_paginator("describe_config_rules").paginate()
            rules = sum(len(page["ConfigRules"]) for page in pages)
            note(f"{len(stack.all_resources())} resources and {rules} AWS Config rules")
        self._table = boto3.resource("dynamodb", region_name=PLACE.region).Table(stack.outputs["TableName"])
        self._subscribe(stack.outputs["AlertsTopicArn"])

    def record(self, systems: dict[str, list[Path]]) -> None:
        """Record every system, and wait for the first inventory to be complete."""
        now = datetime.now(UTC)
        for stack, paths in systems.items():
            with _step(f"Recording {stack}, {len(paths)} template{'s' * (len(paths) > 1)}") as note:
                items = [item for path in paths for item in recorded_items(path, _part(stack, path), PLACE, now)]
                for item in items:
                    item["tags"].setdefault("Workload", stack)
                    self._aws.recorder.record(item)
                note(f"{len(items)} resources of {len({item['resourceType'] for item in items})} types")
            self._items += items
            _say_unjudged(items)
        with _step(
            "Evaluating all resources, also those that AWS Config does not record, until the inventory is complete"
        ):
            self._aws.run_until_idle()  # a new rule runs at once: on what was recorded, or on what its collector lists
            for _ in range(2):  # complete is when a whole tick has brought nothing new
                self._aws.events.fire_schedules()
                self._aws.run_until_idle()
        self._alerts()

    def show(self) -> None:
        """Scores and recommendations of every workload, and of the account."""
        for scope in scopes(self._table):
            found = scores(self._table, scope)
            say(f"\n{title(found.name)}, {found.resources} resources\n\n{scores_table(found)}")
            if scope.startswith("workload/"):
                open_ones = recommendations(self._table, scope)
                say(f"\nWhat to fix first, of {len(open_ones)} recommendations:\n")
                say(listed(open_ones, TOP))

    def breaks_and_mends(self) -> None:
        """Break two resources, and fix them."""
        for each, item, broken in islice(self._possible(), 2):
            self._change(f"Somebody {each.deed} {item['resourceName']}.", broken)
            self._change(f"{item['resourceName']} is fixed.", item)

    def review(self) -> None:
        """Write the review of every workload from the store, into a new temporary folder: the demo leaves no file here.

        Raises:
            UserError: the folder cannot be written to.
        """
        try:
            folder = Path(tempfile.mkdtemp(prefix="pillarwatch-"))
            say("\nThe Well-Architected review, as a page for your browser:")
            for scope in scopes(self._table):
                if kind_of(scope) == "workload":
                    facts = facts_of_deployment(self._table, scope)
                    page = folder / f"{facts.title}.html"
                    page.write_text(html(composed(facts, generated_by())), encoding="utf-8")
                    say(f"  {title(scores(self._table, scope).name)}: {page}")
        except OSError as error:
            raise UserError(f"the review cannot be written to the folder for temporary files: {error}") from None

    def prompt(self) -> None:
        """Run the commands that a person types."""
        say("\nThe deployment is still there. Type a command, e.g. `explain account`; `help` lists them, `exit` ends.")
        prompt(typed(), ("--region", PLACE.region, "--table", self._table.name))

    def _possible(self) -> Iterator[tuple[Break, dict[str, Any], dict[str, Any]]]:
        """For each break a resource that it makes worse: before and after."""
        for each in BREAKS:
            for item in self._items:
                if item["resourceType"] == each.resource_type:
                    broken = deepcopy(item)
                    each.do(broken)
                    if _failures(broken) > _failures(item):
                        yield each, item, broken
                        break

    def _change(self, sentence: str, item: dict[str, Any]) -> None:
        say(f"\n── {sentence}")
        places = (workload_scope(item["tags"]["Workload"]), account_scope(PLACE.account))
        before = {scope: self._standing(scope) for scope in places}
        started = time.monotonic()
        captured = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        self._aws.recorder.record({**item, "configurationItemStatus": "OK", "configurationItemCaptureTime": captured})
        self._aws.run_until_idle()
        took = time.monotonic() - started
        for scope in places:
            self._tell_moves(scope, before[scope], self._standing(scope))
        say(f"   ({took:.1f} seconds from the change to the alert)")
        for alert in self._alerts():
            lines = [f"Subject: {alert['Subject']}", "", *alert["Message"].splitlines()]
            say("\n".join(f"   │ {part}" for line in lines for part in _wrapped(line)))

    def _standing(self, scope: str) -> Standing:
        """A scope's points by pillar, and its failures by check."""
        points = {pillar: score.score for pillar, score in scores(self._table, scope).pillars.items()}
        return points, {one.check: one.affected for one in recommendations(self._table, scope)}

    def _tell_moves(self, scope: str, before: Standing, after: Standing) -> None:
        for pillar in PILLARS:
            old, new = before[0][pillar], after[0][pillar]
            if old != new and old is not None and new is not None:
                say(f"   {title(scores(self._table, scope).name)}: {pillar} {old:.1f} → {new:.1f} ({new - old:+.1f})")
        for check in sorted(before[1].keys() | after[1].keys()):
            more = after[1].get(check, 0) - before[1].get(check, 0)
            if more and scope.startswith("workload/"):
                now = "is now non-compliant" if more > 0 else "is compliant again"
                say(f"   cause: {check}, one resource {now}")
                self.failed_check = check

    def _subscribe(self, topic: str) -> None:
        sqs = boto3.client("sqs", region_name=PLACE.region)
        self._alerts_url = sqs.create_queue(QueueName="demo-alerts")["QueueUrl"]
        attributes = sqs.get_queue_attributes(QueueUrl=self._alerts_url, AttributeNames=["QueueArn"])["Attributes"]
        boto3.client("sns", region_name=PLACE.region).subscribe(
            TopicArn=topic, Protocol="sqs", Endpoint=attributes["QueueArn"]
        )

    def _alerts(self) -> list[dict[str, Any]]:
        """The alerts since the last look."""
        sqs = boto3.client("sqs", region_name=PLACE.region)
        alerts = []
        while messages := sqs.receive_message(QueueUrl=self._alerts_url, MaxNumberOfMessages=10).get("Messages", []):
            for message in messages:
                alerts.append(json.loads(message["Body"]))
                sqs.delete_message(QueueUrl=self._alerts_url, ReceiptHandle=message["ReceiptHandle"])
        return alerts


def _systems(templates: list[Path] | None) -> dict[str, list[Path]]:
    if templates is None:
        return {path.stem: [path] for path in sorted(SAMPLES.glob("*.yaml"))}
    paths = [file for path in templates for file in (_meant_in(path) if path.is_dir() else [path])]
    if not paths:
        raise UserError(f"{templates[0]}: has no templates; name CloudFormation or SAM templates")
    for path in paths:  # before anything is deployed
        if not list(recorded_items(path, path.stem, PLACE, datetime.now(UTC))):
            raise UserError(f"{path}: has no resource that AWS Config would record; name another template")
    return {paths[0].stem if len(paths) == 1 else paths[0].resolve().parent.name: paths}


def _meant_in(folder: Path) -> Iterator[Path]:
    """The templates of a folder; one that is broken is kept, to be reported."""
    for path in templates_in(folder):
        try:
            read_template(path)
        except UnreadableTemplate as error:
            if not error.is_template:
                continue
        yield path


def _part(stack: str, path: Path) -> str:
    return stack if path.stem == stack else f"{stack}-{path.stem}"


def _say_unjudged(items: list[dict[str, Any]]) -> None:
    settings = packaged_settings()  # a deployment without settings would fail here as the functions would
    unjudged: Counter[str] = Counter()
    listed: Counter[str] = Counter()
    for item in items:
        checks = [
            c for c in checks_of(item["resourceType"]) if not settings.document["checks"].get(c.id, {}).get("off")
        ]
        if not checks:
            unjudged[item["resourceType"]] += 1
        elif all(check.trigger == "periodic" for check in checks):
            listed[item["resourceType"]] += 1
    if unjudged:
        say(f"     no checks yet for {unjudged.total()} of them: {_counted(unjudged)}")
    if listed:
        say(f"     not recorded by AWS Config, evaluated on a schedule instead: {_counted(listed)}")


def _failures(item: dict[str, Any]) -> int:
    checks = [check for check in checks_of(item["resourceType"]) if check.trigger == "change"]
    judged = judge(ConfigurationItem(item), checks, packaged_settings())
    return sum(judgement.verdict.compliance == "NON_COMPLIANT" for judgement in judged)


def _wrapped(line: str) -> list[str]:
    return textwrap.wrap(line, WIDTH, subsequent_indent="  ", break_long_words=False) or [""]


def _counted(types: Counter[str]) -> str:
    most = [f"{kind.removeprefix('AWS::')} {count}" for kind, count in types.most_common(6)]
    return ", ".join(most) + (f" and {len(types) - 6} types more" if len(types) > len(most) else "")


@contextmanager
def _step(what: str) -> Iterator[Callable[[str], None]]:
    """Say what is being done, then how long it took."""
    say(f"  … {what}", end="\r" if sys.stdout.isatty() else "\n")
    started, notes = time.monotonic(), [""]

    def note(text: str) -> None:
        notes.append(f": {text}")

    yield note
    say(f"  ✓ {what}{''.join(notes)} ({time.monotonic() - started:.1f} s)")


def _silence() -> None:
    """The product's functions log as in Lambda; here a person reads."""
    logging.getLogger("botocore").setLevel(logging.ERROR)
    logging.getLogger("moto").setLevel(logging.ERROR)
