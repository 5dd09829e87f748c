"""Errors of a settings file: all at once, each with its line and the nearest name."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from pillarwatch.errors import UserErrors
from settings.validation import read_settings

WRONG = """\
[scor]
drop_threshold = 5

[score]
drop_treshold = 5

[checks.s3-bucket-versionning-enabled]
severity = "high"

[checks.cw-loggroup-retention-period-check]
severity = "urgent"
parameters = {min_retention = 7}

[[waivers]]
check = "s3-bucket-versioning-enabled"
resource = "*"
reason = "short"
expires = "soon"
"""


def problems(tmp_path: Path, text: str) -> list[str]:
    path = tmp_path / "pillarwatch.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(UserErrors) as raised:
        read_settings(path)
    return [problem.removeprefix(f"{path}:") for problem in raised.value.problems]


def test_all_errors_are_reported_with_their_lines(tmp_path: Path) -> None:
    found = problems(tmp_path, WRONG)
    assert [int(line.partition(":")[0]) for line in found] == [1, 5, 7, 11, 12, 14, 17, 18]


def test_unknown_tables_keys_checks_and_parameters_name_the_nearest_one(tmp_path: Path) -> None:
    found = problems(tmp_path, WRONG)
    assert "did you mean score?" in found[0]
    assert "did you mean drop_threshold?" in found[1]
    assert "did you mean s3-bucket-versioning-enabled?" in found[2]
    assert "did you mean min_retention_time?" in found[4]


def test_a_key_in_a_wrong_table_is_shown_its_own(tmp_path: Path) -> None:
    (found,) = problems(tmp_path, "[alerts]\ndrop_treshold = 5\n")
    assert "there is no 'alerts'; did you mean score.drop_threshold?" in found
    (found,) = problems(tmp_path, '[checks.required-tags]\ntag_kes = ["Owner"]\n')
    assert "did you mean parameters.tag_keys?" in found
    (found,) = problems(tmp_path, "[nothing]\nlike_this = 5\n")
    assert "there are scope, score, checks" in found


def test_a_key_of_an_entry_in_a_list_is_found_on_its_line(tmp_path: Path) -> None:
    entry = '[[waivers]]\ncheck = "s3-bucket-versioning-enabled"\nresource = "*"\nreason = "it can be built again"\n'
    text = f"{entry}expires = 2027-12-31\n{entry}expiry = 2027-12-31\n"
    found = problems(tmp_path, text)
    assert any(line.startswith("10:") and "did you mean expires?" in line for line in found)
    assert any("the key expires is missing" in line for line in found)


def test_a_waiver_and_an_accepted_denial_name_their_approver(tmp_path: Path) -> None:
    denial = '[collectors.accepted_denials."organizations:ListPolicies"]\nreason = "an SCP reserves it"\n'
    waiver = '[[waivers]]\ncheck = "s3-bucket-versioning-enabled"\nreason = "it can be built again"\n'
    found = problems(tmp_path, f"{denial}expires = 2020-12-31\n{waiver}expires = 2020-12-31\n")
    assert [line.partition(": the key ")[2] for line in found] == ["approver is missing"] * 2


def test_an_accepted_denial_ends_as_soon_as_a_waiver_has_to(tmp_path: Path) -> None:
    last = (datetime.now().astimezone().date() + timedelta(days=40)).isoformat()
    denial = f'{{reason = "an SCP reserves it", approver = "Ann", expires = {last}}}'
    text = f'[collectors.accepted_denials]\n"organizations:ListPolicies" = {denial}\n'
    (tmp_path / "fine.toml").write_text(text, encoding="utf-8")
    assert read_settings(tmp_path / "fine.toml")
    (line,) = problems(tmp_path, f"{text}[waiver_policy]\nmost_days = 30\n")
    assert "organizations:ListPolicies.expires" in line
    assert "too late; the latest is" in line
