"""The template of the AWS Config rules (``rules/config_rules.yaml``): one for each resource type and each collector."""

from __future__ import annotations

import hashlib
import inspect
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pillarwatch.evaluation import CHANGE
from pillarwatch.settings import digest_of as digest_of_document
from rules.catalogue import all_checks, change_types, checks_of, digest_of
from rules.collectors import all_collectors

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from pillarwatch import Check
    from pillarwatch.settings import Settings
    from rules.collectors import Collector

FREQUENCIES = ["One_Hour", "Three_Hours", "Six_Hours", "Twelve_Hours", "TwentyFour_Hours"]
LONGEST_NAME = 64
PREFIX = "[A-Za-z][A-Za-z0-9-]*"
LONGEST_DESCRIPTION = 256
# Resources that belong to no Region are recorded in one of the partition (aws, aws-us-gov, aws-cn), and nowhere else.
# https://docs.aws.amazon.com/config/latest/developerguide/select-resources.html
HOME = ["us-east-1", "us-gov-west-1", "cn-northwest-1"]
HOME_REGIONS = {
    "AWS::CloudFront::": HOME,
    "AWS::ECR::PublicRepository": HOME,
    "AWS::GlobalAccelerator::": ["us-west-2"],
    "AWS::Route53::": HOME,
}
RULES_AT_ONCE = (
    10  # AWS does not publish the rate of PutConfigRule; stacks that create many rules in parallel fail by it
)
MOST_OPERANDS = 10  # of Fn::Or
RELEASE_SECONDS = 960  # the function has 900; without a value CloudFormation waits an hour for an answer
HOME_CONDITION = "IsHomeRegion"  # of collectors that list what belongs to no Region: once in an account


class NameTaken(Exception):
    """Two rules would have one name."""


def rules_template(settings: Settings) -> dict[str, Any]:
    """A nested CloudFormation template: the rules, and what has those evaluated again that a release changes."""
    types, collectors, names = change_types(), all_collectors(), rule_names()
    if len(set(names)) < len(names):
        raise NameTaken(str(sorted(names)))
    conditions = _conditions(types, settings.excluded_types)
    rules = {_logical(each): _change_rule(each, conditions) for each in types}
    rules |= {_pascal(name): _periodic_rule(collector) for name, collector in collectors.items()}
    digests = {_logical(each): f"{_digest(settings, [each], checks_of(each))} {CHANGE} {each}" for each in types}
    digests |= {
        _pascal(name): f"{_collector_digest(settings, collector)} {name} {','.join(sorted(collector.resource_types))}"
        for name, collector in collectors.items()
    }
    return {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Description": f"Pillarwatch - {len(all_checks())} checks in {len(rules)} AWS Config rules (generated)",
        "Parameters": _parameters(collectors),
        "Conditions": conditions,
        "Resources": _one_wave_after_another(rules) | {"Release": _release(rules, digests)},
    }


def home_regions(resource_type: str) -> list[str]:
    """The Regions, one of each partition, in which a global type is recorded and has its rule; empty: in all."""
    return next((regions for prefix, regions in HOME_REGIONS.items() if resource_type.startswith(prefix)), [])


def rule_names() -> list[str]:
    """What follows the prefix in the name of each rule."""
    return [*map(rule_name, change_types()), *all_collectors()]


def longest_prefix() -> int:
    """How many characters the names of the rules leave for the stack's name, which they begin with."""
    return LONGEST_NAME - 1 - max(map(len, rule_names()))


def rule_name(resource_type: str) -> str:
    """What follows the prefix in a rule's name: ``s3-bucket``."""
    return resource_type.removeprefix("AWS::").replace("::", "-").lower()


def _parameters(collectors: dict[str, Collector]) -> dict[str, Any]:
    frequencies = {
        f"{_pascal(name)}Frequency": {
            "Type": "String",
            "Default": collector.frequency,
            "AllowedValues": FREQUENCIES,
            "Description": f"How often the collector {name} runs",
        }
        for name, collector in collectors.items()
    }
    return {
        "Prefix": {
            "Type": "String",
            "AllowedPattern": PREFIX,
            "MaxLength": longest_prefix(),
            "Description": "What the rules' names begin with",
        },
        "EvaluatorArn": {"Type": "String", "Description": "The function that judges configuration items"},
        "CollectorArn": {"Type": "String", "Description": "The function that lists and judges what Config lacks"},
        "ReleaseArn": {"Type": "String", "Description": "The function that has Config evaluate changed rules again"},
        **frequencies,
    }


def _conditions(types: list[str], excluded: Mapping[str, list[str]]) -> dict[str, Any]:
    """In which Regions a rule exists, for each type that has no rule in some of them.

    By AWS::Region and the condition functions alone: AWS documents no functions of text such as Fn::Sub and Fn::Join
    in Fn::Equals, and other engines compare them as they stand.
    https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-conditions.html
    """
    conditions = {HOME_CONDITION: _in_any(HOME)}
    for each in types:
        without = [region for region, listed in excluded.items() if each in listed]
        homes = home_regions(each)
        parts = [_in_any(homes)] if homes else []
        parts += [{"Fn::Not": [_in_any(without)]}] if without else []
        if parts:
            conditions[_condition_name(each)] = {"Fn::And": parts} if len(parts) > 1 else parts[0]
    return conditions


def _condition_name(resource_type: str) -> str:
    return f"Offers{_logical(resource_type)}"


def _in_any(regions: list[str]) -> dict[str, Any]:
    """Whether the stack is in one of some Regions."""
    conditions: list[dict[str, Any]] = [{"Fn::Equals": [_ref("AWS::Region"), region]} for region in regions]
    while len(conditions) > 1:
        groups = [conditions[start : start + MOST_OPERANDS] for start in range(0, len(conditions), MOST_OPERANDS)]
        conditions = [{"Fn::Or": group} if len(group) > 1 else group[0] for group in groups]
    return conditions[0]


