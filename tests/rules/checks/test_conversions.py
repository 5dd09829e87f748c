"""A template's resource and the recorded item of what it becomes are judged alike."""

from __future__ import annotations

import itertools
import json
from datetime import datetime
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from pillarwatch import ACCOUNT, Check
from pillarwatch.example import CAPTURED_AT, example_item, example_parameters, nested
from rules.catalogue import all_checks, checks_of, resource_types, stem_of
from template_scan.configuration_items import ConfigurationItems
from template_scan.resource_types import CONFIG_TYPES
from tests.rules.checks.templates import cases, other

if TYPE_CHECKING:
    from collections.abc import Iterator

CHECKS = all_checks()
NOW = datetime.fromisoformat(CAPTURED_AT)
ONE_MORE = {"AWS::DynamoDB::GlobalTable"}
CFN_TYPES = {  # where CloudFormation has another name, not one more
    recorded: written
    for written, recorded in CONFIG_TYPES.items()
    if recorded and written.startswith(recorded.rpartition("::")[0]) and written not in ONE_MORE
}
TYPES = {stem_of(resource_type): resource_type for resource_type in resource_types()}
CASES = [(TYPES[stem], *case) for stem, found in cases().items() for case in found]
WITH_CASES = {check_id for _, check_id, *_ in CASES}


@pytest.mark.checks(where=lambda check: check.id in WITH_CASES)
def test_a_template_is_judged_as_the_item_it_becomes(check: Check, subtests: pytest.Subtests) -> None:
    for number, (kind, check_id, verdict, properties, others) in enumerate(CASES):
        if check_id == check.id:
            with subtests.test(f"{stem_of(kind)}[{number}]"):
                compliance, why = judged(kind, check, properties, others)
                assert compliance == verdict, why


def test_every_case_is_of_a_check_of_its_type() -> None:
    for kind, check_id, *_ in CASES:
        assert kind in CHECKS[check_id].resource_types


def judged(
    kind: str, check: Check, properties: dict[str, Any], others: dict[str, Any] | None = None, **about: Any
) -> tuple[str, str]:
    """The verdict on the resource `Main` of a template, and its reason."""
    template = {"Resources": {"Main": other(CFN_TYPES.get(kind, kind), **properties), **(others or {})}}
    items = ConfigurationItems(template, about.pop("judged_at", NOW))
    (item,) = items.variants("Main").items
    verdict = check.judge(item, about)
    assert not items.warnings
    return verdict.compliance, verdict.annotation


class NotWritten(Exception):
    """A template cannot say it in so many words."""


@cache
def schema_of(kind: str) -> dict[str, Any]:
    """CloudFormation's schema of a type: cfn-lint's copy, whose own loader takes two seconds to import."""
    spec = find_spec("cfnlint")
    assert spec
    assert spec.origin
    schemas = Path(spec.origin).with_name("data") / "schemas"
    files = json.loads((schemas / "providers" / "us-east-1.json").read_text(encoding="utf-8"))
    name = files[CFN_TYPES.get(kind, kind)]
    found: dict[str, Any] = json.loads((schemas / "resources" / f"{name}.json").read_text(encoding="utf-8"))
    return found


def written(value: Any, node: dict[str, Any], schema: dict[str, Any]) -> Any:
    """A part of an item as a template writes it: with CloudFormation's names, which differ by upper case at most.

    Raises:
        NotWritten: CloudFormation has no such property.
    """
    while "$ref" in node:
        node = schema["definitions"][node["$ref"].rsplit("/", 1)[-1]]
    if isinstance(value, list):
        return [written(each, node.get("items", {}), schema) for each in value]
    if not isinstance(value, dict) or not _properties(node, schema):
        return value
    known = {name.lower(): (name, inner) for name, inner in _properties(node, schema).items()}
    answer = {}
    for key, inner in value.items():
        if key.lower() not in known:
            raise NotWritten(f"CloudFormation has no {key}")
        name, shape = known[key.lower()]
        answer[name] = written(inner, shape, schema)
    return answer


