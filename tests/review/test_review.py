from __future__ import annotations

import json
import shutil
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest

from cli.scan import as_json as scan_as_json
from pillarwatch.command import main
from pillarwatch.framework import PILLARS, best_practices
from pillarwatch.settings import Settings
from review.actions import works
from review.html import html
from review.markdown import markdown
from review.model import Review, Statement
from review.renderings import as_json
from rules.catalogue import all_checks
from template_scan.evaluation import scanned
from tests.review.conftest import DAY, reviewed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT = Path(__file__).parents[2]
SAMPLES = ROOT / "samples"
HOSTILE = "<script>alert('|')</script> `x` \u202egnp.exe 🙂"


@pytest.fixture(params=["samples", "live-meeting-assistant"])
def templates(request: pytest.FixtureRequest) -> Path:
    if request.param == "samples":
        return SAMPLES
    shared: Path = request.getfixturevalue("shared")
    return shared / "templates" / "live-meeting-assistant"


def statements(review: Review) -> Iterator[Statement]:
    for theme in review.themes:
        yield from (*theme.strengths, *theme.gaps)
    for component in review.components:
        yield from (*component.strengths, *component.gaps)


def test_numbers_are_those_of_the_scan(templates: Path) -> None:
    scan = scanned([templates], Settings(), DAY)
    scan.name_causes()
    document, review = scan_as_json(scan, Settings()), reviewed(templates)
    assert {p.pillar: (p.score, p.coverage, p.verdicts) for p in review.pillars} == {
        pillar: (found["score"], found["coverage"], found["verdicts"]) for pillar, found in document["scores"].items()
    }
    verdicts = Counter((result["check"], result["compliance"]) for result in document["results"])
    findings = {result["check"] for result in document["results"] if result["compliance"] == "NON_COMPLIANT"}
    findings -= {result["check"] for result in document["results"] if "same_cause_as" in result}
    gaps = [statement for theme in review.themes for statement in theme.gaps]
    assert {gap.check for gap in gaps} >= findings
    for gap in gaps:
        assert (gap.passed, gap.failed, gap.unknown) == tuple(
            verdicts[gap.check, word] for word in ("COMPLIANT", "NON_COMPLIANT", "INSUFFICIENT_DATA")
        )
    failed = {gap.check: gap.failed for gap in gaps}
    for action in review.actions:
        work = works().get(action.check)
        own = [check for check in action.closes if work and check in work.checks] or [action.check]
        own = [check for check in own if all_checks()[check].same_cause_as not in own]
        assert action.findings == sum(failed[check] for check in own)
    assert {check for action in review.actions for check in action.closes} >= failed.keys()
    assert sum(component.passed for component in review.components) == sum(
        n for (_, word), n in verdicts.items() if word == "COMPLIANT"
    )
    assert sum(question.count for question in review.not_evaluated.unknown) == sum(
        n for (_, word), n in verdicts.items() if word == "INSUFFICIENT_DATA"
    )
    assert review.not_evaluated.types == document["unjudged"]


def test_every_statement_says_of_how_many_and_what_it_rests_on(templates: Path) -> None:
    review = reviewed(templates)
    ids = [statement.id for statement in statements(review)]
    assert len(ids) == len(set(ids)) > 20
    for one in statements(review):
        counted = one.failed if one.kind == "gap" else one.passed
        assert f": {counted} of {one.judged}" in one.text
        assert one.judged == one.passed + one.failed > 0
        assert len(one.resources) <= 3
        assert len(one.resources) + one.more == (one.failed or one.passed)
        assert all(resource.where for resource in one.resources)
        assert one.practice in best_practices()
        assert bool(one.next_step) == bool(one.failed)
        assert (f" Unknown: {one.unknown}." in one.text) == bool(one.unknown)


