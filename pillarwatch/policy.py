"""One statement of a policy document, however it was written: what it grants or refuses, to whom, on what.

A statement is read for itself; that another one may take back what it grants does not count.
Grammar: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Protocol

from pillarwatch.conditions import SOMETHING, Condition, name_in, with_gaps
from pillarwatch.unknown import Unknown, all_of, any_of, contains, none_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


ANY_ARN = f"arn:aws:{SOMETHING}:{SOMETHING}:{SOMETHING}:{SOMETHING}/{SOMETHING}"
SERVICE_FIELD = 2
OTHER_PARTITION = re.compile("^arn:aws(-[a-z]+)+:")
PARTITION = "AWS::Partition"  # what a template refers to where an ARN should hold in every partition


NEGATED = ("arnnotequals", "arnnotlike", "notipaddress", "stringnotequals", "stringnotlike")  # met by all other values


class Named(Protocol):
    """A resource, of which a policy statement needs the name and the id."""

    @property
    def name(self) -> str:
        """Its name; an unknown one is an :class:`~pillarwatch.unknown.Unknown`."""

    @property
    def resource_id(self) -> str:
        """Its id in AWS Config."""


class Statement:
    """A statement with its elements as lists, whether the document holds one text or several."""

    __slots__ = (
        "_statement",
        "actions",
        "conditions",
        "identity_providers",
        "not_actions",
        "not_principals",
        "not_resources",
        "principals",
        "resources",
        "source",
        "unread",
    )
    unread: Unknown | None  #: why nothing is known of it, where it could not be read
    actions: Sequence[str]  #: Action, e.g. ``s3:GetObject``; IAM does not care about case
    not_actions: Sequence[str]  #: NotAction: everything but these
    resources: Sequence[str]  #: Resource
    not_resources: Sequence[str]  #: NotResource: everything but these
    principals: Sequence[str]  #: of every kind (AWS, Service, Federated, CanonicalUser), ``*`` for anybody
    not_principals: Sequence[str]  #: NotPrincipal: everybody but these
    identity_providers: Sequence[str]  #: the principals of the kind Federated, by name or ARN
    conditions: Sequence[Condition]  #: the tests of Condition; one of which nothing is known where it cannot be read

    def __init__(self, statement: Any, *, source: str = "") -> None:
        if type(statement) is not dict:  # of a text, a known beginning says nothing of what it becomes
            why = statement.why if isinstance(statement, Unknown) else "a policy statement could not be read"
            statement = Unknown(why)
        self._statement: Any = statement
        self.source = source  #: the policy that it is of, where an annotation has to name that
        self.unread = None
        if isinstance(statement, Unknown):
            self.unread = statement
            self.actions = self.not_actions = self.resources = self.not_resources = [statement]  # type: ignore[list-item]
            self.principals = self.not_principals = self.actions
            self.identity_providers, self.conditions = [], [_unread(statement)]
            return
        self.actions = _texts(self._element("Action"))
        self.not_actions = _texts(self._element("NotAction"))
        self.resources = [_in_aws(each) for each in _texts(self._element("Resource"))]
        self.not_resources = [_in_aws(each) for each in _texts(self._element("NotResource"))]
        principal = self._element("Principal")
        self.principals = _of_every_kind(principal)
        self.not_principals = _of_every_kind(self._element("NotPrincipal"))
        self.identity_providers = _texts(principal.get("Federated")) if type(principal) is dict else []
        self.conditions = _conditions(self._element("Condition"))

    def __str__(self) -> str:
        """Its Sid, else its actions, as an annotation names it."""
        sid = self._element("Sid")
        actions = ", ".join(map(str, [*self.actions, *self._excepted]))
        return sid if isinstance(sid, str) and sid else actions or "a statement without actions"

    def _element(self, name: str) -> Any:
        statement = self._statement
        return statement.get(name) if type(statement) is dict else statement

    @property
    def allows(self) -> bool:
        """Whether the effect is Allow."""
        return self._has_effect("Allow")

    @property
    def denies(self) -> bool:
        """Whether the effect is Deny."""
        return self._has_effect("Deny")

    def _has_effect(self, wanted: str) -> bool:
        effect: Any = self._element("Effect")
        return Unknown("a policy statement has no Effect") if effect is None else effect == wanted  # type: ignore[return-value]

    def meets(self, condition: Callable[[Statement], bool]) -> bool:
        """Whether a condition holds for it; for one that could not be read it is unknown, and not evaluated."""
        return condition(self) if self.unread is None else self.unread  # type: ignore[return-value]

    @property
    def excepts_actions(self) -> bool:
        """Whether it names by NotAction what it is *not* about."""
        return _some(self.not_actions)

    def covers(self, *actions: str) -> bool:
        """Whether it is about one of these actions: ``s3:Get*`` covers ``s3:GetObject``, NotAction all others."""
        if self.unread is not None:
            return self.unread  # type: ignore[return-value]
        found = [_is_one_of(pattern, actions) for pattern in self.actions]
        if excepted := self.not_actions:
            found.append(any_of(actions, lambda action: none_of(excepted, lambda each: _is_one_of(each, (action,)))))
        return any_of(found)

    def covers_service(self, service: str) -> bool:
        """Whether it is about every action of a service: ``s3:*``, ``*``."""
        if self.unread is not None:
            return self.unread  # type: ignore[return-value]
        return any_of([_is_one_of(pattern, (f"{service}:{SOMETHING}",)) for pattern in self.actions])

    @property
    def covers_every_action(self) -> bool:
        """Whether it is about every action of every service: ``*``, ``*:*``."""
        return self.covers_service(SOMETHING)

    @property
    def covers_a_service(self) -> bool:
        """Whether it is about every action of some service: ``s3:*``, ``*``, or NotAction."""
        if self.unread is not None:
            return self.unread  # type: ignore[return-value]
        return any_of([self.excepts_actions, any_of(self.actions, _is_a_service)])

    @property
    def whole_services(self) -> Sequence[str]:
        """What of it surely covers every action of a service, as an annotation names it."""
        return [*_surely(self.actions, _is_a_service), *self._excepted]

    def covering(self, *actions: str) -> Sequence[str]:
        """What of it surely covers one of these actions, as an annotation names it."""
        return [*_surely(self.actions, lambda pattern: _is_one_of(pattern, actions)), *self._excepted]

    @property
    def _excepted(self) -> Sequence[str]:
        return [f"all but {', '.join(map(str, self.not_actions))}"] if self.not_actions else []

    @property
    def reaches_everything(self) -> bool:
        """Whether it is about every resource: ``*``, or NotResource."""
        if self.unread is not None:
            return self.unread  # type: ignore[return-value]
        return any_of([_some(self.not_resources), any_of(self.resources, _is_everything)])

    @property
    def names_no_resource(self) -> bool:
        """Whether it reaches every resource of a kind: a name is but a wildcard, as in ``arn:aws:s3:::*``."""
        return any_of([_some(self.not_resources), any_of(self.resources, _leaves_name_open)])

    def covers_at_large(self, *actions: str) -> bool:
        """Whether it is about one of these actions on every resource of a kind that its service has.

        No action of S3 is about ``arn:aws:logs:*:*:*``, so that a statement may well name both.
        """
        covers = self.covers(*actions)
        if covers is False or self.unread is not None:
            return covers
        if self.names_no_resource is False:
            return False
        if contains(self.resources, "*") is True:
            return covers  # in every service
        return any_of(
            _by_service(actions).items(), lambda each: all_of([self.covers(*each[1]), self._leaves_open(each[0])])
        )

    def covering_at_large(self, *actions: str) -> Sequence[str]:
        """What of it surely covers one of these actions at large, as an annotation names it."""
        if contains(self.resources, "*") is True:
            return self.covering(*actions)
        services = _by_service(actions)
        return self.covering(*(each for name in services if self._leaves_open(name) is True for each in services[name]))

    def _leaves_open(self, service: str) -> bool:
        return any_of(
            [
                _some(self.not_resources),
                any_of(self.resources, lambda each: all_of([_is_of(each, service), _leaves_name_open(each)])),
            ]
        )

    def reaches_objects_of(self, bucket: Named) -> bool:
        """Whether it is about every object of a bucket, of whose policy it is: S3 takes none that names another one."""
        name: Any = bucket.name
        an_object = f"arn:aws:s3:::{SOMETHING if isinstance(name, Unknown) else name}/{SOMETHING}{SOMETHING}"

        def reaches(resource: Any) -> Any:
            if _refers_to_a_resource(resource) and resource.reference == bucket.resource_id:
                return contains(("/*", "*"), resource.parts[-1])
            spelled = resource == "arn:aws:s3:::" + name + "/*" if isinstance(name, Unknown) else False
            return any_of([spelled, all_of([_matches(resource, an_object), resource.endswith("*")])])

        return any_of(self.resources, reaches)

    @property
    def admits_anybody(self) -> bool:
        """Whether it allows every principal, and no condition limits it to callers that it names."""
        anybody = [any_of(self.principals, _is_anybody), _some(self.not_principals)]
        return all_of(
            [self.allows, any_of(anybody), none_of(self.conditions, lambda condition: condition.limits_callers)]
        )

    @property
    def refuses_others(self) -> bool:
        """Whether it denies everybody but callers that one of its conditions names, as ``NotIpAddress`` does."""

        def refuses(condition: Condition) -> bool:
            return any_of(
                NEGATED,
                lambda operator: all_of(
                    [
                        condition.operator == operator,
                        condition._replace(operator=operator.replace("not", ""), if_missing=False).limits_callers,
                    ]
                ),
            )

        anybody = any_of(self.principals, _is_anybody)
        return all_of([self.denies, anybody, len(self.conditions) == 1, any_of(self.conditions, refuses)])

    @property
    def refuses_clear_text(self) -> bool:
        """Whether it denies everybody's requests without TLS, under no further condition."""
        return all_of(
            [
                self.denies,
                any_of(self.principals, _is_anybody),
                len(self.conditions) > 0,
                all_of(self.conditions, lambda condition: condition.is_met_in_clear_text),
            ]
        )


