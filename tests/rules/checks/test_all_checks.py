"""What holds for every check there is. A new check is tested here without a line being added."""

from __future__ import annotations

import ast
import copy
import importlib
import json
import re
import shutil
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pillarwatch import Check, ConfigurationItem
from pillarwatch.check import SEVERITY_OF_RISK
from pillarwatch.example import example_item, example_parameters, is_bare
from pillarwatch.framework import PILLARS, best_practice
from rules import catalogue
from rules.catalogue import all_checks, checks_of, resource_types
from rules.collectors import all_collectors
from tests.conftest import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator

CHECKS = all_checks()
WORDS = {"compliant": "COMPLIANT", "non_compliant": "NON_COMPLIANT", "not_applicable": "NOT_APPLICABLE"}


def test_each_example_has_the_verdict_of_its_list(check: Check, subtests: pytest.Subtests) -> None:
    for kind, compliance in WORDS.items():
        for number, example in enumerate(getattr(check, kind)):
            with subtests.test(f"{kind}[{number}]"):
                verdict = check.judge(example_item(check, example), example_parameters(example))
                assert verdict.compliance == compliance, verdict.annotation
                assert bool(verdict.annotation) == (kind == "non_compliant"), "only a failure has an annotation"


def test_a_check_shows_what_passes_and_what_fails(check: Check) -> None:
    assert check.compliant, "give an example that passes"
    assert check.non_compliant, "give an example that fails"


def test_a_check_shows_what_it_says_where_nothing_is_there(check: Check) -> None:
    shown = (*check.compliant, *check.non_compliant, *check.not_applicable)
    assert any(map(is_bare, shown)), "put {} into the list of its verdict; where a listing can be empty, {path: []}"


def test_a_check_that_passes_where_nothing_is_there_says_so(check: Check) -> None:
    """An empty list is often no good state: whoever means it to be shows it."""
    shown = {each.get("resourceType", check.resource_types[0]) for each in check.compliant if is_bare(each)}
    for resource_type in check.resource_types:
        verdict = check.judge(example_item(check, {"resourceType": resource_type}))
        assert verdict.compliance != "COMPLIANT" or resource_type in shown, (
            f"an {resource_type} of which nothing is known passes: if that is AWS's default, put {{}} into `compliant`"
        )


NAMES = (  # with which a reason may begin
    *("API", "AWS", "Amazon", "Auto Scaling", "CloudFront", "CloudTrail", "CloudWatch", "Cognito", "DynamoDB", "EBS"),
    *(
        "EC2",
        "ECS",
        "EKS",
        "Graviton",
        "GuardDuty",
        "HTTP",
        "IAM",
        "IP",
        "KMS",
        "Kinesis",
        "Lambda",
        "RDS",
        "S3",
        "SNS",
    ),
    *("SQL", "SQS", "Savings Plans", "Session Manager", "Shield", "TLS", "VPC", "X-Ray"),
)


def test_a_check_has_all_texts_that_a_review_prints(check: Check) -> None:
    assert re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)+", check.id), "words in lower case"
    assert check.title[0].isupper(), f"a title begins with a capital: {check.title}"
    assert check.title[-1].isalnum() or check.title.endswith(")"), f"a title is one line: {check.title}"
    assert not re.search(r"\b(should|must|ensure|(?<!health )checks?)\b", check.title, re.IGNORECASE), (
        "say the compliant state"
    )
    assert check.why, "say why, in the lines of the docstring behind its first"
    texts = " ".join((check.title, check.why, check.fix, *check.best_practices.values()))
    assert not re.search(r"\bTODO\b", texts), f"a TODO is left: {texts}"
    assert check.fix.endswith("."), "a fix is a sentence"
    assert check.effort in {"S", "M", "L"}
    assert check.severity in {"critical", *SEVERITY_OF_RISK.values()}
    assert check.best_practices, "name a best practice"
    for practice, reason in check.best_practices.items():
        assert best_practice(practice).pillar in PILLARS
        assert 3 <= len(reason.split()) <= 14, f"{practice}: about ten words"
        assert not reason.endswith("."), f"{practice}: no sentence, so no full stop: {reason}"
        assert reason[0].islower() or reason.startswith(NAMES), f"{practice}: a capital only for a name: {reason}"
    assert len(set(check.best_practices.values())) == len(check.best_practices), "each pair has its own reason"


