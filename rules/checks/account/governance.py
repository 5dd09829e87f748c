"""Checks of reviews, analyzers, restore tests, experiments and other preparations in the account."""

from pillarwatch import (
    ACCOUNT,
    NOT_APPLICABLE,
    Attributes,
    ConfigurationItem,
    Verdict,
    all_of,
    any_of,
    check,
    compliant_if,
    compliant_if_none,
    contains,
    listed,
    none_of,
)

ADVICE = "configuration.trustedadvisor.ListRecommendations.recommendationSummaries"
ANALYZERS = "configuration.accessanalyzer.ListAnalyzers.analyzers"
AUTOMATIC = "configuration.service-quotas.GetAutoManagementConfiguration"
CONNECTIONS = "configuration.codeconnections.ListConnections.Connections"
EXPERIMENTS = "configuration.fis.ListExperiments.experiments"
PACKS = "configuration.config.DescribeConformancePacks.ConformancePackDetails"
PORTFOLIOS = "configuration.servicecatalog.ListPortfolios.PortfolioDetails"
IMPORTED = "configuration.servicecatalog.ListAcceptedPortfolioShares.PortfolioDetails"
PROFILES = "configuration.bedrock.ListInferenceProfiles.inferenceProfileSummaries"
REGISTRIES = "configuration.schemas.ListRegistries.Registries"
RESTORES = "configuration.backup.ListRestoreTestingPlans.RestoreTestingPlans"
WORKLOADS = "configuration.wellarchitected.ListWorkloads.WorkloadSummaries"
FLAGS = "configuration.appconfig.ListConfigurationProfiles.Items"


@check(
    ACCOUNT,
    best_practices={
        "OPS07-BP02": "the readiness of the workload is not reviewed regularly",
        "COST10-BP02": "the cost of the workload is not reviewed regularly",
    },
    effort="S",
    severity="low",
    collector="account-governance",
    fix="Review the workload in the AWS Well-Architected Tool every 90 days, and save a milestone.",
    compliant=[{WORKLOADS: [{"WorkloadName": "shop", "UpdatedAt": "2025-10-17T12:00:00Z"}]}],
    non_compliant=[
        {WORKLOADS: [{"WorkloadName": "shop", "UpdatedAt": "2025-10-17T11:00:00Z"}]},
        {WORKLOADS: []},
    ],
)
def wellarchitected_workload_reviewed_recently(
    account: ConfigurationItem, *, review_interval_days: int = 90
) -> Verdict:
    """The account has a recent review in the AWS Well-Architected Tool.

    Without a regular review, the practices that no API can verify are not assessed.
    """
    workloads = account.objects(WORKLOADS)
    recent = any_of(workloads, lambda each: each.days_since("UpdatedAt") <= review_interval_days)
    return compliant_if(recent, f"workloads reviewed within {review_interval_days} days: 0 (expected 1 or more)")


@check(
    ACCOUNT,
    best_practices={"SEC01-BP03": "no conformance pack validates the control objectives"},
    effort="S",
    severity="medium",
    collector="account-governance",
    fix="Deploy the AWS Config conformance pack of the standard that the workload must meet.",
    compliant=[{PACKS: [{"ConformancePackName": "PCI"}]}],
    non_compliant=[{PACKS: []}],
)
def config_conformance_pack_deployed(account: ConfigurationItem) -> Verdict:
    """The account has an AWS Config conformance pack.

    Without a conformance pack, compliance with the standards that apply to the workload is not measured.
    """
    return compliant_if(account.has(PACKS), otherwise="number of conformance packs: 0 (expected 1 or more)")


@check(
    ACCOUNT,
    best_practices={
        "SEC03-BP07": "no analyzer finds resources with external access",
        "SEC03-BP09": "no analyzer finds the access of third parties",
    },
    managed_rule="IAM_EXTERNAL_ACCESS_ANALYZER_ENABLED",
    automation="AWSConfigRemediation-EnableAccountAccessAnalyzer",
    effort="S",
    collector="account-governance",
    fix="Create an IAM Access Analyzer analyzer of type ACCOUNT or ORGANIZATION in the account and Region.",
    compliant=[{ANALYZERS: [{"type": "ORGANIZATION", "status": "ACTIVE"}]}],
    non_compliant=[
        {ANALYZERS: [{"type": "ACCOUNT", "status": "DISABLED"}]},
        {ANALYZERS: [{"type": "ACCOUNT_UNUSED_ACCESS", "status": "ACTIVE"}]},
        {ANALYZERS: []},
    ],
)
def iam_external_access_analyzer_enabled(account: ConfigurationItem) -> Verdict:
    """The account has an active IAM Access Analyzer analyzer for external access.

    Without an analyzer, resources that other accounts or the public can access are not found. The analyzer must be in
    the account itself. An analyzer of the organization in another account is not sufficient.
    """

    def is_active(analyzer: Attributes) -> bool:
        external = contains(("ACCOUNT", "ORGANIZATION"), analyzer.text("type"))
        return all_of([external, analyzer.text("status") == "ACTIVE"])

    found = listed(account.texts(f"{ANALYZERS}.type")) or "none"
    otherwise = f"analyzers: {found} (expected an active one of type ACCOUNT or ORGANIZATION)"
    return compliant_if(any_of(account.objects(ANALYZERS), is_active), otherwise)