def _conditions(found: Any) -> Sequence[Condition]:
    if found is None:
        return []
    if not isinstance(found, dict):
        return [_unread(found)]
    return [test for operator, keys in found.items() for test in _tests(operator, keys)]


def _tests(operator: Any, keys: Any) -> list[Condition]:
    if not isinstance(keys, dict):
        return [_unread(keys)]
    bare, if_missing = _operator(str(operator))
    return [Condition(bare, str(key).lower(), _texts(values), if_missing) for key, values in keys.items()]


@lru_cache(maxsize=256)
def _operator(name: str) -> tuple[str, bool]:
    """A condition operator without what surrounds it, and whether it holds where the key is missing."""
    quantifier, _, plain = name.lower().rpartition(":")
    bare = plain.removesuffix("ifexists")
    return bare, bare != plain or quantifier == "forallvalues"


def _unread(found: Any) -> Condition:
    unknown: Any = found if isinstance(found, Unknown) else Unknown("a condition could not be read")
    return Condition(unknown, unknown, [unknown])


def _of_every_kind(principal: Any) -> Sequence[str]:
    if isinstance(principal, dict):
        return [text for kind in principal.values() for text in _texts(kind)]
    unread: Any = Unknown("a principal could not be read")
    return [text if isinstance(text, Unknown) or text == "*" else unread for text in _texts(principal)]


