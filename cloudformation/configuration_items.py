"""A template's resources as configuration items, under each decision that the template leaves open."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple, Self

from cloudformation.intrinsics import ABSENT, Open, Resolution, is_function, references, section, spelling
from cloudformation.reading import Budget, UnreadableTemplate
from pillarwatch.configuration_item import ConfigurationItem
from pillarwatch.unknown import Unknown, Unresolved
from rules.catalogue import lift_of, related_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from datetime import datetime

    from pillarwatch import Verdict
    from pillarwatch.lift import TemplateResource

MOST_STACKS = 32  # twice as many: one resource's decisions, so that others which leave the same open share them
MOST_VARIANTS = 16  # four independent decisions; whoever leaves more open learns that too much is open

# What AWS Config calls a type of CloudFormation, where it says otherwise. CloudFormation's AWS::IAM::Policy is an
# inline policy: a fragment, see below.
CONFIG_TYPES = {
    "AWS::DocDB::DBCluster": "AWS::RDS::DBCluster",
    "AWS::DocDB::DBInstance": "AWS::RDS::DBInstance",
    "AWS::DynamoDB::GlobalTable": "AWS::DynamoDB::Table",
    "AWS::IAM::ManagedPolicy": "AWS::IAM::Policy",
    "AWS::IAM::Policy": "",
    "AWS::Neptune::DBCluster": "AWS::RDS::DBCluster",
    "AWS::Neptune::DBInstance": "AWS::RDS::DBInstance",
    "AWS::OpenSearchService::Domain": "AWS::OpenSearch::Domain",
}

# Resources that have no item of their own: Config records them as a part of another one, which a property names.
FRAGMENTS = {
    "AWS::ApiGatewayV2::Route": {"ApiId": "AWS::ApiGatewayV2::Api"},
    "AWS::EC2::NetworkAclEntry": {"NetworkAclId": "AWS::EC2::NetworkAcl"},
    "AWS::EC2::Route": {"RouteTableId": "AWS::EC2::RouteTable"},
    "AWS::EC2::SecurityGroupEgress": {"GroupId": "AWS::EC2::SecurityGroup"},
    "AWS::EC2::SecurityGroupIngress": {"GroupId": "AWS::EC2::SecurityGroup", "GroupName": "AWS::EC2::SecurityGroup"},
    "AWS::ECS::ClusterCapacityProviderAssociations": {"Cluster": "AWS::ECS::Cluster"},
    "AWS::IAM::GroupPolicy": {"GroupName": "AWS::IAM::Group"},
    "AWS::IAM::Policy": {"Roles": "AWS::IAM::Role", "Users": "AWS::IAM::User", "Groups": "AWS::IAM::Group"},
    "AWS::IAM::RolePolicy": {"RoleName": "AWS::IAM::Role"},
    "AWS::IAM::UserPolicy": {"UserName": "AWS::IAM::User"},
    "AWS::Lambda::Permission": {"FunctionName": "AWS::Lambda::Function"},
    "AWS::S3::BucketPolicy": {"Bucket": "AWS::S3::Bucket"},
    "AWS::SNS::TopicInlinePolicy": {"TopicArn": "AWS::SNS::Topic"},
    "AWS::SNS::TopicPolicy": {"Topics": "AWS::SNS::Topic"},
    "AWS::SQS::QueueInlinePolicy": {"Queue": "AWS::SQS::Queue"},
    "AWS::SQS::QueuePolicy": {"Queues": "AWS::SQS::Queue"},
    "AWS::SecretsManager::ResourcePolicy": {"SecretId": "AWS::SecretsManager::Secret"},
    "AWS::SecretsManager::RotationSchedule": {"SecretId": "AWS::SecretsManager::Secret"},
}

TAG_PATHS = (
    "Tags",
    "BackupPlanTags",
    "BackupVaultTags",
    "FileSystemTags",
    "HostedZoneTags",
    "Replicas.Tags",
    "TagSpecifications.Tags",
    "UserPoolTags",
)

OF_THE_DEPLOYMENT = Unknown("it is known only when deployed", present=True)


AWS_TYPE = re.compile("AWS::[A-Za-z0-9]+::[A-Za-z0-9]+")
PART = re.compile("[a-z]+/(?P<whole>[^/]+)/[a-z]+/[^/]+")
NO_COLON = r"(?:\$\{[^}]*\}|[^:$])*"  # as Fn::Sub spells it: ${AWS::Region} has colons of its own
ARN = re.compile(rf"arn:{NO_COLON}:(?P<service>[a-z0-9-]+):{NO_COLON}:{NO_COLON}:(?P<resource>.+)", re.DOTALL)
# A name or a part of an ARN, with a qualifier: https://docs.aws.amazon.com/lambda/latest/api/API_AddPermission.html
FUNCTION = re.compile(rf"(?:(?:{NO_COLON}:)?function:)?(?P<name>{NO_COLON})(?::{NO_COLON})?", re.DOTALL)
# What ARNs call a service that types call otherwise.
SERVICES = {"elasticloadbalancing": "elasticloadbalancingv2", "es": "opensearchservice", "states": "stepfunctions"}


@dataclass(frozen=True)
class Plain:
    """A resource of which only this is known, or looked at."""

    logical_id: str
    resource_type: str
    properties: dict[str, Any]

    def attached(self, resource_type: str, by: str) -> Sequence[TemplateResource]:  # noqa: ARG002
        """Nothing."""
        return ()

    names = attached

    def implied(self, resource_type: str, properties: dict[str, Any]) -> TemplateResource:
        """Another one of which only this is known."""
        return Plain(self.logical_id, resource_type, properties)


class _Resolved(NamedTuple):
    """The value of a property, with the comparisons that leave it undecided and the parameters that decide it."""

    value: Any
    undecided: dict[str, str]
    defaults: dict[str, None]


class _Index(NamedTuple):
    """Which resources of a type may name a resource, or be named: positions among those of the type.

    They are found by logical id, and by the end of a name. What conditions leave undecided may name any.
    """

    by_id: dict[str, list[int]]
    by_end: dict[str, list[int]]
    undecided: list[int]
    unclear: bool  #: whether something that is not undecided names what is not known

    def add(self, position: int, ids: Iterable[str], names: Iterable[str]) -> None:
        """Add a resource that names these, or is named so."""
        for logical_id in ids:
            self.by_id.setdefault(logical_id, []).append(position)
        for end in {_end(name) for name in names}:
            self.by_end.setdefault(end, []).append(position)


class Resource:
    """One resource of a template under assumptions: what a type's ``lift`` is given."""

    def __init__(
        self, stack: Stack, logical_id: str, resource_type: str, body: Mapping[str, Any], twin: Resource | None = None
    ) -> None:
        self.logical_id = logical_id
        self.resource_type = resource_type
        self.fragments: dict[str, None] = {}  # the logical ids that ``attached`` has found
        self.seen: dict[str, Resource] = {}  # what ``attached`` and ``names`` have found, by logical id
        self.unclear: set[str] = set()  # types of which a resource may be related: what it names is unknown
        self._stack = stack
        self.malformed: dict[str, Unknown] = {}  # properties of a type that CloudFormation does not document
        self._body = body
        stated = section(body, "Properties")
        self._stated = stated if stated != {"Ref": "AWS::NoValue"} else {}
        self._is_conditional = len(self._stated) == 1 and "Fn::If" in self._stated
        self._twin = twin  # the same resource without assumptions: what it resolves without them, holds here too
        self._condition = body.get("Condition")
        self._values: dict[str, _Resolved] = {}
        self._properties_by: dict[str, None] = {}  # the parameters whose defaults decide all properties
        self._alternatives: dict[str, Any] = {}  # the properties between which they decide

    @property
    def there(self) -> bool:
        """Whether it will be created; an undecided condition is noted by the stack's resolution."""
        self._stack.resolution.owner = self.logical_id
        if self._condition is None:
            return True
        return self._stack.resolution.holds(self._condition) is not (self.logical_id in self._stack.inverted)

    @property
    def _raw(self) -> dict[str, Any]:
        """The properties as the template writes them; those that a condition decides, where it is decided."""
        raw = self._stated
        if not self._is_conditional:
            return raw
        while len(raw) == 1 and "Fn::If" in raw:
            match raw["Fn::If"]:
                case [condition, yes, no] if not self._stack.resolution.final or self._stack.resolution.decided(
                    condition
                ):
                    before, self._stack.resolution.defaults = self._stack.resolution.defaults, {}
                    raw = section({"": yes if self._stack.resolution.holds(condition) else no}, "")
                    self._properties_by |= self._stack.resolution.defaults
                    self._alternatives |= section({"": yes}, "") | section({"": no}, "")
                    self._stack.resolution.defaults = before
                case _:
                    break
        return raw if raw != {"Ref": "AWS::NoValue"} else {}

    @property
    def decided_by_default(self) -> dict[str, dict[str, None]]:
        """The properties that conditions decide by parameters' defaults, each with the parameters."""
        decided = dict.fromkeys(self._alternatives, self._properties_by)
        decided |= {key: self._properties_by | resolved.defaults for key, resolved in self._values.items()}
        return {key: parameters for key, parameters in decided.items() if parameters}

    @property
    def properties(self) -> dict[str, Any]:
        """The properties, resolved."""
        values = {key: self._value(key) for key in self._raw if not is_function(key)}
        return {key: value for key, value in values.items() if value is not ABSENT and value is not None}

    @property
    def hidden(self) -> str:
        """Why there may be more than its properties and fragments say; empty where there is not."""
        return next((f"{key} adds properties" for key in (*self._raw, *self._body) if is_function(key)), "")

    def without_malformed(self, works: Callable[[], bool]) -> bool:
        """Make unknown the properties that keep a lift from working, and no others; whether it works then."""
        self._stack.suspects[self.logical_id] = None
        stated = [key for key in self._raw if not is_function(key)]
        self.malformed = {key: self._of_wrong_type(key) for key in stated}
        if not works():
            self.malformed = {}
            return False
        for key in stated:
            unknown = self.malformed.pop(key)
            if not works():
                self.malformed[key] = unknown
        return True

    def _of_wrong_type(self, key: str) -> Unknown:
        value = self._value(key)
        kinds = {bool: "a boolean", int: "a number", float: "a number", str: "a text", list: "a list"}
        kind = kinds.get(type(value), "an object")
        return Unknown(f"{key} of {self.logical_id} is {kind} that CloudFormation does not accept for it", present=True)

    def attached(self, resource_type: str, by: str) -> Sequence[TemplateResource]:
        """The resources of a type that name this one in a property, by reference or by its name."""
        if not self._stack.shows(resource_type):
            return []
        index = self._stack.naming(resource_type, by)
        others = self._stack.among(resource_type, index, {self.logical_id}, self.physical_names())
        found = self._created(other for other in others if other.mentions(by, self))
        self.fragments |= dict.fromkeys(other.logical_id for other in found)
        self._see(found)
        for other in found:
            other.fragments = self.fragments  # what is attached to it, as to a function's alias, is so to this one
        if index.unclear or any(map(_is_unclear, (value for other in others for value in other.at(by)))):
            self.unclear.add(config_type(resource_type))
        return [other.if_certain() for other in found]

    def names(self, resource_type: str, by: str) -> Sequence[TemplateResource]:
        """The resources of a type that this one names in a property."""
        values = self.at(by)
        if any(map(_is_unclear, values)):
            self.unclear.add(config_type(resource_type))
        if not values or not self._stack.shows(resource_type):
            return []
        names = [name for value in values for name in _names_in(spelling(value) or "")]
        referred = {name for value in values for name in references(value)}
        others = self._stack.among(resource_type, self._stack.named(resource_type), referred, names)
        found = self._created(other for other in others if self.mentions(by, other))
        self._see(found)
        return [other.if_certain() for other in found]

    def _created(self, others: Iterable[Resource]) -> list[Resource]:
        """Those that will be created; the stack notes those of which parameters' defaults decide it."""
        resolution, created = self._stack.resolution, []
        for other in others:
            before, resolution.defaults = resolution.defaults, {}
            if other.there:
                created.append(other)
            if resolution.defaults:
                self._stack.by_default[other.logical_id] = resolution.defaults
            resolution.defaults = before | resolution.defaults
        return created

    def _see(self, others: Iterable[Resource]) -> None:
        for other in others:
            if other is not self:
                self.seen[other.logical_id] = other
                other.seen = self.seen  # what belongs to it is read for this one

    def implied(self, resource_type: str, properties: dict[str, Any]) -> TemplateResource:
        """A resource that AWS makes of properties of this one; it has no logical id of its own."""
        return Resource(self._stack, self.logical_id, resource_type, {"Properties": properties})

    @property
    def is_settled(self) -> bool:
        """Whether no condition decides between its properties as a whole."""
        return not self._is_conditional

    def if_certain(self) -> TemplateResource:
        """Itself; where nothing decides whether it exists, a resource of which nothing is known."""
        resolution = self._stack.resolution
        if self._condition is None or not resolution.final or resolution.decided(self._condition):
            return self
        unknown = Unknown(f"condition {self._condition} is not known")
        return Plain(self.logical_id, self.resource_type, dict.fromkeys(self._raw, unknown))

    def mentions(self, by: str, other: Resource) -> bool:
        """Whether a value at a path refers to another resource, is its name, or ends with it after a slash.

        What belongs to a part is named as in ``table/NAME/index/PART``.
        """
        names = other.physical_names()
        return any(
            other.logical_id in references(value) or _is_named(spelling(value) or "", names, other.resource_type)
            for value in self.at(by)
        )

    def physical_names(self) -> list[str]:
        """Its names as far as the template gives them, as ``Fn::Sub`` would spell them: ``BucketName`` of a bucket."""
        return [name for given in self._given_names() if (name := spelling(given))]

    @property
    def name(self) -> Any:
        """Its name as given, else as it will be referred to: CloudFormation makes one up."""
        generated = Open(f"the name of {self.logical_id} exists only once deployed", f"${{{self.logical_id}}}")
        return next(self._given_names(), generated)

    def _given_names(self) -> Iterator[Any]:
        kind = self.resource_type.rpartition("::")[2]
        keys = ("Name", f"{kind}Name", f"{kind}Identifier", f"{kind}Id", "GroupName")  # the last of a security group
        return (self._value(key) for key in keys if key in self._raw and spelling(self._value(key)))

    def at(self, path: str) -> list[Any]:
        """The values at a dotted path, through any lists on the way."""
        first, *rest = path.split(".")
        if first not in self._raw:
            return []
        values = [self._value(first)]
        for key in (*rest, None):
            values = [inner for value in values for inner in (value if isinstance(value, list) else [value])]
            if key is not None:
                values = [value[key] for value in values if isinstance(value, dict) and key in value]
        return values

    def _value(self, key: str) -> Any:
        if key in self.malformed:
            return self.malformed[key]
        resolved = self.resolved(key)
        self._stack.resolution.undecided |= resolved.undecided
        return resolved.value

    def resolved(self, key: str) -> _Resolved:
        """A property as the template states it."""
        known = self._values.get(key)
        if known is not None:
            return known
        if self._twin is not None and not self._is_conditional:
            resolved = self._twin.resolved(key)
            if not resolved.undecided:
                self._values[key] = resolved
                return resolved
        resolution = self._stack.resolution
        resolution.owner = self.logical_id
        before = resolution.undecided, resolution.defaults
        resolution.undecided, resolution.defaults = {}, {}
        value = resolution.value(self._raw[key])
        resolved = self._values[key] = _Resolved(value, resolution.undecided, resolution.defaults)
        resolution.undecided, resolution.defaults = before
        return resolved


