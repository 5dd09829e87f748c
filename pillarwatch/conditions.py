"""The tests of a policy statement's Condition, and what a value has to say to name somebody or something.

A value names a caller only if it is fixed: no wildcard and no policy variable in the part of it that identifies.
https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html, "The meaning of public"
"""

from __future__ import annotations

import re
from contextlib import suppress
from functools import lru_cache
from ipaddress import ip_network
from typing import TYPE_CHECKING, Any, NamedTuple

from pillarwatch.unknown import Unknown, all_of, contains

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

SOMETHING = "\x01"  # stands for what is not known of a text
WIDEST = {4: 8, 6: 32}  # a wider range of addresses is as good as every address: S3 draws the line there
ARN_FIELDS = 6
ACCOUNT_FIELD = 4
OF_AWS = "aws"  # stands where the account stands in the ARN of a policy that AWS manages

LITERAL = ("stringequals", "stringequalsignorecase")  # operators to which a wildcard is a character
EQUALITIES = (*LITERAL, "stringlike", "arnequals", "arnlike", "ipaddress")

WILDCARD = re.compile(r"[*?]")
VARIABLE = "${"  # how a policy variable begins
ESCAPED = re.compile(r"\$\{[*?$]\}")  # how a policy writes one of these characters itself
OF_THE_CALLER = re.compile(r"\$\{aws:(principal|username|userid)", re.IGNORECASE)


class Condition(NamedTuple):
    """One test of a statement's Condition, in lower case but for its values; tests are all to be met.

    ``if_missing`` says that a request without the key meets it (``...IfExists``, ``ForAllValues:...``).
    """

    operator: str  #: without quantifier and IfExists: ``bool``
    key: str
    values: Sequence[str]
    if_missing: bool = False

    @property
    def limits_callers(self) -> bool:
        """Whether it admits only callers that it names."""
        return self.names(*CALLERS)

    def names(self, *keys: str) -> bool:
        """Whether it is met only where one of these keys has a value that it names; ``.../`` is any key below."""
        if isinstance(self.operator, Unknown):
            return self.operator  # it could not be read
        if self.if_missing or not self.values or self.operator not in EQUALITIES:
            return False
        is_requested = self.key in keys or self.key.startswith(tuple(key for key in keys if key.endswith("/")))
        return all_of(self.values, self._is_named) if is_requested else False

    def _is_named(self, value: Any) -> Any:
        """Whether a value names somebody: no wildcard is one where the operator takes it for a character."""
        literal = self.operator in LITERAL and isinstance(value, Unknown) and value.is_text
        return literal or identifies(self.key, value)

    @property
    def is_met_in_clear_text(self) -> bool:
        """Whether every request without TLS meets it."""
        clear = contains([value.lower() for value in self.values], "false")
        return all_of([self.operator == "bool", self.key == "aws:securetransport", clear])


def with_gaps(value: Any) -> str:
    """A text, with a character for each piece of it that is not known."""
    return "".join(SOMETHING if part is None else part for part in value.parts) if isinstance(value, Unknown) else value


def identifies(key: str, value: Any) -> Any:
    """Whether a value of a condition key, in lower case, identifies what the key is about.

    The part of the value that identifies (:data:`IDENTIFYING`) has no wildcard and no policy variable. Where it is not
    known, what refers to a resource of the template, or to the account, identifies.
    """
    text = ESCAPED.sub("-", with_gaps(value))
    if not isinstance(value, Unknown):
        return _is_fixed(key, text)
    part = _identifying(key, text)
    if part is None:
        return Unknown(value.why) if SOMETHING in text else False
    if not _has_one_value(part):
        return False
    return True if SOMETHING not in part or value.reference else Unknown(value.why)


@lru_cache(maxsize=1024)
def _is_fixed(key: str, text: str) -> bool:
    part = _identifying(key, text)
    return part is not None and _has_one_value(part)


def _has_one_value(part: str) -> bool:
    return VARIABLE not in part and WILDCARD.search(part) is None


def _identifying(key: str, text: str) -> str | None:
    """The part of a value that identifies; None where it has none."""
    part = IDENTIFYING.get(key) or IDENTIFYING.get(f"{key.partition('/')[0]}/")
    return part(text) if part else text


def _address(text: str) -> str | None:
    """A range of addresses that is not too wide to name anybody."""
    if "/" in text:
        with suppress(ValueError):
            network = ip_network(text, strict=False)
            return text if network.prefixlen >= WIDEST[network.version] else None
    return text


def _first(separator: str) -> Callable[[str], str | None]:
    """The first of several parts of a value: the organization of a path, the unique id of a role's session."""
    return lambda text: text.partition(separator)[0]


