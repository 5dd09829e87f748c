"""``pillarwatch scan``, Checkov and cdk-nag on the same templates: whole processes, and how many verdicts they give."""

from __future__ import annotations

import json
import sys
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from benchmarks.side_by_side import CHECKOV, NAG, PYTHON, ROOT, SHARED, Row, child, in_turns
from template_scan.reading import read_template

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

ONE_RESOURCE = "Resources:\n  Bucket:\n    Type: AWS::S3::Bucket\n"
DECIDED = ("COMPLIANT", "NON_COMPLIANT")
# Without an API key, and with --skip-download, Checkov opens no connection. --quiet spares it the passed checks' text.
OPTIONS = ("--framework", "cloudformation", "--compact", "--quiet", "--skip-download", "--output", "json")
LONG_RUNS = 3  # at most, of what takes Checkov half a minute
RESOURCES = 500  # of a template that grows
CPU = "CPU of the process"
BUCKET = {"VersioningConfiguration": {"Status": "Enabled"}}


def rows(runs: int) -> list[Row]:
    """Real templates, the smallest one, and those that grow."""
    with TemporaryDirectory() as folder:
        return [*_assistant(runs, Path(folder)), *_corpus(runs, Path(folder)), *_smallest(runs, Path(folder)),
                *_growing(runs, Path(folder))]  # fmt: skip


def _assistant(runs: int, folder: Path) -> list[Row]:
    templates = sorted((SHARED / "templates/live-meeting-assistant").glob("*.yaml"))
    what = "scan of the Live Meeting Assistant's {} templates"
    if not templates:
        templates, what = sorted((ROOT / "samples").glob("*.yaml")), "scan of our {} sample templates"
    what = what.format(len(templates))
    ours, theirs = _verdicts(templates)
    verdicts = Row(f"{what}: verdicts, compliant or not", ours, theirs, "", "Checkov", "more", holds=ours > theirs)
    return [_beside_checkov(what, templates, runs, 15), _beside_nag(what, templates, runs, 0.5, folder), verdicts]


def _corpus(runs: int, folder: Path) -> list[Row]:
    """Many templates of others, most of them small."""
    templates = sorted(path for path in (SHARED / "corpus").glob("*") if path.suffix in (".yaml", ".yml", ".json"))
    if not templates:
        sys.stderr.write(f"{SHARED / 'corpus'} has no templates: they are not measured\n")
        return []
    what, runs = f"scan of {len(templates)} templates", min(runs, LONG_RUNS)
    return [_beside_checkov(what, templates, runs, 6), _beside_nag(what, templates, runs, 0.6, folder)]


def _smallest(runs: int, folder: Path) -> list[Row]:
    smallest = folder / "smallest.yaml"
    smallest.write_text(ONE_RESOURCE, encoding="utf-8")
    return [_beside_checkov("scan of one bucket", [smallest], runs, 8)]