class MissingParent(Resource):
    """What a fragment belongs to, where that is not in the template: nothing is known of it but the fragment."""

    def __init__(self, stack: Stack, fragment: Resource, by: str, resource_type: str) -> None:
        super().__init__(stack, "", resource_type, {})
        self.logical_id = fragment.logical_id
        self._fragment = fragment
        self._by = by

    @property
    def name(self) -> Any:
        """The name by which the fragment names it, where that is one."""
        given = [spelling(value) or "" for value in self._fragment.at(self._by)]
        plain = len(given) == 1 and given[0] and not ARN.fullmatch(given[0]) and "/" not in given[0]
        return self._fragment.at(self._by)[0] if plain else super().name

    @property
    def hidden(self) -> str:
        """Everything but the fragment."""
        return "only a fragment of it is in this template"

    @property
    def there(self) -> bool:
        """It is where the fragment is."""
        return self._fragment.there

    def attached(self, resource_type: str, by: str) -> Sequence[TemplateResource]:
        """The fragment, if it is asked for."""
        self._see([self._fragment])
        return [self._fragment] if (resource_type, by) == (self._fragment.resource_type, self._by) else []


class Stack:
    """A template's resources under one set of assumptions.

    ``base`` is the stack without assumptions: what it has found out without them is not found out again.
    """

    def __init__(
        self,
        document: Mapping[str, Any],
        budget: Budget,
        assumptions: Mapping[str, bool] | None = None,
        *,
        final: bool = False,
        base: Stack | None = None,
    ) -> None:
        self.resources = section(document, "Resources")
        self.resolution: Resolution = Resolution(
            document, assumptions, final=final, budget=budget, base=base.resolution if base else None
        )
        self.suspects: dict[str, None] = {}  # logical ids of resources that may have malformed properties
        self.left_out = ""  # a type of resources that is taken for absent
        self.by_default: dict[str, dict[str, None]] = {}  # what parameters' defaults create or not, with the parameters
        self.inverted: set[str] = set()  # logical ids of resources that are taken for created if they are not, and back
        self._base = base or self
        self._made: dict[str, Resource] = {}
        self.by_type: dict[str, list[str]] = base.by_type if base else {}
        self._indexes: dict[tuple[str, str], _Index] = {}  # of the base
        if base is None:
            for logical_id, body in self.resources.items():
                self.by_type.setdefault(body["Type"], []).append(logical_id)

    def resource(self, logical_id: str) -> Resource:
        """One resource."""
        made = self._made.get(logical_id)
        if made is None:
            body = self.resources[logical_id]
            twin = None if self._base is self else self._base.resource(logical_id)
            made = self._made[logical_id] = Resource(self, logical_id, body["Type"], body, twin)
        return made

    def shows(self, resource_type: str) -> bool:
        """Whether the template has resources of a type, and they are not left out."""
        return resource_type in self.by_type and resource_type != self.left_out

    def naming(self, resource_type: str, by: str) -> _Index:
        """The resources of a type by what they name in a property."""

        def named(other: Resource) -> tuple[list[Any], set[str], list[str]]:
            values = other.at(by)
            ids = {logical_id for value in values for logical_id in references(value)}
            return values, ids, [name for value in values for name in _names_in(spelling(value) or "")]

        return self._base.indexed(resource_type, by, named)

    def named(self, resource_type: str) -> _Index:
        """The resources of a type by their logical ids and names."""
        return self._base.indexed(resource_type, "", lambda other: ([], {other.logical_id}, other.physical_names()))

    def indexed(
        self, resource_type: str, by: str, named: Callable[[Resource], tuple[list[Any], set[str], list[str]]]
    ) -> _Index:
        """The resources of a type by what ``named`` finds: values, and the logical ids and names in them."""
        index = self._indexes.get((resource_type, by))
        if index is not None:
            return index
        index = _Index({}, {}, [], unclear=False)
        before = self.resolution.undecided
        for position, logical_id in enumerate(self.by_type[resource_type]):
            other = self.resource(logical_id)
            self.resolution.undecided = {}
            values, ids, names = named(other)
            if self.resolution.undecided or not other.is_settled:
                index.undecided.append(position)
                continue
            index.add(position, ids, names)
            if any(map(_is_unclear, values)):
                index = index._replace(unclear=True)
        self.resolution.undecided = before
        self._indexes[resource_type, by] = index
        return index

    def among(self, resource_type: str, index: _Index, ids: Iterable[str], names: Iterable[str]) -> list[Resource]:
        """The resources of a type that may be meant by logical ids or names, in the template's order."""
        positions = {*index.undecided, *(each for logical_id in ids for each in index.by_id.get(logical_id, ()))}
        positions.update(each for name in names for each in index.by_end.get(_end(name), ()))
        others = self.by_type[resource_type]
        if self.suspects:
            positions.update(position for position, other in enumerate(others) if other in self.suspects)
        return [self.resource(others[position]) for position in sorted(positions)]

    def tells_of(self, kind: str, resource: Resource) -> bool:
        """Whether none of Config's type are related to a resource, if none was found to be."""
        return kind not in resource.unclear and any(config_type(name) == kind for name in self.by_type)


