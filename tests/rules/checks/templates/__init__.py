"""Templates that become items in another way than letter by letter, and the verdicts on them.

One file per resource type, named as the type's file in ``rules``. Where a file has no ``to_configuration_item``, or a
first letter in upper case is enough, the checks' own examples prove it: see ``test_conversions.py``.
"""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any

# Check, verdict, the properties of the type's resource `Main`, and other resources of the template.
Case = tuple[str, str, dict[str, Any], dict[str, Any]]


def other(resource_type: str, **properties: Any) -> dict[str, Any]:
    """Another resource of the template."""
    return {"Type": resource_type, "Properties": properties}


def cases() -> dict[str, list[Case]]:
    """Every case, by the name of its type's file."""
    files = sorted(Path(__file__).parent.glob("[!_]*.py"))
    return {file.stem: importlib.import_module(f"{__name__}.{file.stem}").CASES for file in files}
