"""Target groups: the shape of the describe API, in camelCase. Attributes are a list of keys and values."""

from collections.abc import Sequence
from typing import Any

from pillarwatch import (
    NOT_APPLICABLE,
    ConfigurationItem,
    Verdict,
    all_of,
    any_of,
    check,
    compliant_if,
    contains,
    none_of,
)
from pillarwatch.template_resource import TemplateResource, lowered
from rules.checks.shared.alarms import ALARM, alarms_of

ATTRIBUTES = "supplementaryConfiguration.elbv2.DescribeTargetGroupAttributes.Attributes"
ENABLED = "configuration.healthCheckEnabled"
HEALTH_PROTOCOL = "configuration.healthCheckProtocol"
INTERVAL = "configuration.healthCheckIntervalSeconds"
KIND = "configuration.targetType"
PATH = "configuration.healthCheckPath"
PROTOCOL = "configuration.protocol"
THRESHOLD = "configuration.unhealthyThresholdCount"
VERSION = "configuration.protocolVersion"

DELAY = "deregistration_delay.timeout_seconds"
WEB = ("HTTP", "HTTPS")


def setting(key: str, value: str) -> dict[str, object]:
    """An example of a target group with one attribute."""
    return {ATTRIBUTES: [{"Key": key, "Value": value}]}


def values_of(group: ConfigurationItem, key: str) -> Sequence[str]:
    """The value of an attribute as a list, which is empty where the target group does not have the attribute."""
    return [each.text("Value") for each in group.objects(ATTRIBUTES) if each.text("Key") == key]


def watching(metric: str, **more: object) -> dict[str, object]:
    """An example of an alarm on a metric of a target group."""
    return {"configuration": {"metricName": metric, "alarmActions": ["arn:aws:sns:eu-west-1:1:alerts"], **more}}


@check(
    "AWS::ElasticLoadBalancingV2::TargetGroup",
    best_practices={
        "REL11-BP01": "the health check does not test the application",
        "REL11-BP03": "a target that returns errors stays in service",
    },
    effort="S",
    severity="low",
    fix="Set HealthCheckEnabled to true, and HealthCheckPath to a path that the application serves.",
    compliant=[{PROTOCOL: "HTTP", PATH: "/health"}, {PROTOCOL: "HTTP", PATH: "/"}, {PROTOCOL: "HTTPS"}],
    non_compliant=[
        {PROTOCOL: "HTTP", VERSION: "GRPC", PATH: "/AWS.ALB/healthcheck"},
        {PROTOCOL: "HTTP", ENABLED: False, PATH: "/health"},
    ],
    not_applicable=[{PROTOCOL: "TCP"}, {}],
)
def elbv2_target_group_health_check_configured(group: ConfigurationItem) -> Verdict:
    """Target groups have a health check of the application.

    Without a health check of the application, requests go to targets that return errors. The default path / passes. The
    default of gRPC, /AWS.ALB/healthcheck, fails because it is not a method of the service.
    """
    if none_of([contains(WEB, group.text(PROTOCOL))]):
        return NOT_APPLICABLE
    path, enabled = group.text(PATH, "/"), group.flag(ENABLED, default=True)
    configured = all_of([enabled, path != "/AWS.ALB/healthcheck"])
    wrong = f"HealthCheckPath is {path} (expected a method of the service)"
    return compliant_if(configured, otherwise=wrong if enabled else "HealthCheckEnabled is false (expected true)")


@check(
    "AWS::ElasticLoadBalancingV2::TargetGroup",
    best_practices={
        "REL11-BP01": "an unhealthy target is detected after more than 90 seconds",
        "REL11-BP03": "requests are routed to the unhealthy target in the meantime",
    },
    effort="S",
    severity="medium",
    fix="Lower HealthCheckIntervalSeconds or UnhealthyThresholdCount until their product is at most 90.",
    compliant=[{INTERVAL: 30, THRESHOLD: 3}, {INTERVAL: 10, THRESHOLD: 9}, {}],
    non_compliant=[{INTERVAL: 30, THRESHOLD: 10}, {INTERVAL: 91, THRESHOLD: 1}],
    not_applicable=[{KIND: "lambda", INTERVAL: 300}],
)
def elbv2_target_group_health_check_timing(group: ConfigurationItem, *, most_seconds: int = 90) -> Verdict:
    """Target groups detect unhealthy targets within 90 seconds.

    A failed target still receives requests until the interval, multiplied by the unhealthy threshold, has passed.
    """
    if group.text(KIND) == "lambda":
        return NOT_APPLICABLE
    seconds = group.number(INTERVAL, 30) * group.number(THRESHOLD, 2)
    return compliant_if(seconds <= most_seconds, f"detection takes {seconds} seconds (expected at most {most_seconds})")


