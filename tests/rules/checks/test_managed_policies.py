"""What is known of the policies that AWS manages agrees with their documents."""

from __future__ import annotations

import json
from typing import Any

import pytest

from pillarwatch import ConfigurationItem
from rules.catalogue import check_of
from rules.checks.shared.policies import OF_AN_AGENT, by_aws


@pytest.fixture(scope="module")
def documents() -> dict[str, Any]:
    """The policies that AWS manages as moto has them of IAM, by name."""
    from moto.iam.aws_managed_policies import aws_managed_policies_data  # noqa: PLC0415 - 5 MB

    found: dict[str, Any] = json.loads(aws_managed_policies_data)
    return found


def test_every_policy_that_aws_manages_is_known(documents: dict[str, Any]) -> None:
    assert by_aws().keys() == documents.keys(), "write the file anew: python -m generators.managed_policies"


@pytest.mark.parametrize(
    "name",
    [
        "iam-policy-no-statements-with-admin-access",
        "iam-policy-no-statements-with-full-access",
        "iam-policy-privilege-escalation-restricted",
        "iam-role-data-actions-resource-scoped",
    ],
)
def test_an_attached_policy_is_judged_as_its_document(documents: dict[str, Any], name: str) -> None:
    check = check_of(name)
    for policy, known in documents.items():
        if known["Path"] == "/aws-service-role/":
            continue
        if name == "iam-role-data-actions-resource-scoped" and policy in OF_AN_AGENT:
            continue  # AWS documents it for its own pollers and agents, so nothing narrower is asked
        versions = [{"isDefaultVersion": True, "document": known["Document"]}]
        itself = ConfigurationItem(
            {"resourceType": "AWS::IAM::Policy", "configuration": {"policyVersionList": versions}}
        )
        arn = f"arn:aws:iam::aws:policy{known['Path']}{policy}"
        role = ConfigurationItem(
            {"resourceType": "AWS::IAM::Role", "configuration": {"attachedManagedPolicies": [{"policyArn": arn}]}}
        )
        assert check.judge(role).compliance == check.judge(itself).compliance, policy
