"""How the account is reviewed and prepared."""

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
        "OPS07-BP02": "no review of the workload's readiness is kept up to date",
        "COST10-BP02": "the workload's cost is not reviewed at intervals",
    },
    effort="S",
    severity="low",
    collector="account-governance",
    fix="Review the workload in the Well-Architected Tool each quarter, and keep a milestone.",
    compliant=[{WORKLOADS: [{"WorkloadName": "shop", "UpdatedAt": "2025-10-17T12:00:00Z"}]}],
    non_compliant=[
        {WORKLOADS: [{"WorkloadName": "shop", "UpdatedAt": "2025-10-17T11:00:00Z"}]},
        {WORKLOADS: []},
    ],
)
def wellarchitected_workload_reviewed_recently(
    account: ConfigurationItem, *, review_interval_days: int = 90
) -> Verdict:
    """A workload of the account was reviewed within the quarter.

    In the Well-Architected Tool, where the questions stand that no API answers.
    """
    workloads = account.objects(WORKLOADS)
    recent = any_of(workloads, lambda each: each.days_since("UpdatedAt") <= review_interval_days)
    return compliant_if(recent, otherwise=f"{len(workloads)} workloads, and none was reviewed in time")


@check(
    ACCOUNT,
    best_practices={"SEC01-BP03": "nothing measures whether the objectives of control are met"},
    effort="S",
    severity="medium",
    collector="account-governance",
    fix="Deploy the conformance pack of the standard that you have to meet.",
    compliant=[{PACKS: [{"ConformancePackName": "PCI"}]}],
    non_compliant=[{PACKS: []}],
)
def config_conformance_pack_deployed(account: ConfigurationItem) -> Verdict:
    """A conformance pack measures what has to be complied with.

    Which one, the business knows.
    """
    return compliant_if(account.has(PACKS), otherwise="no conformance pack")


@check(
    ACCOUNT,
    best_practices={
        "SEC03-BP07": "what is shared outside the account is not found",
        "SEC03-BP09": "what third parties may reach is watched by nothing",
    },
    managed_rule="IAM_EXTERNAL_ACCESS_ANALYZER_ENABLED",
    automation="AWSConfigRemediation-EnableAccountAccessAnalyzer",
    effort="S",
    collector="account-governance",
    fix="Create an analyzer for external access, of the organization or of the account.",
    compliant=[{ANALYZERS: [{"type": "ORGANIZATION", "status": "ACTIVE"}]}],
    non_compliant=[
        {ANALYZERS: [{"type": "ACCOUNT", "status": "DISABLED"}]},
        {ANALYZERS: [{"type": "ACCOUNT_UNUSED_ACCESS", "status": "ACTIVE"}]},
        {ANALYZERS: []},
    ],
)
def iam_external_access_analyzer_enabled(account: ConfigurationItem) -> Verdict:
    """An analyzer finds what is shared outside.

    It reads every policy of the region again whenever one changes. As AWS's own rule reads it, the account needs one of
    its own: that of the organization stands in its administrator's account.
    """

    def works(analyzer: Attributes) -> bool:
        outside = contains(("ACCOUNT", "ORGANIZATION"), analyzer.text("type"))
        return all_of([outside, analyzer.text("status") == "ACTIVE"])

    kinds = account.texts(f"{ANALYZERS}.type")
    return compliant_if(any_of(account.objects(ANALYZERS), works), otherwise=f"analyzers: {listed(kinds) or 'none'}")


@check(
    ACCOUNT,
    best_practices={
        "REL01-BP05": "quotas are managed manually only",
        "REL01-BP04": "no notification is sent when usage is near a quota",
    },
    effort="S",
    severity="low",
    collector="account-governance",
    fix="Opt in to automatic quota management, at least with notifications.",
    compliant=[{f"{AUTOMATIC}.OptInStatus": "ENABLED"}],
    non_compliant=[{f"{AUTOMATIC}.OptInStatus": "DISABLED"}, {AUTOMATIC: None}],
)
def service_quota_auto_management_enabled(account: ConfigurationItem) -> Verdict:
    """Automatic management of service quotas is enabled.

    It tells, or adjusts as well.
    """
    status = account.text(f"{AUTOMATIC}.OptInStatus", "DISABLED")
    return compliant_if(status == "ENABLED", otherwise=f"automatic management is {status.lower()}")


