from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from pillarwatch.framework import best_practices
from review.html import html
from tests.browser.conftest import DARK, Browser
from tests.review.conftest import review_of, reviewed

if TYPE_CHECKING:
    from collections.abc import Callable

    from review.model import Review

__all__ = ["review_of"]  # a fixture
ROOT = Path(__file__).parents[2]
WIDE, PHONE = 1280, 390
MOST_PAGES = 7  # with the table of attestations that the sample has
LOUD = "<script>ran = 1</script><img src=http://127.0.0.1:9/x onerror='ran = 2'>\"'> \u202egnp.exe 🙂 שלום" + "W" * 90


@pytest.fixture(scope="module")
def review(shared: Path) -> Review:
    return reviewed(shared / "templates" / "live-meeting-assistant")


@pytest.fixture(scope="module")
def page(review: Review, tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("page") / "review.html"
    file.write_text(html(review), encoding="utf-8")
    return file


@pytest.fixture(scope="module")
def wide(browser: Browser, page: Path) -> Any:
    """What is measured of the page in a wide window."""
    return browser.measured(page, width=WIDE)


@pytest.fixture
def loud(review_of: Callable[..., Review], tmp_path: Path) -> Path:
    """A page with names that would do harm, were they not escaped."""
    tags = [{"Key": "Component", "Value": LOUD}]
    found = review_of(
        {"Plain": {"Type": "AWS::S3::Bucket", "Properties": {"Tags": tags}}, "Other": {"Type": "AWS::SQS::Queue"}},
        {
            "waivers": [
                {"check": "s3-bucket-versioning-enabled", "resource": "*", "reason": LOUD, "expires": "2027-01-31"}
            ]
        },
    )
    file = tmp_path / "review.html"
    file.write_text(html(found.model_copy(update={"title": LOUD})), encoding="utf-8")
    return file


def test_all_text_is_within_a_wide_window_and_readable(wide: Any) -> None:
    assert wide["ground"] == "rgb(251, 250, 247)"
    assert (wide["width"], wide["outside"], wide["unreadable"]) == (WIDE, [], [])


def test_all_text_is_within_a_phones_window_and_readable_in_the_dark(browser: Browser, page: Path) -> None:
    found = browser.measured(page, DARK, width=PHONE)
    assert found["ground"] == "rgb(20, 23, 26)"
    assert (found["width"], found["outside"], found["unreadable"]) == (PHONE, [], [])


def test_the_filter_opens_what_has_the_status_and_hides_the_rest(wide: Any, review: Review) -> None:
    assert (wide["questions"], wide["rows"]) == (57, 0)
    assert (wide["partial"], wide["others"], wide["empty"]) == (review.totals.partial, 0, 0)


def test_a_link_to_a_best_practice_opens_its_question(wide: Any) -> None:
    assert wide["linked"] == 1


@pytest.mark.parametrize("width", [WIDE, PHONE])
def test_names_of_others_run_nothing_and_stay_within_the_window(browser: Browser, loud: Path, width: int) -> None:
    found = browser.measured(loud, width=width)
    assert (found["ran"], found["foreign"], found["isolated"]) == (None, 0, True)
    assert (found["width"], found["outside"]) == (width, [])


def test_paper_has_all_best_practices_and_few_pages_before_them(
    browser: Browser, page: Path, review: Review, tmp_path: Path
) -> None:
    pages = browser.pages(page, tmp_path / "review.pdf")
    (first,) = [number for number, text in enumerate(pages) if "\nBest practices\n" in f"\n{text}"]
    assert first <= MOST_PAGES
    practices = "".join(pages[first:])
    assert not [practice for practice in best_practices() if practice not in practices]
    assert "Show best practices" not in practices
    assert "https://" not in "".join(pages)
    assert review.summary[0] in " ".join(pages[0].split())


def test_nothing_is_requested(browser: Browser, page: Path, loud: Path, tmp_path: Path) -> None:
    assert requested(browser, page, tmp_path) == set()
    assert requested(browser, loud, tmp_path) == set()
    asking = tmp_path / "asking.html"
    asking.write_text('<img src="http://127.0.0.1:9/asked">', encoding="utf-8")
    assert requested(browser, asking, tmp_path) == {"http://127.0.0.1:9/asked"}  # the log would have shown it


def requested(browser: Browser, page: Path, folder: Path) -> set[str]:
    """What a page asks others for; what the browser asks for itself has no origin."""
    log = folder / "net.json"
    browser.run(page, f"--log-net-log={log}", "--virtual-time-budget=3000", "--dump-dom")
    events: list[dict[str, Any]] = json.loads(log.read_text(encoding="utf-8"))["events"]
    asked = [event.get("params", {}) for event in events]
    own = [one for one in asked if one.get("initiator", "not an origin") != "not an origin"]
    return {str(one["url"]) for one in own if not one["url"].startswith("file:")}


def test_pictures_for_the_eye(browser: Browser, page: Path) -> None:
    """Written to ``.browser``: whoever changes the page looks at them."""
    folder = ROOT / ".browser"
    folder.mkdir(exist_ok=True)
    light = browser.screenshot(page, folder / "light.png", WIDE, 3000)
    dark = browser.screenshot(page, folder / "dark.png", WIDE, 3000, DARK)
    assert light != dark
    browser.pages(page, folder / "print.pdf")
