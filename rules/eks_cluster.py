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
from rules.shared.support_calendar import EKS, in_standard_support

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
        "SEC06-BP01": "known vulnerabilities of Kubernetes stay open",
        "OPS05-BP05": "the control plane gets no patches",
        "PERF05-BP06": "what newer versions do better is missed",
    },
    managed_rule="EKS_CLUSTER_SUPPORTED_VERSION",
    automation="AWS-UpdateEKSCluster",
    effort="L",
    collector="support-dates",
    fix="Update the cluster, one minor version after the other.",
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
    """Kubernetes clusters run a version in standard support.

    By the dates that AWS answers (`eks:DescribeClusterVersions`), or else by those that it publishes.
    """
    version = cluster.text(VERSION)
    if version == "":
        return NOT_APPLICABLE  # the newest one when it is made
    announced = [each.text("endOfStandardSupportDate") for each in cluster.objects(ANNOUNCED)]
    return in_standard_support(cluster, EKS, version, announced)


@check(
    "AWS::EKS::Cluster",
    best_practices={"SEC08-BP01": "the key to its secrets is not yours: no policy, no audit"},
    managed_rule="EKS_SECRETS_ENCRYPTED",
    effort="M",
    severity="low",
    fix="Name a KMS key for secrets.",
    compliant=[{ENCRYPTION: [{"Resources": ["secrets"], "Provider": {"KeyArn": "arn"}}]}],
    non_compliant=[{ENCRYPTION: [{"Resources": ["secrets"]}]}, {ENCRYPTION: []}, {}],
)
def eks_secrets_encrypted(cluster: ConfigurationItem) -> Verdict:
    """Secrets of Kubernetes clusters are encrypted with a KMS key of the account's own.

    As AWS's own rule reads it; that EKS encrypts them with a key of AWS does not count.
    """

    def encrypts(found: Attributes) -> bool:
        return all_of([contains(found.texts("Resources"), "secrets"), found.has("Provider.KeyArn")])

    return compliant_if(
        any_of(cluster.objects(ENCRYPTION), encrypts), otherwise="EncryptionConfig has no key for secrets"
    )


@check(
    "AWS::EKS::Cluster",
    best_practices={"SEC05-BP01": "everybody can try the cluster's API"},
    managed_rule="EKS_ENDPOINT_NO_PUBLIC_ACCESS",
    effort="M",
    exposed=True,
    fix="Turn off public access to the endpoint.",
    compliant=[{PUBLIC: False}],
    non_compliant=[{PUBLIC: True}, {PUBLIC: True, CIDRS: ["198.51.100.0/24"]}, {}],
)
def eks_endpoint_no_public_access(cluster: ConfigurationItem) -> Verdict:
    """The API of Kubernetes clusters is not on the internet.

    As AWS's own rule reads it, a list of addresses is not enough. Public is the default.
    """
    return compliant_if(none_of([cluster.flag(PUBLIC, default=True)]), otherwise="EndpointPublicAccess is not false")


@check(
    "AWS::EKS::Cluster",
    best_practices={"SEC04-BP01": "what the control plane is asked to do is not recorded"},
    managed_rule="EKS_CLUSTER_LOG_ENABLED",
    effort="S",
    severity="medium",
    fix="Turn on every log of the control plane.",
    compliant=[{LOGS: [{"Type": kind} for kind in TYPES]}],
    non_compliant=[{LOGS: [{"Type": "api"}]}, {}],
)
def eks_cluster_log_enabled(cluster: ConfigurationItem) -> Verdict:
    """The control plane of Kubernetes clusters writes its logs.

    As AWS's own rule reads it, all five kinds.
    """
    found = cluster.texts(f"{LOGS}.Type")
    return compliant_if_all(TYPES, lambda kind: contains(found, kind), "not written")
