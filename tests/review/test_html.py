from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections import Counter
from html.parser import HTMLParser
from itertools import combinations, pairwise
from math import hypot
from pathlib import Path
from typing import TYPE_CHECKING, get_args

import pytest

from review.chart_marks import gained, heat_map, parts, plot
from review.html import html, places
from review.model import Named, Review, Status
from review.page_filters import slug
from review.renderings import as_json
from tests.review.conftest import reviewed

if TYPE_CHECKING:
    from collections.abc import Callable

    from review.chart_marks import Plot

ROOT = Path(__file__).parents[2]
VOID = {"meta", "input", "br", "link", "img", "hr"}
HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(2)> \"'> \u202egnp.exe 🙂 שלום"


class Page(HTMLParser):
    """What a page consists of; an element that is not closed in order is an error."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.inside: list[str] = []
        self.text: list[str] = []
        self.bdi: list[str] = []
        self.feed(text)
        self.close()
        assert self.inside == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.inside.append(tag)
        if tag == "bdi":
            self.bdi.append("")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.inside.pop() == tag

    def handle_data(self, data: str) -> None:
        if "style" not in self.inside:
            self.text.append(data)
        if self.inside[-1:] == ["bdi"]:
            self.bdi[-1] += data

    def all(self, *tags: str) -> list[dict[str, str | None]]:
        return [attributes for tag, attributes in self.elements if tag in tags]

    @property
    def prose(self) -> str:
        return " ".join("".join(self.text).split())


@pytest.fixture(scope="module", params=["samples", "live-meeting-assistant"])
def review(request: pytest.FixtureRequest) -> Review:
    if request.param == "samples":
        return reviewed(ROOT / "samples")
    shared: Path = request.getfixturevalue("shared")
    return reviewed(shared / "templates" / "live-meeting-assistant")


@pytest.fixture(scope="module")
def page(review: Review) -> Page:
    return Page(html(review))


def test_every_statement_action_and_best_practice_is_on_the_page(review: Review, page: Page) -> None:
    components = [statement for one in review.components for statement in (*one.strengths, *one.gaps)]
    for statement in (*(s for theme in review.themes for s in (*theme.strengths, *theme.gaps)), *components):
        assert " ".join(statement.text.split()) in page.prose
        assert statement.check in page.prose
    for action in review.actions:
        assert action.title in page.prose
    rows = Counter(attributes.get("class") for attributes in page.all("tr") if "BP" in (attributes.get("id") or ""))
    assert rows == Counter(p.status.lower().replace(" ", "-") for q in review.questions for p in q.practices)
    assert sum(rows.values()) == 307
    for sentence in review.summary:
        assert sentence in page.prose


def test_a_gap_names_the_action_that_closes_it(review: Review) -> None:
    text = html(review)
    closing = {check: action.number for action in review.actions for check in action.closes}
    for theme in review.themes:
        for gap in theme.gaps:
            entry = next(li for li in text.split("<li>") if f"<code>{gap.check}</code>" in li and "Next:" in li)
            assert f'href="#action-{closing[gap.check]}"' in entry


def test_links_lead_to_a_part_of_the_page_or_to_the_framework(page: Page) -> None:
    ids = [attributes["id"] for _, attributes in page.elements if "id" in attributes]
    assert len(ids) == len(set(ids))
    links = [attributes["href"] or "" for attributes in page.all("a", "use")]
    assert len(links) > 307
    for link in links:
        assert link[1:] in ids if link.startswith("#") else link.startswith("https://docs.aws.amazon.com/")
    for attributes in page.all("svg"):
        for name in (attributes.get("aria-labelledby") or "").split():
            assert name in ids


def test_the_page_needs_nothing_else(review: Review, page: Page) -> None:
    text = html(review)
    assert not page.all("script", "link", "img", "iframe", "object", "embed", "video", "audio", "base", "form")
    assert not [a for _, attributes in page.elements for a in attributes if a in {"src", "srcset", "xlink:href"}]
    assert not [a for _, attributes in page.elements for a in attributes if a.startswith("on")]
    assert set(re.findall(r"url\(([^)]*)\)", text)) == {"#hatch"}
    assert "@import" not in text
    (policy,) = [a["content"] for a in page.all("meta") if a.get("http-equiv") == "Content-Security-Policy"]
    assert policy == "default-src 'none'; style-src 'unsafe-inline'"


def test_the_page_has_a_language_headings_in_order_and_named_drawings(page: Page) -> None:
    assert page.all("html") == [{"lang": "en"}]
    levels = [int(tag[1]) for tag, _ in page.elements if re.fullmatch(r"h\d", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(below <= above + 1 for above, below in pairwise(levels))
    assert all("scope" in attributes for attributes in page.all("th"))
    drawings = [attributes for attributes in page.all("svg") if attributes.get("role") == "img"]
    assert len(drawings) == 6 + 2  # gauges, plot and heat map
    assert all(attributes.get("aria-labelledby") for attributes in drawings)
    for attributes in page.all("svg"):
        assert attributes.get("role") == "img" or attributes.get("aria-hidden") == "true"


def test_names_of_others_stay_text_and_do_not_turn_the_text_around_them(
    review_of: Callable[..., Review],
) -> None:
    bucket = {"Type": "AWS::S3::Bucket", "Properties": {"Tags": [{"Key": "Component", "Value": HOSTILE}]}}
    waiver = {"check": "s3-bucket-versioning-enabled", "resource": "*", "reason": HOSTILE, "expires": "2027-01-31"}
    found = review_of({"Plain": bucket, "Other": {"Type": "AWS::SQS::Queue"}}, {"waivers": [waiver]})
    named = json.loads(as_json(found).replace('"name": "Other"', f'"name": {json.dumps(HOSTILE)}'))
    named["title"] = HOSTILE
    for theme in named["themes"]:
        for gap in theme["gaps"]:
            gap["text"] = gap["text"].replace("Other", HOSTILE)
    text = html(Review.model_validate(named))
    page = Page(text)
    assert not page.all("script", "img")
    assert not [name for _, attributes in page.elements for name in attributes if name.startswith("on")]
    assert "\u202e" not in text
    shown = HOSTILE.replace("\u202e", "U+202E")
    assert page.bdi.count(shown) > 4  # title, component, reason, and names in statements
    assert page.prose.count(shown) - page.bdi.count(shown) == 1  # the document's title has no elements


def test_the_same_review_gives_the_same_bytes_in_every_process(
    review_of: Callable[..., Review], tmp_path: Path
) -> None:
    review = review_of({name: {"Type": "AWS::S3::Bucket"} for name in ("One", "Two", "Three")})
    document = tmp_path / "review.json"
    document.write_text(as_json(review), encoding="utf-8")
    program = (
        "import sys; from pathlib import Path; from review.html import html; from review.model import Review;"
        "sys.stdout.buffer.write(html(Review.model_validate_json(Path(sys.argv[1]).read_bytes())).encode())"
    )
    for seed in ("1", "2"):
        done = subprocess.run(
            [sys.executable, "-c", program, document],
            cwd=ROOT,
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
        )
        assert done.stdout == html(review).encode()


def test_a_page_of_500_resources_is_smaller_than_a_megabyte(shared: Path) -> None:
    review = reviewed(shared / "templates" / "live-meeting-assistant")
    assert review.source.resources > 500
    assert len(html(review).encode()) < 1_000_000


def test_nothing_judged_is_a_page_too(review_of: Callable[..., Review]) -> None:
    page = Page(html(review_of({"Handle": {"Type": "AWS::CloudFormation::WaitConditionHandle"}})))
    assert "Nothing was evaluated, so there is no score." in page.prose
    assert "Security: no score" in page.prose


@pytest.mark.parametrize("status", get_args(Status))
def test_each_status_has_a_mark_and_a_filter(status: str, page: Page) -> None:
    name = slug(status)
    assert f"mark-{name}" in [attributes.get("id") for attributes in page.all("symbol")]
    style = (ROOT / "review" / "page.css").read_text(encoding="utf-8")
    assert f"body:has(#show-{name}:checked)" in style
    assert re.search(rf"\.{name}[ ,]", style)


def test_places_are_grouped_by_file() -> None:
    arn = "arn:aws:sqs:eu-west-1:111122223333:7"
    named = [Named(name="x", type="T", where=where) for where in ("a.yaml:12", "b.yaml:3", "a.yaml:40", arn, "c.yaml")]
    assert places(named) == ["a.yaml:12, 40", "b.yaml:3", arn, "c.yaml"]


def test_marks_of_the_plot_do_not_meet_and_are_as_high_as_their_points(review: Review) -> None:
    drawn = plot(review.actions)
    assert len(drawn.dots) == len(review.actions)
    meet_nowhere(drawn)
    for one, other in combinations(drawn.dots, 2):
        if gained(one.action) > gained(other.action):
            assert one.y <= other.y


def test_many_marks_of_the_same_height_are_drawn_above_each_other(review: Review) -> None:
    action = review.actions[0].model_copy(update={"gain": {}, "findings": 1})
    meet_nowhere(plot([action.model_copy(update={"number": number}) for number in range(1, 201)]))


def meet_nowhere(drawn: Plot) -> None:
    for one, other in combinations(drawn.dots, 2):
        assert hypot(one.x - other.x, one.y - other.y) >= one.radius + other.radius
    for band in drawn.bands:
        of_band = [dot for dot in drawn.dots if dot.action.effort == band.effort]
        assert len(of_band) == band.actions
        for dot in of_band:
            assert band.begin <= dot.x - dot.radius
            assert dot.x + dot.radius <= band.begin + band.width
            assert dot.y - dot.radius >= 0
            assert dot.y + dot.radius <= drawn.height


def test_the_heat_map_has_a_cell_for_each_question_and_hatches_those_without_evidence(review: Review) -> None:
    drawn = heat_map(review)
    assert [cell.question.id for cell in drawn.cells] == [question.id for question in review.questions]
    assert len({(cell.x, cell.y) for cell in drawn.cells}) == 57
    for cell in drawn.cells:
        assert (cell.shade < 0) == (cell.question.with_evidence == 0)
        assert cell.question.score is None or cell.shade == min(4, cell.question.score // 20)


def test_a_bar_has_a_part_for_each_status_without_a_hole(review: Review) -> None:
    for question in review.questions:
        drawn = parts(question)
        assert sum(part.length for part in drawn) == len(question.practices)
        assert [part.begin for part in drawn] == [sum(p.length for p in drawn[:n]) for n in range(len(drawn))]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_in_drawings_and_labels_has_the_contrast_of_level_aa(scheme: str) -> None:
    """https://www.w3.org/TR/WCAG22/#contrast-minimum: at least 4.5 to 1."""
    light, dark = re.findall(r":root \{(.*?)\}", (ROOT / "review" / "page.css").read_text(encoding="utf-8"), re.DOTALL)[
        :2
    ]
    colors = dict(re.findall(r"(--[\w-]+): (#\w{6})", light + (dark if scheme == "dark" else "")))
    pairs = [
        (ink, ground) for ink in ("ink", "soft", "accent", "bad", "warn", "good") for ground in ("ground", "raised")
    ]
    pairs += [(name, f"{name}-ground") for name in ("bad", "warn", "calm")]
    pairs += [("ink", f"shade-{n}") for n in range(5)] + [
        ("soft", "track"),
        ("accent-ink", "accent"),
        ("ground", "bad"),
    ]
    for ink, ground in pairs:
        assert contrast(colors[f"--{ink}"], colors[f"--{ground}"]) >= 4.5, (ink, ground)


def contrast(one: str, other: str) -> float:
    """https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio."""

    def luminance(color: str) -> float:
        channels = [int(color[n : n + 2], 16) / 255 for n in (1, 3, 5)]
        red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)
