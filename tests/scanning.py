"""Small templates, scanned by the command itself."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from pillarwatch.command import main

# A last day that a waiver may have, whenever the tests run.
LAST_DAY = (datetime.now(UTC).date() + timedelta(days=200)).isoformat()


@dataclass
class ScanResult:
    """What `pillarwatch scan --json` printed."""

    code: int
    document: dict[str, Any]

    def verdict(self, check: str, logical_id: str = "It") -> tuple[str, str]:
        """Compliance and annotation of a check on a resource."""
        (found,) = (r for r in self.document["results"] if (r["check"], r["logical_id"]) == (check, logical_id))
        return found["compliance"], found["annotation"]

    def compliance(self, check: str, logical_id: str = "It") -> str:
        """Compliance of a check on a resource."""
        return self.verdict(check, logical_id)[0]

    @property
    def errors(self) -> list[str]:
        """The errors' messages."""
        return [error["message"] for error in self.document["errors"]]

    @property
    def warnings(self) -> list[str]:
        """The warnings' messages."""
        return [warning["message"] for warning in self.document["warnings"]]


Scan = Callable[..., ScanResult]


@pytest.fixture
def scan(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Scan:
    """Scan a template given as text, or paths, in an empty folder."""
    monkeypatch.chdir(tmp_path)

    def run(text: str | bytes | None = None, *arguments: str, name: str = "template.yaml") -> ScanResult:
        if text is not None:
            (tmp_path / name).write_bytes(text if isinstance(text, bytes) else text.encode())
            arguments = (name, *arguments)
        code = main(["scan", "--json", *arguments])
        return ScanResult(code, json.loads(capsys.readouterr().out))

    return run


@pytest.fixture
def scan_as_table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Any:
    """As `scan`, for people: exit code and text."""
    monkeypatch.chdir(tmp_path)

    def run(text: str, *arguments: str) -> tuple[int, str]:
        (tmp_path / "template.yaml").write_text(text, encoding="utf-8")
        code = main(["scan", "template.yaml", *arguments])
        return code, capsys.readouterr().out

    return run
