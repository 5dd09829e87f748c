"""A check: one predicate over one configuration item, with its metadata and examples."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, TypeVar, get_args

from pillarwatch.configuration_item import ACCOUNT
from pillarwatch.framework import best_practice
from pillarwatch.unknown import Unknown, Unresolved, tried

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from pillarwatch.configuration_item import ConfigurationItem

Element = TypeVar("Element")

Effort = Literal["S", "M", "L"]
Severity = Literal["critical", "high", "medium", "low"]
SEVERITIES: tuple[Severity, ...] = get_args(Severity)  #: the worst first
Example = dict[str, Any]

ANNOTATION_LIMIT = 256  # PutEvaluations: https://docs.aws.amazon.com/config/latest/APIReference/API_Evaluation.html
SEVERITY_OF_RISK: Mapping[str, Severity] = {"HIGH": "high", "MEDIUM": "medium", "LOW": "low"}


class Verdict(NamedTuple):
    """What a check says of an item.

    ``compliance`` is one of Config's four words; ``annotation`` the reason, at most 256 characters; ``crashed`` says
    that the check itself failed, which is INSUFFICIENT_DATA and our fault, and ``error`` how.
    """

    compliance: Literal["COMPLIANT", "NON_COMPLIANT", "NOT_APPLICABLE", "INSUFFICIENT_DATA"]
    annotation: str = ""
    crashed: bool = False
    error: Exception | None = None


COMPLIANT = Verdict("COMPLIANT")
NOT_APPLICABLE = Verdict("NOT_APPLICABLE")


def compliant_if(condition: bool, otherwise: str, *, required: bool = True) -> Verdict:
    """COMPLIANT if the condition holds, else NON_COMPLIANT because of ``otherwise``, which names the offending value.

    Where an optional property is not ``required``, a resource without it is NOT_APPLICABLE.

    Raises:
        Unresolved: the condition is unknown; the judge answers INSUFFICIENT_DATA.
    """
    if condition:
        return COMPLIANT
    return Verdict("NON_COMPLIANT", otherwise) if required else NOT_APPLICABLE


def compliant_if_all(
    elements: Iterable[Element],
    holds: Callable[[Element], bool],
    otherwise: str,
    *,
    named: Callable[[Element], object] | str = str,
    where: Callable[[Element], bool] | None = None,
) -> Verdict:
    """COMPLIANT if a condition holds for every element; NOT_APPLICABLE where there are none.

    Args:
        elements: what is judged; a check of what may rightly be empty is a :func:`compliant_if_none`.
        holds: the condition.
        otherwise: what is wrong with the elements for which it surely does not hold; their names follow.
        named: how an annotation names an element, or the path of its name.
        where: the elements that are meant.

    Raises:
        Unresolved: it surely fails for none, and for some it is unknown.
    """
    return _verdict(elements, holds, False, otherwise, named, where) or NOT_APPLICABLE


def compliant_if_none(
    elements: Iterable[Element],
    offends: Callable[[Element], bool],
    otherwise: str,
    *,
    named: Callable[[Element], object] | str = str,
) -> Verdict:
    """COMPLIANT if a condition holds for no element, and where there are none; else as :func:`compliant_if_all`."""
    return _verdict(elements, offends, True, otherwise, named, None) or COMPLIANT


def _verdict(
    elements: Iterable[Element],
    question: Callable[[Element], bool],
    bad: bool,
    otherwise: str,
    named: Callable[[Element], object] | str,
    where: Callable[[Element], bool] | None,
) -> Verdict | None:
    """The verdict on elements, each of which is evaluated before one decides; None where there are none."""
    offending: list[Element] = []
    unknown: Unknown | None = None
    any_meant = False
    for element in elements:
        if where is not None:
            meant: Any = tried(where, element)
            if isinstance(meant, Unknown):
                unknown = meant
                continue
            if not meant:
                continue
        any_meant = True
        try:
            if bool(question(element)) is bad:
                offending.append(element)
        except Unresolved as unresolved:
            unknown = Unknown(str(unresolved))
    if offending:
        name: Any = (lambda element: element.text(named, "unnamed")) if isinstance(named, str) else named
        return Verdict("NON_COMPLIANT", f"{otherwise}: {listed(tried(name, each) for each in offending)}")
    if unknown is not None:
        raise Unresolved(unknown.why)
    return COMPLIANT if any_meant else None


def in_json(flag: bool) -> str:
    """A flag as AWS writes it in JSON, ``true`` or ``false``; for an unknown one, why it is."""
    return str(flag) if isinstance(flag, Unknown) else json.dumps(flag)


def stated(value: object) -> str:
    """A value as an annotation names it: ``not set`` for 0 and an empty text; for an unknown one, why it is."""
    return str(value) if isinstance(value, Unknown) or value else "not set"


def listed(values: Iterable[object]) -> str:
    """The offending values as an annotation names them: each once, in order.

    Of one that is known in part, the rest is ``*``; of one that is not known at all, it is why. An ARN of a resource of
    the template is named by its logical id.
    """
    return str(values) if isinstance(values, Unknown) else ", ".join(dict.fromkeys(map(_named, values)))


def _named(value: object) -> str:
    if type(value) is str:
        return value
    if not isinstance(value, Unknown) or not any(value.parts):
        return str(value)
    is_arn = value.parts[0] and value.parts[0].startswith("arn:") and value.parts[-1] is None
    if is_arn and value.reference and not value.reference.startswith("AWS::"):
        return value.reference  # the resource of the template that the ARN is of
    return "".join(part or "*" for part in value.parts)


@dataclass(frozen=True, slots=True, eq=False)
class Check:
    """One check, equal to itself alone. Its id is its function's name in kebab-case, and is never used again."""

    id: str
    predicate: Callable[..., Verdict]
    resource_types: tuple[str, ...]
    best_practices: Mapping[str, str]  #: id to why failing means failing it; the first is the primary one
    title: str  #: the compliant state, as a strength in the review
    why: str
    fix: str
    effort: Effort
    severity: Severity
    automation: str = ""  #: AWS's own Systems Manager automation document that fixes it
    managed_rule: str = ""  #: AWS's managed rule of the same intent
    collector: str = ""  #: the collector that judges it; empty for Config's own items
    live: bool = False  #: no template can answer it
    exposed: bool = False  #: the internet or any AWS account reaches a failing resource
    same_cause_as: str = ""  #: the check that names the cause where both fail on a resource
    compliant: Sequence[Example] = ()
    non_compliant: Sequence[Example] = ()
    not_applicable: Sequence[Example] = ()
    parameters: Mapping[str, Any] = field(default_factory=dict)  #: name to default

    @property
    def trigger(self) -> Literal["change", "periodic"]:
        """What starts it: Config's change notification, or a collector's schedule."""
        return "periodic" if self.collector else "change"

    @property
    def pillar(self) -> str:
        """The pillar of the primary best practice."""
        return best_practice(next(iter(self.best_practices))).pillar

    @property
    def pillars(self) -> list[str]:
        """The pillars it serves, the primary one first."""
        return list(dict.fromkeys(best_practice(practice).pillar for practice in self.best_practices))

    def judge(self, item: ConfigurationItem, parameters: Mapping[str, Any] = MappingProxyType({})) -> Verdict:
        """The verdict on an item. Never raises: an unknown or a crash is INSUFFICIENT_DATA, and never a pass."""
        try:
            verdict = self.predicate(item, **parameters) if parameters else self.predicate(item)
        except Unresolved as unresolved:
            verdict = Verdict("INSUFFICIENT_DATA", f"unknown: {unresolved}")
        except Exception as error:  # noqa: BLE001 - whatever is wrong with one check, the others count
            reason = f"check failed: {type(error).__name__}: {error}"
            verdict = Verdict("INSUFFICIENT_DATA", reason, crashed=True, error=error)
        if not item.notes and len(verdict.annotation) <= ANNOTATION_LIMIT:
            return verdict
        annotation = verdict.annotation + item.take_notes()
        return verdict._replace(annotation=shortened(annotation, ANNOTATION_LIMIT))