def test_every_best_practice_has_its_row_and_a_status_with_a_reason(templates: Path) -> None:
    review = reviewed(templates)
    practices = [practice for question in review.questions for practice in question.practices]
    assert [practice.id for practice in practices] == list(best_practices())
    for practice in practices:
        judged = sum(one.judged for one in practice.evidence)
        assert (practice.score is None) == (not judged) == (practice.status in {"No evidence", "Risk accepted"})
        open_too = practice.score == 100 and any(one.unknown for one in practice.evidence)
        assert bool(practice.note) == (not judged or open_too)
    by_status = Counter(practice.status for practice in practices)
    assert by_status["No gap found"] == review.totals.no_gap
    unsure = [one for one in practices if one.score == 100 and any(each.unknown for each in one.evidence)]
    assert by_status["No gap found"] == sum(one.score == 100 for one in practices) - len(unsure)
    assert {one.status for one in unsure} <= {"Partial"}


def test_what_aws_does_by_default_is_no_strength(review_of: Callable[..., Review]) -> None:
    bare = review_of({"Plain": {"Type": "AWS::S3::Bucket"}})
    assert [statement for theme in bare.themes for statement in theme.strengths] == []
    chosen = {"VersioningConfiguration": {"Status": "Enabled"}}
    review = review_of({"Kept": {"Type": "AWS::S3::Bucket", "Properties": chosen}})
    strengths = [statement for theme in review.themes for statement in theme.strengths]
    assert [statement.check for statement in strengths] == ["s3-bucket-versioning-enabled"]


def test_an_unknown_verdict_is_evidence_of_nothing(review_of: Callable[..., Review]) -> None:
    status = {"VersioningConfiguration": {"Status": {"Fn::ImportValue": "status"}}}
    review = review_of({"Open": {"Type": "AWS::S3::Bucket", "Properties": status}})
    assert "s3-bucket-versioning-enabled" not in {statement.check for statement in statements(review)}
    assert "s3-bucket-versioning-enabled" in {question.check for question in review.not_evaluated.unknown}
    practices = {practice.id: practice for question in review.questions for practice in question.practices}
    assert (practices["REL09-BP01"].status, practices["REL09-BP01"].score) == ("No evidence", None)
    assert "unknown" in practices["REL09-BP01"].note


def test_an_accepted_failure_is_no_gap_and_no_action(review_of: Callable[..., Review]) -> None:
    check = "s3-bucket-versioning-enabled"
    waiver = {"check": check, "resource": "*", "reason": "kept elsewhere", "expires": "2027-01-31", "approver": "Ada"}
    review = review_of({"Plain": {"Type": "AWS::S3::Bucket"}}, {"waivers": [waiver]})
    (risk,) = review.accepted_risks
    assert (risk.check, risk.reason, risk.approver, risk.expires) == (check, "kept elsewhere", "Ada", "2027-01-31")
    assert [resource.name for resource in risk.resources] == ["Plain"]
    assert check not in {statement.check for statement in statements(review)} | {one.check for one in review.actions}
    plain = review_of({"Plain": {"Type": "AWS::S3::Bucket"}})
    assert [one.score_without_waivers for one in review.pillars] == [one.score for one in plain.pillars]
    assert {one.score_without_waivers for one in plain.pillars} == {None}
    for text in (markdown(review), html(review)):
        (line,) = [line for line in text.splitlines() if "If these failures counted, the scores were lower: " in line]
        assert line.count(" instead of ") == sum(one.score != one.score_without_waivers for one in review.pillars)
    assert any(one.score == one.score_without_waivers is not None for one in review.pillars)
    assert "If these failures counted" not in markdown(plain)
    practices = {practice.id: practice for question in review.questions for practice in question.practices}
    assert practices["REL09-BP01"].status == "Risk accepted"


