"""What a condition's value has to say to name somebody: no wildcard and no variable in the part that identifies."""

from typing import Any

import pytest

from pillarwatch.conditions import SOMETHING, Condition, name_in
from pillarwatch.unknown import Unknown
from template_scan.open_values import Open

ORGANIZATION, ACCOUNT, ROLE_ID = "o-a1b2c3d4e5", "123456789012", "AROAEXAMPLEID12345678"
GITHUB, GITLAB = "token.actions.githubusercontent.com:sub", "gitlab.com:sub"
TERRAFORM = "app.terraform.io:sub"


def word(answer: Any) -> str:
    return "unknown" if isinstance(answer, Unknown) else "yes" if answer else "no"


@pytest.mark.parametrize(
    ("key", "value", "names"),
    [
        # Ids are whole or they name nobody.
        ("aws:principalorgid", ORGANIZATION, "yes"),
        ("aws:principalorgid", "o-*", "no"),
        ("aws:principalorgid", "o-a1b2c3d4e?", "no"),
        ("aws:sourceorgid", "o-??????????", "no"),
        ("aws:principalaccount", ACCOUNT, "yes"),
        ("aws:sourceaccount", "12345678901*", "no"),
        ("kms:calleraccount", "????????????", "no"),
        ("aws:sourcevpce", "vpce-0a1b2c3d", "yes"),
        ("aws:sourcevpce", "vpce-*", "no"),
        ("aws:sourcevpc", "vpc-*", "no"),
        ("aws:vpceaccount", "*", "no"),
        # The unique id of a role or a user identifies, the session's name does not.
        ("aws:userid", f"{ROLE_ID}:*", "yes"),
        ("aws:userid", ROLE_ID, "yes"),
        ("aws:userid", "AROA*", "no"),
        ("aws:userid", "AIDA*", "no"),
        ("aws:userid", "*:deploy", "no"),
        # Of a path of organizational units, the organization.
        ("aws:principalorgpaths", f"{ORGANIZATION}/*", "yes"),
        ("aws:principalorgpaths", f"{ORGANIZATION}/r-ab12/ou-ab12-11111111/*", "yes"),
        ("aws:principalorgpaths", "o-*/r-ab12/ou-ab12-11111111/*", "no"),
        ("aws:sourceorgpaths", "*/ou-ab12-11111111/*", "no"),
        # Of an ARN, the account; of a bucket or an API, which have none there, the name.
        ("aws:principalarn", f"arn:aws:iam::{ACCOUNT}:role/*", "yes"),
        ("aws:principalarn", "arn:aws:iam::*:role/deploy", "no"),
        ("aws:principalarn", "arn:aws:iam::12345678901?:role/deploy", "no"),
        ("aws:principalarn", "*:role/deploy", "no"),
        ("aws:principalarn", "*role/deploy*", "no"),
        ("aws:principalarn", "arn:aws:sts::*:assumed-role/deploy/*", "no"),
        ("aws:sourcearn", f"arn:aws:sns:*:{ACCOUNT}:*", "yes"),
        ("aws:sourcearn", "arn:aws:sns:*:*:orders", "no"),
        ("aws:sourcearn", "arn:aws:sns:*", "no"),
        ("aws:sourcearn", "arn:aws:s3:::reports", "yes"),
        ("aws:sourcearn", "arn:aws:s3:::reports-*", "no"),
        ("aws:sourcearn", "arn:aws:s3:::*", "no"),
        ("s3:dataaccesspointarn", f"arn:aws:s3:eu-west-1:{ACCOUNT}:accesspoint/*", "yes"),
        ("s3:dataaccesspointarn", "arn:aws:s3:*:*:accesspoint/*", "no"),
        # Addresses.
        ("aws:sourceip", "192.0.2.0/24", "yes"),
        ("aws:sourceip", "0.0.0.0/0", "no"),
        ("aws:sourceip", "64.0.0.0/2", "no"),
        ("aws:sourceip", "::/0", "no"),
        ("aws:sourceip", "10.1.2.3/8", "yes"),
        ("aws:sourceip", "10.1.2.3/7", "no"),
        ("aws:sourceip", "2001:db8::1/32", "yes"),
        ("aws:sourceip", "2001:db8::1/31", "no"),
        ("aws:sourceip", "192.*", "no"),
        # A policy variable is what the caller brings.
        ("aws:principalorgid", "${aws:PrincipalOrgID}", "no"),
        ("aws:sourceaccount", "${aws:PrincipalAccount}", "no"),
        ("aws:principalarn", "arn:aws:iam::${aws:PrincipalAccount}:role/deploy", "no"),
        ("aws:userid", "${aws:userid}", "no"),
        # GitHub: the owner of the repository, or what else only the owner can have in a subject.
        (GITHUB, "repo:octo-org/*", "yes"),
        (GITHUB, "repo:octo-org/octo-repo:ref:refs/heads/*", "yes"),
        (GITHUB, "repository_owner:octo-org:*", "yes"),
        (GITHUB, "environment:prod:repository_owner_id:65", "yes"),
        (GITHUB, "job_workflow_ref:octo-org/automation/.github/workflows/x.yml@refs/heads/main", "yes"),
        (GITHUB, "repo:octo*/*", "no"),
        (GITHUB, "repo:*/octo-repo:*", "no"),
        (GITHUB, "repo:*", "no"),
        (GITHUB, "rep*", "no"),
        (GITHUB, "*:ref:refs/heads/main", "no"),
        (GITHUB, "*octo-org/*", "no"),
        (GITHUB, "environment:prod", "no"),
        (GITLAB, "project_path:my-group/*", "yes"),
        (GITLAB, "project_path:*/my-project:ref_type:branch:ref:main", "no"),
        (GITLAB, "project_path:my-*", "no"),
        (TERRAFORM, "organization:acme:project:*", "yes"),
        (TERRAFORM, "organization:acme*", "no"),
        (TERRAFORM, "*:workspace:prod:*", "no"),
        # What limits rights: a service, a policy, a tag.
        ("iam:passedtoservice", "ecs-tasks.amazonaws.com*", "yes"),
        ("iam:passedtoservice", "*.amazonaws.com", "no"),
        ("iam:passedtoservice", "e*.amazonaws.com", "no"),
        ("iam:policyarn", "arn:aws:iam::aws:policy/ReadOnlyAccess", "yes"),
        ("iam:policyarn", "arn:aws:iam::aws:policy/*", "no"),
        ("iam:policyarn", "arn:aws:iam::aws:policy/A*", "no"),
        ("iam:policyarn", f"arn:aws:iam::{ACCOUNT}:policy/app-*", "yes"),
        ("iam:policyarn", f"arn:aws:iam::{ACCOUNT}:policy/*", "no"),
        ("iam:permissionsboundary", "arn:aws:iam::*:policy/*", "no"),
        ("iam:permissionsboundary", "arn:aws:iam::*:policy/Boundary", "yes"),
        ("kms:resourcealiases", "alias/app-*", "yes"),
        ("kms:resourcealiases", "alias/*", "no"),
        ("aws:resourcetag/team", "reports", "yes"),
        ("aws:resourcetag/team", "*", "no"),
        ("aws:resourcetag/team", "${aws:PrincipalTag/team}", "yes"),
        ("aws:resourcetag/team", "${aws:ResourceTag/team}", "no"),
    ],
)
def test_a_value_names_if_what_identifies_is_fixed(key: str, value: str, names: str) -> None:
    for operator in ("stringlike", "stringequals"):
        assert word(Condition(operator, key, [value]).names(key, "aws:resourcetag/")) == names


