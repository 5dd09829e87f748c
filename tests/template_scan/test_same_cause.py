"""One cause is one finding in a scan; both checks keep their verdict."""

from typing import Any

from tests.scanning import LAST_DAY

OPEN_TO_ALL = "vpc-sg-open-only-to-authorized-ports"
SSH = "restricted-ssh"
GROUP = """
Resources:
  It:
    Type: AWS::EC2::SecurityGroup
    Properties:
      GroupDescription: bastion
      SecurityGroupIngress:
        - {IpProtocol: tcp, FromPort: 22, ToPort: 22, CidrIp: 0.0.0.0/0}
"""


def causes(scanned: Any) -> dict[str, str | None]:
    return {
        result["check"]: result.get("same_cause_as")
        for result in scanned.document["results"]
        if result["compliance"] == "NON_COMPLIANT" and result["check"] in {SSH, OPEN_TO_ALL}
    }


def test_json_keeps_both_verdicts_and_says_which_check_names_the_cause(scan: Any) -> None:
    assert causes(scan(GROUP)) == {OPEN_TO_ALL: None, SSH: OPEN_TO_ALL}


def test_json_says_which_failures_a_finding_stands_for(scan: Any) -> None:
    results = scan(GROUP).document["results"]
    assert {each["check"]: each["cause_of"] for each in results if "cause_of" in each} == {OPEN_TO_ALL: [SSH]}


def test_the_table_shows_and_counts_one_finding_for_a_cause(scan_as_table: Any) -> None:
    code, text = scan_as_table(GROUP, "--check", SSH, "--check", OPEN_TO_ALL)
    assert code == 1
    assert OPEN_TO_ALL in text
    assert f"; fails too: {SSH}" in text
    assert text.count(SSH) == 1
    assert "1 finding (1 high)" in text


def test_a_check_scanned_alone_is_a_finding(scan: Any, scan_as_table: Any) -> None:
    assert causes(scan(GROUP, "--check", SSH)) == {SSH: None}
    assert "1 finding (1 high)" in scan_as_table(GROUP, "--check", SSH)[1]


def test_another_resource_names_no_cause(scan: Any) -> None:
    rdp = GROUP.replace("  It:", "  Rdp:").replace("22", "3389").replace("\nResources:\n", "")
    assert causes(scan(GROUP + rdp)) == {OPEN_TO_ALL: None, SSH: OPEN_TO_ALL}
    scanned = scan(GROUP.replace("0.0.0.0/0", "10.0.0.0/24") + rdp)
    assert causes(scanned) == {OPEN_TO_ALL: None}


def test_a_waived_finding_names_no_cause(scan: Any, tmp_path: Any) -> None:
    accepted = (
        f'resource = "*"\nreason = "the bastion for visitors"\napprover = "Head of Platform"\nexpires = {LAST_DAY}\n'
    )
    (tmp_path / "pillarwatch.toml").write_text(f'[[waivers]]\ncheck = "{OPEN_TO_ALL}"\n{accepted}', encoding="utf-8")
    assert causes(scan(GROUP)) == {OPEN_TO_ALL: None, SSH: None}


def test_a_less_severe_finding_names_no_cause(scan: Any, tmp_path: Any) -> None:
    lower = f'[checks.{OPEN_TO_ALL}]\nseverity = "low"\n'
    (tmp_path / "pillarwatch.toml").write_text(lower, encoding="utf-8")
    assert causes(scan(GROUP)) == {OPEN_TO_ALL: None, SSH: None}
