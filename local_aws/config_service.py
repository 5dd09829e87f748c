"""AWS Config: the recorder's history, the custom rules it invokes, and the ledger of what they said."""

import json
import re
import uuid
from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from local_aws.calls import AwsError, Calls, Place
from local_aws.configuration_items import DELETED, SUMMARY, Item, api_form, difference, instant, query_form, raw
from local_aws.lambda_service import Functions

SERVICE = "config.amazonaws.com"
OVERSIZED = 256 * 1024  # characters of a notification
ACCOUNT = "AWS::::Account"
# Types of CloudFormation's registry that AWS Config does not record, as far as we report evaluations of them:
# https://repost.aws/knowledge-center/config-rule-unsupported-resource-type
ONLY_CLOUDFORMATIONS = frozenset({
    "AWS::CloudFront::CachePolicy", "AWS::CloudFront::ResponseHeadersPolicy", "AWS::ElastiCache::CacheCluster",
    "AWS::ElastiCache::ReplicationGroup", "AWS::Logs::LogGroup", "AWS::SageMaker::NotebookInstance",
})  # fmt: skip
MOST_EVALUATIONS, MOST_RULES, MOST_COUNTED, LONGEST_ANNOTATION, LONGEST_PARAMETERS = 100, 25, 25, 256, 1024
KEPT = {"awsAccountId", "awsRegion", "resourceType", "resourceId", "ARN"}  # what the item of a deletion still says
NAME_KEPT = ("AWS::S3::", "AWS::ElasticLoadBalancing")  # types whose deletions also say the name
BEYOND_BASE = {
    "tags",
    "relationships",
    "relatedEvents",
    "configurationItemMD5Hash",
}  # what BatchGetResourceConfig omits
Key = tuple[str, str]  # resource type, resource id


def _key(item: Mapping[str, Any]) -> Key:
    return item["resourceType"], item["resourceId"]


def _page(
    request: Mapping[str, Any], found: list[Any], most: int, size_name: str = "limit"
) -> tuple[list[Any], dict[str, str]]:
    """One page, and the token of the next one under the name that the request uses."""
    name = "NextToken" if size_name[0].isupper() else "nextToken"
    start, size = int(request.get(name) or 0), request.get(size_name) or most
    if size > most:
        raise AwsError("InvalidLimitException", f"{size_name} is at most {most}")
    more = {name: str(start + size)} if len(found) > start + size else {}
    return found[start : start + size], more


class NotRecorded(Exception):
    """The recorder has no such resource, so it cannot have been deleted."""


@dataclass
class Evaluation:
    """What a rule said about a resource."""

    compliance: str
    annotation: str | None
    ordering: datetime
    recorded: datetime


@dataclass
class Rule:
    """A deployed Config rule."""

    identifier: str
    arn: str
    definition: dict[str, Any]
    evaluations: dict[Key, Evaluation] = field(default_factory=dict)
    invoked: datetime | None = None

    @property
    def name(self) -> str:
        """Its name."""
        return str(self.definition["ConfigRuleName"])

    @property
    def function(self) -> str:
        """The ARN of the function that it invokes."""
        return str(self.definition["Source"]["SourceIdentifier"])

    def listens_to(self, message_type: str) -> bool:
        """Whether the rule subscribes to messages of a type."""
        details = self.definition["Source"].get("SourceDetails", [])
        return any(each.get("MessageType") == message_type for each in details)

    def covers(self, item: Item) -> bool:
        """Whether an item is in the rule's scope; no scope is every resource. Managed rules evaluate nothing here."""
        if self.definition["Source"]["Owner"] == "AWS":
            return False
        scope = self.definition.get("Scope", {})
        types = scope.get("ComplianceResourceTypes")
        if types and item["resourceType"] not in types:
            return False
        if scope.get("ComplianceResourceId") not in {None, item["resourceId"]}:
            return False
        tag = scope.get("TagKey")
        return tag is None or (tag in item["tags"] and scope.get("TagValue") in {None, item["tags"][tag]})


