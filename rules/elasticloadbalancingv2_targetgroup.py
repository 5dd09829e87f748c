"""Target groups: the describe API's camelCase. Their attributes are an answer of its own, a list of keys and values."""

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
from pillarwatch.lift import TemplateResource, lowered
from rules.shared.alarms import ALARM, alarms_of

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
    """The value of an attribute: one, or none where the target group does not have it."""
    return [each.text("Value") for each in group.objects(ATTRIBUTES) if each.text("Key") == key]


def watching(metric: str, **more: object) -> dict[str, object]:
    """An example of an alarm on a metric of a target group."""
    return {"configuration": {"metricName": metric, "alarmActions": ["arn:aws:sns:eu-west-1:1:alerts"], **more}}


@check(
    "AWS::ElasticLoadBalancingV2::TargetGroup",
    best_practices={
        "REL11-BP01": "the health check does not test the application",
        "REL11-BP03": "a target with errors stays in service",
    },
    effort="S",
    severity="low",
    fix="Turn health checks on, at a path that the application answers.",
    compliant=[{PROTOCOL: "HTTP", PATH: "/health"}, {PROTOCOL: "HTTP", PATH: "/"}, {PROTOCOL: "HTTPS"}],
    non_compliant=[
        {PROTOCOL: "HTTP", VERSION: "GRPC", PATH: "/AWS.ALB/healthcheck"},
        {PROTOCOL: "HTTP", ENABLED: False, PATH: "/health"},
    ],
    not_applicable=[{PROTOCOL: "TCP"}, {}],
)
def elbv2_target_group_health_check_configured(group: ConfigurationItem) -> Verdict:
    """Target groups have a health check of the application.

    By HTTP the default, `/`, asks it too; a path of its own can look deeper. The default of gRPC is a method that no
    service has.
    """
    if none_of([contains(WEB, group.text(PROTOCOL))]):
        return NOT_APPLICABLE
    path, enabled = group.text(PATH, "/"), group.flag(ENABLED, default=True)
    asked = all_of([enabled, path != "/AWS.ALB/healthcheck"])
    wrong = f"HealthCheckPath is {path} (expected a method of the service)"
    return compliant_if(asked, otherwise=wrong if enabled else "HealthCheckEnabled is false (expected true)")


@check(
    "AWS::ElasticLoadBalancingV2::TargetGroup",
    best_practices={
        "REL11-BP01": "an unhealthy target is detected only after minutes",
        "REL11-BP03": "requests are routed to the unhealthy target in the meantime",
    },
    effort="S",
    severity="medium",
    fix="Lower the interval or the unhealthy threshold, so that their product is at most 90 seconds.",
    compliant=[{INTERVAL: 30, THRESHOLD: 3}, {INTERVAL: 10, THRESHOLD: 9}, {}],
    non_compliant=[{INTERVAL: 30, THRESHOLD: 10}, {INTERVAL: 91, THRESHOLD: 1}],
    not_applicable=[{KIND: "lambda", INTERVAL: 300}],
)
def elbv2_target_group_health_check_timing(group: ConfigurationItem, *, most_seconds: int = 90) -> Verdict:
    """Target groups detect unhealthy targets within 90 seconds.

    The defaults, 30 seconds and two failures, do. A function is not asked for its health by default.
    """
    if group.text(KIND) == "lambda":
        return NOT_APPLICABLE
    seconds = group.number(INTERVAL, 30) * group.number(THRESHOLD, 2)
    return compliant_if(seconds <= most_seconds, otherwise=f"a dead target is found after {seconds} seconds")


