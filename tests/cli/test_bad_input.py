"""Whatever a file holds: one clear error that names it, and the other files are judged."""

from pathlib import Path
from typing import Any

import pytest

GOOD = "Resources: {It: {Type: AWS::S3::Bucket}}"


@pytest.mark.parametrize(
    ("content", "line", "said"),
    [
        ("", None, "is empty"),
        ("# nothing\n", None, "is empty"),
        ("just a text", None, "no mapping"),
        ("- a\n- b\n", None, "no mapping"),
        ("Description: no resources\n", None, "no mapping `Resources`"),
        ("Resources: []\n", None, "no mapping `Resources`"),
        ("Resources:\n  A: [\n", 3, "neither YAML nor JSON"),
        ('{"Resources": {"A": }', 1, "neither YAML nor JSON"),
        ("Resources: {A: *nowhere}\n", 1, "no anchor 'nowhere'"),
        ("Resources: &r {A: *r}\n", 1, "no anchor 'r'"),
        ("a: 1\n---\nb: 1\n", 2, "more than one"),
        ("? [a, b]\n: c\n", 1, "a key that is no text"),
        ("[" * 100_000, 1, "nested more than"),
        ("- " * 100_000, 1, "nested more than"),
        ("a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
            f"{chr(98 + i)}: &{chr(98 + i)} [{','.join([f'*{chr(97 + i)}'] * 9)}]\n" for i in range(9)
        ), 6, "too many nodes"),
        (b"\x00\x01\x02PK", None, "is binary"),
        (b"Resources:\n  \xff\xfe\n", 2, "not encoded in UTF-8"),
        ("Resources: {A: text}\n", 1, "resource A has no Type"),
        ("Resources: {A: }\n", 1, "resource A has no Type"),
        ("Resources: {A: {Type: [x]}}\n", 1, "resource A has no Type"),
        ("Resources: {A: {Type: AWS::S3::Bucket, Properties: text}}\n", 1, "Properties that are no mapping"),
    ],
)  # fmt: skip
def test_a_bad_file_is_one_error(scan: Any, content: Any, line: int | None, said: str) -> None:
    scanned = scan(content)
    assert scanned.code == 2
    (error,) = scanned.document["errors"]
    assert (error["file"], error["line"]) == ("template.yaml", line)
    assert said in error["message"]
    assert "\n" not in error["message"]


def test_the_rest_is_judged(scan: Any, tmp_path: Path) -> None:
    (tmp_path / "good.yaml").write_text(GOOD)
    scanned = scan("[", "good.yaml", "absent.yaml")
    assert scanned.code == 2
    assert [error["file"] for error in scanned.document["errors"]] == ["template.yaml", "absent.yaml"]
    assert scanned.compliance("s3-bucket-versioning-enabled") == "NON_COMPLIANT"


def test_the_resources_beside_a_broken_one_are_judged(scan: Any) -> None:
    scanned = scan("Resources: {Broken: {Type: 1}, It: {Type: AWS::S3::Bucket}}")
    assert scanned.code == 2
    assert scanned.compliance("s3-bucket-versioning-enabled") == "NON_COMPLIANT"


def test_a_huge_file_is_refused(scan: Any) -> None:
    assert "MB" in scan("#" * 5_000_001).errors[0]


def test_a_folder_is_searched_for_templates(scan: Any, tmp_path: Path) -> None:
    for name in ("b.yaml", "deep/a.template", "c.txt", ".hidden/d.yaml", "node_modules/e.yaml"):
        path = tmp_path / "folder" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(GOOD)
    (tmp_path / "folder" / "values.yaml").write_text("a: {{ helm }}")
    (tmp_path / "folder" / "j.json").write_text(
        '{"AWSTemplateFormatVersion": "x", "Resources": {"It": {"Type": "A::B::C"}}}'
    )
    scanned = scan(None, "folder", "folder/b.yaml")
    assert scanned.document["files"] == ["folder/b.yaml", "folder/j.json", "folder/deep/a.template"]
    assert scanned.errors == []


def test_a_template_without_resources_is_no_pass(scan: Any) -> None:
    scanned = scan("AWSTemplateFormatVersion: '2010-09-09'\nResources: {}\n")
    assert scanned.code == 2
    assert ["has no resources" in error for error in scanned.errors] == [True]
    assert scan("Transform: MyMacro\nResources: {}\n").code == 0  # the macro may add some; a warning says so


