"""Who may do what: execution roles, key policies and resource policies, decided as IAM documents it."""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from botocore.loaders import Loader
from moto.events.models import events_backends
from moto.iam.aws_managed_policies import aws_managed_policies_data
from moto.iam.models import AWSManagedPolicy, iam_backends
from moto.kms.models import kms_backends
from moto.sns.models import sns_backends
from moto.sqs.models import sqs_backends

from local_aws.calls import AwsError, Place

Context = Mapping[str, str]

# IAM's name of an action, where it is not the operation's name.
ACTIONS = {
    "lambda:Invoke": "lambda:InvokeFunction",
    "s3:ListObjects": "s3:ListBucket",
    "s3:ListObjectsV2": "s3:ListBucket",
    "s3:HeadBucket": "s3:ListBucket",
    "s3:HeadObject": "s3:GetObject",
    "s3:ListBuckets": "s3:ListAllMyBuckets",
    "sns:PublishBatch": "sns:Publish",
    "sqs:ChangeMessageVisibilityBatch": "sqs:ChangeMessageVisibility",
    "sqs:DeleteMessageBatch": "sqs:DeleteMessage",
    "sqs:SendMessageBatch": "sqs:SendMessage",
}
# The IAM prefix, where it is not the name that botocore signs with.
PREFIXES = {"monitoring": "cloudwatch", "tagging": "tag"}
TRANSACT = {
    "ConditionCheck": "ConditionCheckItem",
    "Put": "PutItem",
    "Update": "UpdateItem",
    "Delete": "DeleteItem",
    "Get": "GetItem",
}
# The parameter that names what a call is about, and how its ARN ends.
RESOURCES = (
    ("cloudwatch", "AlarmName", "alarm:{}"),
    ("cloudwatch", "DashboardName", "dashboard/{}"),
    ("events", "ArchiveName", "archive/{}"),
    ("events", "EventBusName", "event-bus/{}"),
    ("events", "EventSourceArn", "{}"),
    ("lambda", "FunctionName", "function:{}"),
    ("logs", "logGroupName", "log-group:{}:log-stream:{logStreamName}"),
    ("s3", "Key", "{Bucket}/{}"),
    ("s3", "Bucket", "{}"),
    ("sns", "TopicArn", "{}"),
    ("sns", "TargetArn", "{}"),
    ("sqs", "QueueName", "{}"),
    ("sqs", "QueueUrl", "{}"),
    ("ssm", "Name", "parameter/{}"),
)
KEY_USE = {  # what AWS documents that a caller of an encrypted resource needs on its key
    "sqs:SendMessage": ("kms:GenerateDataKey", "kms:Decrypt"),
    "sqs:ReceiveMessage": ("kms:Decrypt",),
    "sns:Publish": ("kms:GenerateDataKey", "kms:Decrypt"),
    "dynamodb": ("kms:Decrypt",),
}
UNASKED = {"sts.GetCallerIdentity"}  # needs no permission
# The code with which a service says no, where it is not the one of its protocol.
DENIED = {"sns": "AuthorizationError", "sqs": "AccessDenied"}


@cache
def _wildcard(pattern: str) -> re.Pattern[str]:
    return re.compile(".*".join(re.escape(part).replace(r"\?", ".") for part in pattern.split("*")), re.DOTALL)


def _like(value: str, patterns: Any) -> bool:
    return any(_wildcard(pattern).fullmatch(value) for pattern in _listed(patterns))


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


OPERATORS: dict[str, Callable[[str, Any], bool]] = {
    "StringEquals": lambda value, wanted: value in map(str, _listed(wanted)),
    "StringEqualsIgnoreCase": lambda value, wanted: value.lower() in [str(each).lower() for each in _listed(wanted)],
    "StringLike": _like,
    "ArnEquals": _like,
    "ArnLike": _like,
    "Bool": lambda value, wanted: value.lower() in [str(each).lower() for each in _listed(wanted)],
}


def _condition(condition: Mapping[str, Mapping[str, Any]], context: Context) -> bool | None:
    """Whether a Condition block holds; None if an operator or a key is one we cannot evaluate."""
    known = {key.lower(): value for key, value in context.items()}
    answer: bool | None = True
    for name, tests in condition.items():
        every = name.startswith("ForAllValues:")  # our contexts hold one value a key; a missing key satisfies it
        operator = name.removeprefix("ForAllValues:").removesuffix("IfExists")
        optional = every or name.endswith("IfExists")
        negated = operator.replace("Not", "", 1) in OPERATORS and "Not" in operator
        evaluate = OPERATORS.get(operator.replace("Not", "", 1) if negated else operator)
        for key, wanted in tests.items():
            value = known.get(key.lower())
            if evaluate is None or (value is None and not optional):
                answer = None
            elif value is not None and evaluate(value, wanted) == negated:
                return False
    return answer