def check(
    *resource_types: str,
    best_practices: Mapping[str, str],
    fix: str,
    effort: Effort,
    compliant: Sequence[Example],
    non_compliant: Sequence[Example],
    not_applicable: Sequence[Example] = (),
    severity: Severity | None = None,
    automation: str = "",
    managed_rule: str = "",
    collector: str = "",
    live: bool = False,
    exposed: bool = False,
    same_cause_as: str = "",
) -> Callable[[Callable[..., Verdict]], Check]:
    """Make a check of a predicate. Nothing is registered: the file in which it stands is the registry.

    The predicate's first docstring line is the title, the rest the why; its keyword-only arguments are parameters that
    the settings file can override. Severity is the risk of the primary best practice unless given. ``exposed`` says
    that the internet or any AWS account reaches a failing resource; docs/severities.md defines it. ``same_cause_as`` is
    the id of another check of the same resources: where both fail, findings and alerts show that check alone.
    """

    def make(predicate: Callable[..., Verdict]) -> Check:
        title, _, why = (predicate.__doc__ or "").partition("\n")
        primary = best_practice(next(iter(best_practices)))
        return Check(
            id=predicate.__name__.replace("_", "-"),
            predicate=predicate,
            resource_types=resource_types,
            best_practices=best_practices,
            title=title.strip().rstrip("."),
            why=" ".join(why.split()),
            fix=fix,
            effort=effort,
            severity=severity or SEVERITY_OF_RISK[primary.risk],
            automation=automation,
            managed_rule=managed_rule,
            collector=collector,
            live=live or ACCOUNT in resource_types,
            exposed=exposed,
            same_cause_as=same_cause_as,
            compliant=compliant,
            non_compliant=non_compliant,
            not_applicable=not_applicable,
            parameters=getattr(predicate, "__kwdefaults__", None) or {},
        )

    return make


def shortened(text: str, limit: int) -> str:
    """The text, cut at a word with an ellipsis where it is longer than ``limit`` characters."""
    if len(text) <= limit:
        return text
    return text[: limit - 1].rsplit(" ", 1)[0] + "…"