def test_a_file_that_cannot_be_read_is_not_counted_as_a_template(scan_as_table: Any, tmp_path: Path) -> None:
    (tmp_path / "good.yaml").write_text(GOOD)
    code, printed = scan_as_table("Resources: [", "good.yaml")
    assert code == 2
    assert "in 1 template; 1 file with errors" in printed


def test_a_folder_without_templates_is_an_error(scan: Any, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    assert scan(None, "empty").code == 2


def test_json_is_read_with_lines(scan: Any) -> None:
    content = '{\n\t"Resources": {\n\t\t"It": {"Type": "AWS::S3::Bucket", "Metadata": "\\ud83d\\ude00 \\/"}\n\t}\n}'
    scanned = scan(content, name="template.json")
    assert scanned.errors == []
    assert {result["line"] for result in scanned.document["results"] if result["logical_id"] == "It"} == {3}


def test_plain_scalars_are_read_as_cloudformation_reads_them(scan: Any) -> None:
    scanned = scan(
        "Resources: {It: {Type: AWS::S3::Bucket, Properties: {VersioningConfiguration: {Status: !!str Enabled}}}}"
    )
    assert scanned.compliance("s3-bucket-versioning-enabled") == "COMPLIANT"


def test_a_duplicate_key_is_a_warning_and_the_last_one_counts(scan: Any) -> None:
    scanned = scan("""
Resources:
  It: {Type: AWS::SQS::Queue}
  It:
    Type: AWS::S3::Bucket
    Properties:
      VersioningConfiguration: {Status: Suspended}
      VersioningConfiguration: {Status: Enabled}
""")
    assert scanned.errors == []
    assert scanned.compliance("s3-bucket-versioning-enabled") == "COMPLIANT"
    assert {result["line"] for result in scanned.document["results"] if result["logical_id"] == "It"} == {4}
    assert [(warning["line"], "twice" in warning["message"]) for warning in scanned.document["warnings"]] == [
        (4, True),
        (8, True),
    ]


FOREIGN = {
    "serverless.yml": "service: mine\nresources:\n  Resources:\n    B: {Type: AWS::S3::Bucket}\n",
    "manifests.yaml": "data:\n  t: |\n    Resources:\n      B: {Type: AWS::S3::Bucket}\n---\nkind: Pod\n",
    "chart.yaml": "{{ if .x }}\n  Resources: {B: {Type: AWS::S3::Bucket}}\n{{ end }}",
    "finding.json": '{"Findings": [{"Resources": [{"Type": "AwsS3Bucket"}]}]}',
    "finding-alone.json": '{"Resources": [{"Type": "AwsS3Bucket", "Id": "arn:aws:s3:::b"}]}',
    "prose.yaml": "text: |\n  Resources: are prose\n",
}


def test_files_of_other_tools_are_left_out_of_a_folder_and_counted(scan: Any, tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    for name, content in {"good.yaml": GOOD, **FOREIGN}.items():
        (tmp_path / "folder" / name).write_text(content)
    scanned = scan(None, "folder", "--fail-on", "none")
    assert (scanned.code, scanned.errors) == (0, [])
    assert scanned.document["files"] == ["folder/good.yaml"]
    assert scanned.document["left_out"] == sorted(f"folder/{name}" for name in FOREIGN)


def test_a_file_that_is_named_is_not_left_out(scan: Any) -> None:
    for name, content in FOREIGN.items():
        assert scan(content, name=name).code == 2


@pytest.mark.parametrize(
    "content",
    [
        "Resources:\n  A: {Type: AWS::S3::Bucket\n",
        '{"Resources": {"A": {"Type": "AWS::S3::Bucket"}}',
        "AWSTemplateFormatVersion: '2010-09-09'\nResources: []\n",
        "Resources: {A: {Type: AWS::S3::Bucket}} #" + "x" * 5_000_000,
    ],
)
def test_a_broken_template_in_a_folder_is_an_error(content: str, scan: Any, tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "broken.template").write_text(content)
    (tmp_path / "folder" / "good.yaml").write_text(GOOD)
    scanned = scan(None, "folder")
    assert scanned.code == 2
    assert [error["file"] for error in scanned.document["errors"]] == ["folder/broken.template"]
    assert scanned.document["left_out"] == []


def test_json_may_begin_with_a_tab(scan: Any) -> None:
    scanned = scan('\t{"Resources":\n\t{"It": {"Type": "AWS::S3::Bucket"}}}', name="template.json")
    assert scanned.errors == []
    assert {result["line"] for result in scanned.document["results"] if result["logical_id"] == "It"} == {2}
