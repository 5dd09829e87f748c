"""CloudWatch RUM app monitors. The attributes are CloudFormation's properties."""

from pillarwatch import (
    NOT_APPLICABLE,
    ConfigurationItem,
    Verdict,
    all_of,
    check,
    compliant_if,
    contains,
    in_json,
    listed,
    none_of,
)

LOGS = "configuration.CwLogEnabled"
MONITOR = "configuration.AppMonitorConfiguration"


LOAD_TIME = "supplementaryConfiguration.Metrics.PerformanceNavigationDuration.p95"


@check(
    "AWS::RUM::AppMonitor",
    best_practices={"OPS04-BP03": "user sessions cannot be analyzed in logs and traces"},
    managed_rule="RUM_APP_MONITOR_CLOUDWATCH_LOGS_ENABLED",
    effort="S",
    severity="low",
    fix="Set CwLogEnabled and AppMonitorConfiguration.EnableXRay to true. Logs and traces are billed.",
    compliant=[{LOGS: True, f"{MONITOR}.EnableXRay": True}],
    non_compliant=[{LOGS: True}, {f"{MONITOR}.EnableXRay": True}, {}],
)
def rum_app_monitor_cloudwatch_logs_enabled(monitor: ConfigurationItem) -> Verdict:
    """RUM app monitors have CloudWatch Logs and X-Ray tracing enabled.

    Without logs, RUM deletes the events of a session after 30 days. Without traces, a slow request of a browser cannot
    be followed to the service. The AWS managed rule requires the logs only.
    """
    logs, traces = monitor.flag(LOGS), monitor.flag(f"{MONITOR}.EnableXRay")
    return compliant_if(
        all_of([logs, traces]),
        otherwise=f"CwLogEnabled is {in_json(logs)}, EnableXRay is {in_json(traces)} (expected true for both)",
    )


@check(
    "AWS::RUM::AppMonitor",
    best_practices={
        "SUS03-BP04": "the load of the application on users' devices is not measured",
        "OPS04-BP03": "the performance of pages for users is not measured",
    },
    effort="S",
    severity="low",
    fix="Add performance to AppMonitorConfiguration.Telemetries, and set SessionSampleRate above 0.",
    compliant=[{f"{MONITOR}.Telemetries": ["performance"], f"{MONITOR}.SessionSampleRate": 0.1}],
    non_compliant=[
        {f"{MONITOR}.Telemetries": ["errors"], f"{MONITOR}.SessionSampleRate": 0.1},
        {f"{MONITOR}.Telemetries": ["performance"], f"{MONITOR}.SessionSampleRate": 0},
        {},
    ],
)
def rum_client_performance_tracked(monitor: ConfigurationItem) -> Verdict:
    """RUM app monitors collect performance telemetry.

    Without this telemetry, slow pages are noticed only by complaints of users. The default samples 10 percent of the
    sessions.
    """
    kinds, rate = monitor.texts(f"{MONITOR}.Telemetries"), monitor.number(f"{MONITOR}.SessionSampleRate", 0.1)
    found = f"Telemetries is {listed(kinds) or 'empty'} (expected performance)"
    otherwise = f"{found}, SessionSampleRate is {rate} (expected above 0)"
    return compliant_if(all_of([contains(kinds, "performance"), rate > 0]), otherwise)


@check(
    "AWS::RUM::AppMonitor",
    best_practices={"PERF05-BP01": "the p95 page load time missed its target on a day of the week"},
    effort="M",
    severity="medium",
    collector="latencies",
    live=True,
    fix="Find the slow pages in CloudWatch RUM, and reduce what the browser loads before the first paint.",
    compliant=[{LOAD_TIME: 2000}],
    non_compliant=[{LOAD_TIME: 2001}],
    not_applicable=[{}],
)
def page_load_p95_target(monitor: ConfigurationItem, *, most_milliseconds: int = 2000) -> Verdict:
    """RUM app monitors have a p95 page load time within the target.

    Users leave slow pages. The check uses the slowest day of the last week. Monitors without visits are not judged.
    """
    if none_of([monitor.has(LOAD_TIME)]):
        return NOT_APPLICABLE
    loaded = monitor.number(LOAD_TIME)
    expected = f"expected {most_milliseconds} ms or less"
    return compliant_if(loaded <= most_milliseconds, f"the p95 page load time is {loaded:g} ms ({expected})")