def _growing(runs: int, folder: Path) -> list[Row]:
    """What grows with the resources of a template has to grow no faster than they do."""
    runs = min(runs, LONG_RUNS)
    buckets = _written(folder / "buckets.json", {f"B{n}": _bucket() for n in range(RESOURCES)})
    pairs = _written(folder / "pairs.json", _pairs(RESOURCES // 2))
    opened = _written(folder / "conditions.json", *_opened(200))
    what = f"scan of {RESOURCES} resources, buckets and their policies: {CPU}"
    ours, theirs = in_turns(lambda: child(_ours([pairs])).cpu, lambda: child(_ours([buckets])).cpu, runs)
    grown = Row(what, ours, theirs, "s", f"{RESOURCES} buckets", "at most 1.3", ours <= theirs * 1.3)
    what = "scan of 200 buckets with three open conditions each"
    ours, theirs = in_turns(lambda: child(_ours([opened])).cpu, lambda: child(_nag([opened])).cpu, runs)
    cpu = Row(f"{what}: {CPU}", ours, theirs, "s", "cdk-nag", "less than 1 s", ours < 1)
    ours, theirs = in_turns(lambda: child(_ours([opened])).memory, lambda: child(_nag([opened])).memory, 1)
    memory = Row(f"{what}: memory", ours, theirs, "MiB", "cdk-nag", "less than 100 MiB", ours < 100)  # noqa: PLR2004
    return [grown, cpu, memory, *_told("buckets", buckets, runs), *_told("buckets and their policies", pairs, runs)]


def _told(name: str, template: Path, runs: int) -> list[Row]:
    found = []
    for peer, command in (("cdk-nag", _nag), ("Checkov", _checkov)):
        ours, theirs = in_turns(partial(_cpu, _ours, template), partial(_cpu, command, template), runs)
        what = f"scan of {RESOURCES} resources, {name}: {CPU}"
        found.append(Row(what, ours, theirs, "s", peer, "reported only", holds=True))
    return found


def _beside_checkov(what: str, templates: Sequence[Path], runs: int, promised: int) -> Row:
    ours, theirs = in_turns(lambda: child(_ours(templates)).cpu, lambda: child(_checkov(templates)).cpu, runs)
    return Row(f"{what}: {CPU}", ours, theirs, "s", "Checkov", f"at most 1/{promised}", theirs / ours >= promised)


def _beside_nag(what: str, templates: Sequence[Path], runs: int, promised: float, folder: Path) -> Row:
    """cdk-nag reads no YAML: it gets JSON that was made of it before."""
    made = []
    for number, template in enumerate(templates):
        made.append(folder / f"{number}-{template.stem}.json")
        made[-1].write_text(json.dumps(read_template(template).document), encoding="utf-8")
    refused = len(json.loads(child(_nag(made)).printed)["refused"])
    ours, theirs = in_turns(lambda: child(_ours(templates)).cpu, lambda: child(_nag(made)).cpu, runs)
    peer = f"cdk-nag, which refuses {refused} of them" if refused else "cdk-nag"
    return Row(f"{what}: {CPU}", ours, theirs, "s", peer, f"at most {promised}", ours <= theirs * promised)


def _verdicts(templates: Sequence[Path]) -> tuple[int, int]:
    results = json.loads(child(_ours(templates)).printed)["results"]
    summary = json.loads(child(_checkov(templates)).printed)["summary"]
    return sum(result["compliance"] in DECIDED for result in results), summary["passed"] + summary["failed"]


def _cpu(command: Callable[[Sequence[Path]], list[str]], template: Path) -> float:
    return child(command([template])).cpu


def _ours(templates: Sequence[Path]) -> list[str]:
    return [PYTHON, "-m", "pillarwatch", "scan", "--format", "json", *map(str, templates)]


def _checkov(templates: Sequence[Path]) -> list[str]:
    return [CHECKOV, *(argument for path in templates for argument in ("--file", str(path))), *OPTIONS]


def _nag(templates: Sequence[Path]) -> list[str]:
    return ["node", NAG, *map(str, templates)]


def _written(path: Path, resources: dict[str, Any], sections: dict[str, Any] | None = None) -> Path:
    path.write_text(json.dumps({**(sections or {}), "Resources": resources}), encoding="utf-8")
    return path


def _bucket(properties: dict[str, Any] = BUCKET) -> dict[str, Any]:
    return {"Type": "AWS::S3::Bucket", "Properties": properties}


def _pairs(count: int) -> dict[str, Any]:
    resources = {}
    for number in range(count):
        statement = {
            "Effect": "Deny",
            "Principal": "*",
            "Action": "s3:*",
            "Resource": {"Fn::Sub": f"${{B{number}.Arn}}/*"},
            "Condition": {"Bool": {"aws:SecureTransport": "false"}},
        }
        policy = {
            "Bucket": {"Ref": f"B{number}"},
            "PolicyDocument": {"Version": "2012-10-17", "Statement": [statement]},
        }
        resources[f"B{number}"] = _bucket()
        resources[f"P{number}"] = {"Type": "AWS::S3::BucketPolicy", "Properties": policy}
    return resources


def _opened(count: int) -> tuple[dict[str, Any], dict[str, Any]]:
    """Buckets of which parameters without a default decide properties, and the parameters and conditions."""
    optional = {
        "VersioningConfiguration": {"Status": "Enabled"},
        "LoggingConfiguration": {"LogFilePrefix": "logs/"},
        "PublicAccessBlockConfiguration": {"BlockPublicAcls": True},
    }
    parameters: dict[str, Any] = {}
    conditions: dict[str, Any] = {}
    resources: dict[str, Any] = {}
    for number in range(count):
        properties = {}
        for key, value in optional.items():
            name = f"B{number}{key}"
            parameters[name] = {"Type": "String"}
            conditions[name] = {"Fn::Equals": [{"Ref": name}, "yes"]}
            properties[key] = {"Fn::If": [name, value, {"Ref": "AWS::NoValue"}]}
        resources[f"B{number}"] = _bucket(properties)
    return resources, {"Parameters": parameters, "Conditions": conditions}