@check(
    ACCOUNT,
    best_practices={
        "REL01-BP05": "quotas are managed manually only",
        "REL01-BP04": "no notification is sent when usage is near a quota",
    },
    effort="S",
    severity="low",
    collector="account-governance",
    fix="Opt in to automatic management in Service Quotas, at least with notifications only.",
    compliant=[{f"{AUTOMATIC}.OptInStatus": "ENABLED"}],
    non_compliant=[{f"{AUTOMATIC}.OptInStatus": "DISABLED"}, {AUTOMATIC: None}],
)
def service_quota_auto_management_enabled(account: ConfigurationItem) -> Verdict:
    """The account has automatic management of service quotas enabled.

    Without automatic management, no notification is sent when usage approaches a quota, and requests fail when the
    quota is reached.
    """
    status = account.text(f"{AUTOMATIC}.OptInStatus", "DISABLED")
    return compliant_if(status == "ENABLED", otherwise=f"OptInStatus is {status} (expected ENABLED)")


@check(
    ACCOUNT,
    best_practices={
        "REL01-BP04": "the usage of a service is close to its quota",
        "REL01-BP02": "the quota of the account in a Region was not increased in time",
    },
    effort="S",
    collector="account-organization",
    fix="Request an increase of the quota in Service Quotas.",
    compliant=[{ADVICE: [{"name": "VPC", "status": "ok"}]}],
    non_compliant=[{ADVICE: [{"name": "VPC", "status": "warning"}]}, {ADVICE: [{"name": "EIP", "status": "error"}]}],
    not_applicable=[{ADVICE: []}],
)
def trusted_advisor_service_limits_ok(account: ConfigurationItem) -> Verdict:
    """The account has no service limit warning in Trusted Advisor.

    When a quota is reached, requests for more resources fail. Applies if the support plan has the Trusted Advisor API.
    """
    if none_of([account.has(ADVICE)]):
        return NOT_APPLICABLE
    otherwise = "recommendations have a status other than ok"
    return compliant_if_none(account.objects(ADVICE), lambda each: each.text("status") != "ok", otherwise, named="name")


@check(
    ACCOUNT,
    best_practices={"REL09-BP04": "restores are not tested on a schedule"},
    effort="M",
    collector="account-governance",
    fix="Create a restore testing plan with ScheduleExpression in AWS Backup. Restored resources are billed.",
    compliant=[{RESTORES: [{"ScheduleExpression": "cron(0 5 1 * ? *)"}]}],
    non_compliant=[{RESTORES: []}],
)
def backup_restore_testing_plan_exists(account: ConfigurationItem) -> Verdict:
    """The account has a restore testing plan in AWS Backup.

    Without restore tests, an unusable backup is noticed only when its data is needed.
    """
    planned = any_of(account.objects(RESTORES), lambda plan: plan.has("ScheduleExpression"))
    return compliant_if(planned, otherwise="number of restore testing plans: 0 (expected 1 or more)")


@check(
    ACCOUNT,
    best_practices={"REL12-BP04": "resilience was not tested with a fault injection experiment recently"},
    effort="L",
    severity="low",
    collector="account-governance",
    fix="Run an AWS FIS experiment on the workload every 90 days. Start with an environment that is not production.",
    compliant=[{EXPERIMENTS: [{"state": {"status": "completed"}, "creationTime": "2025-10-17T12:00:00Z"}]}],
    non_compliant=[
        {EXPERIMENTS: [{"state": {"status": "completed"}, "creationTime": "2025-10-17T11:00:00Z"}]},
        {EXPERIMENTS: [{"state": {"status": "failed"}, "creationTime": "2026-01-01T00:00:00Z"}]},
        {EXPERIMENTS: []},
    ],
)
def fis_experiment_run_recently(account: ConfigurationItem, *, most_days: int = 90) -> Verdict:
    """The account has an AWS FIS experiment completed within 90 days.

    Without fault injection experiments, the behavior of the workload during a failure is unknown.
    """

    def recent(experiment: Attributes) -> bool:
        completed = experiment.text("state.status") == "completed"
        return all_of([completed, experiment.days_since("creationTime", default=most_days + 1) <= most_days])

    experiments = account.objects(EXPERIMENTS)
    return compliant_if(
        any_of(experiments, recent),
        otherwise=f"experiments completed within {most_days} days: 0 (expected 1 or more)",
    )