def _some(texts: Sequence[str]) -> bool:
    """Whether there are any: an unknown one may be none."""
    if not texts:
        return False
    return any_of([text if isinstance(text, Unknown) and not text.present else True for text in texts])


def _texts(value: Any) -> Sequence[str]:
    if value is None:
        return []
    texts: list[Any] = value if type(value) is list else [value]
    read: list[Any] = [text if type(text) is str or isinstance(text, Unknown) else str(text) for text in texts]
    return read


def _is_one_of(pattern: Any, actions: tuple[str, ...]) -> Any:
    """Whether a pattern for actions matches one of these; many statements have the same few."""
    if isinstance(pattern, Unknown):
        return any_of([_matches(pattern.lower(), action.lower()) for action in actions])
    return _matches_one(pattern, actions)


@lru_cache(maxsize=4096)
def _matches_one(pattern: str, actions: tuple[str, ...]) -> bool:
    return any(_matches(pattern.lower(), action.lower()) for action in actions)


def _matches(pattern: Any, text: str) -> Any:
    """Whether a pattern with ``*`` and ``?`` matches; one with unknown pieces surely does not, or may."""
    if isinstance(pattern, Unknown):
        return Unknown(pattern.why) if _compiled(pattern.parts).fullmatch(text) else False
    if "*" not in pattern and "?" not in pattern:  # most are plain; compiling one takes longer than all else here
        return bool(pattern == text)
    return _compiled((pattern,)).fullmatch(text) is not None


