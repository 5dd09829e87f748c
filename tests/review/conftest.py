from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from pillarwatch.settings import Settings
from review.compose import composed
from review.sources.templates import facts_of_templates
from template_scan.evaluation import scanned

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from review.model import Review

DAY = datetime(2026, 12, 1, tzinfo=UTC)


def reviewed(*files: Path, settings: Settings | None = None) -> Review:
    """The review of template files."""
    settings = settings or Settings()
    scan = scanned(files, settings, DAY)
    assert not scan.errors
    scan.name_causes()
    return composed(facts_of_templates(scan, settings, DAY), "Pillarwatch")


@pytest.fixture
def review_of(tmp_path: Path) -> Callable[..., Review]:
    """Reviews resources: logical id to body."""

    def review(resources: dict[str, Any], settings: dict[str, Any] | None = None) -> Review:
        file = tmp_path / "shop.json"
        file.write_text(json.dumps({"Resources": resources}), encoding="utf-8")
        return reviewed(file, settings=Settings(settings or {}))

    return review