def test_a_check_and_its_parameters_fit_each_other(check: Check) -> None:
    json.dumps(dict(check.parameters))
    for example in (*check.compliant, *check.non_compliant, *check.not_applicable):
        assert example_parameters(example).keys() <= check.parameters.keys()


# Where the check's name is not that of AWS's managed rule in lower case, and why.
RENAMED = {
    "cloudtrail-enabled": "as AWS's documentation names the rule, unlike its identifier",
    "lambda-runtime-supported": "one of the four settings that AWS's rule compares with a list",
    "multi-region-cloudtrail-enabled": "as AWS's documentation names the rule, unlike its identifier",
    "restricted-ssh": "as AWS's documentation names the rule, unlike its identifier",
}


def test_a_check_has_the_name_of_aws_s_managed_rule_or_a_reason() -> None:
    named = {check.id: check.id.upper().replace("-", "_") for check in CHECKS.values() if check.managed_rule}
    assert {check for check, name in named.items() if CHECKS[check].managed_rule != name} == set(RENAMED)


@pytest.mark.checks(where=lambda check: check.collector)
def test_a_check_of_a_collector_names_one_that_lists_its_types(check: Check) -> None:
    listed = all_collectors()[check.collector].resource_types
    assert set(check.resource_types) <= set(listed), f"{check.collector} lists {', '.join(listed)}"


def test_a_collector_lists_only_what_its_checks_judge() -> None:
    judged = {(check.collector, resource_type) for check in CHECKS.values() for resource_type in check.resource_types}
    for name, found in all_collectors().items():
        for resource_type in found.resource_types:
            assert (name, resource_type) in judged


def test_a_type_is_named_by_a_check_and_its_file_alike() -> None:
    """A shared check's types are those whose files import it: else it would silently judge nothing."""
    for check in CHECKS.values():
        for resource_type in check.resource_types:
            assert check in checks_of(resource_type), f"{resource_type}'s file does not name {check.id}"
    for path in Path(ROOT, "rules", "checks").glob("[!_]*.py"):
        for value in vars(importlib.import_module(f"rules.checks.{path.stem}")).values():
            if isinstance(value, Check):
                types = [name.removeprefix("AWS::").replace("::", "_").lower() for name in value.resource_types]
                assert path.stem in types, f"{value.id} is named by {path.name} and does not judge its type"


def test_the_catalogue_is_as_broad_as_promised() -> None:
    triggers = Counter(check.trigger for check in CHECKS.values())
    pillars = Counter(pillar for check in CHECKS.values() for pillar in check.pillars)
    assert len(CHECKS) >= 45
    assert len(resource_types()) >= 18
    assert triggers["change"] >= 10
    assert triggers["periodic"] >= 10
    assert min(pillars[pillar] for pillar in PILLARS) >= 6, pillars


def test_recorded_items_are_judged_without_a_crash(shared: Path) -> None:
    """Items as AWS Config really delivers them, in both envelopes."""
    judged = 0
    for file in sorted((shared / "config-items").glob("AWS_*.json")):
        raw = json.loads(file.read_text())
        before = copy.deepcopy(raw)
        item = ConfigurationItem(raw)
        for check in checks_of(item.resource_type):
            verdict = check.judge(item)
            assert not verdict.crashed, f"{file.name}: {check.id}: {verdict.annotation}"
            judged += 1
        assert raw == before, "a check changed its item"
    assert judged > 100


QUANTIFIERS = {"any_of", "all_of", "none_of"}
LAZY = (ast.GeneratorExp, ast.SetComp, ast.DictComp)