def _applies(statement: Mapping[str, Any], action: str, resource: str, context: Context) -> bool:
    actions = statement.get("Action", statement.get("NotAction"))
    if _like(action.lower(), [each.lower() for each in _listed(actions)]) == ("Action" not in statement):
        return False
    if "Resource" in statement and not _like(resource, statement["Resource"]):
        return False
    if "NotResource" in statement and _like(resource, statement["NotResource"]):
        return False
    holds = _condition(statement.get("Condition", {}), context)
    return statement["Effect"] == "Deny" if holds is None else holds  # what we cannot evaluate grants nothing


def _decide(statements: Iterable[Mapping[str, Any]], action: str, resource: str, context: Context) -> bool | None:
    """True if allowed, False if explicitly denied, None if nothing says so."""
    effects = {statement["Effect"] for statement in statements if _applies(statement, action, resource, context)}
    return False if "Deny" in effects else (True if "Allow" in effects else None)


def _names(statement: Mapping[str, Any], principals: set[str]) -> bool:
    principal = statement.get("Principal")
    named = ["*"] if principal == "*" else [each for kind in (principal or {}).values() for each in _listed(kind)]
    return bool({*named} & {*principals, "*"})


def resource_policy_allows(
    policy: Mapping[str, Any] | None, *, principal: str, action: str, resource: str, context: Context
) -> bool:
    """Whether a resource policy admits a service or a role."""
    statements = [each for each in _listed((policy or {}).get("Statement", [])) if _names(each, {principal})]
    return _decide(statements, action, resource, context) is True


@cache
def _parsed(document: str) -> dict[str, Any]:
    return json.loads(document)  # type: ignore[no-any-return]


