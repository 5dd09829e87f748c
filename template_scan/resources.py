"""The resources of a template under one set of assumptions about what it leaves open, and how they name each other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from pillarwatch.unknown import Unknown
from template_scan.intrinsics import Resolution
from template_scan.names import ARN, is_named, last_segment, may_name_anything, possible_names
from template_scan.open_values import ABSENT, Open, references, spelling
from template_scan.reading import is_function, section
from template_scan.resource_types import config_type

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from pillarwatch.template_resource import TemplateResource
    from template_scan.reading import Budget


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
        for end in {last_segment(name) for name in names}:
            self.by_end.setdefault(end, []).append(position)


class Resource:
    """One resource of a template under assumptions: what a type's conversion is given."""

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
        """Make unknown the properties that keep a conversion from working, and no others; whether it works then."""
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
        if index.unclear or any(map(may_name_anything, (value for other in others for value in other.at(by)))):
            self.unclear.add(config_type(resource_type))
        return [other.if_certain() for other in found]

    def names(self, resource_type: str, by: str) -> Sequence[TemplateResource]:
        """The resources of a type that this one names in a property."""
        values = self.at(by)
        if any(map(may_name_anything, values)):
            self.unclear.add(config_type(resource_type))
        if not values or not self._stack.shows(resource_type):
            return []
        names = [name for value in values for name in possible_names(spelling(value) or "")]
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
            other.logical_id in references(value) or is_named(spelling(value) or "", names, other.resource_type)
            for value in self.at(by)
        )

    def physical_names(self) -> list[str]:
        """Its names as far as the template gives them, as ``Fn::Sub`` would spell them: ``BucketName`` of a bucket."""
        return [name for given in self._given_names() if (name := spelling(given))]

    @property
    def name(self) -> Any:
        """Its name as given, else as it will be referred to: CloudFormation makes one up."""
        generated = Open(f"the name of {self.logical_id} is known only after deployment", f"${{{self.logical_id}}}")
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
        """The fragment, if it is wanted."""
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
            return values, ids, [name for value in values for name in possible_names(spelling(value) or "")]

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
            if any(map(may_name_anything, values)):
                index = index._replace(unclear=True)
        self.resolution.undecided = before
        self._indexes[resource_type, by] = index
        return index

    def among(self, resource_type: str, index: _Index, ids: Iterable[str], names: Iterable[str]) -> list[Resource]:
        """The resources of a type that may be meant by logical ids or names, in the template's order."""
        positions = {*index.undecided, *(each for logical_id in ids for each in index.by_id.get(logical_id, ()))}
        positions.update(each for name in names for each in index.by_end.get(last_segment(name), ()))
        others = self.by_type[resource_type]
        if self.suspects:
            positions.update(position for position, other in enumerate(others) if other in self.suspects)
        return [self.resource(others[position]) for position in sorted(positions)]

    def tells_of(self, kind: str, resource: Resource) -> bool:
        """Whether none of Config's type are related to a resource, if none was found to be."""
        return kind not in resource.unclear and any(config_type(name) == kind for name in self.by_type)