def test_checks_leave_the_third_value_to_the_core() -> None:
    """What would decide on a value that may be unknown, found in the source of every check."""
    for where, node in nodes_of_checks():
        if isinstance(node, ast.Compare):
            assert not any(isinstance(op, ast.Is | ast.IsNot) for op in node.ops), f"{where}: `is`: use == or has()"
            assert not any(isinstance(op, ast.In | ast.NotIn) for op in node.ops), f"{where}: `in`: use contains()"
        if isinstance(node, ast.Attribute):
            assert node.attr != "tags", f"{where}: .tags: use tag()"
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            assert node.func.id not in {"isinstance", "any", "all", "bool"}, f"{where}: {node.func.id}()"
            if node.func.id in QUANTIFIERS:
                assert not any(isinstance(each, ast.Call) and _called(each) == "map" for each in node.args), (
                    f"{where}: map() inside {node.func.id}: give it the elements and the condition"
                )
                for found in (inner for argument in node.args for inner in ast.walk(argument)):
                    assert not isinstance(found, ast.BoolOp), f"{where}: and/or inside {node.func.id}"
                    assert not isinstance(found, LAZY), f"{where}: one unknown hides the rest: give {node.func.id} both"
                    assert not (isinstance(found, ast.UnaryOp) and isinstance(found.op, ast.Not)), (
                        f"{where}: not inside {node.func.id}"
                    )


def nodes_of_checks() -> Iterator[tuple[str, ast.AST]]:
    """The source of checks and their helpers; what comes after them makes items of a template's resources."""
    for path in sorted(Path(ROOT, "rules", "checks").glob("**/*.py")):
        for part in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(part, ast.FunctionDef) and part.name in {"to_configuration_item", "related"}:
                break
            if names_unknown(part):
                continue
            for node in ast.walk(part):
                yield f"{path.relative_to(ROOT)}:{getattr(node, 'lineno', 0)}", node


def names_unknown(part: ast.stmt) -> bool:
    """Whether it is a helper that says what follows from an unknown value; a check itself leaves that to the core."""
    return (
        isinstance(part, ast.FunctionDef)
        and not part.decorator_list
        and any(
            isinstance(node, ast.Call)
            and _called(node) == "isinstance"
            and getattr(node.args[1], "id", "") == "Unknown"
            for node in ast.walk(part)
        )
    )


def _called(call: ast.Call) -> str:
    return getattr(call.func, "id", "")


def decorators_of_checks() -> Iterator[tuple[ast.FunctionDef, ast.Call]]:
    for path in Path(ROOT, "rules", "checks").glob("**/*.py"):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.FunctionDef):
                for found in node.decorator_list:
                    if isinstance(found, ast.Call) and _called(found) == "check":
                        yield node, found


def test_a_severity_is_given_only_where_it_differs_from_the_practice_s_risk() -> None:
    for function, decorator in decorators_of_checks():
        check = CHECKS[function.name.replace("_", "-")]
        default = SEVERITY_OF_RISK[best_practice(next(iter(check.best_practices))).risk]
        given = any(keyword.arg == "severity" for keyword in decorator.keywords)
        assert not given or check.severity != default, f"{check.id}: severity {default} needs no mention"


def test_the_digest_changes_with_what_checks_share(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = catalogue.digest_of("AWS::Lambda::Function")
    shutil.copytree(Path(ROOT, "rules", "checks", "shared"), tmp_path / "shared")
    with (tmp_path / "shared" / "alarms.py").open("a", encoding="utf-8") as helper:
        helper.write("# changed")
    monkeypatch.setattr(catalogue, "CHECKS", tmp_path)
    catalogue.digest_of.cache_clear()
    after = catalogue.digest_of("AWS::Lambda::Function")
    catalogue.digest_of.cache_clear()
    assert before != after


def test_the_median_check_is_short() -> None:
    """Documentation and examples included: a check reads as one thought."""
    lengths = [(node.end_lineno or 0) - found.lineno + 1 for node, found in decorators_of_checks()]
    middle = sorted(lengths)[len(lengths) // 2]
    assert middle <= 24, f"the median check has {middle} lines"
