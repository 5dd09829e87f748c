"""OpenSearch domains: CloudFormation's shape; CloudFormation names the type AWS::OpenSearchService::Domain."""

from pillarwatch import (
    NOT_APPLICABLE,
    ConfigurationItem,
    Statement,
    Verdict,
    all_of,
    any_of,
    check,
    compliant_if,
    compliant_if_none,
    none_of,
)
from rules.checks.shared.resource_policies import ANY_ORGANIZATION, ANY_PRINCIPAL, ONE_ACCOUNT, ONE_ORGANIZATION
from rules.checks.shared.search import (
    opensearch_data_node_fault_tolerance,
    opensearch_ebs_gp3,
    opensearch_encrypted_at_rest,
    opensearch_https_required,
    opensearch_logs_to_cloudwatch,
    opensearch_node_to_node_encryption_check,
)
from rules.checks.shared.support_calendar import OPENSEARCH, in_standard_support

POLICY = "configuration.AccessPolicies"
FINE_GRAINED = "configuration.AdvancedSecurityOptions.Enabled"
IN_VPC = "configuration.VPCOptions.SubnetIds"
VERSION = "configuration.EngineVersion"
UPDATE = "configuration.ServiceSoftwareOptions.UpdateAvailable"
WARM = "configuration.ClusterConfig.WarmEnabled"
SIZE, COUNT = "configuration.EBSOptions.VolumeSize", "configuration.ClusterConfig.InstanceCount"


@check(
    "AWS::OpenSearch::Domain",
    best_practices={
        "SEC03-BP07": "the resource policy allows any principal",
        "SEC08-BP04": "any principal can read and change the indexes",
    },
    effort="M",
    severity="critical",
    exposed=True,
    fix="Name principals in AccessPolicies, or set AdvancedSecurityOptions.Enabled to true.",
    compliant=[
        {POLICY: ONE_ACCOUNT},
        {POLICY: ONE_ORGANIZATION},
        {POLICY: ANY_PRINCIPAL, IN_VPC: ["subnet-1"]},
        {POLICY: ANY_PRINCIPAL, FINE_GRAINED: True},
        {},
    ],
    non_compliant=[{POLICY: ANY_PRINCIPAL}, {POLICY: ANY_ORGANIZATION}],
)
def opensearch_access_policy_no_public_access(domain: ConfigurationItem) -> Verdict:
    """OpenSearch domains with a public endpoint allow named principals only.

    An access policy for any principal lets anybody on the internet read and delete the indexes. Domains in a VPC pass,
    because the network limits access. Domains with fine-grained access control pass, because each request needs a user.
    """
    limited = any_of([domain.has(IN_VPC), domain.flag(FINE_GRAINED)])

    def is_open(statement: Statement) -> bool:
        return all_of([statement.admits_anybody, none_of([limited])])

    return compliant_if_none(domain.statements(POLICY), is_open, "statements for any principal")


@check(
    "AWS::OpenSearch::Domain",
    best_practices={
        "OPS05-BP05": "service software patches are not installed",
        "SUS06-BP03": "the domain is not kept up to date",
    },
    managed_rule="OPENSEARCH_UPDATE_CHECK",
    effort="S",
    severity="low",
    live=True,
    fix="Start the service software update, or set SoftwareUpdateOptions.AutoSoftwareUpdateEnabled to true.",
    compliant=[{UPDATE: False}, {}],
    non_compliant=[{UPDATE: True}],
)
def opensearch_update_check(domain: ConfigurationItem) -> Verdict:
    """OpenSearch domains have no pending service software update.

    Without the update, security patches of the service are missing. The check also runs on a schedule, because an
    update can become available without a change of the domain.
    """
    return compliant_if(none_of([domain.flag(UPDATE)]), otherwise="UpdateAvailable is true (expected false)")


@check(
    "AWS::OpenSearch::Domain",
    best_practices={
        "SUS04-BP02": "old indexes are kept on hot storage",
        "COST05-BP05": "old indexes are billed as hot storage",
    },
    effort="M",
    fix="Set ClusterConfig.WarmEnabled to true with WarmType and WarmCount, and move old indexes to UltraWarm.",
    compliant=[{SIZE: 512, COUNT: 3, WARM: True}],
    non_compliant=[{SIZE: 512, COUNT: 3}],
    not_applicable=[{SIZE: 511, COUNT: 2}, {}],
)
def opensearch_warm_cold_tiers_used(domain: ConfigurationItem, *, least_gib: int = 1024) -> Verdict:
    """Large OpenSearch domains use UltraWarm nodes.

    Without UltraWarm, old indexes stay on more expensive hot storage. Applies to domains with 1 TiB of storage or more.
    """
    size = domain.number(SIZE) * domain.number(COUNT, 1)
    if size < least_gib:
        return NOT_APPLICABLE
    return compliant_if(domain.flag(WARM), otherwise=f"WarmEnabled is false for {size} GiB (expected true)")


@check(
    "AWS::OpenSearch::Domain",
    best_practices={
        "SEC06-BP01": "the engine gets no patches, or only charged patches of extended support",
        "SUS06-BP03": "the domain is not kept up to date",
    },
    effort="L",
    severity="medium",
    fix="Upgrade EngineVersion to a version in standard support.",
    compliant=[{VERSION: "OpenSearch_2.19"}, {VERSION: "Elasticsearch_7.10"}],
    non_compliant=[{VERSION: "OpenSearch_2.9"}, {VERSION: "Elasticsearch_6.2"}],
    not_applicable=[{}],
)
def opensearch_engine_version_supported(domain: ConfigurationItem) -> Verdict:
    """OpenSearch domains run an engine version in standard support.

    Outside standard support, the engine gets no patches, or AWS charges for extended support. The check uses the dates
    that AWS publishes.
    """
    version = domain.text(VERSION)
    if version == "":
        return NOT_APPLICABLE
    return in_standard_support(domain, OPENSEARCH, version)