@check(
    "AWS::ElasticLoadBalancingV2::TargetGroup",
    best_practices={"SEC09-BP02": "the load balancer sends requests to its targets unencrypted"},
    managed_rule="ELBV2_TARGETGROUP_PROTOCOL_ENCRYPTED",
    effort="M",
    severity="medium",
    fix="Recreate the target group with HTTPS, TLS or QUIC; load balancers do not verify the targets' certificates.",
    compliant=[{PROTOCOL: "HTTPS"}, {PROTOCOL: "TLS"}],
    non_compliant=[{PROTOCOL: "HTTP"}, {PROTOCOL: "TCP"}],
    not_applicable=[{PROTOCOL: "TCP", KIND: "alb"}, {PROTOCOL: "GENEVE"}, {KIND: "lambda"}, {}],
)
def elbv2_targetgroup_protocol_encrypted(group: ConfigurationItem) -> Verdict:
    """Load balancers connect to their targets over HTTPS or TLS.

    TCP fails although a target may speak TLS over it: waive it there. Functions, and load balancers as targets, do not
    count.
    """
    protocol = group.text(PROTOCOL)
    if any_of([contains(("", "GENEVE"), protocol), group.text(KIND) == "alb"]):
        return NOT_APPLICABLE
    return compliant_if(contains(("HTTPS", "TLS", "QUIC"), protocol), otherwise=f"protocol is {protocol}")


@check(
    "AWS::ElasticLoadBalancingV2::TargetGroup",
    best_practices={"SEC09-BP02": "health checks are sent unencrypted"},
    managed_rule="ELBV2_TARGETGROUP_HEALTHCHECK_PROTOCOL_ENCRYPTED",
    effort="S",
    severity="low",
    same_cause_as="elbv2-targetgroup-protocol-encrypted",
    fix="Set the protocol of the health check to HTTPS.",
    compliant=[{HEALTH_PROTOCOL: "HTTPS", PROTOCOL: "HTTPS"}],
    non_compliant=[{HEALTH_PROTOCOL: "HTTP", PROTOCOL: "HTTP"}, {HEALTH_PROTOCOL: "TCP", PROTOCOL: "TLS"}, {}],
    not_applicable=[{KIND: "lambda"}],
)
def elbv2_targetgroup_healthcheck_protocol_encrypted(group: ConfigurationItem) -> Verdict:
    """Target group health checks use HTTPS.

    What a target tells of its health, and the headers with which it is asked, are then nobody else's.
    """
    if group.text(KIND) == "lambda":
        return NOT_APPLICABLE
    protocol = group.text(HEALTH_PROTOCOL, "HTTP")
    return compliant_if(protocol == "HTTPS", otherwise=f"health is asked for by {protocol}")


@check(
    "AWS::ElasticLoadBalancingV2::TargetGroup",
    best_practices={"OPS06-BP03": "deployments interrupt requests that are in progress"},
    effort="S",
    severity="low",
    collector="load-balancers",
    fix="Set deregistration_delay.timeout_seconds to what the longest request takes.",
    compliant=[setting(DELAY, "60"), setting(DELAY, "3600"), {}],
    non_compliant=[setting(DELAY, "0")],
    not_applicable=[{KIND: "lambda"}],
)
def elbv2_target_group_deregistration_delay_set(group: ConfigurationItem) -> Verdict:
    """Target groups have a deregistration delay.

    AWS's default is five minutes; none at all cuts requests off.
    """
    if group.text(KIND) == "lambda":
        return NOT_APPLICABLE
    cut_off = any_of(values_of(group, DELAY), lambda seconds: seconds == "0")
    return compliant_if(none_of([cut_off]), otherwise=f"{DELAY} is 0")


