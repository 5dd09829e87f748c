"""The renderings of a review, by the ending of the file that one is written to."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from review.html import html
from review.markdown import markdown

if TYPE_CHECKING:
    from collections.abc import Callable

    from review.model import Review


def as_json(review: Review) -> str:
    """The review for programs."""
    return json.dumps(review.model_dump(mode="json"), indent=1, ensure_ascii=False) + "\n"


RENDERINGS: dict[str, Callable[[Review], str]] = {".html": html, ".md": markdown, ".json": as_json}