@check(
    ACCOUNT,
    best_practices={
        "REL01-BP04": "a limit is nearly reached and nobody acts",
        "REL01-BP02": "the quota that this account needs in its Regions was not asked for",
    },
    effort="S",
    collector="account-organization",
    fix="Ask for the higher limit that the recommendation names.",
    compliant=[{ADVICE: [{"name": "VPC", "status": "ok"}]}],
    non_compliant=[{ADVICE: [{"name": "VPC", "status": "warning"}]}, {ADVICE: [{"name": "EIP", "status": "error"}]}],
    not_applicable=[{ADVICE: []}],
)
def trusted_advisor_service_limits_ok(account: ConfigurationItem) -> Verdict:
    """Trusted Advisor sees no limit that is nearly reached.

    It answers accounts with Business support or better.
    """
    if none_of([account.has(ADVICE)]):
        return NOT_APPLICABLE
    return compliant_if_none(account.objects(ADVICE), lambda each: each.text("status") != "ok", "limits", named="name")


@check(
    ACCOUNT,
    best_practices={"REL09-BP04": "no restore was ever tried by itself"},
    effort="M",
    collector="account-governance",
    fix="Create a restore testing plan with a schedule.",
    compliant=[{RESTORES: [{"ScheduleExpression": "cron(0 5 1 * ? *)"}]}],
    non_compliant=[{RESTORES: []}],
)
def backup_restore_testing_plan_exists(account: ConfigurationItem) -> Verdict:
    """Restores are tried on a schedule.

    A backup is worth what was restored from it.
    """
    planned = any_of(account.objects(RESTORES), lambda plan: plan.has("ScheduleExpression"))
    return compliant_if(planned, otherwise="no restore testing plan")


@check(
    ACCOUNT,
    best_practices={"REL12-BP04": "nobody has tried lately what happens when something breaks"},
    effort="L",
    severity="low",
    collector="account-governance",
    fix="Run an experiment in FIS against the workload each quarter.",
    compliant=[{EXPERIMENTS: [{"state": {"status": "completed"}, "creationTime": "2025-10-17T12:00:00Z"}]}],
    non_compliant=[
        {EXPERIMENTS: [{"state": {"status": "completed"}, "creationTime": "2025-10-17T11:00:00Z"}]},
        {EXPERIMENTS: [{"state": {"status": "failed"}, "creationTime": "2026-01-01T00:00:00Z"}]},
        {EXPERIMENTS: []},
    ],
)
def fis_experiment_run_recently(account: ConfigurationItem, *, most_days: int = 90) -> Verdict:
    """A fault was injected within the quarter.

    One that was completed.
    """

    def recent(experiment: Attributes) -> bool:
        completed = experiment.text("state.status") == "completed"
        return all_of([completed, experiment.days_since("creationTime", default=most_days + 1) <= most_days])

    experiments = account.objects(EXPERIMENTS)
    return compliant_if(
        any_of(experiments, recent),
        otherwise=f"{len(experiments)} experiments, and none in {most_days} days (expected 1 or more)",
    )


@check(
    ACCOUNT,
    best_practices={"REL03-BP03": "events between services have no contract that anybody can look up"},
    effort="M",
    severity="low",
    collector="account-governance",
    fix="Register the events' schemas, or have EventBridge discover them.",
    compliant=[{REGISTRIES: [{"RegistryName": "shop"}]}],
    non_compliant=[{REGISTRIES: []}],
)
def eventbridge_schema_registry_used(account: ConfigurationItem) -> Verdict:
    """The account keeps the schemas of its events.

    Registries of its own: AWS's do not count.
    """
    return compliant_if(account.has(REGISTRIES), otherwise="no registry of one's own")


