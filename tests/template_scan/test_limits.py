"""Templates that would take for ever: the file is an error, or is judged, and the others are judged."""

from pathlib import Path
from typing import Any

import pytest

from pillarwatch.command import main
from pillarwatch.unknown import Unknown
from template_scan.reading import Budget, TooLarge

GOOD = "Resources: {Good: {Type: AWS::S3::Bucket}}"
VERSIONING = "s3-bucket-versioning-enabled"
LONG = "x" * 900_000


def named(expression: str, head: str = "") -> str:
    return f"{head}\nResources: {{It: {{Type: AWS::S3::Bucket, Properties: {{BucketName: {expression}}}}}}}\n"


LOOP = f"""
Resources:
  Fn::ForEach::All:
    - N
    - [{",".join(map(str, range(70)))}]
    - Bucket${{N}}: {{Type: AWS::S3::Bucket, Tags: [{",".join(["{Key: k}"] * 20_000)}]}}
"""


def doubling(levels: int, innermost: str) -> str:
    text = innermost
    for _ in range(levels):
        text = f"!Sub ['${{a}}${{a}}', {{a: {text}}}]"
    return text


@pytest.mark.parametrize(
    "template",
    [
        named(doubling(38, "zz")),
        named(f"!Join ['', [{','.join(['*long'] * 4000)}]]", f"Metadata: &long {LONG}"),
        named(f"!Join ['', [{','.join(['!Ref Long'] * 4000)}]]", f"Parameters: {{Long: {{Default: {LONG}}}}}"),
        named(f"!Sub ['{'${a}' * 4000}', {{a: {LONG}}}]"),
        named(f"!Split [',', '{',' * 1_000_000}']"),
        LOOP,
    ],
    ids=["nested-sub", "join-of-aliases", "join-of-parameters", "sub-of-one-variable", "split", "loop"],
)  # fmt: skip
def test_a_template_that_grows_without_bounds_is_an_error_and_the_others_are_judged(
    template: str, scan: Any, tmp_path: Path
) -> None:
    (tmp_path / "good.yaml").write_text(GOOD)
    scanned = scan(template, "good.yaml")
    assert scanned.code == 2
    (error,) = scanned.document["errors"]
    assert error["file"] == "template.yaml"
    assert " MB" in error["message"]
    assert scanned.compliance(VERSIONING, "Good") == "NON_COMPLIANT"


@pytest.mark.parametrize(
    "template",
    [
        named(doubling(38, "''")),
        named("!FindInMap [M, k, a]", "Mappings: {M: {k: {a: {'Fn::FindInMap': [M, k, a]}}}}"),
        named(f"!Sub '${{!{'a' * 200_000}${{It}}'"),
        f"Conditions: {{C: !Equals [!Sub '{'-'.join(['${AWS::Region}'] * 30)}x', '{'-' * 200}']}}\n{GOOD}",
    ],
    ids=["nested-sub-of-nothing", "mapping-of-itself", "an-opened-brace", "many-unknown-parts"],
)
def test_what_would_take_for_ever_is_judged(template: str, scan: Any) -> None:
    assert scan(template).errors == []


@pytest.mark.parametrize(("last", "there"), [("!Equals [a, a]", True), ("!Equals [a, b]", False)])
def test_a_long_chain_of_conditions_is_followed(last: str, there: bool, scan: Any) -> None:
    chain = "".join(f"  C{i}: !And [Condition: C{i + 1}, Condition: C{i + 1}]\n" for i in range(3000))
    scanned = scan(f"Conditions:\n{chain}  C3000: {last}\n{GOOD.replace('Bucket', 'Bucket, Condition: C0')}")
    assert scanned.errors == []
    assert scanned.document["skipped"] == (0 if there else 1)


def test_a_long_circle_of_conditions_is_undecided(scan: Any) -> None:
    circle = "".join(f"  C{i}: !Not [Condition: C{(i + 1) % 3000}]\n" for i in range(3000))
    scanned = scan(f"Conditions:\n{circle}{GOOD.replace('Bucket', 'Bucket, Condition: C0')}")
    assert scanned.errors == []
    assert scanned.compliance(VERSIONING, "Good") == "NON_COMPLIANT"


def test_a_crash_in_one_template_is_an_error_and_the_others_are_judged(
    scan: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("template_scan.configuration_items.ConfigurationItems.there", lambda *_: 1 / 0)
    (tmp_path / "good.yaml").write_text(GOOD)
    scanned = scan("Resources: {It: {Type: Custom::Thing}}", "good.yaml")
    assert scanned.code == 2
    (error,) = scanned.document["errors"]
    assert (error["file"], error["line"]) == ("template.yaml", None)
    assert "ZeroDivisionError" in error["message"]
    assert scanned.compliance(VERSIONING, "Good") == "NON_COMPLIANT"


def test_settings_that_are_nested_too_deeply_are_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "good.yaml").write_text(GOOD)
    for content in (f"a = {'[' * 5000}{']' * 5000}", f"[a{'.b' * 5000}]"):
        (tmp_path / "deep.toml").write_text(content)
        assert main(["scan", str(tmp_path / "good.yaml"), "--settings", str(tmp_path / "deep.toml")]) == 2
        assert "deep.toml: is nested too deeply" in capsys.readouterr().err


def test_a_budget_is_shared_by_all_that_is_made() -> None:
    budget = Budget("template.yaml")
    budget.spend(15_000_000)
    with pytest.raises(TooLarge, match=r"template\.yaml"):
        budget.spend(15_000_000)


@pytest.mark.parametrize(
    ("parts", "fits", "does_not"),
    [
        (("a", None), ["a", "ab"], ["", "ba"]),
        ((None, "a"), ["a", "ba"], ["", "ab"]),
        (("ab", None, "bc"), ["abbc", "ab-bc"], ["abc"]),
        ((None, "a", "ab", None), ["aab", "aaab", "-aab-"], ["aba", "ab"]),
        ((None, "-", None, "-", None), ["--", "a-b-c"], ["-", ""]),
    ],
)
def test_known_parts_decide_what_a_text_may_be(parts: Any, fits: list[str], does_not: list[str]) -> None:
    text = Unknown("it is", parts=parts)
    assert all(isinstance(text == other, Unknown) for other in fits)
    assert not any(text == other for other in does_not)
