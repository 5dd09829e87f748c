"""Adds the files of the repository's root to the wheel: hatch's `sources` moves folders, not single files.

In an editable install there is nothing to add: the application is the repository.
"""

from __future__ import annotations

from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

APPLICATION = "pillarwatch/application"
FILES = (
    "template.yaml",
    "samconfig.toml",
    "Makefile",
    "pyproject.toml",
    "uv.lock",
    "packaged_settings.json",
    "CHANGELOG.md",
)


class RootFiles(BuildHookInterface[Any]):
    """Called by hatchling: https://hatch.pypa.io/latest/plugins/build-hook/custom/."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Add the files to a wheel that is to be installed."""
        if version == "standard":
            build_data["force_include"] |= {name: f"{APPLICATION}/{name}" for name in FILES}
