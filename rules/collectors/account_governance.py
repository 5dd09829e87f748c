"""Conformance packs, analyzers, reviews, restore tests, experiments and other preparations in the account.

The item's ``configuration`` holds the API responses by service and operation. A path names its call:
``configuration.wellarchitected.ListWorkloads.WorkloadSummaries``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pillarwatch import ACCOUNT
from pillarwatch.unknown import Unknown
from rules.collectors import collector

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rules.collectors import Aws, Listed


@collector(
    ACCOUNT,
    actions=(
        "access-analyzer:ListAnalyzers",
        "appconfig:ListApplications",
        "appconfig:ListConfigurationProfiles",
        "backup:ListRestoreTestingPlans",
        "bedrock:ListInferenceProfiles",
        "codeconnections:ListConnections",
        "config:DescribeConformancePacks",
        "fis:ListExperiments",
        "schemas:ListRegistries",
        "servicecatalog:ListAcceptedPortfolioShares",
        "servicecatalog:ListPortfolios",
        "servicequotas:GetAutoManagementConfiguration",
        "wellarchitected:ListWorkloads",
    ),
)
def account_governance(aws: Aws) -> Iterator[Listed]:
    """Which of these preparations exist; sections that AWS refuses are unknown."""

    def listed(action: str, key: str, **parameters: Any) -> dict[str, Any]:
        return {key: aws.every(action, key, **parameters)}

    profiles = listed("bedrock:ListInferenceProfiles", "inferenceProfileSummaries", typeEquals="APPLICATION")
    automatic = aws.ask("servicequotas:GetAutoManagementConfiguration", absent=("NoSuchResourceException",))
    registries = aws.every("schemas:ListRegistries", "Registries[?!starts_with(RegistryName, 'aws.')]")
    configuration = {
        "appconfig": {"ListConfigurationProfiles": {"Items": _flags(aws)}},
        "accessanalyzer": {"ListAnalyzers": listed("access-analyzer:ListAnalyzers", "analyzers")},
        "backup": {"ListRestoreTestingPlans": listed("backup:ListRestoreTestingPlans", "RestoreTestingPlans")},
        "bedrock": {"ListInferenceProfiles": profiles},
        "codeconnections": {"ListConnections": listed("codeconnections:ListConnections", "Connections")},
        "config": {"DescribeConformancePacks": listed("config:DescribeConformancePacks", "ConformancePackDetails")},
        "fis": {"ListExperiments": listed("fis:ListExperiments", "experiments")},
        "schemas": {"ListRegistries": {"Registries": registries}},
        "service-quotas": {"GetAutoManagementConfiguration": automatic},
        "servicecatalog": {
            "ListAcceptedPortfolioShares": {"PortfolioDetails": _imported(aws)},
            "ListPortfolios": listed("servicecatalog:ListPortfolios", "PortfolioDetails"),
        },
        "wellarchitected": {"ListWorkloads": listed("wellarchitected:ListWorkloads", "WorkloadSummaries")},
    }
    yield aws.listed(ACCOUNT, aws.account, configuration)


def _flags(aws: Aws) -> Any:
    """The feature flag profiles of all AppConfig applications; Unknown if AWS refuses one of the calls."""
    applications = aws.every("appconfig:ListApplications", "Items")
    if isinstance(applications, Unknown):
        return applications
    profiles: list[Any] = []
    for application in applications:
        found = aws.every(
            "appconfig:ListConfigurationProfiles",
            "Items[?Type=='AWS.AppConfig.FeatureFlags'].{Name: Name, Type: Type}",
            absent=("ResourceNotFoundException",),
            ApplicationId=application["Id"],
        )
        if isinstance(found, Unknown):
            return found
        profiles += found or []
    return profiles


def _imported(aws: Aws) -> Any:
    """The portfolios that the organization or another account shares with the account."""
    found: list[Any] = []
    for kind in ("AWS_ORGANIZATIONS", "IMPORTED"):
        some = aws.every(
            "servicecatalog:ListAcceptedPortfolioShares",
            "PortfolioDetails",
            absent=("OperationNotSupportedException",),  # the account is in no organization
            PortfolioShareType=kind,
        )
        if isinstance(some, Unknown):
            return some
        found += some or []
    return found