def _one_wave_after_another(rules: dict[str, Any]) -> dict[str, Any]:
    """The rules in waves: a handle refers to all rules of a wave, and the rules of the next wave depend on it.

    The handle makes nothing. A rule cannot depend on another rule itself: its condition may leave that one out, and
    DependsOn takes no Fn::If. Metadata does.
    https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-metadata.html
    """
    waves: dict[str, Any] = {}
    names = list(rules)
    before: str | None = None
    for start in range(0, len(names), RULES_AT_ONCE):
        wave = {name: rules[name] for name in names[start : start + RULES_AT_ONCE]}
        waves |= {name: rule | ({"DependsOn": before} if before else {}) for name, rule in wave.items()}
        before = f"Wave{start // RULES_AT_ONCE + 1}"
        waves[before] = {
            "Type": "AWS::CloudFormation::WaitConditionHandle",
            "Metadata": {"Rules": [_if(rule.get("Condition"), _ref(name)) for name, rule in wave.items()]},
        }
    return waves


def _change_rule(resource_type: str, conditions: Mapping[str, Any]) -> dict[str, Any]:
    checks = [check for check in checks_of(resource_type) if not check.collector]
    condition = _condition_name(resource_type)
    messages = ("ConfigurationItemChangeNotification", "OversizedConfigurationItemChangeNotification")
    return {
        "Type": "AWS::Config::ConfigRule",
        **({"Condition": condition} if condition in conditions else {}),
        "Properties": {
            "ConfigRuleName": _sub(f"${{Prefix}}-{rule_name(resource_type)}"),
            "Description": _description(checks),
            "Scope": {"ComplianceResourceTypes": [resource_type]},
            "Source": {
                "Owner": "CUSTOM_LAMBDA",
                "SourceIdentifier": _ref("EvaluatorArn"),
                "SourceDetails": [{"EventSource": "aws.config", "MessageType": message} for message in messages],
            },
        },
    }


def _periodic_rule(collector: Collector) -> dict[str, Any]:
    checks = [check for check in all_checks().values() if check.collector == collector.name]
    return {
        "Type": "AWS::Config::ConfigRule",
        **({"Condition": HOME_CONDITION} if collector.region == "global" else {}),
        "Properties": {
            "ConfigRuleName": _sub(f"${{Prefix}}-{collector.name}"),
            "Description": _description(checks),
            "InputParameters": {"collector": collector.name},
            "Source": {
                "Owner": "CUSTOM_LAMBDA",
                "SourceIdentifier": _ref("CollectorArn"),
                "SourceDetails": [
                    {
                        "EventSource": "aws.config",
                        "MessageType": "ScheduledNotification",
                        "MaximumExecutionFrequency": _ref(f"{_pascal(collector.name)}Frequency"),
                    }
                ],
            },
        },
    }


def _release(rules: dict[str, Any], digests: dict[str, str]) -> dict[str, Any]:
    """The rules there are: name, digest, source and types. Naming a rule waits for it; a DependsOn needs all rules."""
    lines = [
        _if(rules[logical].get("Condition"), _sub(f"${{{logical}}} {digest}")) for logical, digest in digests.items()
    ]
    properties = {"ServiceToken": _ref("ReleaseArn"), "ServiceTimeout": RELEASE_SECONDS, "Rules": lines}
    return {"Type": "Custom::Release", "Properties": properties}


def _description(checks: list[Check]) -> str:
    """The ids of the checks, as many as fit."""
    text = f"{len(checks)} checks: " if len(checks) > 1 else ""
    for count in range(len(checks), 0, -1):
        ids = ", ".join(check.id for check in checks[:count])
        described = text + ids + (f", {len(checks) - count} more" if count < len(checks) else "")
        if len(described) <= LONGEST_DESCRIPTION:
            return described
    return text.removesuffix(": ")


def _digest(settings: Settings, types: Iterable[str], checks: Iterable[Check]) -> str:
    """Changes when verdicts may: with the checks' code, and with what the settings say of them and of scopes."""
    known = list(checks)
    ids = {check.id for check in known}
    waived = ids.union(*(check.best_practices for check in known))
    document = settings.document
    said = {
        "scope": document["scope"],
        "checks": {check: document["checks"][check] for check in sorted(ids & document["checks"].keys())},
        "waivers": [waiver for waiver in document["waivers"] if waiver["check"] in waived],
    }
    return f"{'.'.join(map(digest_of, types))}-{digest_of_document(said)}"


def _collector_digest(settings: Settings, collector: Collector) -> str:
    checks = [check for check in all_checks().values() if check.collector == collector.name]
    module = Path(inspect.getfile(collector.function))
    helpers = [module.with_name("__init__.py"), *sorted(module.parent.glob("_[!_]*.py"))]
    source = "".join(path.read_text(encoding="utf-8") for path in (module, *helpers))
    types = sorted({each for each in collector.resource_types if checks_of(each)})
    whole = _digest(settings, types, checks) + source
    return hashlib.sha256(whole.encode()).hexdigest()[:12]


def _if(condition: str | None, value: Any) -> Any:
    return {"Fn::If": [condition, value, _ref("AWS::NoValue")]} if condition else value


def _logical(resource_type: str) -> str:
    return resource_type.removeprefix("AWS::").replace("::", "")


def _pascal(name: str) -> str:
    return "".join(word.capitalize() for word in name.split("-"))


def _ref(name: str) -> dict[str, str]:
    return {"Ref": name}


def _sub(text: str) -> dict[str, str]:
    return {"Fn::Sub": text}
