"""The settings file that ``pillarwatch init`` writes: every table and key with its default and an explanation.

It follows from :mod:`settings.model`. Everything but the tables of defaults is a comment, so the file changes nothing.
"""

from __future__ import annotations

import json
import textwrap
from datetime import date
from typing import TYPE_CHECKING, Any, get_args

from pydantic import BaseModel
from pydantic_core import PydanticUndefined

from settings.model import SettingsFile

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydantic.fields import FieldInfo

HEAD = """\
# Settings of Pillarwatch. Lines that begin with "# " and a key are defaults or examples: remove the "# " to use them.
# `pillarwatch scan`, `review` and `deploy` use the nearest pillarwatch.toml. They search beside the template, then in
# the folders above it, up to the root of the repository (.git). Without a repository, they search up to the current
# folder.
"""
WIDTH = 120


def starter() -> str:
    """The text of the file."""
    return "\n".join([HEAD, *_tables()]).rstrip() + "\n"


def _tables() -> Iterator[str]:
    for name, field in SettingsFile.model_fields.items():
        yield from _comment(str(field.description))
        kinds = [kind for kind in _models(field.annotation) if issubclass(kind, BaseModel)]
        if not kinds:  # a table of lists, by Region
            yield f"# [{name}]"
            yield from (f"# {_key(key)} = {toml_value(value)}" for key, value in _example(field).items())
        elif isinstance(field.default, list):
            yield f"# [[{name}]]"
            yield from _keys(kinds[0])
        elif isinstance(field.default, dict):
            yield f"# [{name}.{_example(field)}]"
            yield from _keys(kinds[0])
        else:
            yield f"[{name}]"
            yield from _keys(kinds[0])
        yield ""


def _keys(model: type[BaseModel]) -> Iterator[str]:
    for name, field in model.model_fields.items():
        yield from _comment(str(field.description))
        yield f"# {name} = {toml_value(_shown(field))}"


def _shown(field: FieldInfo) -> Any:
    """The default; where there is none, or it is empty, the example."""
    nested = [kind for kind in _models(field.annotation) if issubclass(kind, BaseModel)]
    if nested:
        table = {name: _shown(inner) for name, inner in nested[0].model_fields.items()}
        return {_example(field): table} if isinstance(field.default, dict) else [table]
    if field.examples and (field.default is PydanticUndefined or not field.default):
        return _example(field)
    return field.default


def _example(field: FieldInfo) -> Any:
    return (field.examples or [None])[0]


def _models(annotation: Any) -> list[type]:
    """The classes in an annotation, at any depth."""
    if isinstance(annotation, type) and not get_args(annotation):
        return [annotation]
    return [found for part in get_args(annotation) for found in _models(part)]


def _comment(text: str) -> Iterator[str]:
    yield from (f"## {line}" for line in textwrap.wrap(" ".join(text.split()), WIDTH - 3))


def _key(name: str) -> str:
    return name if name.replace("-", "").replace("_", "").isalnum() else json.dumps(name)


def toml_value(value: Any) -> str:
    """A value as TOML writes it in one line."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_key(key)} = {toml_value(inner)}" for key, inner in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(toml_value, value)) + "]"
    if isinstance(value, date):
        return value.isoformat()
    return json.dumps(value)
