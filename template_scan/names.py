"""Names and ARNs in a template: which resource a value names, as far as the template gives the name."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from pillarwatch.unknown import Unknown

if TYPE_CHECKING:
    from collections.abc import Sequence


PART = re.compile("[a-z]+/(?P<whole>[^/]+)/[a-z]+/[^/]+")
NO_COLON = r"(?:\$\{[^}]*\}|[^:$])*"  # as Fn::Sub spells it: ${AWS::Region} has colons of its own
ARN = re.compile(rf"arn:{NO_COLON}:(?P<service>[a-z0-9-]+):{NO_COLON}:{NO_COLON}:(?P<resource>.+)", re.DOTALL)
# A name or a part of an ARN, with a qualifier: https://docs.aws.amazon.com/lambda/latest/api/API_AddPermission.html
FUNCTION = re.compile(rf"(?:(?:{NO_COLON}:)?function:)?(?P<name>{NO_COLON})(?::{NO_COLON})?", re.DOTALL)
# What ARNs call a service that types call otherwise.
SERVICES = {"elasticloadbalancing": "elasticloadbalancingv2", "es": "opensearchservice", "states": "stepfunctions"}


def is_named(spelled: str, names: Sequence[str], resource_type: str) -> bool:
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


def possible_names(spelled: str) -> list[str]:
    """The texts by one of which a resource may be named in a text, for :func:`is_named` to confirm."""
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


def last_segment(name: str) -> str:
    """What stands after the last slash: a text that ends with a name has the same end."""
    return name.rpartition("/")[2]


def may_name_anything(value: Any) -> bool:
    """Whether a value may name anything."""
    return isinstance(value, Unknown) and not value.reference and value.parts == (None,)