@check(
    "AWS::ElasticLoadBalancingV2::TargetGroup",
    best_practices={"SEC09-BP02": "the load balancer sends requests to its targets unencrypted"},
    managed_rule="ELBV2_TARGETGROUP_PROTOCOL_ENCRYPTED",
    effort="M",
    severity="medium",
    fix="Recreate the target group with Protocol HTTPS or TLS. Load balancers do not verify certificates of targets.",
    compliant=[{PROTOCOL: "HTTPS"}, {PROTOCOL: "TLS"}],
    non_compliant=[{PROTOCOL: "HTTP"}, {PROTOCOL: "TCP"}],
    not_applicable=[{PROTOCOL: "TCP", KIND: "alb"}, {PROTOCOL: "GENEVE"}, {KIND: "lambda"}, {}],
)
def elbv2_targetgroup_protocol_encrypted(group: ConfigurationItem) -> Verdict:
    """Load balancers connect to their targets over HTTPS or TLS.

    Without TLS, anybody on the network path in the VPC can read the requests. Waive the finding if targets use TLS over
    TCP. Lambda functions and load balancers as targets are not judged.
    """
    protocol = group.text(PROTOCOL)
    if any_of([contains(("", "GENEVE"), protocol), group.text(KIND) == "alb"]):
        return NOT_APPLICABLE
    return compliant_if(contains(("HTTPS", "TLS", "QUIC"), protocol), f"Protocol is {protocol} (expected HTTPS or TLS)")


@check(
    "AWS::ElasticLoadBalancingV2::TargetGroup",
    best_practices={"SEC09-BP02": "health checks are sent unencrypted"},
    managed_rule="ELBV2_TARGETGROUP_HEALTHCHECK_PROTOCOL_ENCRYPTED",
    effort="S",
    severity="low",
    same_cause_as="elbv2-targetgroup-protocol-encrypted",
    fix="Set HealthCheckProtocol to HTTPS.",
    compliant=[{HEALTH_PROTOCOL: "HTTPS", PROTOCOL: "HTTPS"}],
    non_compliant=[{HEALTH_PROTOCOL: "HTTP", PROTOCOL: "HTTP"}, {HEALTH_PROTOCOL: "TCP", PROTOCOL: "TLS"}, {}],
    not_applicable=[{KIND: "lambda"}],
)
def elbv2_targetgroup_healthcheck_protocol_encrypted(group: ConfigurationItem) -> Verdict:
    """Target group health checks use HTTPS.

    Without HTTPS, anybody on the network path can read the headers and the responses of health checks. Lambda functions
    are not judged.
    """
    if group.text(KIND) == "lambda":
        return NOT_APPLICABLE
    protocol = group.text(HEALTH_PROTOCOL, "HTTP")
    return compliant_if(protocol == "HTTPS", otherwise=f"HealthCheckProtocol is {protocol} (expected HTTPS)")


@check(
    "AWS::ElasticLoadBalancingV2::TargetGroup",
    best_practices={"OPS06-BP03": "deployments interrupt requests that are in progress"},
    effort="S",
    severity="low",
    collector="load-balancers",
    fix="Set deregistration_delay.timeout_seconds to the duration of the longest request.",
    compliant=[setting(DELAY, "60"), setting(DELAY, "3600"), {}],
    non_compliant=[setting(DELAY, "0")],
    not_applicable=[{KIND: "lambda"}],
)
def elbv2_target_group_deregistration_delay_set(group: ConfigurationItem) -> Verdict:
    """Target groups have a deregistration delay.

    Without a deregistration delay, requests in progress fail when a target is deregistered. The default is 300 seconds.
    """
    if group.text(KIND) == "lambda":
        return NOT_APPLICABLE
    disabled = any_of(values_of(group, DELAY), lambda seconds: seconds == "0")
    return compliant_if(none_of([disabled]), otherwise=f"{DELAY} is 0 (expected more)")


@check(
    "AWS::ElasticLoadBalancingV2::TargetGroup",
    best_practices={
        "REL05-BP06": "sessions are stored on one target and lost with it",
        "PERF04-BP04": "requests are routed by session instead of by load",
    },
    effort="M",
    severity="low",
    collector="load-balancers",
    fix="Store sessions outside the targets, and set the attribute stickiness.enabled to false.",
    compliant=[setting("stickiness.enabled", "false"), {}],
    non_compliant=[setting("stickiness.enabled", "true")],
    not_applicable=[{PROTOCOL: "GENEVE", **setting("stickiness.enabled", "true")}],
)
def elbv2_target_group_stickiness_disabled(group: ConfigurationItem) -> Verdict:
    """Target groups have stickiness disabled.

    With sticky sessions, users lose their sessions when a target stops, and load is not spread evenly. Target groups of
    Gateway Load Balancers are not judged, because an appliance has to receive both directions of a flow.
    """
    if group.text(PROTOCOL) == "GENEVE":
        return NOT_APPLICABLE
    sticky = contains(values_of(group, "stickiness.enabled"), "true")
    return compliant_if(none_of([sticky]), otherwise="stickiness.enabled is true (expected false)")


