"""Checks of alarms, dashboards, saved queries, service level objectives and event rules in the account."""

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
    """An example of an EventBridge rule on the events of a source."""
    return {"Name": "react", "State": state, "EventPattern": f'{{"source": ["{source}"]}}'}


def in_force(rule: Attributes) -> bool:
    """Whether a rule is enabled, has an event pattern, and is not managed by an AWS service."""
    enabled = rule.text("State", "ENABLED").startswith("ENABLED")
    return all_of([enabled, rule.has("EventPattern"), none_of([rule.has("ManagedBy")])])


@check(
    ACCOUNT,
    best_practices={
        "OPS04-BP01": "no key performance indicator of the application is monitored",
        "OPS08-BP04": "alarms watch infrastructure metrics only, not the results of the application",
        "PERF05-BP01": "no performance indicator of the application has an alarm",
    },
    effort="M",
    severity="medium",
    collector="account-observability",
    fix="Create an alarm with an action on a custom metric of the application or on a query of its logs.",
    compliant=[{f"{ALARMS}.MetricAlarms": [OWN_ALARM]}, {f"{ALARMS}.LogAlarms": [LOG_ALARM]}],
    non_compliant=[
        {f"{ALARMS}.MetricAlarms": [{**OWN_ALARM, "AlarmActions": []}]},
        {f"{ALARMS}.MetricAlarms": [{**OWN_ALARM, "ActionsEnabled": False}]},
        {f"{ALARMS}.LogAlarms": [{**LOG_ALARM, "ActionsEnabled": False}]},
        {f"{ALARMS}.MetricAlarms": []},
    ],
)
def application_kpi_alarm_configured(account: ConfigurationItem) -> Verdict:
    """The account has an alarm on a custom metric or on logs of an application.

    Metrics of AWS services show the state of the infrastructure, not whether the application works for its users. The
    alarm must have an enabled alarm action. The check ignores alarms on metrics of AWS services and agents.
    """

    def notifies(alarm: Attributes) -> bool:
        return all_of([alarm.has("AlarmActions"), alarm.flag("ActionsEnabled", default=True)])

    watched = any_of([any_of(account.objects(f"{ALARMS}.{kind}"), notifies) for kind in ("MetricAlarms", "LogAlarms")])
    otherwise = "alarms with an action on a custom metric or on logs: 0 (expected 1 or more)"
    return compliant_if(watched, otherwise)


@check(
    ACCOUNT,
    best_practices={"OPS08-BP04": "one incident sends many notifications from single alarms"},
    effort="M",
    severity="low",
    collector="account-observability",
    fix="Create a composite alarm over the alarms of a service, and move the alarm action to it.",
    compliant=[{f"{ALARMS}.CompositeAlarms": [{"AlarmName": "shop", "AlarmRule": "ALARM(a) OR ALARM(b)"}]}],
    non_compliant=[{f"{ALARMS}.CompositeAlarms": []}],
)
def cloudwatch_composite_alarm_used(account: ConfigurationItem) -> Verdict:
    """The account has a CloudWatch composite alarm.

    Without composite alarms, one incident sends a notification for each of its alarms.
    """
    otherwise = "number of composite alarms: 0 (expected 1 or more)"
    return compliant_if(account.has(f"{ALARMS}.CompositeAlarms"), otherwise)


@check(
    ACCOUNT,
    best_practices={
        "OPS08-BP05": "no dashboard shows the state of the workload",
        "OPS09-BP02": "no dashboard communicates the status of operations",
        "OPS10-BP06": "no dashboard communicates the status during an incident",
    },
    effort="S",
    severity="low",
    collector="account-observability",
    fix="Create a CloudWatch dashboard with the key metrics of the workload.",
    compliant=[{DASHBOARDS: [{"DashboardName": "shop"}]}],
    non_compliant=[{DASHBOARDS: []}],
)
def cloudwatch_dashboard_covers_workload(account: ConfigurationItem) -> Verdict:
    """The account has a CloudWatch dashboard.

    Without a dashboard, the state of the workload has to be collected from many metrics during an incident. The check
    ignores the dashboard of Pillarwatch.
    """
    return compliant_if(account.has(DASHBOARDS), otherwise="number of dashboards: 0 (expected 1 or more)")


@check(
    ACCOUNT,
    best_practices={
        "OPS08-BP02": "no saved queries support the analysis of logs",
        "REL06-BP05": "log queries have to be written again for each analysis",
    },
    effort="S",
    severity="low",
    collector="account-observability",
    fix="Save the CloudWatch Logs Insights queries that find the causes of incidents.",
    compliant=[{QUERIES: [{"name": "errors by route"}]}],
    non_compliant=[{QUERIES: []}],
)
def logs_insights_queries_saved(account: ConfigurationItem) -> Verdict:
    """The account has saved CloudWatch Logs Insights queries.

    Without saved queries, each incident begins with writing queries again, which takes time.
    """
    return compliant_if(account.has(QUERIES), otherwise="number of saved queries: 0 (expected 1 or more)")


