"""What watches the account's workloads."""

from pillarwatch import (
    ACCOUNT,
    Attributes,
    ConfigurationItem,
    Verdict,
    all_of,
    any_of,
    check,
    compliant_if,
    contains,
    none_of,
)

ALARMS = "configuration.cloudwatch.DescribeAlarms"
DASHBOARDS = "configuration.cloudwatch.ListDashboards.DashboardEntries"
FILTERS = "configuration.logs.DescribeMetricFilters.metricFilters"
GROUPS = "configuration.xray.GetGroups.Groups"
OBJECTIVES = "configuration.application-signals.ListServiceLevelObjectives.SloSummaries"
QUERIES = "configuration.logs.DescribeQueryDefinitions.queryDefinitions"
RULES = "configuration.events.ListRules.Rules"
SERVICES = "configuration.application-signals.ListServices.ServiceSummaries"

OWN_ALARM = {"Namespace": "Shop", "MetricName": "Orders", "Threshold": 1, "AlarmActions": ["arn"]}
LOG_ALARM = {"AlarmName": "orders", "Threshold": 1, "AlarmActions": ["arn"]}


def reaction(source: str, state: str = "ENABLED") -> dict[str, object]:
    """An example of a rule that reacts to a source of events."""
    return {"Name": "react", "State": state, "EventPattern": f'{{"source": ["{source}"]}}'}


def in_force(rule: Attributes) -> bool:
    """Whether a rule is enabled, reacts to events, and is the account's own."""
    enabled = rule.text("State", "ENABLED").startswith("ENABLED")
    return all_of([enabled, rule.has("EventPattern"), none_of([rule.has("ManagedBy")])])


@check(
    ACCOUNT,
    best_practices={
        "OPS04-BP01": "no indicator of what the application is for is watched",
        "OPS08-BP04": "alarms tell of machines, not of what users get",
        "PERF05-BP01": "no indicator says when users wait too long",
    },
    effort="M",
    severity="medium",
    collector="account-observability",
    fix="Set an alarm with an action on a metric of the application's own, or on a query of its logs.",
    compliant=[{f"{ALARMS}.MetricAlarms": [OWN_ALARM]}, {f"{ALARMS}.LogAlarms": [LOG_ALARM]}],
    non_compliant=[
        {f"{ALARMS}.MetricAlarms": [{**OWN_ALARM, "AlarmActions": []}]},
        {f"{ALARMS}.MetricAlarms": [{**OWN_ALARM, "ActionsEnabled": False}]},
        {f"{ALARMS}.LogAlarms": [{**LOG_ALARM, "ActionsEnabled": False}]},
        {f"{ALARMS}.MetricAlarms": []},
    ],
)
def application_kpi_alarm_configured(account: ConfigurationItem) -> Verdict:
    """An alarm watches what the application is for.

    On a metric that neither AWS nor an agent on the machine makes, alone or in metric math, or on a query of logs; with
    an action.
    """

    def acts(alarm: Attributes) -> bool:
        return all_of([alarm.has("AlarmActions"), alarm.flag("ActionsEnabled", default=True)])

    watched = any_of([any_of(account.objects(f"{ALARMS}.{kind}"), acts) for kind in ("MetricAlarms", "LogAlarms")])
    return compliant_if(watched, otherwise="no alarm with an action on an application's own metric or on logs")


@check(
    ACCOUNT,
    best_practices={"OPS08-BP04": "alarms of one trouble call as often as there are alarms"},
    effort="M",
    severity="low",
    collector="account-observability",
    fix="Put the alarms of a service into a composite alarm, and have that one call.",
    compliant=[{f"{ALARMS}.CompositeAlarms": [{"AlarmName": "shop", "AlarmRule": "ALARM(a) OR ALARM(b)"}]}],
    non_compliant=[{f"{ALARMS}.CompositeAlarms": []}],
)
def cloudwatch_composite_alarm_used(account: ConfigurationItem) -> Verdict:
    """Alarms that belong together call once.

    As a composite alarm.
    """
    return compliant_if(account.has(f"{ALARMS}.CompositeAlarms"), otherwise="no composite alarm")


@check(
    ACCOUNT,
    best_practices={
        "OPS08-BP05": "nobody can see at a glance how the workload does",
        "OPS09-BP02": "there is no picture of operations to share",
        "OPS10-BP06": "in an incident no dashboard tells the status",
    },
    effort="S",
    severity="low",
    collector="account-observability",
    fix="Make a dashboard of the workload's key metrics.",
    compliant=[{DASHBOARDS: [{"DashboardName": "shop"}]}],
    non_compliant=[{DASHBOARDS: []}],
)
def cloudwatch_dashboard_covers_workload(account: ConfigurationItem) -> Verdict:
    """The workload has a dashboard.

    What it shows, its name should tell; that it shows the right things only its readers know. Pillarwatch's own does
    not count.
    """
    return compliant_if(account.has(DASHBOARDS), otherwise="no dashboard")