@pytest.mark.parametrize(
    ("key", "value", "names"),
    [
        ("aws:principalorgid", Open("u", "${Organization}", present=False), "unknown"),
        ("aws:principalorgpaths", Open("u", "o-1/${Unit}/*", parts=("o-1/", None, "/*")), "yes"),
        ("aws:principalorgpaths", Open("u", "${Organization}/*", parts=(None, "/*")), "unknown"),
        ("aws:principalarn", Open("u", "arn:aws:iam::*:role/${Role}", parts=("arn:aws:iam::*:role/", None)), "no"),
        ("aws:principalarn", Open("u", "${Arn}"), "unknown"),
        (GITHUB, Open("u", "repo:${Owner}/x:*", parts=("repo:", None, "/x:*")), "unknown"),
        (GITHUB, Open("u", "repo:acme/${Name}:*", parts=("repo:acme/", None, ":*")), "yes"),
        (GITHUB, Open("u", "repo:*/${Name}:*", parts=("repo:*/", None, ":*")), "no"),
        ("aws:sourceaccount", Open("u", "${AWS::AccountId}", reference="AWS::AccountId"), "yes"),
    ],
)
def test_an_unknown_piece_counts_only_where_it_would_identify(key: str, value: Unknown, names: str) -> None:
    values: Any = [value]
    assert word(Condition("stringlike", key, values).names(key)) == names


@pytest.mark.parametrize(
    ("text", "known", "name"),
    [
        ("arn:aws:iam::123456789012:role/deploy", True, "deploy"),
        ("arn:aws:s3:::reports/2026", True, "reports"),
        ("arn:aws:sns:eu-west-1:topic/deploy", True, "topic/deploy"),  # a field is missing: it has no resource type
        (f"arn:aws:sns:{SOMETHING}:topic/deploy", False, "topic/deploy"),  # which may hold the missing field
    ],
)
def test_a_name_stands_behind_the_type_in_a_complete_arn_alone(text: str, known: bool, name: str) -> None:
    assert name_in(text) == (known, name)