@check(
    ACCOUNT,
    best_practices={"REL06-BP02": "no metrics are extracted from logs"},
    effort="S",
    severity="low",
    collector="account-observability",
    fix="Create metric filters for errors in the logs, and alarms on their metrics.",
    compliant=[{FILTERS: [{"filterName": "errors", "metricTransformations": [{"metricName": "Errors"}]}]}],
    non_compliant=[{FILTERS: []}],
)
def log_metric_filters_defined(account: ConfigurationItem) -> Verdict:
    """CloudWatch log groups have metric filters.

    Without metric filters, errors that appear only in logs cannot trigger an alarm. Disable the check if the
    applications publish their metrics in another way.
    """
    return compliant_if(account.has(FILTERS), otherwise="number of metric filters: 0 (expected 1 or more)")


@check(
    ACCOUNT,
    best_practices={
        "OPS10-BP07": "no event starts an automated response",
        "SEC04-BP04": "no finding starts an automated remediation",
        "REL06-BP04": "responses to events are manual only",
    },
    effort="M",
    collector="account-observability",
    fix="Create an EventBridge rule with a target for events, for example of GuardDuty, AWS Config or CloudWatch.",
    compliant=[{RULES: [reaction("aws.guardduty")]}],
    non_compliant=[{RULES: [reaction("aws.guardduty", "DISABLED")]}, {RULES: [{"Name": "clock"}]}, {RULES: []}],
)
def eventbridge_automated_response_rule_exists(account: ConfigurationItem) -> Verdict:
    """The account has an enabled EventBridge rule that responds to events.

    Without a rule, every event waits for a person to respond. The rule must have an event pattern. The check ignores
    rules that AWS services manage.
    """
    otherwise = "enabled rules with an event pattern: 0 (expected 1 or more)"
    return compliant_if(any_of(account.objects(RULES), in_force), otherwise)


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
    fix="Create an EventBridge rule with source aws.health and a target that notifies the operations team.",
    compliant=[{RULES: [reaction("aws.health")]}],
    non_compliant=[{RULES: [reaction("aws.guardduty")]}, {RULES: []}],
)
def health_event_rule_exists(account: ConfigurationItem) -> Verdict:
    """The account has an EventBridge rule on AWS Health events.

    Without this rule, impairments and planned changes of AWS services in use are noticed only by their effects.
    """

    def of_health(rule: Attributes) -> bool:
        return all_of([in_force(rule), contains(rule.text("EventPattern"), "aws.health")])

    return compliant_if(
        any_of(account.objects(RULES), of_health), "enabled rules on aws.health: 0 (expected 1 or more)"
    )


@check(
    ACCOUNT,
    best_practices={
        "REL11-BP07": "no objective defines the availability of the workload",
        "OPS04-BP01": "no service level objective is defined",
        "PERF05-BP01": "no performance indicator has an objective",
    },
    effort="M",
    collector="account-observability",
    fix="Create a service level objective in CloudWatch Application Signals. The use is billed.",
    compliant=[{OBJECTIVES: [{"Name": "checkout"}]}],
    non_compliant=[{OBJECTIVES: []}],
)
def application_signals_slo_defined(account: ConfigurationItem) -> Verdict:
    """The account has a service level objective in CloudWatch Application Signals.

    Without an objective, a team cannot decide whether the availability or latency of a service is acceptable.
    """
    return compliant_if(account.has(OBJECTIVES), otherwise="number of service level objectives: 0 (expected 1 or more)")


@check(
    ACCOUNT,
    best_practices={
        "REL04-BP01": "the dependencies of services are not identified",
        "OPS04-BP04": "the dependencies of services are not measured",
    },
    effort="M",
    severity="low",
    collector="account-observability",
    fix="Enable CloudWatch Application Signals in the account and for the services. The use is billed.",
    compliant=[{SERVICES: [{"KeyAttributes": {"Name": "shop"}}]}],
    non_compliant=[{SERVICES: []}],
)
def application_signals_dependencies_discovered(account: ConfigurationItem) -> Verdict:
    """The account has services discovered by CloudWatch Application Signals.

    Without discovered services and dependencies, the effect of a failed dependency is unknown until it fails.
    """
    return compliant_if(account.has(SERVICES), otherwise="number of discovered services: 0 (expected 1 or more)")


@check(
    ACCOUNT,
    best_practices={"OPS08-BP03": "anomalies in traces are not detected automatically"},
    effort="S",
    severity="low",
    collector="account-observability",
    fix="Set InsightsConfiguration.InsightsEnabled of the Default X-Ray group to true. Insights are billed by trace.",
    compliant=[{GROUPS: [{"InsightsConfiguration": {"InsightsEnabled": True}}]}],
    non_compliant=[{GROUPS: [{"GroupName": "Default"}]}, {GROUPS: []}],
)
def xray_insights_enabled(account: ConfigurationItem) -> Verdict:
    """The account has an X-Ray group with insights enabled.

    Without insights, an increase of faults in the traces is found only if someone looks for it.
    """
    enabled = any_of(account.objects(GROUPS), lambda group: group.flag("InsightsConfiguration.InsightsEnabled"))
    return compliant_if(enabled, otherwise="InsightsEnabled is false for all X-Ray groups (expected true for one)")
