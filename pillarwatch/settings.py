"""Settings as resolved: what a team decided about tags, thresholds, checks and accepted risks.

The settings file (TOML) is validated when it is read (``settings/validation.py``) and packaged as plain JSON; this
module answers questions of that plain form. Evaluator, scan and demo all ask here, so that they agree.
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from functools import cache, cached_property
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from pillarwatch.attestation import Attestation
from pillarwatch.environments import ALIASES, TAG, Environments
from pillarwatch.root import ROOT

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from pillarwatch.check import Check, Severity
    from pillarwatch.configuration_item import ConfigurationItem

STACK_NAME_TAG = "aws:cloudformation:stack-name"
# CloudFormation names a nested stack after its parent, its logical id and a random suffix.
NESTED_STACK = re.compile(r"(?P<parent>.+)-(?P<logical_id>[A-Za-z0-9]+)-[0-9A-Z]{12,14}")

DEFAULTS: dict[str, Any] = {
    "scope": {
        "workload_tags": ["Workload", "awsApplication", "Application", "Project"],
        "stacks": {"pr-[0-9]*": "", "*-pr-[0-9]*": "", "preview-*": "", "*-preview-*": ""},
        "component_tag": "Component",
        "owner_tags": ["Owner", "Team"],
        "environment_tag": TAG,
        "environments": {name: list(aliases) for name, aliases in ALIASES.items()},
    },
    "score": {
        "drop_threshold": 5,
        "severity_weights": {"critical": 8, "high": 4, "medium": 2, "low": 1},
        "risk_weights": {"HIGH": 3, "MEDIUM": 2, "LOW": 1},
    },
    "checks": {},
    "collectors": {"accepted_denials": {}},
    "excluded_types": {},
    "waivers": [],
    "waiver_policy": {"most_days": 366},
    "attestations": [],
}


class Scope(NamedTuple):
    """What a resource is scored under. An empty workload means the account."""

    workload: str
    component: str
    environment: str


NOWHERE = Scope("", "", "")  # of what has no tags


class Waiver(NamedTuple):
    """An accepted risk: a failure that is shown and not counted, until it expires."""

    check: str  #: that fails, or a best practice: all checks that serve it
    reason: str
    expires: str  #: ISO date; the last day on which it holds
    resource: str = "*"  #: pattern (``*``, ``?``) on the resource's id, name, ARN or logical id
    account: str = "*"  #: pattern on the id of the account
    tag: str = ""  #: pattern on ``key=value`` of a tag; empty for any
    stack: str = ""  #: pattern on the name of the CloudFormation stack; empty for any
    approver: str = ""
    workload: str = ""  #: only there; empty is everywhere

    def covers(self, resource: Mapping[str, str]) -> bool:
        """Whether the patterns match a resource's identity: ``id``, ``name``, ``arn``, ``account``."""
        names = (resource[key] for key in ("id", "name", "arn"))
        return fnmatchcase(resource["account"], self.account) and any(fnmatchcase(n, self.resource) for n in names)

    def covers_tags(self, tags: Any) -> bool:
        """Whether the patterns match a resource's tags. An unknown tag matches only without a pattern."""
        if not self.tag and not self.stack:
            return True
        if not isinstance(tags, dict):
            return False
        known = {key: value for key, value in tags.items() if isinstance(value, str)}
        has_tag = not self.tag or any(fnmatchcase(f"{key}={value}", self.tag) for key, value in known.items())
        return has_tag and (not self.stack or fnmatchcase(known.get(STACK_NAME_TAG, ""), self.stack))


class Rated(Protocol):
    """What settings need of a check; the aggregator's catalogue has no more."""

    @property
    def id(self) -> str:
        """The check's id."""

    @property
    def severity(self) -> Severity:
        """Its severity, where the settings say nothing."""


class CheckSettings(NamedTuple):
    """A check's settings for one workload and environment."""

    parameters: Mapping[str, Any]
    severity: Severity
    off: str  #: why it is switched off; empty when it is on


