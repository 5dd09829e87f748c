"""OpenSearch domains: CloudFormation's shape, under a name that differs from CloudFormation's."""

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
from rules.shared.resource_policies import EVERYBODY, FIXED, IN_NAME, NAMED
from rules.shared.search import (
    opensearch_data_node_fault_tolerance,
    opensearch_ebs_gp3,
    opensearch_encrypted_at_rest,
    opensearch_https_required,
    opensearch_logs_to_cloudwatch,
    opensearch_node_to_node_encryption_check,
)
from rules.shared.support_calendar import OPENSEARCH, in_standard_support

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
        "SEC08-BP04": "access to the indexes is not limited to who needs it",
    },
    effort="M",
    severity="critical",
    exposed=True,
    fix="Name principals in the access policy, or turn on fine-grained access control.",
    compliant=[
        {POLICY: NAMED},
        {POLICY: FIXED},
        {POLICY: EVERYBODY, IN_VPC: ["subnet-1"]},
        {POLICY: EVERYBODY, FINE_GRAINED: True},
        {},
    ],
    non_compliant=[{POLICY: EVERYBODY}, {POLICY: IN_NAME}],
)
def opensearch_access_policy_no_public_access(domain: ConfigurationItem) -> Verdict:
    """OpenSearch domains with a public endpoint are not open to everybody.

    In a VPC the network limits who connects; with fine-grained access control every request needs a user.
    """
    limited = any_of([domain.has(IN_VPC), domain.flag(FINE_GRAINED)])

    def is_open(statement: Statement) -> bool:
        return all_of([statement.admits_anybody, none_of([limited])])

    return compliant_if_none(domain.statements(POLICY), is_open, "open to everybody")


@check(
    "AWS::OpenSearch::Domain",
    best_practices={
        "OPS05-BP05": "the service's patches wait to be installed",
        "SUS06-BP03": "the domain is not kept up to date",
    },
    managed_rule="OPENSEARCH_UPDATE_CHECK",
    effort="S",
    severity="low",
    live=True,
    fix="Start the service software update, or turn on automatic updates.",
    compliant=[{UPDATE: False}, {}],
    non_compliant=[{UPDATE: True}],
)
def opensearch_update_check(domain: ConfigurationItem) -> Verdict:
    """Search domains have no service software update outstanding.

    An update appears without a change of the domain: also judge on schedule.
    """
    return compliant_if(none_of([domain.flag(UPDATE)]), otherwise="an update is available")


@check(
    "AWS::OpenSearch::Domain",
    best_practices={
        "SUS04-BP02": "old indexes stay on storage made for hot ones",
        "COST05-BP05": "cold indexes are paid for as hot ones",
    },
    effort="M",
    fix="Turn on UltraWarm nodes, and move old indexes there.",
    compliant=[{SIZE: 512, COUNT: 3, WARM: True}],
    non_compliant=[{SIZE: 512, COUNT: 3}],
    not_applicable=[{SIZE: 511, COUNT: 2}, {}],
)
def opensearch_warm_cold_tiers_used(domain: ConfigurationItem, *, least_gib: int = 1024) -> Verdict:
    """Large search domains keep old indexes on UltraWarm.

    Where the data nodes have a tebibyte or more between them.
    """
    size = domain.number(SIZE) * domain.number(COUNT, 1)
    if size < least_gib:
        return NOT_APPLICABLE
    return compliant_if(domain.flag(WARM), otherwise=f"{size} GiB are all hot")


@check(
    "AWS::OpenSearch::Domain",
    best_practices={
        "SEC06-BP01": "the engine gets no patches, or paid ones of extended support only",
        "SUS06-BP03": "the domain is not kept up to date",
    },
    effort="L",
    severity="medium",
    fix="Upgrade the domain to a version in standard support.",
    compliant=[{VERSION: "OpenSearch_2.19"}, {VERSION: "Elasticsearch_7.10"}],
    non_compliant=[{VERSION: "OpenSearch_2.9"}, {VERSION: "Elasticsearch_6.2"}],
    not_applicable=[{}],
)
def opensearch_engine_version_supported(domain: ConfigurationItem) -> Verdict:
    """Search domains run an engine version in standard support.

    By the dates that AWS publishes. A version ages without a change: judge on schedule too.
    """
    version = domain.text(VERSION)
    if version == "":
        return NOT_APPLICABLE
    return in_standard_support(domain, OPENSEARCH, version)