@dataclass
class Recorder:
    """The configuration recorder: what a test records becomes history and reaches the rules."""

    config: "ConfigService"
    recording: dict[str, Any] = field(default_factory=dict)  # overrides of what Describe… answers, e.g. recording=False
    history: dict[Key, list[Item]] = field(default_factory=dict)
    oversized: set[tuple[Key, str]] = field(default_factory=set)
    _daily: dict[Key, tuple[Item, bool]] = field(default_factory=dict)

    @property
    def definition(self) -> dict[str, Any]:
        """The recorder as DescribeConfigurationRecorders answers it, and whether it records."""
        return {
            "recording": True,
            "name": "default",
            "roleARN": self.config.place.arn(
                "iam", "role/aws-service-role/config.amazonaws.com/AWSServiceRoleForConfig"
            ),
            "recordingGroup": {"allSupported": True, "includeGlobalResourceTypes": True, "resourceTypes": []},
            "recordingMode": {"recordingFrequency": "CONTINUOUS"},
        } | self.recording

    def records(self, resource_type: str) -> bool:
        """Whether the recorder is on and takes items of a type."""
        group = self.definition["recordingGroup"]
        excluded = group.get("exclusionByResourceTypes", {}).get("resourceTypes", [])
        wanted = group.get("allSupported") or excluded or resource_type in group.get("resourceTypes", [])
        return bool(self.definition["recording"] and wanted and resource_type not in excluded)

    def record(self, item: Mapping[str, Any], *, oversized: bool = False) -> None:
        """Record an item of the event envelope, with its documents as plain objects."""
        if not self.records(item["resourceType"]):
            return
        if self.definition["recordingMode"]["recordingFrequency"] == "DAILY":
            self._daily[_key(item)] = (dict(item), oversized)
        else:
            self._record(item, oversized)

    def record_daily(self) -> None:
        """Once a day, a recorder in daily mode records the latest state of what changed."""
        while self._daily:
            self._record(*self._daily.pop(next(iter(self._daily))))

    def delete(self, resource_type: str, resource_id: str) -> None:
        """Record that a resource was deleted."""
        last = self.current((resource_type, resource_id))
        if last is None:
            raise NotRecorded(f"{resource_type} {resource_id}")
        deletion: Item = {
            "configuration": None, "supplementaryConfiguration": {}, "tags": {}, "relationships": [],
            "resourceCreationTime": None, "availabilityZone": None, "configurationItemStatus": "ResourceDeleted",
        }  # fmt: skip
        kept = KEPT | ({"resourceName"} if resource_type.startswith(NAME_KEPT) else set())
        self.record({key: last[key] for key in kept} | deletion)

    def current(self, key: Key) -> Item | None:
        """The recorded state of a resource that exists."""
        items = self.history.get(key)
        return items[-1] if items and items[-1]["configurationItemStatus"] not in DELETED else None

    def existing(self) -> Iterator[Item]:
        """The recorded state of every resource that exists."""
        return (item for key in list(self.history) if (item := self.current(key)))

    def _record(self, given: Mapping[str, Any], oversized: bool) -> None:
        key = _key(given)
        before = self.current(key)
        earlier = self.history.get(key, [])
        now = datetime.now(UTC)
        if earlier:  # a resource's items are ordered by their capture time
            now = max(
                now, datetime.fromisoformat(earlier[-1]["configurationItemCaptureTime"]) + timedelta(milliseconds=1)
            )
        item = raw({
            "relatedEvents": [], "relationships": [], "configuration": {}, "supplementaryConfiguration": {}, "tags": {},
            "configurationItemVersion": "1.3", "configurationItemCaptureTime": instant(now),
            "awsAccountId": self.config.place.account, "awsRegion": self.config.place.region,
            "configurationItemStatus": "OK" if before else "ResourceDiscovered", "resourceName": None, "ARN": None,
            "availabilityZone": None, "configurationStateMd5Hash": "", "resourceCreationTime": None,
        } | dict(given))  # fmt: skip
        captured = datetime.fromisoformat(item["configurationItemCaptureTime"])
        item.setdefault("configurationStateId", int(captured.timestamp() * 1000))
        self.history.setdefault(key, []).append(item)
        if oversized:
            self.oversized.add((key, item["configurationItemCaptureTime"]))
        self.config.changed(before, item)


