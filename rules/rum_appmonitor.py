"""RUM application monitors: CloudFormation's shape."""

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


LOADED = "supplementaryConfiguration.Metrics.PerformanceNavigationDuration.p95"


@check(
    "AWS::RUM::AppMonitor",
    best_practices={"OPS04-BP03": "what users went through cannot be looked up"},
    managed_rule="RUM_APP_MONITOR_CLOUDWATCH_LOGS_ENABLED",
    effort="S",
    severity="low",
    fix="Keep the events in CloudWatch Logs, and trace with X-Ray.",
    compliant=[{LOGS: True, f"{MONITOR}.EnableXRay": True}],
    non_compliant=[{LOGS: True}, {f"{MONITOR}.EnableXRay": True}, {}],
)
def rum_app_monitor_cloudwatch_logs_enabled(monitor: ConfigurationItem) -> Verdict:
    """Monitors of web applications keep their events and trace requests.

    AWS's own rule asks for the log only; a trace leads from the browser to the service.
    """
    logs, traces = monitor.flag(LOGS), monitor.flag(f"{MONITOR}.EnableXRay")
    return compliant_if(
        all_of([logs, traces]),
        otherwise=f"CwLogEnabled is {in_json(logs)}, EnableXRay is {in_json(traces)} (expected true for both)",
    )


@check(
    "AWS::RUM::AppMonitor",
    best_practices={
        "SUS03-BP04": "what the application does to users' devices is not measured",
        "OPS04-BP03": "how fast pages are for users is not known",
    },
    effort="S",
    severity="low",
    fix="Collect performance telemetry of a part of the sessions.",
    compliant=[{f"{MONITOR}.Telemetries": ["performance"], f"{MONITOR}.SessionSampleRate": 0.1}],
    non_compliant=[
        {f"{MONITOR}.Telemetries": ["errors"], f"{MONITOR}.SessionSampleRate": 0.1},
        {f"{MONITOR}.Telemetries": ["performance"], f"{MONITOR}.SessionSampleRate": 0},
        {},
    ],
)
def rum_client_performance_tracked(monitor: ConfigurationItem) -> Verdict:
    """The speed of pages is measured where the users are.

    One session in ten is sampled by default.
    """
    kinds = monitor.texts(f"{MONITOR}.Telemetries")
    sampled = monitor.number(f"{MONITOR}.SessionSampleRate", 0.1) > 0
    right = all_of([contains(kinds, "performance"), sampled])
    return compliant_if(right, otherwise=f"telemetry: {listed(kinds) or 'none'}")


@check(
    "AWS::RUM::AppMonitor",
    best_practices={"PERF05-BP01": "an indicator whose objective is missed for a day steers nothing"},
    effort="M",
    severity="medium",
    collector="latencies",
    live=True,
    fix="Find the slow pages in RUM, and load less before the first paint.",
    compliant=[{LOADED: 2000}],
    non_compliant=[{LOADED: 2001}],
    not_applicable=[{}],
)
def page_load_p95_target(monitor: ConfigurationItem, *, most_milliseconds: int = 2000) -> Verdict:
    """Ninety-five of a hundred pages are loaded in time, on every day of a week.

    Without visits there is nothing to judge.
    """
    if none_of([monitor.has(LOADED)]):
        return NOT_APPLICABLE
    loaded = monitor.number(LOADED)
    return compliant_if(loaded <= most_milliseconds, otherwise=f"p95 is {loaded:.0f} ms")
