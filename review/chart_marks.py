"""Where the marks of the drawings are: geometry alone, which the page's template draws as SVG."""

from __future__ import annotations

from collections import defaultdict
from math import log2, sqrt
from typing import TYPE_CHECKING, NamedTuple, get_args

from review.model import Question, Status

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from review.model import Action, PillarResult, Review

EFFORTS = ("S", "M", "L")
GAP = 1.5  # between dots
ARC = 240  # degrees from 0 to 100
STEPS = 5  # of the heat map's shades: each is 20 points


class Cell(NamedTuple):
    """A question in the heat map."""

    question: Question
    x: float
    y: float
    shade: int  #: 0 (lowest scores) to 4; -1 without evidence


class Part(NamedTuple):
    """The best practices of a status in a bar: one unit of length for each."""

    status: str
    begin: int
    length: int


class HeatMap(NamedTuple):
    """The questions, a row for each pillar."""

    cells: list[Cell]
    rows: list[tuple[PillarResult, float]]  #: pillars, and where their rows begin
    width: float
    height: float
    cell_width: float
    cell_height: float


class Dot(NamedTuple):
    """An action in the plot."""

    action: Action
    x: float
    y: float
    radius: float


class Band(NamedTuple):
    """The place of an effort in the plot."""

    effort: str
    begin: float
    width: float
    actions: int


class Plot(NamedTuple):
    """Actions by effort and the points that they gain."""

    dots: list[Dot]
    bands: list[Band]
    ticks: list[tuple[float, float]]  #: points and their height
    left: float
    width: float
    height: float


def sweep(points: float) -> str:
    """Degrees of a gauge's arc, for 0 to 100 points."""
    return f"{points * ARC / 100:.1f}"


def parts(of: Question | Sequence[tuple[str, int]]) -> list[Part]:
    """The bar of a question, or of counts by status."""
    if isinstance(of, Question):
        found = [practice.status for practice in of.practices]
        of = [(status, found.count(status)) for status in get_args(Status)]
    drawn, begin = [], 0
    for status, count in of:
        if count:
            drawn.append(Part(status, begin, count))
        begin += count
    return drawn


def heat_map(review: Review) -> HeatMap:
    """All questions of the framework."""
    left, cell_width, cell_height, gap = 142.0, 50.0, 36.0, 3.0
    rows = [(pillar, row * (cell_height + gap)) for row, pillar in enumerate(review.pillars)]
    cells = []
    for pillar, y in rows:
        of_pillar = [question for question in review.questions if question.pillar == pillar.pillar]
        cells += [
            Cell(question, left + column * (cell_width + gap), y, _shade(question.score))
            for column, question in enumerate(of_pillar)
        ]
    width = max(cell.x for cell in cells) + cell_width
    return HeatMap(cells, rows, width, rows[-1][1] + cell_height, cell_width, cell_height)


def plot(actions: Sequence[Action]) -> Plot:
    """The actions, in a band for each effort: higher for more points, and beside each other where they would meet.

    Distances from the axis grow with the square root of the points, since most actions gain few. A band is as wide
    as its actions need.
    """
    left, narrowest, to_share, height, top = 40.0, 120.0, 460.0, 330.0, 4.0
    smallest, largest = 9.0, 15.0  # radii
    most = max([1.0, *(gained(action) for action in actions)])
    ticks = [value for value in (0.0, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0) if value <= most]

    def up(points: float) -> float:
        return round(height - largest - sqrt(points / most) * (height - top - 2 * largest), 1)

    by_effort: dict[str, list[Action]] = defaultdict(list)
    for action in sorted(actions, key=lambda one: (-gained(one), one.number)):
        by_effort[action.effort].append(action)
    bands: list[Band] = []
    dots: list[Dot] = []
    begin = left
    for effort in EFFORTS:
        width = round(narrowest + to_share * len(by_effort[effort]) / max(1, len(actions)), 1)
        bands.append(Band(effort, begin, width, len(by_effort[effort])))
        placed: list[Dot] = []
        for action in by_effort[effort]:
            radius = round(min(largest, smallest + 1.3 * log2(max(1, action.findings))), 1)
            x, y = _free(placed, begin + width / 2, up(gained(action)), radius, width / 2 - largest)
            placed.append(Dot(action, x, y, radius))
        dots += placed
        begin = round(begin + width, 1)
    return Plot(dots, bands, [(value, up(value)) for value in ticks], left, begin, height)


def gained(action: Action) -> float:
    """The points that an action gains, in all pillars together."""
    return max(0.0, sum(action.gain.values()))


def _free(placed: Iterable[Dot], middle: float, y: float, radius: float, most: float) -> tuple[float, float]:
    """The place nearest to the middle where a dot meets no other, at its height if there is room, else above.

    Where there is none, dots lie on each other at the edge.
    """
    height = y
    while height > radius:
        taken = []
        for dot in placed:
            reach = (dot.radius + radius + GAP) ** 2 - (dot.y - height) ** 2
            if reach > 0:
                taken.append((dot.x - sqrt(reach), dot.x + sqrt(reach)))
        ends = (x for interval in taken for x in interval if abs(x - middle) <= most)
        for x in sorted([middle, *ends], key=lambda x: (abs(x - middle), x)):
            if not any(begin < x < end for begin, end in taken):
                return round(x, 1), round(height, 1)
        height -= radius
    return round(middle + most, 1), y


def _shade(score: float | None) -> int:
    return -1 if score is None else min(STEPS - 1, int(score * STEPS / 100))