def test_a_component_is_what_a_tag_names_or_a_template_file(tmp_path: Path) -> None:
    tagged = {"Type": "AWS::S3::Bucket", "Properties": {"Tags": [{"Key": "Component", "Value": "archive"}]}}
    stacks = {"web": {"Site": {"Type": "AWS::S3::Bucket"}, "Old": tagged}, "api": {"Old": tagged}}
    for name, resources in stacks.items():
        (tmp_path / f"{name}.json").write_text(json.dumps({"Resources": resources}), encoding="utf-8")
    review = reviewed(tmp_path)
    assert [component.name for component in review.components] == ["api", "archive", "web"]  # api: the template itself
    of_archive = next(component for component in review.components if component.name == "archive")
    assert {gap.failed for gap in of_archive.gaps if gap.check == "s3-bucket-versioning-enabled"} <= {2}


def test_the_highest_and_lowest_pillar_are_named_only_with_enough_evidence(review_of: Callable[..., Review]) -> None:
    review = review_of({"Plain": {"Type": "AWS::S3::Bucket"}})
    assert all(pillar.coverage < 25 for pillar in review.pillars)
    assert "No pillar has a coverage of at least 25 %." in review.summary[1]
    nothing = review_of({"Handle": {"Type": "AWS::CloudFormation::WaitConditionHandle"}})
    assert nothing.summary == ["Nothing was evaluated, so there is no score."]
    assert nothing.overall is None
    assert [pillar.score for pillar in nothing.pillars] == [None] * len(PILLARS)


def test_json_keeps_to_its_schema_and_can_be_read_back(templates: Path) -> None:
    review = reviewed(templates)
    document = json.loads(as_json(review))
    schema = json.loads((ROOT / "docs" / "review.schema.json").read_text(encoding="utf-8"))
    jsonschema.validate(document, schema)
    assert Review.model_validate(document) == review


def test_the_same_templates_give_the_same_bytes_wherever_they_are(tmp_path: Path) -> None:
    elsewhere = tmp_path / "samples"
    shutil.copytree(SAMPLES, elsewhere)
    one, other = reviewed(SAMPLES), reviewed(elsewhere)
    assert as_json(one) == as_json(other)
    assert markdown(one) == markdown(other)


def test_names_of_others_stay_text_in_markdown(review_of: Callable[..., Review]) -> None:
    tags = [{"Key": "Component", "Value": HOSTILE}]
    bucket = {"Type": "AWS::S3::Bucket", "Properties": {"Tags": tags}}
    review = review_of({"Plain": bucket, "Other": {"Type": "AWS::SQS::Queue"}})
    text = markdown(review)
    assert "<script>" not in text
    assert "\u202e" not in text
    (row,) = [line for line in text.splitlines() if line.startswith("| \\<script")]
    assert row.replace("\\|", "").count("|") == 6  # five columns


def test_the_command_writes_files_or_prints(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    page, document = tmp_path / "review.md", tmp_path / "review.json"
    assert main(["review", str(SAMPLES), "-o", str(page), "-o", str(document), "--title", "Ours"]) == 0
    assert page.read_text(encoding="utf-8").startswith("# Well-Architected review: Ours\n")
    assert json.loads(document.read_text(encoding="utf-8"))["title"] == "Ours"
    capsys.readouterr()
    assert main(["review", str(SAMPLES / "help-desk.yaml")]) == 0
    assert capsys.readouterr().out.startswith("# Well-Architected review: help-desk\n")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["missing.yaml"], "missing.yaml"),
        (["{folder}/samples", "-o", "review.docx"], "review.docx"),
        (["{folder}/samples/help-desk.yaml", "-o", "missing/review.md"], "missing/review.md"),
        (["{folder}/empty"], "has no templates"),
    ],
)
def test_bad_input_is_one_line_and_exit_code_2(
    arguments: list[Any], said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "empty").mkdir()
    shutil.copytree(SAMPLES, tmp_path / "samples")
    assert main(["review", *(argument.format(folder=tmp_path) for argument in arguments)]) == 2
    out, err = capsys.readouterr()
    assert said in err
    assert (out, len(err.splitlines())) == ("", 1)


