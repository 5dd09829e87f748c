"""A settings file (TOML), validated once, so that the rest can rely on it. All errors of a file are reported."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, TypeVar, get_args, get_origin

from pydantic import BaseModel, ValidationError

from pillarwatch.errors import UserErrors, nearest, similar
from pillarwatch.settings import DEFAULTS, Settings
from rules.catalogue import all_checks
from settings.lines import line_of, lines_of
from settings.model import SettingsFile
from settings.toml_documents import parsed, text_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from pydantic_core import ErrorDetails

    from settings.lines import Location

M = TypeVar("M", bound=BaseModel)

EXPECTED = {
    "model_type": "a table",
    "model_attributes_type": "a table",
    "dict_type": "a table",
    "list_type": 'a list, e.g. ["a", "b"]',
    "string_type": 'a text in quotes, e.g. "a"',
    "float_type": "a number",
    "finite_number": "a number",
    "date_type": "a date, e.g. 2027-12-31",
    "date_from_datetime_parsing": "a date, e.g. 2027-12-31",
    "date_from_datetime_inexact": "a date, e.g. 2027-12-31",
    "string_too_short": "a sentence with at least {min_length} characters",
    "string_pattern_mismatch": "the name of a Region, e.g. eu-west-1",
    "literal_error": "{expected}",
    "greater_than": "a number greater than {gt}",
    "less_than_equal": "a number of at most {le}",
}


def read_settings(path: Path) -> Settings:
    """The settings of a file.

    Raises:
        UserErrors: it has tables, keys or values that are not allowed, each with its line.
        UserError: it cannot be read, or is not TOML.
    """
    return settings_in(path, text_of(path))


def settings_in(path: Path, text: str) -> Settings:
    """The settings that a text is, which stands or will stand in a file.

    Raises:
        UserErrors, UserError: as :func:`read_settings`.
    """
    found = validated(path, text, SettingsFile, _wrong_settings)
    return Settings(found.model_dump(mode="json", by_alias=True, exclude_none=True, exclude_unset=True))


def validated(
    path: Path,
    text: str,
    model: type[M],
    also: Callable[[dict[str, Any]], Iterable[tuple[Location, str]]] = lambda _: (),
) -> M:
    """The document of a file by its model.

    Args:
        path: names the file in errors.
        text: of the file.
        model: what is allowed.
        also: finds what else is wrong with a document.

    Raises:
        UserErrors: it has tables, keys or values that are not allowed, each with its line.
        UserError: it is not TOML.
    """
    document = parsed(path, text)
    problems = list(also(document))
    try:
        found = model.model_validate(document)
    except ValidationError as errors:
        problems += [_problem(error, model) for error in errors.errors()]
    if problems:
        lines = lines_of(text)
        placed = sorted((line_of(location, lines) or 0, problem) for location, problem in problems)
        raise UserErrors(f"{path}:{line}: {problem}" if line else f"{path}: {problem}" for line, problem in placed)
    return found


def _wrong_settings(document: dict[str, Any]) -> Iterator[tuple[Location, str]]:
    yield from _parameter_problems(document)
    yield from _too_long(document, datetime.now().astimezone().date())


def _problem(error: ErrorDetails, model: type[BaseModel]) -> tuple[Location, str]:
    """Where an error is, and what it is, in the words of the file."""
    location = tuple(part for part in error["loc"] if part != "[key]")
    name = str(location[-1]) if location else ""
    where = _dotted(location[:-1])
    kind, context = error["type"], error.get("ctx", {})
    if kind == "extra_forbidden":
        known = _keys(location[:-1], model)
        hint = nearest(name, known, _elsewhere(location, error["input"], model) or f"there are {', '.join(known)}")
        return location, f"there is no key {name!r} in {where}; {hint}" if where else f"there is no {name!r}; {hint}"
    if kind == "missing":
        return location, f"{where}: the key {name} is missing"
    if kind == "value_error":
        return location, f"{_dotted(location)}: {context['error']}" if location else str(context["error"])
    found = error["input"]
    expected = EXPECTED[kind].format(**context) if kind in EXPECTED else error["msg"]
    return location, f"{_dotted(location)}: expected {expected}, not {_short(found)}"


def _parameter_problems(document: dict[str, Any]) -> Iterator[tuple[Location, str]]:
    """What is wrong with the parameters of known checks; the model validates the rest."""
    checks = document.get("checks")
    for check_id, entry in checks.items() if isinstance(checks, dict) else ():
        if isinstance(entry, dict) and (check := all_checks().get(check_id)):
            overrides = entry.get("when")
            places: list[tuple[Location, Any]] = [(("checks", check_id), entry)]
            for index, override in enumerate(overrides if isinstance(overrides, list) else []):
                places.append((("checks", check_id, "when", index), override))
            for location, place in places:
                given = place.get("parameters") if isinstance(place, dict) else None
                for name, value in given.items() if isinstance(given, dict) else ():
                    if problem := _wrong_parameter(check_id, name, value, dict(check.parameters)):
                        yield (*location, "parameters", name), problem


def _too_long(document: dict[str, Any], today: date) -> Iterator[tuple[Location, str]]:
    """The waivers and accepted denials that end later than the policy allows.

    Time only shortens them: a valid file stays valid.
    """
    policy, waivers = _table(document, "waiver_policy"), document.get("waivers")
    most = policy.get("most_days", DEFAULTS["waiver_policy"]["most_days"])
    entries: list[tuple[Location, Any]] = [
        (("waivers", index), entry) for index, entry in enumerate(waivers if isinstance(waivers, list) else [])
    ]
    denials = _table(_table(document, "collectors"), "accepted_denials")
    entries += [(("collectors", "accepted_denials", action), entry) for action, entry in denials.items()]
    for place, entry in entries:
        expires = entry.get("expires") if isinstance(entry, dict) else None
        if type(expires) is date and isinstance(most, int) and (expires - today).days > most:
            latest = today + timedelta(days=most)
            what = ".".join(part for part in place if isinstance(part, str))
            yield (*place, "expires"), f"{what}.expires: {expires} is too late; the latest is {latest}"


def _table(document: dict[str, Any], name: str) -> dict[str, Any]:
    found = document.get(name)
    return found if isinstance(found, dict) else {}


def _wrong_parameter(check_id: str, name: str, value: Any, known: dict[str, Any]) -> str:
    if name not in known:
        hint = nearest(name, known, f"it has {', '.join(known) or 'none'}")
        return f"check {check_id} has no parameter {name!r}; {hint}"
    default = known[name]
    kinds = {int: (int, float), float: (int, float), tuple: (list,)}.get(type(default), (type(default),))
    if not isinstance(value, kinds) or (isinstance(value, bool) and not isinstance(default, bool)):
        return f"check {check_id}: {name} = {_short(value)} has another type than its default, {default!r}"
    return ""


def _elsewhere(location: Location, found: Any, model: type[BaseModel]) -> str:
    """The hint for a key that belongs into another table, "" if no table has a similar one.

    Args:
        location: of the key that is not allowed.
        found: its value.
        model: of the file.
    """
    table, *inner = map(str, location)
    if table == "checks" and inner:
        check = all_checks().get(inner[0])
        places = {name: f"parameters.{name}" for name in (check.parameters if check else ())}
    else:
        places = {key: f"{name}.{key}" for name in model.model_fields for key in _keys((name,), model)}
    names = list(found) if isinstance(found, dict) else [inner[-1] if inner else table]
    found = next((near for name in names for near in similar(name, places)), "")
    return f"did you mean {places[found]}?" if found else ""


def _keys(location: Location, model: type[BaseModel]) -> list[str]:
    """The keys that the table at a location may have."""
    kind: Any = model
    for part in location:
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            kind = kind.model_fields[str(part)].annotation
        else:  # a list or a table of tables
            kind = get_args(kind)[-1] if get_origin(kind) else kind
    return list(getattr(kind, "model_fields", ()))


def _dotted(location: Location) -> str:
    return ".".join(str(part) for part in location if not isinstance(part, int))


def _short(value: Any) -> str:
    text = repr(value) if isinstance(value, str | dict | list) else str(value).lower()
    return text if len(text) <= 40 else f"{text[:37]}..."  # noqa: PLR2004 - a line stays a line