@check(
    ACCOUNT,
    best_practices={
        "OPS08-BP02": "logs are searched anew in every incident",
        "REL06-BP05": "nobody has prepared how logs are analysed",
    },
    effort="S",
    severity="low",
    collector="account-observability",
    fix="Save the queries that helped last time.",
    compliant=[{QUERIES: [{"name": "errors by route"}]}],
    non_compliant=[{QUERIES: []}],
)
def logs_insights_queries_saved(account: ConfigurationItem) -> Verdict:
    """Queries for logs are saved.

    So that the next one on call begins where the last one ended.
    """
    return compliant_if(account.has(QUERIES), otherwise="no saved query")


@check(
    ACCOUNT,
    best_practices={"REL06-BP02": "no metrics are extracted from logs"},
    effort="S",
    severity="low",
    collector="account-observability",
    fix="Define metric filters for what should be counted, and alarms on them.",
    compliant=[{FILTERS: [{"filterName": "errors", "metricTransformations": [{"metricName": "Errors"}]}]}],
    non_compliant=[{FILTERS: []}],
)
def log_metric_filters_defined(account: ConfigurationItem) -> Verdict:
    """Log groups have metric filters.

    Where the application emits metrics in its logs by itself, switch the check off and say so.
    """
    return compliant_if(account.has(FILTERS), otherwise="no metric filter")


@check(
    ACCOUNT,
    best_practices={
        "OPS10-BP07": "no event is answered without a person",
        "SEC04-BP04": "no finding starts a remediation by itself",
        "REL06-BP04": "no event starts a response by itself",
    },
    effort="M",
    collector="account-observability",
    fix="Answer a kind of event with a rule and a target, e.g. of GuardDuty, Config or CloudWatch.",
    compliant=[{RULES: [reaction("aws.guardduty")]}],
    non_compliant=[{RULES: [reaction("aws.guardduty", "DISABLED")]}, {RULES: [{"Name": "clock"}]}, {RULES: []}],
)
def eventbridge_automated_response_rule_exists(account: ConfigurationItem) -> Verdict:
    """A rule answers events by itself.

    An enabled one with a pattern, that no service of AWS made for itself.
    """
    return compliant_if(any_of(account.objects(RULES), in_force), otherwise="no rule reacts to events")


@check(
    ACCOUNT,
    best_practices={
        "OPS10-BP01": "AWS Health events are not processed",
        "OPS04-BP04": "the health of the AWS services in use is not monitored",
        "REL11-BP06": "impairments of AWS services send no notification",
    },
    effort="S",
    severity="medium",
    collector="account-observability",
    fix="Send events of AWS Health to those on call.",
    compliant=[{RULES: [reaction("aws.health")]}],
    non_compliant=[{RULES: [reaction("aws.guardduty")]}, {RULES: []}],
)
def health_event_rule_exists(account: ConfigurationItem) -> Verdict:
    """An EventBridge rule sends AWS Health events to a target.

    By a rule on events of AWS Health.
    """

    def of_health(rule: Attributes) -> bool:
        return all_of([in_force(rule), contains(rule.text("EventPattern"), "aws.health")])

    return compliant_if(any_of(account.objects(RULES), of_health), otherwise="no rule on events of AWS Health")


@check(
    ACCOUNT,
    best_practices={
        "REL11-BP07": "no target says how available the workload has to be",
        "OPS04-BP01": "there is no objective to measure against",
        "PERF05-BP01": "no indicator of performance has an objective",
    },
    effort="M",
    collector="account-observability",
    fix="Define a service level objective in Application Signals.",
    compliant=[{OBJECTIVES: [{"Name": "checkout"}]}],
    non_compliant=[{OBJECTIVES: []}],
)
def application_signals_slo_defined(account: ConfigurationItem) -> Verdict:
    """The workload has a service level objective.

    Of availability or latency, which Application Signals measures.
    """
    return compliant_if(account.has(OBJECTIVES), otherwise="no service level objective")


@check(
    ACCOUNT,
    best_practices={
        "REL04-BP01": "what services depend on is known to nobody",
        "OPS04-BP04": "dependencies are not measured",
    },
    effort="M",
    severity="low",
    collector="account-observability",
    fix="Turn on Application Signals: it discovers services and what they call.",
    compliant=[{SERVICES: [{"KeyAttributes": {"Name": "shop"}}]}],
    non_compliant=[{SERVICES: []}],
)
def application_signals_dependencies_discovered(account: ConfigurationItem) -> Verdict:
    """Services and what they call are discovered.

    By traffic, so the picture is never older than a day.
    """
    return compliant_if(account.has(SERVICES), otherwise="no service was discovered")


@check(
    ACCOUNT,
    best_practices={"OPS08-BP03": "traces are looked at when somebody has time"},
    effort="S",
    severity="low",
    collector="account-observability",
    fix="Turn on insights for the default X-Ray group.",
    compliant=[{GROUPS: [{"InsightsConfiguration": {"InsightsEnabled": True}}]}],
    non_compliant=[{GROUPS: [{"GroupName": "Default"}]}, {GROUPS: []}],
)
def xray_insights_enabled(account: ConfigurationItem) -> Verdict:
    """X-Ray looks for trouble in traces by itself.

    In one of its groups at least.
    """
    on = any_of(account.objects(GROUPS), lambda group: group.flag("InsightsConfiguration.InsightsEnabled"))
    return compliant_if(on, otherwise="insights are off")
