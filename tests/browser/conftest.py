"""The browser that opens our pages: headless, on this machine's files, without a network."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

NAMES = ("chromium", "chromium-browser", "google-chrome")
INSTALL = "apt-get install chromium poppler-utils fonts-liberation"
QUIET = (
    "--headless",
    "--no-sandbox",  # CI is root in a container; the pages are ours
    "--disable-gpu",
    "--disable-dev-shm-usage",  # containers have little
    "--hide-scrollbars",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--allow-file-access-from-files",  # the page that measures reads the page that it frames
)
DARK = "--blink-settings=preferredColorScheme=0"
MEASURE = Path(__file__).with_name("measure.js")


class Browser:
    """Headless Chromium, started once for each question."""

    def __init__(self, program: str, folder: Path) -> None:
        self._program = program
        self._folder = folder

    def run(self, page: Path, *flags: str) -> str:
        """What it prints for a page.

        Raises:
            subprocess.CalledProcessError: it failed.
            subprocess.TimeoutExpired: it did not end within a minute.
        """
        profile = f"--user-data-dir={self._folder / 'profile'}"
        command = [self._program, *QUIET, profile, *flags, page.resolve().as_uri()]
        return subprocess.run(command, capture_output=True, check=True, text=True, timeout=60).stdout

    def measured(self, page: Path, *flags: str, width: int) -> Any:
        """What ``measure.js`` finds of a page in a window of this width, in CSS pixels."""
        frame = self._folder / "frame.html"
        frame.write_text(
            f'<!doctype html><iframe style="border:0;width:{width}px;height:900px" src="{page.resolve().as_uri()}">'
            f"</iframe><pre></pre><script>{MEASURE.read_text(encoding='utf-8')}</script>",
            encoding="utf-8",
        )
        printed = self.run(frame, "--virtual-time-budget=20000", "--dump-dom", *flags)
        return json.loads(printed.split("<pre>")[1].split("</pre>")[0].replace("&lt;", "<").replace("&amp;", "&"))

    def screenshot(self, page: Path, to: Path, width: int, height: int, *flags: str) -> bytes:
        """A picture (PNG) of a page."""
        self.run(page, f"--window-size={width},{height}", f"--screenshot={to}", *flags)
        return to.read_bytes()

    def pages(self, page: Path, to: Path) -> list[str]:
        """The text of each page that is printed."""
        self.run(page, "--no-pdf-header-footer", f"--print-to-pdf={to}")
        printed = subprocess.run(["pdftotext", "-layout", to, "-"], capture_output=True, check=True, text=True)
        return printed.stdout.removesuffix("\f").split("\f")


@pytest.fixture(scope="session")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Browser:
    program = next(filter(None, map(shutil.which, NAMES)), None)
    if program is None or shutil.which("pdftotext") is None:
        pytest.exit(f"The tests of the page need Chromium and pdftotext: {INSTALL}", returncode=2)
    return Browser(program, tmp_path_factory.mktemp("browser"))
