"""The tables and keys of a settings file: what is allowed, what is the default, and one line that explains each.

``pillarwatch init`` and docs/settings.md are written from it. A key without a default has an example.
"""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, field_validator

from pillarwatch.check import Severity  # noqa: TC001 - pydantic reads it
from pillarwatch.environments import PRODUCTION
from pillarwatch.errors import nearest
from pillarwatch.framework import best_practices
from pillarwatch.settings import DEFAULTS
from rules.catalogue import all_checks, change_types
from rules.collectors import all_collectors


def _check(check_id: str) -> str:
    if check_id not in (known := all_checks()):
        hint = nearest(check_id, known, "`pillarwatch checks` lists them")
        raise ValueError(f"there is no check {check_id!r}; {hint}")
    return check_id


def _action(action: str) -> str:
    known = {each for collector in all_collectors().values() for each in collector.actions}
    if action not in known:
        raise ValueError(f"no collector calls {action!r}; {nearest(action, known, f'e.g. {min(known)}')}")
    return action


def _type(resource_type: str) -> str:
    if resource_type not in (known := change_types()):
        hint = nearest(resource_type, known, f"e.g. {known[0]}")
        raise ValueError(f"no AWS Config rule has the type {resource_type!r}; {hint}")
    return resource_type


def _practice(practice_id: str) -> str:
    if practice_id not in (known := best_practices()):
        raise ValueError(f"there is no best practice {practice_id!r}; {nearest(practice_id, known, 'e.g. SEC08-BP01')}")
    return practice_id


def _check_or_practice(name: str) -> str:
    return name if name in best_practices() else _check(name)


Check = Annotated[str, AfterValidator(_check)]
Practice = Annotated[str, AfterValidator(_practice)]
CheckOrPractice = Annotated[str, AfterValidator(_check_or_practice)]
Reason = Annotated[str, Field(min_length=10)]
Region = Annotated[str, Field(pattern=r"^[a-z]{2,}(-[a-z]+)+-[0-9]+$")]
Weight = Annotated[float, Field(gt=0)]


class Table(BaseModel):
    """A table of the file. An unknown key is an error, so that no typo is ignored."""

    model_config = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False)


class ScopeTable(Table):
    """The tags that name the workload, component and environment of a resource."""

    workload_tags: list[str] = Field(
        DEFAULTS["scope"]["workload_tags"],
        description="Tag keys that name the workload; the first present one is used.",
    )
    stacks: dict[str, str] = Field(
        DEFAULTS["scope"]["stacks"],
        description="For CloudFormation stacks without such a tag: a pattern of the stack's name, and the workload."
        " The first pattern that matches is used. An empty workload stands for the account. A stack that matches no"
        " pattern is a workload with the name of the stack. Its nested stacks are components of this workload.",
    )
    component_tag: str = Field(DEFAULTS["scope"]["component_tag"], description="Tag key that names the component.")
    owner_tags: list[str] = Field(
        DEFAULTS["scope"]["owner_tags"],
        description="Tag keys that name the owner, whom findings and alerts show; the first present one is used.",
    )
    environment_tag: str = Field(
        DEFAULTS["scope"]["environment_tag"], description="Tag key that names the environment."
    )
    environments: dict[str, list[str]] = Field(
        DEFAULTS["scope"]["environments"],
        description="The environments, with other values of the tag that mean the same. If you set one, set all.",
    )

    @field_validator("environments")
    @classmethod
    def _each_value_has_one_meaning(cls, environments: dict[str, list[str]]) -> dict[str, list[str]]:
        values = Counter(value.lower() for name, aliases in environments.items() for value in {name, *aliases})
        if ambiguous := sorted(value for value, count in values.items() if count > 1):
            raise ValueError(f"{', '.join(ambiguous)} means more than one environment; list each value once")
        if PRODUCTION not in environments:
            raise ValueError(f"{PRODUCTION} is missing; checks refer to it by this name, its other values are free")
        return environments


class ScoreTable(Table):
    """How compliance becomes scores, and which drop of a score is an alert."""

    drop_threshold: float = Field(
        DEFAULTS["score"]["drop_threshold"],
        gt=0,
        le=100,
        description="An alert is published when new causes lower the score of a pillar by this many points.",
    )
    severity_weights: dict[Severity, Weight] = Field(
        DEFAULTS["score"]["severity_weights"],
        description="Weight of a check in the score of its best practice, by severity.",
    )
    risk_weights: dict[Literal["HIGH", "MEDIUM", "LOW"], Weight] = Field(
        DEFAULTS["score"]["risk_weights"],
        description="Weight of a best practice in the score of its pillar, by AWS's level of risk.",
    )

    @field_validator("severity_weights", "risk_weights")
    @classmethod
    def _missing_weights_have_their_default(cls, weights: dict[str, float], field: Any) -> dict[str, float]:
        return {**DEFAULTS["score"][field.field_name], **weights}