class ConfigService:
    """The service: rules, their invocations and their results."""

    def __init__(self, place: Place, calls: Calls, functions: Functions) -> None:
        self.place, self.functions = place, functions
        self.recorder = Recorder(self)
        self.rules: dict[str, Rule] = {}
        self._tokens: dict[str, str] = {}  # result token -> rule
        model = calls.client("config").meta.service_model
        self._permitted_types = frozenset(model.shape_for("ResourceType").enum) | ONLY_CLOUDFORMATIONS | {ACCOUNT}
        calls.unanswered.add("config")
        calls.answers |= {
            f"config.{name.removeprefix('_').title().replace('_', '')}": getattr(self, name)
            for name in vars(ConfigService)
            if name.startswith(("_put_", "_delete_", "_get_", "_describe_", "_list_", "_batch_", "_start_", "_select_"))
        }

    def compliance(self, rule_name: str) -> dict[Key, tuple[str, str | None]]:
        """What a rule has said, by resource."""
        return {key: (each.compliance, each.annotation) for key, each in self._rule(rule_name).evaluations.items()}

    def changed(self, before: Item | None, item: Item) -> None:
        """Tell every rule whose scope covers an item, or has just lost it."""
        diff = difference(before, item)
        for rule in list(self.rules.values()):
            deleted = item["configurationItemStatus"] in DELETED
            inside = rule.covers(item) or (deleted and before is not None and rule.covers(before))
            if inside or (before is not None and rule.covers(before)):
                self._notify(rule, item, diff, left_scope=not inside)

    def evaluate(self, rule: Rule) -> None:
        """Invoke a rule for everything in its scope, as at its creation."""
        for item in list(self.recorder.existing()):
            if rule.covers(item):
                self._notify(rule, item, None, left_scope=False)
        if rule.listens_to("ScheduledNotification"):
            self._scheduled(rule)

    def fire_schedules(self) -> None:
        """Run every periodic rule, once."""
        self.recorder.record_daily()
        for rule in list(self.rules.values()):
            if rule.listens_to("ScheduledNotification"):
                self._scheduled(rule)

    def _scheduled(self, rule: Rule) -> None:
        message = {"awsAccountId": self.place.account, "notificationCreationTime": instant(datetime.now(UTC)),
                   "messageType": "ScheduledNotification", "recordVersion": "1.0"}  # fmt: skip
        self._invoke(rule, message, left_scope=False)

    def _notify(self, rule: Rule, item: Item, diff: dict[str, Any] | None, *, left_scope: bool) -> None:
        message = {"configurationItemDiff": diff, "configurationItem": item,
                   "notificationCreationTime": instant(datetime.now(UTC)),
                   "messageType": "ConfigurationItemChangeNotification", "recordVersion": "1.3"}  # fmt: skip
        marked = (_key(item), item["configurationItemCaptureTime"]) in self.recorder.oversized
        if marked or len(json.dumps(message)) > OVERSIZED:
            summary = {"changeType": (diff or {}).get("changeType", "UPDATE"), **{key: item[key] for key in SUMMARY}}
            message = {
                "configurationItemSummary": summary,
                "messageType": "OversizedConfigurationItemChangeNotification",
            }
        if rule.listens_to(str(message["messageType"])):
            self._invoke(rule, message, left_scope=left_scope)

    def _invoke(self, rule: Rule, message: dict[str, Any], *, left_scope: bool) -> None:
        token = f"token-{uuid.uuid4()}"
        self._tokens[token] = rule.name
        rule.invoked = datetime.now(UTC)
        event = {
            "version": "1.0",
            "invokingEvent": json.dumps(message),
            "ruleParameters": rule.definition.get("InputParameters", "{}"),
            "resultToken": token,
            "eventLeftScope": left_scope,
            "executionRoleArn": self.recorder.definition["roleARN"],
            "configRuleArn": rule.arn,
            "configRuleName": rule.name,
            "configRuleId": rule.identifier,
            "accountId": self.place.account,
            "evaluationMode": "DETECTIVE",
        }
        self.functions.invoke_as(SERVICE, rule.arn, rule.function, event)

    def _rule(self, name: str) -> Rule:
        if name not in self.rules:
            raise AwsError("NoSuchConfigRuleException", f"The ConfigRule '{name}' provided in the request is invalid.")
        return self.rules[name]

    def _chosen(self, request: Mapping[str, Any]) -> list[Rule]:
        names = request.get("ConfigRuleNames") or list(self.rules)
        return [self._rule(name) for name in names]

    def _put_config_rule(self, request: Mapping[str, Any]) -> dict[str, Any]:
        definition = deepcopy(request["ConfigRule"])
        if definition["Source"]["Owner"] != "CUSTOM_LAMBDA":
            raise NotImplementedError("the local AWS runs custom Lambda rules only")
        if len(definition.get("InputParameters", "")) > LONGEST_PARAMETERS:
            raise AwsError("InvalidParameterValueException", "InputParameters is at most 1024 characters long")
        for each in definition["Source"].get("SourceDetails", []):  # what the API defaults to
            each.setdefault("EventSource", "aws.config")
            if each.get("MessageType") == "ScheduledNotification":
                each.setdefault("MaximumExecutionFrequency", "TwentyFour_Hours")
        name = definition["ConfigRuleName"]
        identifier = self.place.config_rule_id(name)
        rule = Rule(identifier, self.place.arn("config", f"config-rule/{identifier}"), definition)
        if not self.functions.may_invoke(rule.function, SERVICE, rule.arn):
            message = (
                f"The AWS Lambda function {rule.function} cannot be invoked. "
                "Check the specified function ARN, and check the function's permissions."
            )
            raise AwsError("InsufficientPermissionsException", message)
        if name in self.rules:
            rule.evaluations = self.rules[name].evaluations
        self.rules[name] = rule
        self.evaluate(rule)
        return {}

    def _delete_config_rule(self, request: Mapping[str, Any]) -> dict[str, Any]:
        del self.rules[self._rule(request["ConfigRuleName"]).name]
        return {}

    def _describe_config_rules(self, request: Mapping[str, Any]) -> dict[str, Any]:
        rules, more = _page(request, self._chosen(request), MOST_RULES, "Limit")
        described = [
            rule.definition | {"ConfigRuleArn": rule.arn, "ConfigRuleId": rule.identifier, "ConfigRuleState": "ACTIVE",
                               "EvaluationModes": [{"Mode": "DETECTIVE"}]}
            for rule in rules
        ]  # fmt: skip
        return {"ConfigRules": described, **more}

    def _start_config_rules_evaluation(self, request: Mapping[str, Any]) -> dict[str, Any]:
        if len(request.get("ConfigRuleNames", [])) > MOST_RULES:
            raise AwsError("ValidationException", f"ConfigRuleNames: at most {MOST_RULES} members")
        for rule in self._chosen(request):
            self.evaluate(rule)
        return {}

    def _put_evaluations(self, request: Mapping[str, Any]) -> dict[str, Any]:
        evaluations = request.get("Evaluations", [])
        if len(evaluations) > MOST_EVALUATIONS:
            raise AwsError("ValidationException", f"Evaluations: at most {MOST_EVALUATIONS} members")
        for each in evaluations:
            # The answer: https://github.com/awslabs/aws-config-rdk/issues/290
            if (reported := each["ComplianceResourceType"]) not in self._permitted_types:
                permitted = ", ".join(sorted(self._permitted_types))
                message = (
                    f"The resource type {reported} is invalid. Only the following values are permitted: [{permitted}]"
                )
                raise AwsError("InvalidParameterValueException", message)
            if len(each.get("Annotation", "")) > LONGEST_ANNOTATION:
                raise AwsError(
                    "ValidationException",
                    f"Value '{each['Annotation']}' at 'evaluations.annotation' failed to satisfy constraint: "
                    "Member must have length less than or equal to 256",
                )
            if each["ComplianceType"] not in {"COMPLIANT", "NON_COMPLIANT", "NOT_APPLICABLE"}:
                raise AwsError("InvalidParameterValueException", f"{each['ComplianceType']} is not supported here")
        if request.get("TestMode"):
            return {"FailedEvaluations": []}
        rule = self.rules.get(self._tokens.get(request["ResultToken"], ""))
        if rule is None:
            raise AwsError("InvalidResultTokenException", "The specified ResultToken is invalid.")
        for each in evaluations:
            self._keep(rule, each)
        return {"FailedEvaluations": []}

    def _keep(self, rule: Rule, given: Mapping[str, Any]) -> None:
        """A later statement about a resource replaces an earlier one, never the other way round."""
        key = given["ComplianceResourceType"], given["ComplianceResourceId"]
        ordering = _moment(given["OrderingTimestamp"])
        known = rule.evaluations.get(key)
        if known is None or ordering >= known.ordering:
            evaluation = Evaluation(given["ComplianceType"], given.get("Annotation"), ordering, datetime.now(UTC))
            rule.evaluations[key] = evaluation

    def _get_compliance_details_by_config_rule(self, request: Mapping[str, Any]) -> dict[str, Any]:
        rule = self._rule(request["ConfigRuleName"])
        wanted = request.get("ComplianceTypes") or ["COMPLIANT", "NON_COMPLIANT"]
        found = [each for each in rule.evaluations.items() if each[1].compliance in wanted]
        page, more = _page(request, found, 100, "Limit")
        results = []
        for (resource_type, resource_id), each in page:
            qualifier = {"ConfigRuleName": rule.name, "ResourceType": resource_type, "ResourceId": resource_id,
                         "EvaluationMode": "DETECTIVE"}  # fmt: skip
            results.append({
                "EvaluationResultIdentifier": {
                    "EvaluationResultQualifier": qualifier, "OrderingTimestamp": each.ordering,
                },
                "ComplianceType": each.compliance,
                "ResultRecordedTime": each.recorded,
                "ConfigRuleInvokedTime": rule.invoked,
                **({"Annotation": each.annotation} if each.annotation else {}),
            })  # fmt: skip
        return {"EvaluationResults": results, **more}

    def _describe_compliance_by_config_rule(self, request: Mapping[str, Any]) -> dict[str, Any]:
        answers = []
        for rule in self._chosen(request):
            said = [each.compliance for each in rule.evaluations.values()]
            failing = said.count("NON_COMPLIANT")
            if failing:
                count = {"CappedCount": min(failing, MOST_COUNTED), "CapExceeded": failing > MOST_COUNTED}
                compliance = {"ComplianceType": "NON_COMPLIANT", "ComplianceContributorCount": count}
            else:
                compliance = {"ComplianceType": "COMPLIANT" if "COMPLIANT" in said else "INSUFFICIENT_DATA"}
            if compliance["ComplianceType"] in (request.get("ComplianceTypes") or [compliance["ComplianceType"]]):
                answers.append({"ConfigRuleName": rule.name, "Compliance": compliance})
        return {"ComplianceByConfigRules": answers}

    def _get_resource_config_history(self, request: Mapping[str, Any]) -> dict[str, Any]:
        items = self.recorder.history.get(_key(request))
        if items is None:
            what = f"Resource {request['resourceId']} of resourceType:{request['resourceType']}"
            raise AwsError("ResourceNotDiscoveredException", f"{what} is unknown or has not been discovered")
        earliest, latest = request.get("earlierTime"), request.get("laterTime")
        found = []
        for item in items:
            captured = datetime.fromisoformat(item["configurationItemCaptureTime"])
            if (earliest is None or captured >= _moment(earliest)) and (latest is None or captured <= _moment(latest)):
                found.append(item)
        if request.get("chronologicalOrder", "Reverse") == "Reverse":
            found.reverse()
        page, more = _page({"limit": 10} | dict(request), found, 100)
        return {"configurationItems": [api_form(item) for item in page], **more}

    def _batch_get_resource_config(self, request: Mapping[str, Any]) -> dict[str, Any]:
        found, missing = [], []
        for key in request["resourceKeys"]:
            item = self.recorder.current(_key(key))
            if item is None:
                missing.append(key)
            else:
                base = api_form(item)
                found.append({name: base[name] for name in base if name not in BEYOND_BASE})
        return {"baseConfigurationItems": found, "unprocessedResourceKeys": missing}

    def _list_discovered_resources(self, request: Mapping[str, Any]) -> dict[str, Any]:
        ids, name = request.get("resourceIds"), request.get("resourceName")
        found = [
            {key: item[key] for key in ("resourceType", "resourceId", "resourceName") if item.get(key)}
            for item in self.recorder.existing()
            if item["resourceType"] == request["resourceType"]
            and (ids is None or item["resourceId"] in ids)
            and (name is None or item["resourceName"] == name)
        ]
        page, more = _page(request, found, 100)
        return {"resourceIdentifiers": page, **more}

    def _get_discovered_resource_counts(self, request: Mapping[str, Any]) -> dict[str, Any]:
        counts: dict[str, int] = {}
        for item in self.recorder.existing():
            if item["resourceType"] in (request.get("resourceTypes") or [item["resourceType"]]):
                counts[item["resourceType"]] = counts.get(item["resourceType"], 0) + 1
        listed = [{"resourceType": kind, "count": count} for kind, count in sorted(counts.items())]
        page, more = _page(request, listed, 100)
        return {"totalDiscoveredResources": sum(counts.values()), "resourceCounts": page, **more}

    def _select_resource_config(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """Answer the one form of query that lists a type; SQL beyond it is not answered."""
        query = re.fullmatch(
            r"\s*SELECT\s+(.+?)\s+WHERE\s+resourceType\s*=\s*'([\w:]+)'\s*", request["Expression"], re.DOTALL
        )
        if query is None:
            raise NotImplementedError(f"the local AWS does not answer the query {request['Expression']}")
        fields = [name.strip() for name in query[1].split(",")]
        rows = [query_form(item) for item in self.recorder.existing() if item["resourceType"] == query[2]]
        page, more = _page({"Limit": 25} | dict(request), rows, 100, "Limit")
        results = [json.dumps({name: row[name] for name in fields if row.get(name) is not None}) for row in page]
        return {"Results": results, "QueryInfo": {"SelectFields": [{"Name": name} for name in fields]}, **more}

    def _describe_configuration_recorders(self, _: Mapping[str, Any]) -> dict[str, Any]:
        definition = {key: value for key, value in self.recorder.definition.items() if key != "recording"}
        return {"ConfigurationRecorders": [definition]}

    def _describe_configuration_recorder_status(self, _: Mapping[str, Any]) -> dict[str, Any]:
        status = {"name": "default", "recording": self.recorder.definition["recording"], "lastStatus": "SUCCESS"}
        return {"ConfigurationRecordersStatus": [status]}


def _moment(given: Any) -> datetime:
    if isinstance(given, (int, float)):
        return datetime.fromtimestamp(given, UTC)
    moment = datetime.fromisoformat(given) if isinstance(given, str) else given
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
