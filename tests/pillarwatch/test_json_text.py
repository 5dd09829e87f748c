"""Policies as JSON texts that a template leaves open: what is known inside their strings counts, nothing else does."""

from typing import Any

import pytest

from pillarwatch import ConfigurationItem
from pillarwatch.template_resource import merged_statements
from pillarwatch.unknown import Unknown
from template_scan.intrinsics import Resolution

OPEN = '{"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "kms:*"}'
NAMED = '{"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::${AWS::AccountId}:root"}, "Action": "kms:*"}'
TEMPLATE = {
    "Parameters": {"Any": {"Type": "String"}},
    "Resources": {"Store": {"Type": "AWS::S3::Bucket"}, "Role": {"Type": "AWS::IAM::Role"}},
}


def text(body: Any) -> Any:
    return Resolution(TEMPLATE).value(body)


def admits_anybody(policy: Any) -> list[str]:
    read = ConfigurationItem({"configuration": {"policy": policy}}).statements("configuration.policy")
    found: list[Any] = [statement.admits_anybody for statement in read]
    return ["unknown" if isinstance(each, Unknown) else "yes" if each else "no" for each in found]


@pytest.mark.parametrize(
    ("policy", "anybody"),
    [
        # Gaps inside strings: the rest of the document counts, and so do the known pieces of the string.
        (
            {"Fn::Sub": '{"Statement": [' + OPEN + ', {"Effect": "Allow", "Principal": {"AWS": "${Any}"}}]}'},
            "yes unknown",
        ),
        ({"Fn::Sub": f'{{"Statement": [{NAMED}]}}'}, "no"),
        ({"Fn::Sub": '{"Statement": {"Effect": "Allow", "Principal": {"AWS": "${Role.Arn}"}}}'}, "no"),
        ({"Fn::Sub": '{"Statement": {"Effect": "${Any}", "Principal": "*"}}'}, "unknown"),
        ({"Fn::Join": ["", ['{"Statement": {"Effect": "Deny", "Principal": "', {"Ref": "Any"}, '"}}']]}, "no"),
        # A gap in a key: what holds the key is unknown, what stands beside it is not.
        (
            {
                "Fn::Sub": '{"Statement": [' + OPEN + ', {"Effect": "Allow", "Principal": "*", '
                '"Condition": {"StringEquals": {"${Any}:sub": "system:serviceaccount:a:b"}}}]}'
            },
            "yes unknown",
        ),
        ({"Fn::Sub": '{"Statement": [{"${Any}": "Allow", "Principal": "*"}]}'}, "unknown"),
        ({"Fn::Sub": '{"${Any}": [{"Effect": "Deny"}]}'}, "unknown"),
        # A gap outside of the strings may be anything, whatever the text begins with.
        ({"Fn::Sub": '{"Statement": [' + NAMED + ", ${Any}]}"}, "unknown"),
        ({"Fn::Join": ["", ['{"Statement": ', {"Ref": "Any"}, "}"]]}, "unknown"),
        ({"Fn::Join": [",", ['{"Statement": [{"Effect": "Deny"}', {"Ref": "Any"}]]}, "unknown"),
        ({"Fn::Sub": "Deny ${Any}"}, "unknown"),
        ({"Ref": "Any"}, "unknown"),
        ({"Statement": [{"Fn::Sub": "{${Any}}"}]}, "unknown"),
        ("{", "unknown"),
    ],
)
def test_what_cannot_be_read_of_a_policy_is_unknown_and_the_rest_counts(policy: Any, anybody: str) -> None:
    assert " ".join(admits_anybody(text(policy))) == anybody


def test_fragments_as_texts_are_read_when_they_are_merged() -> None:
    names_store = text({"Fn::Sub": '{"Statement": {"Effect": "Deny", "Resource": "${Store.Arn}/*"}}'})
    unreadable = text({"Fn::Sub": '{"Statement": [${Any}]}'})
    merged = merged_statements([names_store, f'{{"Statement": [{OPEN}]}}', unreadable])
    assert merged is not None
    first, second, third = merged["Statement"]
    assert first["Resource"].reference == "Store"
    assert first["Resource"].spelling == "${Store.Arn}/*"
    assert second["Effect"] == "Allow"
    assert isinstance(third, Unknown)