@check(
    ACCOUNT,
    best_practices={"OPS05-BP01": "the deployed code cannot be traced to version control"},
    effort="S",
    severity="low",
    collector="account-governance",
    fix="Connect the pipeline to the repository, and finish a connection that is pending.",
    compliant=[{CONNECTIONS: [{"ConnectionStatus": "AVAILABLE"}]}],
    non_compliant=[{CONNECTIONS: [{"ConnectionStatus": "PENDING"}]}, {CONNECTIONS: []}],
)
def source_connection_available(account: ConfigurationItem) -> Verdict:
    """Pipelines are connected to version control.

    Where another provider deploys, switch the check off and say so.
    """
    states = account.texts(f"{CONNECTIONS}.ConnectionStatus")
    return compliant_if(contains(states, "AVAILABLE"), otherwise=f"connections: {listed(states) or 'none'}")


@check(
    ACCOUNT,
    best_practices={
        "PERF01-BP05": "no architecture of the organization guides the next one",
        "OPS05-BP06": "what proved itself is not offered to the other teams",
    },
    effort="L",
    severity="low",
    collector="account-governance",
    fix="Offer the architectures that proved themselves as a portfolio.",
    compliant=[
        {PORTFOLIOS: [{"DisplayName": "golden paths"}], IMPORTED: []},
        {PORTFOLIOS: [], IMPORTED: [{"DisplayName": "golden paths"}]},
    ],
    non_compliant=[{PORTFOLIOS: [], IMPORTED: []}],
)
def reference_architectures_governed(account: ConfigurationItem) -> Verdict:
    """Architectures that proved themselves are offered to all teams.

    As products of a Service Catalog portfolio, the account's own or one that is shared with it.
    """
    offered = any_of([account.has(PORTFOLIOS), account.has(IMPORTED)])
    return compliant_if(offered, otherwise="no portfolio")


@check(
    ACCOUNT,
    best_practices={
        "COST03-BP03": "the cost of models cannot be allocated to a workload",
        "COST03-BP02": "invocations of models have no tags",
    },
    effort="S",
    severity="low",
    collector="account-governance",
    fix="Make an application inference profile for each workload, tag it, and call the model through it.",
    compliant=[{PROFILES: [{"status": "ACTIVE", "type": "APPLICATION"}], "parameters.required": True}],
    non_compliant=[{PROFILES: [], "parameters.required": True}],
    not_applicable=[{PROFILES: []}],
)
def bedrock_application_inference_profile_used(account: ConfigurationItem, *, required: bool = False) -> Verdict:
    """Models are invoked through tagged inference profiles.

    Whether the account calls models no listing tells: say `required` where it does.
    """
    if required:
        return compliant_if(account.has(PROFILES), otherwise="no application inference profile")
    return NOT_APPLICABLE


@check(
    ACCOUNT,
    best_practices={
        "OPS06-BP03": "a release cannot be turned off without a deployment",
        "OPS05-BP09": "no flag makes a change small, and lets it be taken back",
        "REL05-BP07": "no lever turns a function off in an emergency",
    },
    effort="M",
    severity="low",
    collector="account-governance",
    fix="Create a profile of feature flags in AppConfig; waive the check where another service has them.",
    compliant=[{FLAGS: [{"Name": "release", "Type": "AWS.AppConfig.FeatureFlags"}]}],
    non_compliant=[{FLAGS: []}],
)
def appconfig_feature_flags_in_use(account: ConfigurationItem) -> Verdict:
    """Feature flags separate the release from the deployment.

    In AppConfig: flags of other services no API of AWS tells of.
    """
    return compliant_if(account.has(FLAGS), otherwise="no feature flags in AppConfig")
