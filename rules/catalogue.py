"""Which checks there are. The file tree is the registry: ``rules/checks/s3_bucket.py`` evaluates ``AWS::S3::Bucket``.

A folder ``own_checks`` beside ``rules``, or the one that ``PILLARWATCH_OWN_CHECKS`` names, is laid out in the same way
and adds to it. Loading one resource type's checks loads nothing else.
"""

from __future__ import annotations

import hashlib
import importlib
import os
import sys
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

from pillarwatch import ACCOUNT, Check
from pillarwatch.root import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from pillarwatch.template_resource import TemplateResource

CHECKS = Path(__file__).with_name("checks")
CHECKS_PACKAGE = "rules.checks"
OWN = "own_checks"  # the user's own: a package of that name, wherever its folder is
OWN_FOLDER = "PILLARWATCH_OWN_CHECKS"
# A change of these may change any verdict.
CORE = (
    *("check", "conditions", "configuration_item", "ended", "environments", "json_text"),
    *("paths", "policy", "tags", "unknown"),
)


class UnknownCheck(Exception):
    """The catalogue has no check of this id."""


class DuplicateCheck(Exception):
    """Two different checks have one id."""


class MisplacedCheck(Exception):
    """A check stands in a file in which nobody looks for its resource types."""


class OwnChecksUnusable(Exception):
    """The user's own checks cannot be loaded: their folder is missing, or a file of it is wrong."""


def own_folder() -> Path | None:
    """The folder of the user's own checks, if there is one.

    Raises:
        OwnChecksUnusable: ``PILLARWATCH_OWN_CHECKS`` names none.
    """
    named = os.environ.get(OWN_FOLDER)
    folder = Path(named) if named else ROOT / OWN
    if folder.is_dir():
        return folder
    if named:
        raise OwnChecksUnusable(f"{OWN_FOLDER} is {named}: there is no such folder; `pillarwatch checks new` makes it")
    return None


@cache
def _folders() -> dict[str, Path]:
    """The folders of checks by their packages' names. The user's folder can be anywhere: it is added to the path."""
    folders = {CHECKS_PACKAGE: CHECKS}
    if own := own_folder():
        package = ModuleType(OWN)
        package.__path__ = [str(own)]
        sys.modules[OWN] = package
        folders[OWN] = own
    return folders


def module_names(resource_type: str) -> tuple[str, ...]:
    """The modules with a type's checks: ``rules.checks.s3_bucket``; for the account, all of ``account/``."""
    pattern = "account/[!_]*.py" if resource_type == ACCOUNT else f"{stem_of(resource_type)}.py"
    return tuple(
        ".".join((package, *path.relative_to(folder).with_suffix("").parts))
        for package in _folders()
        for folder in map(Path, importlib.import_module(package).__path__)
        for path in sorted(folder.glob(pattern))
    )


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


def conversion_of(resource_type: str) -> Callable[[TemplateResource], dict[str, Any]]:
    """How a template resource of the type becomes an item: as its file says, else its properties as they are."""
    for module in _modules(resource_type):
        convert: Callable[[TemplateResource], dict[str, Any]] = getattr(module, "to_configuration_item", _as_it_is)
        return convert
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


def described(check: Check) -> dict[str, Any]:
    """Everything known of a check, as JSON."""
    return {
        "check": check.id,
        "title": check.title,
        "resource_types": list(check.resource_types),
        "trigger": check.trigger,
        "collector": check.collector or None,
        "best_practices": list(check.best_practices),
        "because": dict(check.best_practices),
        "pillar": check.pillar,
        "pillars": check.pillars,
        "severity": check.severity,
        "exposed": check.exposed,
        "effort": check.effort,
        "managed_rule": check.managed_rule or None,
        "why": check.why,
        "fix": check.fix,
        "automation": check.automation or None,
        "parameters": dict(check.parameters),
        "live": check.live,
        "same_cause_as": check.same_cause_as or None,
    }


@cache
def resource_types() -> tuple[str, ...]:
    """The resource types that have checks, sorted; the account is one."""
    types = {resource_type for check in _loaded_checks() for resource_type in check.resource_types}
    return tuple(sorted(types))


def change_types() -> list[str]:
    """The resource types that have a rule which AWS Config triggers by a change."""
    return [each for each in resource_types() if any(not check.collector for check in checks_of(each))]


@cache
def digest_of(resource_type: str) -> str:
    """Changes when the verdicts on a resource type may: 12 hexadecimal digits over the checks' code and the judge's.

    The code that checks share counts for every type: who needs which helper would be guesswork.
    """
    paths = [Path(str(module.__file__)) for module in _modules(resource_type)]
    paths += [Path(str(sys.modules[f"pillarwatch.{name}"].__file__)) for name in CORE]
    paths += sorted(CHECKS.glob("shared/*.py"))
    if OWN in _folders():
        paths += sorted(_folders()[OWN].glob("_*.py"))
    content = hashlib.sha256()
    for path in paths:
        content.update(path.read_bytes())
    return content.hexdigest()[:12]


def _as_it_is(resource: TemplateResource) -> dict[str, Any]:
    return {"configuration": resource.properties}


def _none_related(_: TemplateResource) -> dict[str, Sequence[TemplateResource]]:
    return {}


@cache  # a template asks for the type of each of its resources, and a look into the folder takes longer than a check
def _modules(resource_type: str) -> tuple[ModuleType, ...]:
    return tuple(_loaded(name) for name in module_names(resource_type))


def _loaded(name: str) -> ModuleType:
    try:
        return importlib.import_module(name)
    except Exception as error:
        if name.startswith(f"{OWN}."):
            raise OwnChecksUnusable(f"{name.replace('.', '/')}.py: {type(error).__name__}: {error}") from error
        raise


def _checks_in(module: ModuleType) -> Iterator[Check]:
    return (value for value in vars(module).values() if isinstance(value, Check))


def _loaded_checks() -> Iterator[Check]:
    for package, folder in _folders().items():
        for path in sorted(folder.glob("[!_]*.py")):
            for check in _checks_in(_loaded(f"{package}.{path.stem}")):
                if path.stem not in map(stem_of, check.resource_types):
                    wanted = f"{stem_of(check.resource_types[0])}.py"
                    raise MisplacedCheck(f"{check.id} judges {check.resource_types[0]}: it belongs into {wanted}")
                yield check
    yield from checks_of(ACCOUNT)