def _owner_of(arn: str) -> str | None:
    """The account of an ARN, or the name of what has none in its ARN; what is no ARN identifies as a whole.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html: buckets and APIs have an empty account.
    """
    fields = arn.split(":", ARN_FIELDS - 1)
    if len(fields) < ARN_FIELDS or fields[0] != "arn":
        return arn
    account, (known, name) = fields[ACCOUNT_FIELD], name_in(arn)
    if account:
        return account
    return name if known and name else None


def _service(name: str) -> str | None:
    """The service of a service principal: ``ecs-tasks`` of ``ecs-tasks.amazonaws.com*``, which ends so in China."""
    return name.partition(".")[0]


def _name(text: str) -> str | None:
    """What stands beside wildcards in a name, as in a statement's Resource; a variable of the caller counts.

    A tag that has to have the value of the caller's own tag is how access is limited by attributes.
    """
    own = OF_THE_CALLER.search(text)
    known = WILDCARD.sub("", text.removeprefix("alias/"))
    return None if not known and text else "caller" if own else known


def _policy(arn: str) -> str | None:
    """The name of a policy; of one that AWS may manage the whole name, as one of them is AdministratorAccess."""
    fields = arn.split(":", ARN_FIELDS - 1)
    if len(fields) < ARN_FIELDS:
        return arn
    name, account = fields[-1].removeprefix("policy/"), fields[ACCOUNT_FIELD]
    may_be_of_aws = account == OF_AWS or WILDCARD.search(account)
    return name if may_be_of_aws else _name(name)


def _workflow(text: str) -> str | None:
    """The owner of the repository whose workflow a subject of GitHub's tokens names.

    https://docs.github.com/en/actions/reference/security/oidc: ``repo:OWNER/NAME:...``, or claims that the owner chose.
    """
    found = WORKFLOW.match(text)
    return found["owner"] if found else None


WORKFLOW = re.compile(
    r"(?:[^*?:]+:[^*?:]*:)*?(?:repo|repository|job_workflow_ref|repository_owner|repository_owner_id|repository_id"
    r"|enterprise|enterprise_id):(?P<owner>[^/:]+)(?:[/:]|$)"
)


def _group(prefix: str) -> Callable[[str], str | None]:
    """What stands behind a prefix, up to the next separator: an organization of Terraform's, a group of GitLab's."""

    def part(text: str) -> str | None:
        start, _, rest = text.partition(":")
        return re.split("[/:]", rest)[0] or None if start == prefix else None

    return part


# What part of a value identifies, by condition key. Of a key that is not here, all of it does.
IDENTIFYING: dict[str, Callable[[str], str | None]] = {
    "app.terraform.io:sub": _group("organization"),
    "aws:principalarn": _owner_of,
    "aws:principalorgpaths": _first("/"),
    "aws:resourcetag/": _name,
    "aws:sourcearn": _owner_of,
    "aws:sourceip": _address,
    "aws:sourceorgpaths": _first("/"),
    "aws:userid": _first(":"),
    "aws:sourcevpcarn": _owner_of,
    "aws:vpceorgpaths": _first("/"),
    "gitlab.com:sub": _group("project_path"),
    "iam:passedtoservice": _service,
    "iam:permissionsboundary": _policy,
    "iam:policyarn": _policy,
    "kms:resourcealiases": _name,
    "s3:dataaccesspointarn": _owner_of,
    "s3:existingobjecttag/": _name,
    "secretsmanager:resourcetag/": _name,
    "ssm:resourcetag/": _name,
    "token.actions.githubusercontent.com:sub": _workflow,
}

# Condition keys that tell who calls, or from where, and that the caller cannot choose.
CALLERS = (
    "aws:principalaccount",
    "aws:principalarn",
    "aws:principalorgid",
    "aws:principalorgpaths",
    "aws:sourceaccount",
    "aws:sourcearn",
    "aws:sourceip",
    "aws:sourceorgid",
    "aws:sourceorgpaths",
    "aws:sourceowner",
    "aws:sourcevpc",
    "aws:sourcevpcarn",
    "aws:sourcevpce",
    "aws:userid",
    "aws:vpceaccount",
    "aws:vpceorgid",
    "aws:vpceorgpaths",
    "kms:calleraccount",
    "lambda:eventsourcetoken",
    "s3:dataaccesspointaccount",
    "s3:dataaccesspointarn",
)


@lru_cache(maxsize=4096)
def name_in(text: str) -> tuple[bool, str]:
    """Where an ARN, or what stands for one, names a resource; and whether its gaps leave that place known."""
    *fields, last = text.split(":", ARN_FIELDS - 1)
    if len(fields) < ARN_FIELDS - 1:
        return SOMETHING not in text, last
    kind, *rest = re.split("[/:]", last)
    return True, next(filter(None, rest), "-") if rest and fields[2] != "s3" else kind