@check(
    ACCOUNT,
    best_practices={"REL03-BP03": "the schemas of events between services are not documented"},
    effort="M",
    severity="low",
    collector="account-governance",
    fix="Create an EventBridge schema registry, and add the schemas of the events or start schema discovery.",
    compliant=[{REGISTRIES: [{"RegistryName": "shop"}]}],
    non_compliant=[{REGISTRIES: []}],
)
def eventbridge_schema_registry_used(account: ConfigurationItem) -> Verdict:
    """The account has an EventBridge schema registry.

    Without documented schemas, a change of an event breaks its consumers without a warning. The check ignores
    registries that AWS manages.
    """
    return compliant_if(account.has(REGISTRIES), otherwise="number of custom schema registries: 0 (expected 1 or more)")


@check(
    ACCOUNT,
    best_practices={"OPS05-BP01": "the deployed code cannot be traced to version control"},
    effort="S",
    severity="low",
    collector="account-governance",
    fix="Create a connection in CodeConnections, and complete the connections with the status PENDING in the console.",
    compliant=[{CONNECTIONS: [{"ConnectionStatus": "AVAILABLE"}]}],
    non_compliant=[{CONNECTIONS: [{"ConnectionStatus": "PENDING"}]}, {CONNECTIONS: []}],
)
def source_connection_available(account: ConfigurationItem) -> Verdict:
    """The account has an available connection to version control.

    Without a connection, no pipeline deploys the code of a repository. Disable the check if another tool deploys.
    """
    states = account.texts(f"{CONNECTIONS}.ConnectionStatus")
    otherwise = f"the status of connections is {listed(states) or 'none'} (expected AVAILABLE)"
    return compliant_if(contains(states, "AVAILABLE"), otherwise)


@check(
    ACCOUNT,
    best_practices={
        "PERF01-BP05": "no reference architectures are available to teams",
        "OPS05-BP06": "design standards are not shared across teams",
    },
    effort="L",
    severity="low",
    collector="account-governance",
    fix="Create a Service Catalog portfolio with the reference architectures of the organization.",
    compliant=[
        {PORTFOLIOS: [{"DisplayName": "golden paths"}], IMPORTED: []},
        {PORTFOLIOS: [], IMPORTED: [{"DisplayName": "golden paths"}]},
    ],
    non_compliant=[{PORTFOLIOS: [], IMPORTED: []}],
)
def reference_architectures_governed(account: ConfigurationItem) -> Verdict:
    """The account has a Service Catalog portfolio.

    Without shared reference architectures, each team designs common parts again. The check also accepts imported
    portfolios.
    """
    offered = any_of([account.has(PORTFOLIOS), account.has(IMPORTED)])
    return compliant_if(offered, otherwise="number of Service Catalog portfolios: 0 (expected 1 or more)")


@check(
    ACCOUNT,
    best_practices={
        "COST03-BP03": "the cost of model invocations cannot be allocated to a workload",
        "COST03-BP02": "the cost of model invocations has no tags",
    },
    effort="S",
    severity="low",
    collector="account-governance",
    fix="Create a tagged application inference profile for each workload, and invoke models through the profile.",
    compliant=[{PROFILES: [{"status": "ACTIVE", "type": "APPLICATION"}], "parameters.required": True}],
    non_compliant=[{PROFILES: [], "parameters.required": True}],
    not_applicable=[{PROFILES: []}],
)
def bedrock_application_inference_profile_used(account: ConfigurationItem, *, required: bool = False) -> Verdict:
    """The account has application inference profiles for Amazon Bedrock.

    Without profiles, the cost of models cannot be allocated to a workload. Applies if the parameter `required` is true.
    """
    if required:
        return compliant_if(account.has(PROFILES), "application inference profiles: 0 (expected 1 or more)")
    return NOT_APPLICABLE


@check(
    ACCOUNT,
    best_practices={
        "OPS06-BP03": "a feature cannot be turned off without a deployment",
        "OPS05-BP09": "changes are not released in small steps with feature flags",
        "REL05-BP07": "no feature flag can turn off a function in an emergency",
    },
    effort="M",
    severity="low",
    collector="account-governance",
    fix="Create an AppConfig configuration profile of type AWS.AppConfig.FeatureFlags.",
    compliant=[{FLAGS: [{"Name": "release", "Type": "AWS.AppConfig.FeatureFlags"}]}],
    non_compliant=[{FLAGS: []}],
)
def appconfig_feature_flags_in_use(account: ConfigurationItem) -> Verdict:
    """The account has AppConfig feature flags.

    Without feature flags, a faulty feature can be turned off only by another deployment. Waive the check if the
    workload uses the feature flags of another tool.
    """
    return compliant_if(account.has(FLAGS), otherwise="number of feature flag profiles: 0 (expected 1 or more)")
