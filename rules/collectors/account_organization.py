"""The organization, its policies, federation, cost allocation and AWS Support of the account.

The item's ``configuration`` holds the API responses by service and operation. A path names its call:
``configuration.organizations.DescribeOrganization.Organization``.
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
NO_SUPPORT = ("SubscriptionRequiredException",)  # the support plan of the account includes no API


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
    """The organization and its policies, federation, cost allocation, and the answers of AWS Support.

    Only the management account can list policies and cost allocation tags. In a member account AWS refuses these
    sections, and no check reads them.
    """
    organization = aws.ask("organizations:DescribeOrganization", absent=ALONE)
    severities = aws.ask("support:DescribeSeverityLevels", absent=NO_SUPPORT)
    advice = (  # the API of Trusted Advisor requires the same plan, and denies the call otherwise
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
    """The custom policies of these types that are attached to a root, an organizational unit or an account."""
    found: list[Any] = []
    for kind in kinds:
        policies = aws.every("organizations:ListPolicies", "Policies[?!AwsManaged]", absent=ALONE, Filter=kind)
        if policies is None or isinstance(policies, Unknown):
            return policies
        for policy in policies:
            deleted = ("PolicyNotFoundException",)
            targets = aws.every(
                "organizations:ListTargetsForPolicy", "Targets", absent=deleted, PolicyId=policy["Id"], most=1
            )
            if isinstance(targets, Unknown):
                return targets
            if targets:
                found.append({**policy, "Type": kind})
    return found
