"""What a deployment costs: docs/cost.md, made of counted capacity units and of the prices in ``prices.toml``.

``python -m benchmarks.cost`` writes the page; ``--check`` compares it and exits with 1 where it differs.
"""

from __future__ import annotations

import sys
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from generators.flat_template import flat_template
from pillarwatch.root import ROOT
from tests.aggregator.counted_units import (
    Units,
    a_deployment,
    bucket,
    scale,
    units_of,
    units_of_listing,
    units_of_tick,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

PAGE = ROOT / "docs" / "cost.md"
PRICES = tomllib.loads(Path(__file__).with_name("prices.toml").read_text(encoding="utf-8"))
RESOURCES, WORKLOADS = (100, 1_000, 10_000, 100_000), (1, 10, 100, 1_000)
MILLION, GB, DAYS = 1_000_000, 10**9, 30
TICKS = DAYS * 24 * 12  # every five minutes
LISTED = 100  # resources of the listing that is counted
METRICS_OF_ACCOUNT, METRICS_OF_WORKLOAD = 42, 6

# What an account does in a month. Replace the figures by yours: the page says what depends on which.
ITEMS = 4  # configuration items of a resource, as if it were deployed every week
FLIPPING = 0.05  # of the changes
ALERTED = 0.1  # of the flips; each alert is one e-mail
COLLECTED = 0.4  # of the resources: what collectors list once a day
COLLECTORS = 47  # each runs once a day
PACK_EVALUATIONS = 10  # of both packs for a change: 14 of a bucket, 9 of an EC2 instance, 11 of a DB instance
SECONDS = {  # of functions with 0.5 GB, calls of AWS included
    "evaluate a change": 0.2,
    "list a resource": 0.02,
    "count an evaluation": 0.05,
    "project a flip": 0.3,
    "run a tick": 1.0,
    "handle a workload in a tick": 0.005,
}
KB_OF_EVENT, KB_OF_RESOURCE, KB_OF_LOG = 6, 5, 1
KB_OF_SCOPE = 500  # 90 days of hours and 400 of days
POLLS = 2 * 5 * 3 * 60 * 24 * DAYS  # two queues, five pollers each, a request every 20 seconds

Row = tuple[Any, ...]


class Counted(NamedTuple):
    """The units of everything that happens, and the bytes that a tick logs."""

    change: Units
    flip: Units
    tick: Units
    listing: Units  #: of ``LISTED`` resources
    logged: int


def counted(resources: int, workloads: int) -> Counted:
    """What happens to a deployment of a size."""
    with a_deployment(workloads) as world:
        scale(world, max(1, resources // 100))
        units_of(world, bucket("C", 100))
        flip = units_of(world, bucket("N", 101))
        change = units_of(world, bucket("N", 102))
        listing = units_of_listing(world, LISTED, 200)
        tick = units_of_tick(world)
        return Counted(change, flip, tick, listing, sum(map(len, world.metrics)))


def evaluations(resources: int) -> float:
    """The evaluations of AWS Config's rules in a month."""
    return resources * ITEMS + resources * COLLECTED * DAYS + COLLECTORS * DAYS


def tiered(number: float) -> float:
    """The price of evaluations, by AWS Config's tiers."""
    total = 0.0
    for size, price in PRICES["config"]["evaluation_tiers"]:
        total += min(number, size) * price
        number = max(0, number - size)
    return total


def bill(resources: int, workloads: int, units: Counted) -> dict[str, float]:
    """The parts of a month's bill in dollars."""
    changes, listed = resources * ITEMS, resources * COLLECTED * DAYS
    flips, events = changes * FLIPPING, changes + listed
    seconds = (
        changes * SECONDS["evaluate a change"]
        + listed * SECONDS["list a resource"]
        + events * SECONDS["count an evaluation"]
        + flips * SECONDS["project a flip"]
        + TICKS * (SECONDS["run a tick"] + workloads * SECONDS["handle a workload in a tick"])
    )
    written = (changes - flips) * units.change.written + flips * units.flip.written
    written += listed * units.listing.written / LISTED + TICKS * units.tick.written
    read = (changes - flips) * units.change.read + flips * units.flip.read
    read += listed * units.listing.read / LISTED + TICKS * units.tick.read
    stored = (resources * KB_OF_RESOURCE + (2 * workloads + 1) * KB_OF_SCOPE) * 1000 / GB
    invocations = changes + events / 10 + flips + TICKS + COLLECTORS * DAYS
    logs = TICKS * units.logged + invocations * KB_OF_LOG * 1000
    dynamodb, watch = PRICES["dynamodb"], PRICES["cloudwatch"]
    metrics = METRICS_OF_ACCOUNT + METRICS_OF_WORKLOAD * workloads
    return {
        "AWS Config: rule evaluations": tiered(evaluations(resources)),
        "CloudWatch: metrics": metrics * watch["metric"],
        "CloudWatch: alarms and a dashboard": alarm_metrics() * watch["alarm_metric"] + watch["dashboard"],
        "CloudWatch: logs": logs / GB * watch["gb_logs"],
        "DynamoDB: writes": written / MILLION * dynamodb["million_write_units"],
        "DynamoDB: reads": read / MILLION * dynamodb["million_read_units"],
        "DynamoDB: storage and backup": stored * (dynamodb["gb_month"] + dynamodb["gb_month_backup"]),
        "Lambda": seconds * 0.5 * PRICES["lambda"]["gb_second_arm"]
        + invocations / MILLION * PRICES["lambda"]["million_requests"],
        "EventBridge: events and archive": events / MILLION * PRICES["eventbridge"]["million_events"]
        + events * KB_OF_EVENT * 1000 / GB * PRICES["eventbridge"]["gb_archived"],
        "SQS": (POLLS + events * 1.2) / MILLION * PRICES["sqs"]["million_requests"],
        "SNS": flips * ALERTED / 1000 * PRICES["sns"]["thousand_emails"],
        "KMS": PRICES["kms"]["key"] + events / 10_000 * PRICES["kms"]["ten_thousand_requests"],
    }


def alarm_metrics() -> int:
    """How many metrics the alarms of a deployment watch."""
    found = (
        each["Properties"]
        for each in flat_template(ROOT / "template.yaml")["Resources"].values()
        if each["Type"] == "AWS::CloudWatch::Alarm"
    )
    return sum(sum("MetricStat" in one for one in each.get("Metrics", [])) or 1 for each in found)


def page() -> str:
    """The whole page."""
    sizes = {pair: counted(*pair) for pair in zip(RESOURCES, WORKLOADS, strict=True)}
    bills = {pair: bill(*pair, units) for pair, units in sizes.items()}
    parts = list(bills[RESOURCES[0], WORKLOADS[0]])
    heads = ["US dollars"]
    heads += [
        f"{resources:,} resources, {workloads:,} workload{'s' * (workloads > 1)}" for resources, workloads in sizes
    ]
    total = ("**together**", *(f"**{_money(sum(of.values()))}**" for of in bills.values()))
    changes = [resources * ITEMS for resources in RESOURCES]
    return (
        Path(__file__)
        .with_name("cost.md.in")
        .read_text(encoding="utf-8")
        .format(
            region=PRICES["region"],
            as_of=PRICES["as_of"],
            listed=LISTED,
            by_resources=_units("resources in one workload", {number: counted(number, 1) for number in RESOURCES}),
            by_workloads=_units("workloads, with 1,000 resources", {n: counted(1_000, n) for n in WORKLOADS}),
            bill=_table(heads, [*((part, *(_money(of[part]) for of in bills.values())) for part in parts), total]),
            items=_table(heads, [("recorded items", *(_money(n * PRICES["config"]["item"]) for n in changes))]),
            packs=_table(
                heads,
                [
                    ("both packs, changes", *(_money(tiered(n * PACK_EVALUATIONS)) for n in changes)),
                    ("Pillarwatch, changes", *(_money(tiered(n)) for n in changes)),
                    ("Pillarwatch, changes and schedules", *(_money(tiered(evaluations(n))) for n in RESOURCES)),
                ],
            ),
            pack_evaluations=PACK_EVALUATIONS,
            assumptions=_table(["assumption", "value", "part"], _assumptions()),
            alarm_metrics=alarm_metrics(),
            of_account=METRICS_OF_ACCOUNT,
            of_workload=METRICS_OF_WORKLOAD,
        )
    )


def _assumptions() -> list[Row]:
    return [
        ("configuration items of a resource in a month", ITEMS, "AWS Config, DynamoDB, Lambda, EventBridge"),
        ("changes that are flips", f"{FLIPPING:.0%}", "DynamoDB"),
        ("flips that cause an alert", f"{ALERTED:.0%}", "SNS"),
        ("resources that collectors list once a day", f"{COLLECTED:.0%}", "AWS Config, DynamoDB, Lambda"),
        ("collectors, each of which runs once a day", COLLECTORS, "AWS Config"),
        *((f"seconds to {what}", seconds, "Lambda") for what, seconds in SECONDS.items()),
        ("KB of an event", KB_OF_EVENT, "EventBridge"),
        ("KB stored for a resource", KB_OF_RESOURCE, "storage"),
        ("KB of history stored for a workload, a component or the account", KB_OF_SCOPE, "storage"),
        ("KB logged by an invocation", KB_OF_LOG, "logs"),
        ("requests that poll the two queues", f"{POLLS:,}", "SQS"),
    ]


def _units(head: str, found: Mapping[int, Counted]) -> str:
    figures: list[Callable[[Counted], Units]] = [
        lambda each: each.change,
        lambda each: each.flip,
        lambda each: each.tick,
        lambda each: each.listing,
    ]
    rows = [
        (f"{number:,}", *(f"{of(units).read:,g} / {of(units).written:,}" for of in figures))
        for number, units in found.items()
    ]
    return _table([head, "change", "flip", "tick", f"listing of {LISTED}"], rows)


def _table(heads: list[str], rows: list[Row]) -> str:
    return "\n".join(map(_line, [heads, ["---"] + ["---:"] * (len(heads) - 1), *rows]))


def _line(cells: Any) -> str:
    return f"| {' | '.join(map(str, cells))} |"


def _money(dollars: float) -> str:
    """Two digits that count, which is more than the assumptions are worth."""
    if dollars < 0.01:  # noqa: PLR2004 - a cent
        return "under 0.01"
    return f"{dollars:,.2f}" if dollars < 10 else f"{dollars:,.0f}"  # noqa: PLR2004 - cents are noise above


def main() -> int:
    """Write the page, or compare it."""
    text = page()
    if "--check" not in sys.argv:
        PAGE.write_text(text, encoding="utf-8")
        return 0
    return int(PAGE.read_text(encoding="utf-8") != text)


if __name__ == "__main__":
    sys.exit(main())
