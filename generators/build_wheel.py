"""``make wheel``: builds the wheel and prints the release: its tag, and its section of CHANGELOG.md."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path

from pillarwatch.errors import UserError
from pillarwatch.root import ROOT


class NoSection(UserError):
    """The changelog has no section of the version."""


def section_of(changelog: str, version: str) -> str:
    """The section of a version, such as ``## 1.2.0 - 2026-12-01``, with its heading.

    Raises:
        NoSection: there is none, or it is empty.
    """
    heading = rf"^## \[?{re.escape(version)}\]?(?: .*)?$"
    found = re.search(rf"{heading}\n(?P<text>(?:(?!^## ).*\n?)*)", changelog, re.MULTILINE)
    if not found or not found["text"].strip():
        raise NoSection(f"CHANGELOG.md has no section {version} yet; for a release, rename its section Unreleased")
    return found.group().strip()


def main() -> int:
    """Build the wheel into ``dist``, and print the release, or that this version is none yet."""
    version = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    uv = Path(sys.executable).with_name("uv")
    subprocess.run([uv, "build", "--quiet", "--wheel", "--out-dir", ROOT / "dist", ROOT], check=True)
    print(f"wheel:  dist/pillarwatch-{version}-py3-none-any.whl")
    try:
        section = section_of((ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), version)
    except NoSection as error:
        print(f"tag:    none, {error}")
        return 0
    print(f"tag:    v{version}\n\n{section}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