class TemplateItem(ConfigurationItem):
    """An item of which a template may know only parts.

    Args:
        item: the item.
        hidden: why everything outside ``shown`` is unknown; empty where it is known.
        shown: paths that are known for sure, and the other resources of the template that contribute them: an
            annotation names those that its check has read.
        decided: paths that parameters' defaults decide through conditions, with a note for the annotation.
    """

    __slots__ = ("_decided", "_hidden", "_shown")

    def __init__(
        self,
        item: Mapping[str, Any],
        *,
        judged_at: datetime | None = None,
        related: Mapping[str, Any] | None = None,
        hidden: str = "",
        shown: Mapping[str, str] | None = None,
        decided: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(item, judged_at=judged_at, related=related)
        self._hidden = hidden
        self._shown = shown or {}
        self._decided = decided or {}

    def hid_from(self, verdict: Verdict) -> bool:
        """Whether a verdict is unknown only because the item is hidden."""
        return bool(self._hidden) and verdict.annotation.startswith(f"unknown: {self._hidden}")

    def related(self, resource_type: str) -> Sequence[Self]:
        """The related resources; those of an item of which only a fragment is known are as hidden as the rest."""
        found = super().related(resource_type)
        return Unknown(self._hidden) if self._hidden and isinstance(found, Unknown) else found  # type: ignore[return-value]

    def _find(self, path: str) -> Any:
        return super()._find(path) if self._shows(path) else Unknown(self._hidden)

    def _across(self, path: str) -> list[Any] | Unknown:
        return super()._across(path) if self._shows(path) else Unknown(self._hidden)

    def _shows(self, path: str) -> bool:
        if not self._shown and not self._decided:
            return not self._hidden
        self.notes += [note for decided, note in self._decided.items() if _overlap(path, decided)]
        shows = not self._hidden
        for shown, contributors in self._shown.items():
            if _overlap(path, shown):
                shows = True
                if contributors:
                    self.notes.append(f"with {contributors}")
        return shows


class Variants(NamedTuple):
    """A resource under every decision that the template leaves open, where it exists at all.

    ``conditions`` names what is open; ``fragments`` has the logical ids that became a part of it.
    """

    items: list[TemplateItem]
    conditions: dict[str, None]
    fragments: set[str]


class Lift:
    """Makes the items of one template's resources."""

    def __init__(
        self, document: Mapping[str, Any], judged_at: datetime, tags: Mapping[str, str] | None = None, file: str = ""
    ) -> None:
        self._document = document
        self._budget = Budget(file)
        self._judged_at = judged_at
        self._tags = tags or {}
        self._warnings: dict[tuple[str, str], None] = {}
        self._base = self._stacked({})
        self._final: Stack | None = None
        self._stacks: dict[tuple[tuple[str, bool], ...], Stack] = {}  # the last ones used

    @property
    def warnings(self) -> list[tuple[str, str]]:
        """What should be looked at because it makes verdicts unknown: logical ids and texts."""
        return list(self._warnings)

    def variants(self, logical_id: str) -> Variants:
        """A resource's items; none where its condition does not hold."""

        def find(stack: Stack) -> Resource:
            return stack.resource(logical_id)

        return self._explored(find, config_type(self._document["Resources"][logical_id]["Type"]))

    def there(self, logical_id: str) -> bool:
        """Whether a resource will, or may, be created."""
        return self._stack({}).resource(logical_id).there

    def fragment(self, logical_id: str) -> dict[str, Variants]:
        """What a fragment tells of each type of resource that it may belong to and the template does not have."""
        body = self._document["Resources"][logical_id]
        parents = FRAGMENTS.get(body["Type"], {})
        named = {by: parent for by, parent in parents.items() if by in section(body, "Properties")}
        found = {}
        # One that names none is judged all the same.
        for by, parent in (named or dict(islice(parents.items(), 1))).items():

            def find(stack: Stack, by: str = by, parent: str = parent) -> Resource:
                return MissingParent(stack, stack.resource(logical_id), by, parent)

            found[parent] = self._explored(find, parent)
        return found

    def _explored(self, find: Callable[[Stack], Resource], kind: str) -> Variants:
        items: list[TemplateItem] = []
        conditions: dict[str, None] = {}
        fragments: set[str] = set()
        pending: list[dict[str, bool]] = [{}]
        while pending:
            assumptions = pending.pop()
            stack = self._stack(assumptions)
            resource, item = self._built(find, kind, stack)
            undecided = dict(stack.resolution.undecided)
            if undecided and len(items) + len(pending) + 2 > MOST_VARIANTS:
                items, pending, undecided = [], [], {}
                self._final = self._final or self._stacked({}, final=True)
                resource, item = self._built(find, kind, self._final)
            fragments.update(resource.fragments)
            if undecided:
                comparison, condition = next(iter(undecided.items()))
                conditions[condition] = None
                pending += [{**assumptions, comparison: False}, {**assumptions, comparison: True}]
            elif item is not None:
                items.append(item)
        return Variants(items, conditions, fragments)

    def _stack(self, assumptions: dict[str, bool]) -> Stack:
        if not assumptions:
            return self._base
        key = tuple(sorted(assumptions.items()))
        stack = self._stacks.pop(key, None) or self._stacked(assumptions)
        self._stacks[key] = stack
        if len(self._stacks) > MOST_STACKS:
            del self._stacks[next(iter(self._stacks))]
        return stack

    def _stacked(self, assumptions: dict[str, bool], *, final: bool = False) -> Stack:
        base = getattr(self, "_base", None)
        stack = Stack(self._document, self._budget, assumptions, final=final, base=base)
        stack.resolution.warnings = self._warnings
        return stack

    def _built(
        self, find: Callable[[Stack], Resource], kind: str, stack: Stack
    ) -> tuple[Resource, TemplateItem | None]:
        stack.resolution.undecided = {}
        resource = find(stack)
        return resource, self._item(resource, stack, kind) if resource.there else None

    def _item(self, resource: Resource, stack: Stack, kind: str) -> TemplateItem:
        envelope = _envelope(resource, kind, self._tags)
        resource.fragments, resource.seen, stack.by_default = {}, {}, {}
        try:
            document = {**envelope, **lift_of(kind)(resource)}
            fragments, seen, by_default = dict(resource.fragments), dict(resource.seen), stack.by_default
            related = {} if isinstance(resource, MissingParent) else _related(resource, stack, kind, self._tags)
            resource.fragments = fragments  # what is related is no part of it
            shown = _contributed(resource, stack, kind, document, seen) if resource.hidden or seen else {}
        except UnreadableTemplate:
            raise
        except Unresolved as unresolved:
            return TemplateItem(envelope, judged_at=self._judged_at, hidden=str(unresolved))
        except Exception as error:  # noqa: BLE001 - the template is malformed, or one type's lift is broken
            return self._without_malformed(resource, stack, kind, error)
        return TemplateItem(
            document,
            judged_at=self._judged_at,
            related=related,
            hidden=resource.hidden,
            shown=shown,
            decided=_decided(resource, kind, envelope)
            | _created_by_default(resource, stack, kind, document, by_default),
        )

    def _without_malformed(self, resource: Resource, stack: Stack, kind: str, error: Exception) -> TemplateItem:
        """The item with what keeps it from being made unknown: properties of the resource, or of those it names."""

        def works() -> bool:
            try:
                lift_of(kind)(resource)
                _related(resource, stack, kind, self._tags)
            except Unresolved:
                return True
            except Exception:  # noqa: BLE001 - the one that is looked for
                return False
            return True

        for suspect in (*resource.seen.values(), resource):  # itself last: without a name, what it names is not read
            if not suspect.malformed and suspect.without_malformed(works):
                for unknown in suspect.malformed.values():
                    self._warnings[suspect.logical_id, unknown.why] = None
                return self._item(resource, stack, kind)
        problem = f"{resource.resource_type} could not be read: {type(error).__name__}: {error}"
        self._warnings[resource.logical_id, problem] = None
        envelope = _envelope(resource, kind, self._tags)
        return TemplateItem(envelope, judged_at=self._judged_at, hidden=f"{resource.logical_id} could not be read")


def config_type(resource_type: str) -> str:
    """AWS Config's name of a type of CloudFormation; empty where it is none of AWS's, or has no item of its own."""
    return CONFIG_TYPES.get(resource_type, resource_type if AWS_TYPE.fullmatch(resource_type) else "")


def template_types(recorded: str) -> list[str]:
    """CloudFormation's names of a type of AWS Config: the same name, else those that Config records under it."""
    if config_type(recorded) == recorded:
        return [recorded]
    return [name for name, kind in CONFIG_TYPES.items() if kind == recorded]


def _envelope(resource: Resource, kind: str, stack_tags: Mapping[str, str]) -> dict[str, Any]:
    tags = _tags(resource)
    return {
        "resourceType": kind,
        "resourceId": resource.logical_id,
        "resourceName": resource.name,
        "awsAccountId": OF_THE_DEPLOYMENT,
        "awsRegion": OF_THE_DEPLOYMENT,
        "ARN": OF_THE_DEPLOYMENT,
        "configurationItemStatus": "OK",
        "tags": {**stack_tags, **tags} if isinstance(tags, dict) else tags,
        "configuration": {},
        "supplementaryConfiguration": {},
    }


def _tags(resource: Resource) -> Any:
    """Tags by key. A tag whose value is unknown stays; a key that is unknown could be any, so all tags are unknown."""
    found = [tag for path in TAG_PATHS for tag in resource.at(path)]
    tags: dict[str, Any] = {}
    for tag in found:
        key = tag.get("Key") if isinstance(tag, dict) and "Key" in tag else None
        if isinstance(tag, Unknown) or isinstance(key, Unknown):
            return tag if isinstance(tag, Unknown) else key
        if isinstance(key, str):
            tags[key] = tag.get("Value", "")
        elif isinstance(tag, dict):
            tags |= tag
    return Unknown(resource.hidden) if resource.hidden else tags


def _related(resource: Resource, stack: Stack, kind: str, tags: Mapping[str, str]) -> dict[str, Any]:
    """The related resources that the template has, as items. Of a type that it has nowhere, they are unknown.

    A template is not the whole account: the alarms of its queues may be in another one. A template that has alarms,
    and none for this queue, is taken at its word, unless one names what nobody can know.
    """
    related: dict[str, Any] = {}
    for other_type, others in related_of(kind)(resource).items():
        if why := _untold(other_type, resource, stack, others):
            related[other_type] = Unknown(why)
            continue
        try:
            related[other_type] = [
                {**_envelope(other, other_type, tags), **lift_of(other_type)(other)}
                for other in others
                if isinstance(other, Resource)
            ]
        except Unresolved as unresolved:
            related[other_type] = Unknown(str(unresolved))
    return related


def _untold(kind: str, resource: Resource, stack: Stack, others: Sequence[TemplateResource]) -> str:
    """Why the template does not tell which resources of a type are related to one; empty where it does."""
    if not all(isinstance(other, Resource) for other in others):
        return f"whether it has that {kind} is open"
    if others or stack.tells_of(kind, resource):
        return ""
    return f"an {kind} names something unknown" if kind in resource.unclear else f"no {kind} in this template"


def _is_named(spelled: str, names: Sequence[str], resource_type: str) -> bool:
    """Whether a text is one of a resource's names, ends with it after a slash, or is an ARN of it or of its part."""
    if not names or not spelled:
        return False
    if any(spelled == name or spelled.endswith(f"/{name}") for name in names):
        return True
    if (part := PART.fullmatch(spelled)) and part["whole"] in names:
        return True
    if resource_type == "AWS::Lambda::Function" and (function := FUNCTION.fullmatch(spelled)):
        return function["name"] in names
    arn = ARN.fullmatch(spelled)
    service = resource_type.split("::")[1].lower() if resource_type.count("::") == 2 else ""  # noqa: PLR2004
    if not arn or SERVICES.get(arn["service"], arn["service"].replace("-", "")) != service:
        return False
    return not _names_in_arn(arn["resource"]).isdisjoint(names)


def _names_in(spelled: str) -> list[str]:
    """The texts by one of which a resource may be named in a text, for :func:`_is_named` to confirm."""
    names = [spelled]
    if part := PART.fullmatch(spelled):
        names.append(part["whole"])
    if function := FUNCTION.fullmatch(spelled):
        names.append(function["name"])
    if arn := ARN.fullmatch(spelled):
        names += _names_in_arn(arn["resource"])
    return names


def _names_in_arn(resource: str) -> set[str]:
    """By what the resource part of an ARN names it: function:NAME:ALIAS, table/NAME/index/PART."""
    rest = re.split("[:/]", resource, maxsplit=1)[-1]
    whole = re.match(NO_COLON, rest)
    return {resource, resource.partition("/")[0], rest, rest.partition("/")[0], whole.group() if whole else ""}


def _end(name: str) -> str:
    """What stands after the last slash: a text that ends with a name has the same end."""
    return name.rpartition("/")[2]


def _is_unclear(value: Any) -> bool:
    """Whether a value may name anything."""
    return isinstance(value, Unknown) and not value.reference and value.parts == (None,)


def _contributed(
    resource: Resource, stack: Stack, kind: str, document: Mapping[str, Any], seen: Mapping[str, Resource]
) -> dict[str, str]:
    """The paths of an item that other resources decide, with the logical ids of those that an annotation names.

    They are the paths that differ where the resources of a type are left out.
    """

    def differing(alone: TemplateResource) -> list[str]:
        return [*_differing({**document, **lift_of(kind)(alone)}, document)]

    by_type: dict[str, dict[str, None]] = {}
    for other in seen.values():
        by_type.setdefault(other.resource_type, {})[other.logical_id] = None
    found: dict[str, dict[str, None]] = {}
    if resource.hidden or len(by_type) == 1:
        others = {logical_id: None for logical_ids in by_type.values() for logical_id in logical_ids}
        properties = {} if resource.hidden else resource.properties
        paths = differing(Plain(resource.logical_id, resource.resource_type, properties))
        found = dict.fromkeys(paths, others)
    else:
        for resource_type, logical_ids in by_type.items():
            stack.left_out = resource_type
            try:
                for path in differing(resource):
                    found[path] = found.get(path, {}) | logical_ids
            finally:
                stack.left_out = ""
    # Within its configuration, the resource states itself what it names.
    return {
        path: ", ".join(each for each in others if each in resource.fragments or not path.startswith("configuration."))
        for path, others in found.items()
    }


def _decided(resource: Resource, kind: str, envelope: Mapping[str, Any]) -> dict[str, str]:
    """The paths of an item that follow from conditions which parameters' defaults decide, each with a note.

    They are those that differ where the property is not known.
    """
    notes: dict[str, str] = {}
    for key, parameters in resource.decided_by_default.items():
        note = ", ".join(f"default of parameter {name}" for name in parameters)
        known = Plain(resource.logical_id, resource.resource_type, resource.properties)
        unknown = Plain(resource.logical_id, resource.resource_type, {**resource.properties, key: Unknown(note)})
        try:
            paths = list(_differing({**envelope, **lift_of(kind)(known)}, {**envelope, **lift_of(kind)(unknown)}))
        except Exception:  # noqa: BLE001 - without the property, or its fragments, it is no item
            paths = ["configuration", "supplementaryConfiguration"]
        notes |= dict.fromkeys([*paths, *(["tags"] if key in TAG_PATHS else [])], note)
    return notes


def _created_by_default(
    resource: Resource, stack: Stack, kind: str, document: Mapping[str, Any], by_default: Mapping[str, dict[str, None]]
) -> dict[str, str]:
    """The paths of an item that follow from other resources which parameters' defaults create or not, with a note."""
    notes: dict[str, str] = {}
    fragments = dict(resource.fragments)
    for logical_id, parameters in by_default.items():
        stack.inverted = {logical_id}
        try:
            paths = [*_differing({**document, **lift_of(kind)(resource)}, document)]
        except Exception:  # noqa: BLE001 - with another resource, or without it, it is no item
            paths = []
        finally:
            stack.inverted = set()
        notes |= dict.fromkeys(paths, ", ".join(f"default of parameter {name}" for name in parameters))
    resource.fragments = fragments
    return notes


def _overlap(path: str, other: str) -> bool:
    """Whether one of two paths lies in the other, or they are the same."""
    return f"{path}.".startswith(f"{other}.") or f"{other}.".startswith(f"{path}.")


def _differing(before: Any, after: Any, path: str = "") -> Iterator[str]:
    """The paths at which two documents differ."""
    if isinstance(before, dict) and isinstance(after, dict):
        for key in after:
            yield from _differing(before.get(key), after[key], f"{path}.{key}" if path else key)
    elif before is not after and (repr(before) != repr(after)):
        yield path
