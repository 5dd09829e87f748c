"""The settings file (TOML): validated here, once, so that nothing behind it has to doubt.

Every table refuses keys it does not know, checks are looked up in the catalogue, and so are their parameters.
"""

from __future__ import annotations

import re
from collections import Counter
from datetime import date  # noqa: TC003 - pydantic reads it
from pathlib import Path  # noqa: TC003 - pydantic reads this module's annotations
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from pillarwatch.check import Severity  # noqa: TC001 - pydantic reads it
from pillarwatch.environments import PRODUCTION
from pillarwatch.errors import UserError
from pillarwatch.settings import DEFAULTS, Settings
from rules.catalogue import UnknownCheck, change_types, check_of
from rules.collectors import all_collectors
from settings.toml_file import read_toml

REGION = r"[a-z]{2,}(-[a-z]+)+-[0-9]+"
Reason = Annotated[str, Field(min_length=10, description="a sentence; whoever reads the review sees it")]


class Table(BaseModel):
    """A table of the file: unknown keys are errors, so that a typo is not a silent default."""

    model_config = ConfigDict(extra="forbid")


class ScopeTable(Table):
    """Which tags say where a resource belongs."""

    workload_tags: list[str] = Field(
        DEFAULTS["scope"]["workload_tags"], description="the first that is present names the workload"
    )
    component_tag: str = Field(DEFAULTS["scope"]["component_tag"], description="names the component")
    environment_tag: str = Field(DEFAULTS["scope"]["environment_tag"], description="names the environment")
    environments: dict[str, list[str]] = Field(
        DEFAULTS["scope"]["environments"],
        description="other values of the environment's tag that mean the same, by the name of the environment",
    )

    @field_validator("environments")
    @classmethod
    def _each_value_means_one(cls, environments: dict[str, list[str]]) -> dict[str, list[str]]:
        values = Counter(value.lower() for name, aliases in environments.items() for value in {name, *aliases})
        if doubtful := sorted(value for value, count in values.items() if count > 1):
            raise ValueError(f"{', '.join(doubtful)} means more than one environment; name each value once")
        if PRODUCTION not in environments:
            raise ValueError(f"{PRODUCTION} is missing; checks ask for it by this name, its aliases may be any")
        return environments


class Band(Table):
    """A word for a range of scores."""

    from_: float = Field(alias="from", ge=0, le=100)
    word: str


class ScoreTable(Table):
    """How verdicts become scores, and which drop is told."""

    drop_threshold: float = Field(
        DEFAULTS["score"]["drop_threshold"],
        gt=0,
        le=100,
        description="points that unreported causes cost a pillar when an alert is due",
    )
    severity_weights: dict[Severity, float] = Field(
        DEFAULTS["score"]["severity_weights"], description="weight of a check in its best practice"
    )
    risk_weights: dict[Literal["HIGH", "MEDIUM", "LOW"], float] = Field(
        DEFAULTS["score"]["risk_weights"], description="weight of a best practice in its pillar"
    )
    bands: list[Band] = Field(
        [Band.model_validate(band) for band in DEFAULTS["score"]["bands"]],
        description="words for scores, highest first",
    )


class When(Table):
    """An override for one workload, one environment, or both; the last that fits wins."""

    workload: str | None = None
    environment: str | None = None
    parameters: dict[str, Any] = {}
    severity: Severity | None = None
    off: Reason | None = None


class CheckTable(Table):
    """One check's settings."""

    parameters: dict[str, Any] = Field({}, description="see `pillarwatch checks CHECK`")
    severity: Severity | None = None
    off: Reason | None = Field(None, description="switches the check off, and says why")
    when: list[When] = []


class CollectorsTable(Table):
    """What the collectors may not do here."""

    accepted_denials: dict[str, Reason] = Field(
        DEFAULTS["collectors"]["accepted_denials"],
        description="IAM actions that are denied on purpose, e.g. by a service control policy, with the reason",
    )


