"""EKS clusters, with CloudFormation's attribute names."""

from pillarwatch import (
    NOT_APPLICABLE,
    Attributes,
    ConfigurationItem,
    Verdict,
    all_of,
    any_of,
    check,
    compliant_if,
    compliant_if_all,
    contains,
    none_of,
)
from rules.checks.shared.support_calendar import EKS, in_standard_support

ENCRYPTION = "configuration.EncryptionConfig"
LOGS = "configuration.Logging.ClusterLogging.EnabledTypes"
PUBLIC = "configuration.ResourcesVpcConfig.EndpointPublicAccess"
CIDRS = "configuration.ResourcesVpcConfig.PublicAccessCidrs"
VERSION = "configuration.Version"
ANNOUNCED = "supplementaryConfiguration.eks.DescribeClusterVersions.clusterVersions"
TYPES = ("api", "audit", "authenticator", "controllerManager", "scheduler")


@check(
    "AWS::EKS::Cluster",
    best_practices={
        "SEC06-BP01": "the Kubernetes version is no longer in standard support",
        "OPS05-BP05": "the cluster is not kept up to date",
        "PERF05-BP06": "improvements of newer Kubernetes versions are not used",
    },
    managed_rule="EKS_CLUSTER_SUPPORTED_VERSION",
    automation="AWS-UpdateEKSCluster",
    effort="L",
    collector="support-dates",
    fix="Update Version by one minor version at a time.",
    compliant=[
        {VERSION: "1.34", "judged_at": "2026-12-01T12:00:00Z"},
        {VERSION: "1.34", ANNOUNCED: [{"endOfStandardSupportDate": "2027-01-15"}], "judged_at": "2027-01-14T12:00:00Z"},
        {VERSION: "1.100"},
    ],
    non_compliant=[
        {VERSION: "1.34", "judged_at": "2026-12-02T12:00:00Z"},
        {VERSION: "1.34", ANNOUNCED: [{"endOfStandardSupportDate": "2027-01-15"}], "judged_at": "2027-01-15T12:00:00Z"},
        {VERSION: "1.31"},
    ],
    not_applicable=[{}],
)
def eks_cluster_supported_version(cluster: ConfigurationItem) -> Verdict:
    """EKS clusters run a Kubernetes version in standard support.

    After standard support, a cluster is charged for extended support and is upgraded automatically later. The dates
    are those of `eks:DescribeClusterVersions` or else those that AWS published.
    """
    version = cluster.text(VERSION)
    if version == "":
        return NOT_APPLICABLE  # EKS chooses the default version at creation
    announced = [each.text("endOfStandardSupportDate") for each in cluster.objects(ANNOUNCED)]
    return in_standard_support(cluster, EKS, version, announced)


@check(
    "AWS::EKS::Cluster",
    best_practices={"SEC08-BP01": "no customer managed key restricts who can decrypt Kubernetes secrets"},
    managed_rule="EKS_SECRETS_ENCRYPTED",
    effort="M",
    severity="low",
    fix="Set EncryptionConfig with Resources secrets and Provider.KeyArn. The encryption cannot be removed later.",
    compliant=[{ENCRYPTION: [{"Resources": ["secrets"], "Provider": {"KeyArn": "arn"}}]}],
    non_compliant=[{ENCRYPTION: [{"Resources": ["secrets"]}]}, {ENCRYPTION: []}, {}],
)
def eks_secrets_encrypted(cluster: ConfigurationItem) -> Verdict:
    """EKS clusters encrypt Kubernetes secrets with a customer managed key.

    Only the policy of a customer managed key can restrict who decrypts Kubernetes secrets. The default encryption with
    an AWS owned key is not sufficient. The AWS managed rule has the same result.
    """

    def encrypts(found: Attributes) -> bool:
        return all_of([contains(found.texts("Resources"), "secrets"), found.has("Provider.KeyArn")])

    encrypted = any_of(cluster.objects(ENCRYPTION), encrypts)
    return compliant_if(encrypted, otherwise="EncryptionConfig has no key for secrets (expected Provider.KeyArn)")


@check(
    "AWS::EKS::Cluster",
    best_practices={"SEC05-BP01": "the Kubernetes API endpoint is on the internet"},
    managed_rule="EKS_ENDPOINT_NO_PUBLIC_ACCESS",
    effort="M",
    exposed=True,
    fix="Set EndpointPublicAccess to false and EndpointPrivateAccess to true in ResourcesVpcConfig.",
    compliant=[{PUBLIC: False}],
    non_compliant=[{PUBLIC: True}, {PUBLIC: True, CIDRS: ["198.51.100.0/24"]}, {}],
)
def eks_endpoint_no_public_access(cluster: ConfigurationItem) -> Verdict:
    """EKS cluster endpoints are not public.

    Anyone on the internet can send requests to a public Kubernetes API endpoint. The default is public. A public
    endpoint that PublicAccessCidrs restricts also fails. The AWS managed rule does the same.
    """
    return compliant_if(
        none_of([cluster.flag(PUBLIC, default=True)]), otherwise="EndpointPublicAccess is true (expected false)"
    )


@check(
    "AWS::EKS::Cluster",
    best_practices={"SEC04-BP01": "requests to the control plane are not logged"},
    managed_rule="EKS_CLUSTER_LOG_ENABLED",
    effort="S",
    severity="medium",
    fix="Add all five types to Logging.ClusterLogging.EnabledTypes. The logs are charged.",
    compliant=[{LOGS: [{"Type": kind} for kind in TYPES]}],
    non_compliant=[{LOGS: [{"Type": "api"}]}, {}],
)
def eks_cluster_log_enabled(cluster: ConfigurationItem) -> Verdict:
    """EKS clusters have all control plane logs enabled.

    Without control plane logs, requests cannot be investigated. All five types are required, as in the AWS managed
    rule.
    """
    found = cluster.texts(f"{LOGS}.Type")
    return compliant_if_all(TYPES, lambda kind: contains(found, kind), "log types are not enabled (expected all)")