def _properties(node: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    """The properties of an object, those of its alternatives too."""
    found = dict(node.get("properties", {}))
    for alternative in (each for word in ("oneOf", "anyOf", "allOf") for each in node.get(word, ())):
        while "$ref" in alternative:
            alternative = schema["definitions"][alternative["$ref"].rsplit("/", 1)[-1]]  # noqa: PLW2901
        found |= alternative.get("properties", {})
    return found


def as_template(kind: str, example: dict[str, Any]) -> dict[str, Any]:
    """The properties of a template's resource that becomes the item of an example.

    Raises:
        NotWritten: it holds what no property of the resource itself says.
    """
    schema = schema_of(kind)
    said = {key: value for key, value in example.items() if not key.startswith("parameters.")}
    # Other resources make a list beyond the configuration; none make an empty one.
    document = nested({key: value for key, value in said.items() if value != [] or key.startswith("configuration.")})
    if beyond := document.keys() - {"configuration", "tags", "resourceType", "judged_at"}:
        raise NotWritten(f"{', '.join(sorted(beyond))} of an example is not a property")
    names = {written_name for written_name in schema["properties"] if written_name in {"Tags", "UserPoolTags"}}
    properties: dict[str, Any] = written(document.get("configuration") or {}, schema, schema)
    if tags := document.get("tags"):
        if "Tags" not in names:
            raise NotWritten("its tags are written otherwise")
        a_map = schema["properties"]["Tags"].get("type") == "object"
        properties["Tags"] = tags if a_map else [{"Key": key, "Value": value} for key, value in tags.items()]
    return properties


EXPLICIT = {case[:3] for case in CASES}
KINDS = {"compliant": "COMPLIANT", "non_compliant": "NON_COMPLIANT"}


@pytest.mark.checks(where=lambda check: not check.live and set(check.resource_types) != {ACCOUNT})
def test_a_template_can_pass_and_fail_a_check_that_is_not_live(check: Check, subtests: pytest.Subtests) -> None:
    """By an example as a template writes it, or by a case of the type's file in ``tests/rules/checks/templates``."""
    for kind, (name, verdict) in itertools.product({*check.resource_types} - {ACCOUNT}, KINDS.items()):
        if (kind, check.id, verdict) not in EXPLICIT:
            with subtests.test(f"{stem_of(kind)} {verdict}"):
                tried = [*attempts(check, kind, getattr(check, name))]
                assert verdict in [word for word, _ in tried], (
                    f"no template of {kind} is {verdict}: mark the check live, correct its conversion, or write a case"
                    f" in tests/rules/checks/templates/{stem_of(kind)}.py. Tried: {tried}"
                )


def attempts(check: Check, kind: str, examples: Any) -> Iterator[tuple[str, str]]:
    """The verdicts on a check's examples, each as a template writes it."""
    for example in examples:
        if example.get("resourceType", kind) == kind:
            about = {"judged_at": example_item(check, example).judged_at, **example_parameters(example)}
            try:
                yield judged(kind, check, as_template(kind, example), **about)
            except NotWritten as error:
                yield "", str(error)


IN_TEMPLATES = [
    kind for kind in resource_types() if kind != ACCOUNT and not all(check.live for check in checks_of(kind))
]


@pytest.mark.parametrize("kind", IN_TEMPLATES)
def test_a_template_of_unknown_values_fails_no_conversion(kind: str) -> None:
    """Every property a parameter without a default: nothing passes, nothing crashes."""
    template = {
        "Parameters": {"Anything": {"Type": "String"}},
        "Resources": {
            "Main": other(
                CFN_TYPES.get(kind, kind), **{key: {"Ref": "Anything"} for key in schema_of(kind)["properties"]}
            )
        },
    }
    items = ConfigurationItems(template, NOW)
    for item in items.variants("Main").items:
        for check in (check for check in checks_of(kind) if not check.live):
            verdict = check.judge(item)
            assert not verdict.crashed, f"{check.id}: {verdict.annotation}"
            assert verdict.compliance != "COMPLIANT" or check.id in PRESENCE, f"{check.id} passes"
    assert not items.warnings


# Decided by other resources of the template alone, here by the absence of any.
PRESENCE = {
    "lambda-function-public-access-prohibited",
    "lambda-permission-source-restricted",
    "nacl-no-unrestricted-ssh-rdp",
    "sns-topic-no-public-access",
    "sqs-queue-no-public-access",
    "template-holds-no-literal-secret",  # a parameter without a default is no literal
}
