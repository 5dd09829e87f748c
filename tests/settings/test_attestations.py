"""The file of attestations: what is allowed, and each error with its line and the way out."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

import pytest

from pillarwatch.attestation import Kind
from pillarwatch.errors import UserError
from settings.attestations import NEEDED, attestations_in
from settings.discovery import settings_for

COMMON = """\
[[attestations]]
id = "drill"
practice = "REL13-BP03"
statement = "restored within the recovery time"
attested_by = "Ann"
attested_on = 2026-11-01
"""
YES = COMMON + 'status = "yes"\nevidence = [{url = "https://wiki.example.com"}]\n'
FIELDS = {
    "code": 'commit = "4f2a9c1"\npath = "tests/test_outbox.py"',
    "register": 'table = {columns = {set = "text"}, rows = [{set = "tickets"}]}',
    "pipeline": 'run = "42"\ncommit = "4f2a9c1"\nresult = "0 findings"',
    "document": 'version = "3"\nreviewed_on = 2026-11-01',
    "decision": 'decision = "a"\nrationale = "b"\ntrade_off = "c"',
    "exercise": 'held_on = 2026-11-01\nfigures = [{name = "time", comparison = "<=", target = 60, measured = 42}]',
    "figure": 'figures = [{name = "time", comparison = "<=", target = 5}]',
    "recurring": "held_on = 2026-11-01\ncadence_days = 30",
}


@pytest.mark.parametrize("kind", get_args(Kind))
def test_each_kind_has_its_fields_and_lacks_none_of_them(kind: Kind) -> None:
    (found,) = attestations_in(Path("a.toml"), f'{YES}kind = "{kind}"\n{FIELDS[kind]}\n')
    assert found["expires"] > found["attested_on"]
    with pytest.raises(UserError, match=f"status yes of kind {kind} needs {NEEDED[kind][0]}"):
        attestations_in(Path("a.toml"), f'{YES}kind = "{kind}"\n')
    planned = f'{COMMON}status = "planned"\nkind = "{kind}"\n'
    assert len(attestations_in(Path("a.toml"), planned)) == 1


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            COMMON + 'kind = "document"\nstatu = "no"\n',
            "a.toml:8: there is no key 'statu' in attestations; did you mean",
        ),
        (COMMON + 'kind = "document"\nstatus = "maybe"\n', "a.toml:8: attestations.status: expected 'yes', 'no' or"),
        (COMMON.replace("REL13-BP03", "REL13-BP99") + 'kind = "document"\nstatus = "no"\n', "did you mean REL13-BP0"),
        (COMMON + 'kind = "document"\nstatus = "no"\nanswers = ["no-check"]\n', "there is no check 'no-check'"),
        (COMMON + 'kind = "document"\nstatus = "no"\ncomponent = "api"\n', "a component needs its workload"),
        (COMMON.replace("2026-11", "2999-11") + 'kind = "document"\nstatus = "no"\n', "is in the future"),
        (COMMON + 'kind = "document"\nstatus = "no"\nexpires = 2046-01-01\n', "is more than 366 days after"),
        ((COMMON + 'kind = "document"\nstatus = "no"\n') * 2, "two attestations have the id drill"),
        (YES.replace("evidence", "# evidence") + 'kind = "document"\n', "needs version, reviewed_on, evidence"),
        (
            COMMON + 'kind = "register"\nstatus = "no"\ntable = {columns = {n = "number"}, rows = [{n = "x"}]}\n',
            "row 1: n is no number",
        ),
        (
            COMMON + 'kind = "figure"\nstatus = "no"\nfigures = [{name = "a", comparison = "=", target = 1}]\n',
            "figures.comparison: expected '<=', '>=', '<', '>' or '=='",
        ),
    ],
)
def test_what_is_wrong_is_named_with_its_line(text: str, message: str) -> None:
    with pytest.raises(UserError) as error:
        attestations_in(Path("a.toml"), text)
    assert message in str(error.value)


def test_the_file_beside_the_settings_belongs_to_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".git").mkdir()
    below = tmp_path / "infra"
    below.mkdir()
    monkeypatch.chdir(below)
    assert settings_for([], None).attestations is None
    (tmp_path / "attestations.toml").write_text(YES + 'kind = "recurring"\n' + FIELDS["recurring"], encoding="utf-8")
    found = settings_for([], None)
    assert [each.expires for each in found.settings.attestations] == ["2026-12-01"]
    (below / "pillarwatch.toml").write_text("", encoding="utf-8")
    assert settings_for([], None).attestations is None  # they are beside the settings file, if there is one