@check(
    "AWS::ElasticLoadBalancingV2::TargetGroup",
    best_practices={
        "REL05-BP06": "sessions are stored on one target and lost with it",
        "PERF04-BP04": "requests are routed by session instead of by load",
    },
    effort="M",
    severity="low",
    collector="load-balancers",
    fix="Keep sessions in a store of their own, and turn stickiness off.",
    compliant=[setting("stickiness.enabled", "false"), {}],
    non_compliant=[setting("stickiness.enabled", "true")],
    not_applicable=[{PROTOCOL: "GENEVE", **setting("stickiness.enabled", "true")}],
)
def elbv2_target_group_stickiness_disabled(group: ConfigurationItem) -> Verdict:
    """Target groups have stickiness disabled.

    Stickiness hides that the application keeps state. An appliance behind a gateway load balancer has to see both ways
    of a flow.
    """
    if group.text(PROTOCOL) == "GENEVE":
        return NOT_APPLICABLE
    sticks = contains(values_of(group, "stickiness.enabled"), "true")
    return compliant_if(none_of([sticks]), otherwise="stickiness is on")


@check(
    "AWS::ElasticLoadBalancingV2::TargetGroup",
    best_practices={"PERF04-BP05": "the service is called with HTTP/1.1"},
    effort="S",
    severity="low",
    fix="Recreate the target group with the protocol version HTTP2 or GRPC.",
    compliant=[{"tags.Protocol": "grpc", PROTOCOL: "HTTP", VERSION: "GRPC"}],
    non_compliant=[
        {"tags.Protocol": "grpc", PROTOCOL: "HTTP", VERSION: "HTTP1"},
        {"tags.Protocol": "http2", PROTOCOL: "HTTP"},
    ],
    not_applicable=[{PROTOCOL: "HTTP"}, {}],
)
def target_group_protocol_version_http2_grpc(group: ConfigurationItem) -> Verdict:
    """Target groups of gRPC and HTTP/2 services use that protocol version.

    Only where the tag Protocol says `grpc` or `http2`.
    """
    wanted = group.tag("Protocol").lower()
    if none_of([contains(("grpc", "http2"), wanted)]):
        return NOT_APPLICABLE
    version = group.text(VERSION, "HTTP1")
    return compliant_if(version.lower() == wanted, otherwise=f"the protocol version is {version}")


@check(
    "AWS::ElasticLoadBalancingV2::TargetGroup",
    best_practices={"PERF04-BP04": "requests of very different cost are dealt out in turn"},
    effort="S",
    severity="low",
    collector="load-balancers",
    fix="Set load_balancing.algorithm.type to least_outstanding_requests.",
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
    """Requests of uneven cost go to the target with the least to do.

    Only where the tag RequestCost says `uneven`. In turn is the default.
    """
    if group.tag("RequestCost") != "uneven":
        return NOT_APPLICABLE
    tuned = any_of(values_of(group, "load_balancing.algorithm.type"), lambda algorithm: algorithm != "round_robin")
    return compliant_if(tuned, otherwise="requests are dealt out in turn")


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
    fix="Create an alarm on UnHealthyHostCount with an action.",
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
    """An alarm notifies on unhealthy targets of a load balancer.

    On the number of unhealthy or of healthy hosts of the group.
    """

    def tells(alarm: ConfigurationItem) -> bool:
        metrics = [alarm.text("configuration.metricName")]
        metrics += alarm.texts("configuration.metrics.metricStat.metric.metricName")
        watches = any_of(metrics, lambda metric: contains(("HealthyHostCount", "UnHealthyHostCount"), metric))
        acts = alarm.flag("configuration.actionsEnabled", default=True)
        return all_of([watches, acts, alarm.has("configuration.alarmActions")])

    return compliant_if(any_of(group.related(ALARM), tells), otherwise="no alarm on its hosts")


def related(group: TemplateResource) -> dict[str, Sequence[TemplateResource]]:
    """Its alarms."""
    return alarms_of(group)


def lift(group: TemplateResource) -> dict[str, Any]:
    """A target group with its attributes; what a template leaves out has the API's default."""
    properties = dict(group.properties)
    attributes = properties.pop("TargetGroupAttributes", None)
    return {
        "configuration": lowered(properties),
        "supplementaryConfiguration": {"elbv2": {"DescribeTargetGroupAttributes": {"Attributes": attributes}}},
    }