class When(Table):
    """Other settings of the check in one workload, one environment, or both; the last one that matches is used."""

    workload: str | None = Field(None, description="Only in this workload.", examples=["shop"])
    environment: str | None = Field(None, description="Only in this environment.", examples=["development"])
    parameters: dict[str, Any] = Field({}, description="Parameters of the check.", examples=[{"min_retention_time": 7}])
    severity: Severity | None = Field(None, description="Severity: critical, high, medium or low.", examples=["low"])
    off: Reason | None = Field(
        None, description="Turns the check off, with the reason.", examples=["the stack is deleted every night"]
    )


class CheckTable(Table):
    """A check: its parameters, its severity, and whether it is off. `pillarwatch checks CHECK` shows the parameters."""

    parameters: dict[str, Any] = Field(
        {}, description="Parameters of the check.", examples=[{"min_retention_time": 90}]
    )
    severity: Severity | None = Field(None, description="Severity: critical, high, medium or low.", examples=["high"])
    off: Reason | None = Field(
        None, description="Turns the check off, with the reason.", examples=["logs are kept by another provider"]
    )
    when: list[When] = Field([], description=str(When.__doc__))


class AcceptedDenial(Table):
    """Why an action is denied, who accepted it, and until when."""

    reason: Reason = Field(description="A sentence.", examples=["a service control policy reserves it"])
    expires: date = Field(strict=False, description="The last day.", examples=[date(2027, 6, 30)])
    approver: str = Field(min_length=2, description="Who accepted it.", examples=["Head of Platform"])


class CollectorsTable(Table):
    """What collectors are not allowed to read in this account."""

    accepted_denials: dict[Annotated[str, AfterValidator(_action)], AcceptedDenial] = Field(
        DEFAULTS["collectors"]["accepted_denials"],
        description="IAM actions that are denied on purpose, for example by a service control policy. Checks that need"
        " them stay unknown, and no alarm reports the incomplete listing.",
        examples=["organizations:ListPolicies"],
    )


class WaiverTable(Table):
    """An accepted risk: a failure that is shown and does not lower the score, until the waiver expires."""

    check: CheckOrPractice = Field(
        description="The check that fails, or a best practice (e.g. REL09-BP03): all checks that serve it.",
        examples=["s3-bucket-versioning-enabled"],
    )
    resource: str = Field(
        "*",
        description="Pattern of the resource's id, name, ARN or logical id, with the wildcards * and ?.",
        examples=["build-cache-*"],
    )
    tag: str | None = Field(
        None, description="Only resources with this tag, KEY=VALUE with wildcards.", examples=["Team=data-*"]
    )
    stack: str | None = Field(
        None, description="Only resources of this CloudFormation stack, with wildcards.", examples=["nightly-*"]
    )
    account: str | None = Field(None, description="Only in this account, with wildcards.", examples=["111122223333"])
    reason: Reason = Field(
        description="A sentence; the review prints it.", examples=["everything in it can be built again"]
    )
    expires: date = Field(strict=False, description="The last day of the waiver.", examples=[date(2027, 6, 30)])
    approver: str = Field(min_length=2, description="Who accepted the risk.", examples=["Head of Platform"])
    workload: str | None = Field(None, description="Only in this workload.", examples=["shop"])


class WaiverPolicyTable(Table):
    """Rules that every waiver and every accepted denial must meet."""

    most_days: int = Field(
        DEFAULTS["waiver_policy"]["most_days"],
        gt=0,
        description="A waiver or an accepted denial ends at most so many days from today.",
    )


class SettingsFile(Table):
    """The whole file."""

    scope: ScopeTable = Field(ScopeTable(), description=str(ScopeTable.__doc__))
    score: ScoreTable = Field(ScoreTable(), description=str(ScoreTable.__doc__))
    checks: dict[Check, CheckTable] = Field(
        {}, description=str(CheckTable.__doc__), examples=["cw-loggroup-retention-period-check"]
    )
    collectors: CollectorsTable = Field(CollectorsTable(), description=str(CollectorsTable.__doc__))
    excluded_types: dict[Region, list[Annotated[str, AfterValidator(_type)]]] = Field(
        DEFAULTS["excluded_types"],
        description="Resource types that a Region does not offer, so they get no rule there. `pillarwatch preflight`"
        " lists them.",
        examples=[{"eu-south-2": ["AWS::AppRunner::Service"]}],
    )
    waivers: list[WaiverTable] = Field([], description=str(WaiverTable.__doc__))
    waiver_policy: WaiverPolicyTable = Field(WaiverPolicyTable(), description=str(WaiverPolicyTable.__doc__))