@dataclass
class Permissions:
    """Decides on the policies as they are deployed now."""

    place: Place

    def _context(self, *, source: str | None = None, role: str | None = None, via: str | None = None) -> dict[str, str]:
        """The condition keys of a request: for a source, by a role (else by a service), via a service."""
        account = self.place.account
        caller = {"aws:PrincipalArn": role} if role else {}
        through = {"kms:ViaService": f"{via}.{self.place.region}.amazonaws.com"} if via else {}
        return (
            {
                "aws:SourceAccount": account,
                "AWS:SourceOwner": account,
                "kms:CallerAccount": account,
                "aws:PrincipalAccount": account,
                "aws:ResourceAccount": account,
                "aws:SecureTransport": "true",
                "aws:PrincipalIsAWSService": str(role is None).lower(),
                "aws:RequestedRegion": self.place.region,
            }
            | ({"aws:SourceArn": source} if source else {})
            | caller
            | through
        )

    def role_statements(self, role: str) -> list[dict[str, Any]]:
        """Every statement of a role's inline and attached policies."""
        backend = iam_backends[self.place.account][self.place.partition]
        found = next((each for each in backend.roles.values() if each.arn == role), None)
        if found is None:
            return []
        attached = [
            version.document
            for policy in found.managed_policies.values()
            for version in policy.versions
            if version.version_id == policy.default_version_id
        ]
        documents = [*found.policies.values(), *attached]
        return [each for document in documents for each in _listed(_parsed(document)["Statement"])]

    def authorise(self, role: str, function: str, call: str, parameters: Mapping[str, Any]) -> None:
        """Raise AWS's error unless the role may make the call."""
        service = call.partition(".")[0]
        for action, resource in self._needs(call, parameters) if call not in UNASKED else ():
            for leading in self._leading_keys(service, parameters):
                context = self._context(role=role) | leading
                granted = _decide(self.role_statements(role), action, resource, context)
                if granted is None and self._resource_says(role, action, resource):
                    continue
                if not granted:
                    raise self._denied(service, role, function, action, resource, explicit=granted is False)
            if self._resource_says(role, action, resource) is False:
                raise self._denied(service, role, function, action, resource, explicit=True)
            key = self._key_of(resource)
            for use in KEY_USE.get(action, KEY_USE.get(service, ())) if key and not _of_aws(key) else ():
                if not self._key_grants(key, role, use, via=service):
                    raise self._denied("kms", role, function, use, key.arn, explicit=False)

    def service_may(self, service: str, action: str, resource: str, source: str) -> str | None:
        """Why a service may not send to a queue or a topic for a source; None if it may."""
        policy = self._resource_policy(resource)
        context = self._context(source=source)
        if service != "cloudwatch.amazonaws.com":
            del context["AWS:SourceOwner"]  # alarms alone are covered by a topic's default policy
        if not resource_policy_allows(policy, principal=service, action=action, resource=resource, context=context):
            return f"the policy of {resource} does not let {service} {action} for {source}"
        key = self._key_of(resource)
        for use in KEY_USE[action] if key else ():
            allowed = not _of_aws(key) and resource_policy_allows(
                _parsed(key.policy), principal=service, action=use, resource=key.arn, context=context
            )
            if not allowed:
                return f"the policy of {key.arn} does not let {service} {use} for {source}"
        return None

    def _denied(
        self, service: str, role: str, function: str, action: str, resource: str, *, explicit: bool
    ) -> AwsError:
        role_name = role.rpartition("/")[2]
        user = f"arn:{self.place.partition}:sts::{self.place.account}:assumed-role/{role_name}/{function}"
        why = (
            "with an explicit deny in an identity-based policy"
            if explicit
            else f"because no identity-based policy allows the {action} action"
        )
        message = f"User: {user} is not authorized to perform: {action} on resource: {resource} {why}"
        code = DENIED.get(service) or (
            "AccessDeniedException" if "json" in _model(service)["protocol"] else "AccessDenied"
        )
        return AwsError(code, message)

    def _needs(self, call: str, parameters: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
        """The actions, each with its resource, that a call needs."""
        service, _, operation = call.partition(".")
        signed = _model(service).get("signingName") or _model(service)["endpointPrefix"]
        prefix = PREFIXES.get(signed, signed)
        action = ACTIONS.get(f"{prefix}:{operation}", f"{prefix}:{operation}")
        if service == "dynamodb" and "TransactItems" in parameters:
            for item in parameters["TransactItems"]:
                for kind, part in item.items():
                    yield f"dynamodb:{TRANSACT[kind]}", self._table(part)
        elif service == "dynamodb" and "RequestItems" in parameters:
            yield from ((action, self._table({"TableName": name})) for name in parameters["RequestItems"])
        elif service == "events" and operation == "PutEvents":
            buses = {str(entry.get("EventBusName", "default")) for entry in parameters.get("Entries", [])}
            yield from ((action, self._arn("events", "event-bus/", bus)) for bus in sorted(buses))
        elif service == "config" and ("ConfigRuleName" in parameters or "ConfigRuleNames" in parameters):
            names = parameters.get("ConfigRuleNames") or [parameters["ConfigRuleName"]]
            rules = (f"config-rule/{self.place.config_rule_id(name)}" for name in names)
            yield from ((action, self.place.arn("config", rule)) for rule in rules)
        else:
            yield action, self._resource(service, parameters)

    def _arn(self, service: str, prefix: str, name: str) -> str:
        return name if name.startswith("arn:") else self.place.arn(service, prefix + name)

    def _table(self, parameters: Mapping[str, Any]) -> str:
        arn = self._arn("dynamodb", "table/", parameters.get("TableName", ""))
        return f"{arn}/index/{parameters['IndexName']}" if "IndexName" in parameters else arn

    def _resource(self, service: str, parameters: Mapping[str, Any]) -> str:
        """The ARN that a call is about; "*" where the service has no resource level, or we do not know it."""
        if service == "dynamodb" and "TableName" in parameters:
            return self._table(parameters)
        if service == "kms" and "KeyId" in parameters:
            return str(kms_backends[self.place.account][self.place.region].describe_key(parameters["KeyId"]).arn)
        for owner, name, form in RESOURCES:
            if owner == service and name in parameters:
                given = str(parameters[name])
                if given.startswith("arn:"):
                    return given
                given = given.rpartition("/")[2] if name == "QueueUrl" else given
                words = {each: parameters.get(each, "") for each in ("Bucket", "logStreamName")}
                return self.place.arn(service, form.format(given, **words).replace("parameter//", "parameter/"))
        return "*"

    def _resource_policy(self, resource: str) -> Mapping[str, Any] | None:
        account, region = self.place.account, self.place.region
        if ":sqs:" in resource:
            queue = sqs_backends[account][region].queues.get(resource.rpartition(":")[2])
            return _parsed(queue.policy) if queue and queue.policy else None
        if ":sns:" in resource:
            topic = sns_backends[account][region].topics.get(resource)
            return _parsed(topic.policy) if topic else None
        if ":event-bus/" in resource:
            bus = events_backends[account][region].event_buses.get(resource.rpartition("/")[2])
            return _parsed(bus.policy) if bus and bus.policy else None
        return None

    def _resource_says(self, role: str, action: str, resource: str) -> bool | None:
        """What the policy of a queue or a bus says of a role: True, False, or None if nothing."""
        policy = self._resource_policy(resource) if ":sqs:" in resource or ":event-bus/" in resource else None
        statements = [each for each in _listed((policy or {}).get("Statement", [])) if _names(each, {role})]
        return _decide(statements, action, resource, self._context(role=role))

    def _leading_keys(self, service: str, parameters: Mapping[str, Any]) -> list[dict[str, str]]:
        """The partition key of each item that a call names, as a condition key; nothing where it names none."""
        if service != "dynamodb":
            return [{}]
        parts = [each for item in parameters.get("TransactItems", []) for each in item.values()] or [parameters]
        found = []
        for part in parts:
            item, table = part.get("Key") or part.get("Item"), part.get("TableName", "").rpartition("/")[2]
            hash_key = _hash_key(self.place.account, self.place.region, table)
            value = (item or {}).get(hash_key)
            value = next(iter(value.values())) if isinstance(value, dict) else value  # resources take plain values
            found.append({} if value is None else {"dynamodb:LeadingKeys": str(value)})
        return found

    def _key_of(self, resource: str) -> Any:
        """The KMS key that encrypts a queue, a topic or a table."""
        account, region = self.place.account, self.place.region
        name = None
        if ":sqs:" in resource:
            queue = sqs_backends[account][region].queues.get(resource.rpartition(":")[2])
            name = queue and queue.kms_master_key_id
        elif ":sns:" in resource:
            topic = sns_backends[account][region].topics.get(resource)
            name = topic and topic.kms_master_key_id
        elif ":dynamodb:" in resource:
            name = _table_key(account, region, resource.split("/")[1])
        return kms_backends[account][region].describe_key(name) if name else None

    def _key_grants(self, key: Any, role: str, action: str, via: str) -> bool:
        """A key's policy decides; it may leave the decision to IAM by naming the account."""
        statements = _listed(_parsed(key.policy)["Statement"])
        root = f"arn:{self.place.partition}:iam::{self.place.account}:root"
        context = self._context(role=role, via=via)
        direct = _decide([each for each in statements if _names(each, {role})], action, key.arn, context)
        if direct is not None:
            return direct
        delegated = [each for each in statements if _names(each, {root, self.place.account})]
        return (
            _decide(delegated, action, key.arn, context) is True
            and _decide(self.role_statements(role), action, key.arn, context) is True
        )


def _of_aws(key: Any) -> bool:
    """AWS's own keys admit every caller of the account, and no other service."""
    return any(alias.startswith("alias/aws/") for alias in key.aliases)


def _table_key(account: str, region: str, table: str) -> str | None:
    from moto.dynamodb.models import dynamodb_backends  # noqa: PLC0415

    found = dynamodb_backends[account][region].tables.get(table)
    return (found.sse_specification or {}).get("KMSMasterKeyId") if found else None


def _hash_key(account: str, region: str, table: str) -> str | None:
    from moto.dynamodb.models import dynamodb_backends  # noqa: PLC0415

    found = dynamodb_backends[account][region].tables.get(table)
    return found.hash_key_attr if found else None


@cache
def _managed_policies() -> dict[str, dict[str, Any]]:
    return json.loads(aws_managed_policies_data)  # type: ignore[no-any-return]


def know_managed_policy(place: Place, arn: str) -> None:
    """Give moto the one of AWS's managed policies that is needed; all 1,500 take longer than most tests."""
    backend, name = iam_backends[place.account][place.partition], arn.rpartition("/")[2]
    if ":iam::aws:" in arn and arn not in backend.managed_policies and name in _managed_policies():
        policy = AWSManagedPolicy.from_data(name, place.account, place.partition, _managed_policies()[name])
        backend.managed_policies[arn] = policy


@cache
def _model(service: str) -> dict[str, Any]:
    """What botocore says of a service as a whole."""
    return Loader().load_service_model(service, "service-2")["metadata"]  # type: ignore[no-any-return]