@dataclass(frozen=True)
class Settings:
    """The settings in force.

    Args:
        document: the plain form, whole sections missing where defaults hold.
    """

    document: Mapping[str, Any] = field(default_factory=dict)
    _resolved: dict[tuple[str, str, str], CheckSettings] = field(default_factory=dict, repr=False, compare=False)

    def __post_init__(self) -> None:
        merged = {
            section: {**default, **self.document.get(section, {})}
            if isinstance(default, dict)
            else self.document.get(section, default)
            for section, default in DEFAULTS.items()
        }
        object.__setattr__(self, "document", merged)

    @property
    def score(self) -> Mapping[str, Any]:
        """The weights, and the drop of a score that is an alert."""
        return self.document["score"]  # type: ignore[no-any-return]

    @cached_property
    def environments(self) -> Environments:
        """Which tag states the environment, and which values mean the same."""
        names = self.document["scope"]
        return Environments(names["environment_tag"], names["environments"])

    def scope(self, item: ConfigurationItem) -> Scope:
        """The workload, component and environment of an item, from its tags."""
        return self.scope_of_tags(item.tags)

    def scope_of_tags(self, tags: Mapping[str, str]) -> Scope:
        """As :meth:`scope`. An ``awsApplication`` tag holds an ARN, ``...:group/NAME/ID``: its name is cut out.

        https://docs.aws.amazon.com/servicecatalog/latest/arguide/ar-user-tags.html
        """
        if isinstance(tags, dict) and not tags:
            return NOWHERE
        names = self.document["scope"]
        environment = self.environments.name_of(_known(tags, names["environment_tag"]))
        component = _known(tags, names["component_tag"])
        for key in names["workload_tags"]:
            if value := _known(tags, key):
                workload = value.split("/")[1] if value.startswith("arn:") and "/" in value else value
                return Scope(workload, component, environment)
        workload, nested = self._of_stack(_known(tags, STACK_NAME_TAG))
        return Scope(workload, component or nested, environment)

    def owner(self, tags: Mapping[str, str]) -> str:
        """Who owns a resource, from the first of the owner tags; empty if none is known."""
        names = self.document["scope"]["owner_tags"]
        return next((value for key in names if (value := _known(tags, key))), "")

    def _of_stack(self, stack: str) -> tuple[str, str]:
        """The workload and component of a stack without a workload tag: of a nested stack its root and its own name."""
        component = ""
        while nested := NESTED_STACK.fullmatch(stack):
            stack, component = nested["parent"], nested["logical_id"]
        patterns = self.document["scope"]["stacks"]
        workload = next((name for pattern, name in patterns.items() if fnmatchcase(stack, pattern)), stack)
        return workload, component if workload else ""

    def of(self, check: Rated, scope: Scope) -> CheckSettings:
        """A check's parameters, severity and whether it is on; the last override that fits wins."""
        key = (check.id, scope.workload, scope.environment)
        resolved = self._resolved.get(key)
        if resolved is None:
            resolved = self._resolved[key] = self._resolve(check, scope)
        return resolved

    def _resolve(self, check: Rated, scope: Scope) -> CheckSettings:
        entry: Mapping[str, Any] = self.document["checks"].get(check.id, {})
        parameters = dict(entry.get("parameters", {}))
        severity = entry.get("severity", check.severity)
        off = entry.get("off", "")
        for override in entry.get("when", []):
            environment = self.environments.name_of(override.get("environment", scope.environment))
            if override.get("workload", scope.workload) == scope.workload and environment == scope.environment:
                parameters |= override.get("parameters", {})
                severity = override.get("severity", severity)
                off = override.get("off", off)
        return CheckSettings(parameters, severity, off)

    def accepted_denial(self, action: str, today: date) -> str:
        """Why an IAM action may be denied to the collectors; empty if it is not accepted, or not any more."""
        entry = self.document["collectors"]["accepted_denials"].get(action)
        return str(entry["reason"]) if entry and entry["expires"] >= today.isoformat() else ""

    @property
    def excluded_types(self) -> Mapping[str, list[str]]:
        """The resource types that get no AWS Config rule, by Region."""
        return self.document["excluded_types"]  # type: ignore[no-any-return]

    def waiver(self, check: Check, item: ConfigurationItem) -> Waiver | None:
        """The waiver that covers a check on an item at the time it is judged, if any."""
        entries = [each for of in (check.id, *check.best_practices) for each in self._waivers.get(of, ())]
        if not entries:
            return None
        identity, today, workload = item.identity, item.judged_at.date().isoformat(), self.scope(item).workload
        for waiver in sorted(entries, key=self.waivers.index) if len(entries) > 1 else entries:
            holds = waiver.expires >= today and waiver.workload in {"", workload}
            if holds and waiver.covers(identity) and waiver.covers_tags(item.tags):
                return waiver
        return None

    @cached_property
    def waivers(self) -> list[Waiver]:
        """All waivers, in the order of the file."""
        return [Waiver(**entry) for entry in self.document["waivers"]]

    @cached_property
    def attestations(self) -> list[Attestation]:
        """All attestations, in the order of their file."""
        return [Attestation(**entry) for entry in self.document["attestations"]]

    @cached_property
    def _waivers(self) -> Mapping[str, Sequence[Waiver]]:
        """The waivers by check or best practice, in the order of the file."""
        found: dict[str, list[Waiver]] = {}
        for waiver in self.waivers:
            found.setdefault(waiver.check, []).append(waiver)
        return found

    @cached_property
    def digest(self) -> str:
        """Changes when any setting does; 12 hexadecimal digits."""
        return digest_of(self.document)


@cache
def packaged_settings() -> Settings:
    """The settings that this deployment was built with: ``packaged_settings.json`` beside the packages.

    Raises:
        FileNotFoundError: the package was built without them.
    """
    return Settings(json.loads((ROOT / "packaged_settings.json").read_text(encoding="utf-8")))


def digest_of(document: Any) -> str:
    """A short fingerprint of a JSON document; 12 hexadecimal digits."""
    canonical = json.dumps(document, sort_keys=True, separators=(",", ":"), default=str)
    return hashlib.sha256(canonical.encode()).hexdigest()[:12]


def _known(tags: Mapping[str, str], key: str) -> str:
    value = tags.get(key) if isinstance(tags, dict) else None
    return str(value) if isinstance(value, str) else ""
