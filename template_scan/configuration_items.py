"""A template's resources as configuration items, under each decision that the template leaves open."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple, Self

from pillarwatch.configuration_item import ConfigurationItem
from pillarwatch.unknown import Unknown, Unresolved
from rules.catalogue import conversion_of, related_of
from template_scan.reading import Budget, UnreadableTemplate, section
from template_scan.resource_types import FRAGMENTS, config_type
from template_scan.resources import MissingParent, Plain, Resource, Stack

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from datetime import datetime

    from pillarwatch import Verdict
    from pillarwatch.template_resource import TemplateResource

MOST_STACKS = 32  # twice as many: one resource's decisions, so that others which leave the same open share them
MOST_VARIANTS = 16  # four independent decisions; with more the verdict is "too much is undecided"

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


class ConfigurationItems:
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
        """What a fragment contains of each type of resource that it may belong to and the template does not have."""
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
            document = {**envelope, **conversion_of(kind)(resource)}
            fragments, seen, by_default = dict(resource.fragments), dict(resource.seen), stack.by_default
            related = {} if isinstance(resource, MissingParent) else _related(resource, stack, kind, self._tags)
            resource.fragments = fragments  # what is related is no part of it
            shown = _contributed(resource, stack, kind, document, seen) if resource.hidden or seen else {}
        except UnreadableTemplate:
            raise
        except Unresolved as unresolved:
            return TemplateItem(envelope, judged_at=self._judged_at, hidden=str(unresolved))
        except Exception as error:  # noqa: BLE001 - the template is malformed, or one type's conversion is broken
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
                conversion_of(kind)(resource)
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
                {**_envelope(other, other_type, tags), **conversion_of(other_type)(other)}
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


def _contributed(
    resource: Resource, stack: Stack, kind: str, document: Mapping[str, Any], seen: Mapping[str, Resource]
) -> dict[str, str]:
    """The paths of an item that other resources decide, with the logical ids of those that an annotation names.

    They are the paths that differ where the resources of a type are left out.
    """

    def differing(alone: TemplateResource) -> list[str]:
        return [*_differing({**document, **conversion_of(kind)(alone)}, document)]

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
            paths = list(
                _differing({**envelope, **conversion_of(kind)(known)}, {**envelope, **conversion_of(kind)(unknown)})
            )
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
            paths = [*_differing({**document, **conversion_of(kind)(resource)}, document)]
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