def test_a_template_that_cannot_be_read_is_said_in_the_review_of_the_others(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copy(SAMPLES / "help-desk.yaml", tmp_path)
    (tmp_path / "left.yaml").write_text("Resources: [", encoding="utf-8")
    assert main(["review", str(tmp_path)]) == 0
    assert "left.yaml" in capsys.readouterr().out
    (tmp_path / "broken.json").write_text('{"Resources": {"Typeless": {}}}', encoding="utf-8")
    assert main(["review", str(tmp_path)]) == 2
    out, err = capsys.readouterr()
    assert len(err.splitlines()) == 1
    assert "broken.json" in err
    assert "broken.json" in out


def test_what_one_piece_of_work_fixes_is_one_action(review_of: Callable[..., Review]) -> None:
    table = {"Type": "AWS::DynamoDB::Table", "Properties": {"BillingMode": "PAY_PER_REQUEST"}}
    balancer = {"Type": "AWS::ElasticLoadBalancingV2::LoadBalancer"}
    review = review_of({"Items": table, "Entry": balancer})
    (action,) = [one for one in review.actions if "elb-deletion-protection-enabled" in one.closes]
    assert set(action.closes) >= {"dynamodb-table-deletion-protection-enabled", "elb-deletion-protection-enabled"}
    assert (action.findings, action.more) == (2, 0)
    assert [resource.name for resource in action.resources] == ["Items", "Entry"]
    alone = review_of({"Items": table})
    (own,) = [one for one in alone.actions if "dynamodb-table-deletion-protection-enabled" in one.closes]
    assert "deletion protection" in own.title


def test_every_piece_of_work_fixes_checks_that_exist_and_each_once() -> None:
    listed = [check for work in set(works().values()) for check in work.checks]
    assert len(listed) == len(set(listed))
    assert set(listed) <= all_checks().keys()


def test_a_review_takes_what_a_deployment_gives_its_templates(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    bucket = {"Type": "AWS::S3::Bucket", "Properties": {"VersioningConfiguration": {"Status": {"Ref": "Keep"}}}}
    template = {"Parameters": {"Keep": {"Type": "String"}}, "Resources": {"Kept": bucket}}
    (tmp_path / "shop.json").write_text(json.dumps(template), encoding="utf-8")
    assert (
        main(["review", str(tmp_path / "shop.json"), "--parameters", "Keep=Enabled", "--tags", "Workload=books"]) == 0
    )
    out = capsys.readouterr().out
    assert out.startswith("# Well-Architected review: books\n")
    assert "S3 buckets have versioning enabled: 1 of 1" in out


def test_a_theme_says_what_is_not_decided(review_of: Callable[..., Review]) -> None:
    review = review_of({"Work": {"Type": "AWS::Lambda::Function", "Properties": {"Runtime": "python3.13"}}})
    undecided = {one.check: theme.id for theme in review.themes for one in theme.undecided}
    assert undecided["lambda-errors-alarm-configured"] == "observability"
    assert all(one.check not in undecided for theme in review.themes for one in (*theme.strengths, *theme.gaps))


def test_themes_with_the_gravest_gaps_stand_first(templates: Path) -> None:
    review = reviewed(templates)
    grave = [
        tuple(-sum(gap.severity == word for gap in theme.gaps) for word in ("critical", "high"))
        for theme in review.themes
    ]
    assert grave == sorted(grave)
    order = ["critical", "high", "medium", "low"]
    actions = [(one.priority, order.index(one.severity)) for one in review.actions]
    assert actions == sorted(actions)


def test_what_nobody_asks_for_is_no_strength(review_of: Callable[..., Review]) -> None:
    ttl = {"TimeToLiveSpecification": {"AttributeName": "ends", "Enabled": True}}
    table = {"Type": "AWS::DynamoDB::Table", "Properties": ttl}
    asked = {"checks": {"dynamodb-ttl-enabled": {"parameters": {"every_table": True}}}}
    by_settings = [review_of({"Items": table}, settings) for settings in ({}, asked)]
    shown = [{one.check for theme in each.themes for one in theme.strengths} for each in by_settings]
    assert ["dynamodb-ttl-enabled" in checks for checks in shown] == [False, True]