class WaiverTable(Table):
    """An accepted risk."""

    check: str
    resource: str = Field(description="pattern on the resource's id, name, ARN or logical id; * and ? as in a shell")
    reason: Reason
    expires: date = Field(description="the last day on which it holds")
    approver: str = ""
    workload: str | None = Field(None, description="only in this workload")


class SettingsFile(Table):
    """The whole file."""

    scope: ScopeTable = ScopeTable()
    score: ScoreTable = ScoreTable()
    checks: dict[str, CheckTable] = {}
    collectors: CollectorsTable = CollectorsTable()
    excluded_types: dict[str, list[str]] = Field(
        DEFAULTS["excluded_types"],
        description="resource types that get no AWS Config rule, by the Region that does not offer them",
    )
    waivers: list[WaiverTable] = []


def read_settings(path: Path) -> Settings:
    """The settings of a file.

    Raises:
        UserError: the file cannot be read, is no TOML, or says something that cannot be meant.
    """
    document = read_toml(path)
    _know_ids(path, document)
    try:
        parsed = SettingsFile.model_validate(document)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        if first["type"] == "extra_forbidden":
            raise UserError(f"{path}: there is no setting {where!r}; `pillarwatch init --stdout` lists them") from None
        raise UserError(f"{path}: {where}: {first['msg']}") from None
    _know_checks(path, parsed)
    _know_actions(path, parsed.collectors)
    _know_types(path, parsed.excluded_types)
    return Settings(parsed.model_dump(mode="json", by_alias=True, exclude_none=True, exclude_unset=True))


def _know_ids(path: Path, document: dict[str, Any]) -> None:
    checks = document.get("checks", {})
    for check_id in checks if isinstance(checks, dict) else ():
        _known(path, check_id)


def _known(path: Path, check_id: str) -> dict[str, Any]:
    """A check's parameters by name."""
    try:
        return dict(check_of(check_id).parameters)
    except UnknownCheck:
        raise UserError(f"{path}: there is no check {check_id!r}; see `pillarwatch checks`") from None


def _know_checks(path: Path, parsed: SettingsFile) -> None:
    for check_id in (*parsed.checks, *(waiver.check for waiver in parsed.waivers)):
        known = _known(path, check_id)
        entry = parsed.checks.get(check_id, CheckTable())
        for parameters in (entry.parameters, *(override.parameters for override in entry.when)):
            _know_parameters(path, check_id, parameters, known)


def _know_actions(path: Path, parsed: CollectorsTable) -> None:
    actions = {action for collector in all_collectors().values() for action in collector.actions}
    for action in sorted(parsed.accepted_denials.keys() - actions):
        raise UserError(
            f"{path}: no collector calls {action!r}; collectors.accepted_denials takes actions such as {min(actions)}"
        )


def _know_types(path: Path, excluded: dict[str, list[str]]) -> None:
    for region, listed in excluded.items():
        if not re.fullmatch(REGION, region):
            raise UserError(f"{path}: excluded_types takes names of Regions such as eu-west-1, not {region!r}")
        types = change_types()
        for each in sorted(set(listed) - set(types)):
            raise UserError(
                f"{path}: no rule has the type {each!r}; excluded_types.{region} takes types such as {types[0]}"
            )


def _know_parameters(path: Path, check_id: str, parameters: dict[str, Any], known: dict[str, Any]) -> None:
    for name, value in parameters.items():
        if name not in known:
            names = ", ".join(known) or "none"
            raise UserError(f"{path}: check {check_id!r} has no parameter {name!r}; it has {names}")
        wanted = known[name]
        kinds = {int: (int, float), float: (int, float), tuple: (list,)}.get(type(wanted), (type(wanted),))
        if not isinstance(value, kinds) or (isinstance(value, bool) and not isinstance(wanted, bool)):
            raise UserError(f"{path}: check {check_id!r}: {name} = {value!r} is not like its default, {wanted!r}")
