"""How the account is governed from above, and what the bill is told apart by.

An item's ``configuration`` holds the answers as the APIs give them, under service and operation: the path
``configuration.organizations.DescribeOrganization.Organization`` names the call to repeat by hand.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pillarwatch import ACCOUNT
from pillarwatch.unknown import Unknown
from rules.collectors import collector

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rules.collectors import Aws, Listed

ALONE = ("AWSOrganizationsNotInUseException",)
NO_SUPPORT = ("SubscriptionRequiredException",)  # the account has no support plan that has an API


@collector(
    ACCOUNT,
    actions=(
        "ce:ListCostAllocationTags",
        "ce:ListCostCategoryDefinitions",
        "iam:ListSAMLProviders",
        "organizations:DescribeOrganization",
        "organizations:ListPolicies",
        "organizations:ListTargetsForPolicy",
        "shield:GetSubscriptionState",
        "sso:ListInstances",
        "support:DescribeSeverityLevels",
        "trustedadvisor:ListRecommendations",
    ),
    region="global",
)
def account_organization(aws: Aws) -> Iterator[Listed]:
    """The organization and its policies, federation, cost allocation, and what AWS Support tells.

    The management account alone may list policies and cost allocation tags: in a member account those sections are
    refused, and nobody reads them there.
    """
    organization = aws.ask("organizations:DescribeOrganization", absent=ALONE)
    severities = aws.ask("support:DescribeSeverityLevels", absent=NO_SUPPORT)
    advice = (  # Trusted Advisor's API needs the same plan, and denies without
        None
        if severities is None
        else aws.every("trustedadvisor:ListRecommendations", "recommendationSummaries", pillar="service_limits")
    )
    configuration = {
        "ce": {
            "ListCostAllocationTags": {
                "CostAllocationTags": aws.every("ce:ListCostAllocationTags", "CostAllocationTags", Status="Active")
            },
            "ListCostCategoryDefinitions": {
                "CostCategoryReferences": aws.every("ce:ListCostCategoryDefinitions", "CostCategoryReferences")
            },
        },
        "iam": {"ListSAMLProviders": aws.ask("iam:ListSAMLProviders")},
        "organizations": {
            "DescribeOrganization": organization,
            "ListPolicies": {"Policies": _attached(aws, "SERVICE_CONTROL_POLICY", "TAG_POLICY")},
        },
        "shield": {"GetSubscriptionState": aws.ask("shield:GetSubscriptionState")},
        "sso-admin": {
            "ListInstances": {"Instances": aws.every("sso:ListInstances", "Instances", RegionScope="ALL_REGIONS")}
        },
        "support": {"DescribeSeverityLevels": severities},
        "trustedadvisor": {"ListRecommendations": {"recommendationSummaries": advice}},
    }
    yield aws.listed(ACCOUNT, aws.account, configuration)


def _attached(aws: Aws, *kinds: str) -> Any:
    """The organization's own policies of these kinds that are attached to a root, a unit or an account."""
    found: list[Any] = []
    for kind in kinds:
        policies = aws.every("organizations:ListPolicies", "Policies[?!AwsManaged]", absent=ALONE, Filter=kind)
        if policies is None or isinstance(policies, Unknown):
            return policies
        for policy in policies:
            gone = ("PolicyNotFoundException",)
            targets = aws.every(
                "organizations:ListTargetsForPolicy", "Targets", absent=gone, PolicyId=policy["Id"], most=1
            )
            if isinstance(targets, Unknown):
                return targets
            if targets:
                found.append({**policy, "Type": kind})
    return found
