"""How the account is governed from above, and what the bill is told apart by.

An item's ``configuration`` holds the answers as the APIs give them, under service and operation: the path
``configuration.organizations.DescribeOrganization.Organization`` names the call to repeat by hand.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pillarwatch import ACCOUNT
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
        "organizations:ListPoliciesForTarget",
        "sso:ListInstances",
        "support:DescribeSeverityLevels",
        "trustedadvisor:ListRecommendations",
    ),
    region="global",
)
def account_organization(aws: Aws) -> Iterator[Listed]:
    """The organization, its policies on this account, federation, cost allocation, and what AWS Support tells.

    The management account alone may list policies and cost allocation tags: in a member account those sections are
    refused, and nobody reads them there.
    """
    organization = aws.ask("organizations:DescribeOrganization", absent=ALONE)
    guardrails = aws.every(
        "organizations:ListPoliciesForTarget",
        "Policies",
        absent=ALONE,
        TargetId=aws.account,
        Filter="SERVICE_CONTROL_POLICY",
    )
    advice = aws.every(
        "trustedadvisor:ListRecommendations", "recommendationSummaries", absent=NO_SUPPORT, pillar="service_limits"
    )
    tags = aws.every("organizations:ListPolicies", "Policies", absent=ALONE, Filter="TAG_POLICY")
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
            "ListPolicies": {"Policies": tags},
            "ListPoliciesForTarget": {"Policies": guardrails},
        },
        "sso-admin": {"ListInstances": {"Instances": aws.every("sso:ListInstances", "Instances")}},
        "support": {"DescribeSeverityLevels": aws.ask("support:DescribeSeverityLevels", absent=NO_SUPPORT)},
        "trustedadvisor": {"ListRecommendations": {"recommendationSummaries": advice}},
    }
    yield aws.listed(ACCOUNT, aws.account, configuration)