@check(
    "AWS::ElasticLoadBalancingV2::TargetGroup",
    best_practices={"PERF04-BP05": "the load balancer calls the service over HTTP/1.1"},
    effort="S",
    severity="low",
    fix="Recreate the target group with ProtocolVersion HTTP2 or GRPC.",
    compliant=[{"tags.Protocol": "grpc", PROTOCOL: "HTTP", VERSION: "GRPC"}],
    non_compliant=[
        {"tags.Protocol": "grpc", PROTOCOL: "HTTP", VERSION: "HTTP1"},
        {"tags.Protocol": "http2", PROTOCOL: "HTTP"},
    ],
    not_applicable=[{PROTOCOL: "HTTP"}, {}],
)
def target_group_protocol_version_http2_grpc(group: ConfigurationItem) -> Verdict:
    """Target groups of gRPC and HTTP/2 services use that protocol version.

    With protocol version HTTP1, the load balancer sends requests to the service over HTTP/1.1, and gRPC calls fail.
    Applies to target groups whose Protocol tag is grpc or http2.
    """
    expected = group.tag("Protocol").lower()
    if none_of([contains(("grpc", "http2"), expected)]):
        return NOT_APPLICABLE
    version = group.text(VERSION, "HTTP1")
    return compliant_if(version.lower() == expected, f"ProtocolVersion is {version} (expected {expected.upper()})")


@check(
    "AWS::ElasticLoadBalancingV2::TargetGroup",
    best_practices={"PERF04-BP04": "requests of uneven cost are routed round robin"},
    effort="S",
    severity="low",
    collector="load-balancers",
    fix="Set the attribute load_balancing.algorithm.type to least_outstanding_requests.",
    compliant=[
        {"tags.RequestCost": "uneven", **setting("load_balancing.algorithm.type", "least_outstanding_requests")},
        {"tags.RequestCost": "uneven", **setting("load_balancing.algorithm.type", "weighted_random")},
    ],
    non_compliant=[
        {"tags.RequestCost": "uneven", **setting("load_balancing.algorithm.type", "round_robin")},
        {"tags.RequestCost": "uneven"},
    ],
    not_applicable=[{PROTOCOL: "HTTP"}, {}],
)
def target_group_routing_algorithm_tuned(group: ConfigurationItem) -> Verdict:
    """Target groups with requests of uneven cost route by outstanding requests.

    With the default algorithm, round robin, one target can get several expensive requests while other targets are idle.
    Applies to target groups whose RequestCost tag is uneven.
    """
    if group.tag("RequestCost") != "uneven":
        return NOT_APPLICABLE
    tuned = any_of(values_of(group, "load_balancing.algorithm.type"), lambda algorithm: algorithm != "round_robin")
    return compliant_if(tuned, "load_balancing.algorithm.type is round_robin (expected least_outstanding_requests)")


@check(
    "AWS::ElasticLoadBalancingV2::TargetGroup",
    best_practices={
        "OPS08-BP04": "no alarm notifies on unhealthy targets",
        "REL11-BP01": "unhealthy targets are not detected before users notice",
        "REL11-BP06": "unhealthy targets send no notification",
    },
    effort="S",
    severity="medium",
    collector="alarms",
    fix="Create a CloudWatch alarm on UnHealthyHostCount of the target group, with AlarmActions.",
    compliant=[
        {f"related.{ALARM}": [watching("UnHealthyHostCount")]},
        {f"related.{ALARM}": [watching("CPUUtilization"), watching("HealthyHostCount")]},
    ],
    non_compliant=[
        {f"related.{ALARM}": [watching("RequestCount")]},
        {f"related.{ALARM}": [watching("UnHealthyHostCount", alarmActions=[])]},
        {f"related.{ALARM}": [watching("UnHealthyHostCount", actionsEnabled=False)]},
        {f"related.{ALARM}": []},
    ],
)
def alb_unhealthy_host_alarm_configured(group: ConfigurationItem) -> Verdict:
    """Target groups have an alarm on unhealthy targets.

    Without an alarm, no engineer is notified when targets become unhealthy. An alarm with an action on
    UnHealthyHostCount or HealthyHostCount of the target group is accepted.
    """

    def notifies(alarm: ConfigurationItem) -> bool:
        metrics = [alarm.text("configuration.metricName")]
        metrics += alarm.texts("configuration.metrics.metricStat.metric.metricName")
        watches = any_of(metrics, lambda metric: contains(("HealthyHostCount", "UnHealthyHostCount"), metric))
        acts = alarm.flag("configuration.actionsEnabled", default=True)
        return all_of([watches, acts, alarm.has("configuration.alarmActions")])

    return compliant_if(
        any_of(group.related(ALARM), notifies), "no alarm with an action watches unhealthy targets (expected one)"
    )


def related(group: TemplateResource) -> dict[str, Sequence[TemplateResource]]:
    """The alarms on metrics of the target group."""
    return alarms_of(group)


def to_configuration_item(group: TemplateResource) -> dict[str, Any]:
    """The configuration of a target group with its attributes. The checks apply the API's default to omitted ones."""
    properties = dict(group.properties)
    attributes = properties.pop("TargetGroupAttributes", None)
    return {
        "configuration": lowered(properties),
        "supplementaryConfiguration": {"elbv2": {"DescribeTargetGroupAttributes": {"Attributes": attributes}}},
    }