@lru_cache(maxsize=4096)
def _compiled(parts: tuple[str | None, ...]) -> re.Pattern[str]:
    escaped = [".*" if part is None else re.escape(part).replace(r"\*", ".*").replace(r"\?", ".") for part in parts]
    return re.compile("".join(escaped), re.DOTALL)


def _in_aws(resource: Any) -> Any:
    """A resource as the partition of most accounts has it: which one it is, decides nothing here."""
    if isinstance(resource, Unknown):
        return resource.filled("aws") if resource.reference == PARTITION else resource
    return OTHER_PARTITION.sub("arn:aws:", resource) if resource.startswith("arn:aws-") else resource


def _is_anybody(principal: Any) -> Any:
    """Whether a principal is everybody; what refers to a resource, or to the account, is one."""
    return False if isinstance(principal, Unknown) and principal.reference else principal == "*"


def _is_everything(resource: Any) -> Any:
    return False if _refers_to_a_resource(resource) else _matches(resource, ANY_ARN)


def _leaves_name_open(resource: Any) -> Any:
    """Whether a resource's name is but a wildcard. What comes before the name, its type, does not name it.

    An empty name is none: nothing has it. What a template refers to is not empty.
    """
    known, name = name_in(with_gaps(resource))
    if known and name.strip(f"*?{SOMETHING}"):
        return False
    if known and SOMETHING not in name:
        return name != ""
    return False if resource.reference else Unknown(resource.why)


def _is_of(resource: Any, service: str) -> Any:
    """Whether a resource may be one of a service: an ARN says so, ``*`` may be anything."""
    fields = with_gaps(resource).split(":", SERVICE_FIELD + 1)
    if len(fields) <= SERVICE_FIELD or fields[0] != "arn":
        return True
    return _matches(fields[SERVICE_FIELD].replace(SOMETHING, "*"), service)


@lru_cache(maxsize=64)
def _by_service(actions: tuple[str, ...]) -> dict[str, list[str]]:
    services: dict[str, list[str]] = {}
    for action in actions:
        services.setdefault(action.partition(":")[0], []).append(action)
    return services


def _is_a_service(action: Any) -> Any:
    return any_of([action.endswith(":*"), action == "*"])


def _surely(texts: Sequence[str], holds: Callable[[str], Any]) -> list[str]:
    return [text for text in texts if not isinstance(text, Unknown) and holds(text)]


def _refers_to_a_resource(value: Any) -> bool:
    return isinstance(value, Unknown) and value.reference != "" and not value.reference.startswith("AWS::")
