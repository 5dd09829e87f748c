"""Target groups: CloudFormation's shape; attributes are a list of keys and values."""

from collections.abc import Sequence

from pillarwatch import (
    NOT_APPLICABLE,
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

ATTRIBUTES = "configuration.TargetGroupAttributes"
ENABLED = "configuration.HealthCheckEnabled"
INTERVAL = "configuration.HealthCheckIntervalSeconds"
MATCHER = "configuration.Matcher"
PATH = "configuration.HealthCheckPath"
PROTOCOL = "configuration.Protocol"
KIND = "configuration.TargetType"
THRESHOLD = "configuration.UnhealthyThresholdCount"
VERSION = "configuration.ProtocolVersion"
WEB = ("HTTP", "HTTPS")


def setting(key: str, value: str) -> dict[str, object]:
    """An example of an application's target group with one attribute."""
    return {PROTOCOL: "HTTP", ATTRIBUTES: [{"Key": key, "Value": value}]}


def values_of(group: ConfigurationItem, key: str) -> Sequence[Attributes]:
    """The attribute of a key: one, or none."""
    return [each for each in group.objects(ATTRIBUTES) if each.text("Key") == key]


@check(
    "AWS::ElasticLoadBalancingV2::TargetGroup",
    best_practices={
        "REL11-BP01": "the health of the application is not asked for",
        "REL11-BP03": "a target that answers nothing useful stays in service",
    },
    effort="S",
    fix="Point the health check at a path of its own, such as /health, and name the codes that mean health.",
    compliant=[{PROTOCOL: "HTTP", PATH: "/health", f"{MATCHER}.HttpCode": "200"}],
    non_compliant=[
        {PROTOCOL: "HTTP", PATH: "/health"},
        {PROTOCOL: "HTTP", PATH: "/", f"{MATCHER}.HttpCode": "200"},
        {PROTOCOL: "HTTPS"},
        {PROTOCOL: "HTTP", ENABLED: False, PATH: "/health", f"{MATCHER}.HttpCode": "200"},
    ],
    not_applicable=[{PROTOCOL: "TCP"}, {}],
)
def elbv2_target_group_health_check_configured(group: ConfigurationItem) -> Verdict:
    """Target groups of applications ask a path of its own for health.

    The start page may be well while the application behind it is not.
    """
    if none_of([contains(WEB, group.text(PROTOCOL))]):
        return NOT_APPLICABLE
    path = group.text(PATH, "/")
    asked = [group.flag(ENABLED, default=True), path != "/", group.has(MATCHER)]
    return compliant_if(all_of(asked), otherwise=f"the path is {path}, codes chosen: {group.has(MATCHER)}")


@check(
    "AWS::ElasticLoadBalancingV2::TargetGroup",
    best_practices={
        "REL11-BP01": "a dead target is found only after minutes",
        "REL11-BP03": "requests go to a dead target meanwhile",
    },
    effort="S",
    severity="medium",
    fix="Lower the interval or the unhealthy threshold: at most 90 seconds between them.",
    compliant=[{INTERVAL: 30, THRESHOLD: 3}, {INTERVAL: 10, THRESHOLD: 9}, {}],
    non_compliant=[{INTERVAL: 30, THRESHOLD: 10}, {INTERVAL: 91, THRESHOLD: 1}],
)
def elbv2_target_group_health_check_timing(group: ConfigurationItem, *, most_seconds: int = 90) -> Verdict:
    """Target groups find a dead target within a minute and a half.

    The defaults, 30 seconds and two failures, do.
    """
    seconds = group.number(INTERVAL, 30) * group.number(THRESHOLD, 2)
    return compliant_if(seconds <= most_seconds, otherwise=f"a dead target is found after {seconds} seconds")


@check(
    "AWS::ElasticLoadBalancingV2::TargetGroup",
    best_practices={
        "OPS06-BP03": "every deployment waits five minutes for each target, or cuts requests off",
        "REL11-BP02": "how long a leaving target may answer was not thought about",
    },
    effort="S",
    severity="low",
    fix="Set deregistration_delay.timeout_seconds to what the longest request takes.",
    compliant=[setting("deregistration_delay.timeout_seconds", "60")],
    non_compliant=[setting("deregistration_delay.timeout_seconds", "300"), {PROTOCOL: "HTTP"}, {}],
    not_applicable=[{KIND: "lambda"}],
)
def elbv2_target_group_deregistration_delay_set(group: ConfigurationItem, *, default_seconds: int = 300) -> Verdict:
    """How long a leaving target may finish its requests was chosen.

    Five minutes is the default, and too long for most.
    """
    if group.text(KIND) == "lambda":
        return NOT_APPLICABLE
    chosen = any_of(
        values_of(group, "deregistration_delay.timeout_seconds"), lambda each: each.number("Value") != default_seconds
    )
    return compliant_if(chosen, otherwise="the delay is the default")


@check(
    "AWS::ElasticLoadBalancingV2::TargetGroup",
    best_practices={
        "REL05-BP06": "sessions stand in one target and are lost with it",
        "PERF04-BP04": "requests go where the session is, not where there is room",
    },
    effort="M",
    severity="low",
    fix="Keep sessions in a store of their own, and turn stickiness off.",
    compliant=[setting("stickiness.enabled", "false"), {}],
    non_compliant=[setting("stickiness.enabled", "true")],
)
def elbv2_target_group_stickiness_disabled(group: ConfigurationItem) -> Verdict:
    """Any target can answer any request.

    Stickiness hides that the application keeps state.
    """
    sticks = any_of(values_of(group, "stickiness.enabled"), lambda each: each.flag("Value"))
    return compliant_if(none_of([sticks]), otherwise="stickiness is on")


@check(
    "AWS::ElasticLoadBalancingV2::TargetGroup",
    best_practices={"PERF04-BP05": "services talk HTTP/1.1 where they could talk HTTP/2"},
    effort="S",
    severity="low",
    fix="Make the target group anew with the protocol version HTTP2 or GRPC.",
    compliant=[{"tags.Protocol": "grpc", PROTOCOL: "HTTP", VERSION: "GRPC"}],
    non_compliant=[
        {"tags.Protocol": "grpc", PROTOCOL: "HTTP", VERSION: "HTTP1"},
        {"tags.Protocol": "http2", PROTOCOL: "HTTP"},
    ],
    not_applicable=[{PROTOCOL: "HTTP"}, {}],
)
def target_group_protocol_version_http2_grpc(group: ConfigurationItem) -> Verdict:
    """Target groups of gRPC and HTTP/2 services speak their protocol.

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
    tuned = any_of(values_of(group, "load_balancing.algorithm.type"), lambda each: each.text("Value") != "round_robin")
    return compliant_if(tuned, otherwise="requests are dealt out in turn")
