"""Which checks there are. The file tree is the registry: ``AWS::S3::Bucket`` is judged by ``rules/s3_bucket.py``.

Loading one resource type's checks loads nothing else.
"""

from __future__ import annotations

import hashlib
import importlib
import sys
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pillarwatch import ACCOUNT, Check

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from types import ModuleType

    from pillarwatch.lift import TemplateResource

RULES = Path(__file__).parent
NOT_TYPES = {"__init__", "catalogue", "evaluator", "release"}  # the files here that judge no resource type
CORE = ("check", "configuration_item", "policy", "unknown")  # a change of these may change any verdict


class UnknownCheck(Exception):
    """The catalogue has no check of this id."""


class DuplicateCheck(Exception):
    """Two different checks have one id."""


def module_names(resource_type: str) -> tuple[str, ...]:
    """The modules that judge a type: ``rules.s3_bucket``; for the account every file of ``rules/account``."""
    if resource_type == ACCOUNT:
        return tuple(f"rules.account.{path.stem}" for path in sorted(RULES.glob("account/[!_]*.py")))
    return (f"rules.{stem_of(resource_type)}",)


def stem_of(resource_type: str) -> str:
    """The name of a type's file: ``s3_bucket``."""
    return resource_type.removeprefix("AWS::").replace("::", "_").lower()


@cache
def checks_of(resource_type: str) -> tuple[Check, ...]:
    """The checks of a resource type, in the order in which its file names them; none where it has no file."""
    return tuple(
        check
        for module in _modules(resource_type)
        for check in _checks_in(module)
        if resource_type in check.resource_types
    )


def lift_of(resource_type: str) -> Callable[[TemplateResource], dict[str, Any]]:
    """How a template resource of the type becomes an item: the file's ``lift``, else the properties as they are."""
    for module in _modules(resource_type):
        lift: Callable[[TemplateResource], dict[str, Any]] = getattr(module, "lift", _as_it_is)
        return lift
    return _as_it_is


def related_of(resource_type: str) -> Callable[[TemplateResource], Mapping[str, Sequence[TemplateResource]]]:
    """How the related resources of a type are found in a template: the file's ``related``, else there are none."""
    for module in _modules(resource_type):
        related: Callable[[TemplateResource], Mapping[str, Sequence[TemplateResource]]]
        related = getattr(module, "related", _none_related)
        return related
    return _none_related


def all_checks() -> dict[str, Check]:
    """Every check by id, sorted.

    Raises:
        DuplicateCheck: an id stands for two checks.
    """
    found: dict[str, Check] = {}
    for resource_type in resource_types():
        for check in checks_of(resource_type):
            if found.setdefault(check.id, check) is not check:
                raise DuplicateCheck(check.id)
    return dict(sorted(found.items()))


def check_of(check_id: str) -> Check:
    """One check.

    Raises:
        UnknownCheck: there is none of this id.
    """
    try:
        return all_checks()[check_id]
    except KeyError:
        raise UnknownCheck(check_id) from None


@cache
def resource_types() -> tuple[str, ...]:
    """The resource types that have checks, sorted; the account is one."""
    types = {resource_type for check in _loaded_checks() for resource_type in check.resource_types}
    return tuple(sorted(types))


@cache
def digest_of(resource_type: str) -> str:
    """Changes when the verdicts on a resource type may: 12 hexadecimal digits over the checks' code and the judge's.

    The code that checks share counts for every type: who needs which helper would be guesswork.
    """
    modules = [sys.modules[name] for name in (*module_names(resource_type), *(f"pillarwatch.{name}" for name in CORE))]
    paths = [*(Path(str(module.__file__)) for module in modules), *sorted(RULES.glob("shared/*.py"))]
    content = hashlib.sha256()
    for path in paths:
        content.update(path.read_bytes())
    return content.hexdigest()[:12]


def _as_it_is(resource: TemplateResource) -> dict[str, Any]:
    return {"configuration": resource.properties}


def _none_related(_: TemplateResource) -> dict[str, Sequence[TemplateResource]]:
    return {}


def _modules(resource_type: str) -> list[ModuleType]:
    modules = []
    for name in module_names(resource_type):
        try:
            modules.append(importlib.import_module(name))
        except ModuleNotFoundError as error:
            if error.name != name:
                raise
    return modules


def _checks_in(module: ModuleType) -> Iterator[Check]:
    return (value for value in vars(module).values() if isinstance(value, Check))


def _loaded_checks() -> Iterator[Check]:
    for path in sorted(RULES.glob("*.py")):
        if path.stem not in NOT_TYPES:
            yield from _checks_in(importlib.import_module(f"rules.{path.stem}"))
    yield from checks_of(ACCOUNT)
