"""App Runner services; their configuration items use the property names of CloudFormation."""

from pillarwatch import ConfigurationItem, Verdict, check, compliant_if, none_of

EGRESS_TYPE = "configuration.NetworkConfiguration.EgressConfiguration.EgressType"
PUBLIC = "configuration.NetworkConfiguration.IngressConfiguration.IsPubliclyAccessible"
UNHEALTHY_THRESHOLD = "configuration.HealthCheckConfiguration.UnhealthyThreshold"
OBSERVABILITY = "configuration.ObservabilityConfiguration.ObservabilityEnabled"


@check(
    "AWS::AppRunner::Service",
    best_practices={"OPS04-BP05": "requests to the service are not traced"},
    managed_rule="APPRUNNER_SERVICE_OBSERVABILITY_ENABLED",
    effort="S",
    severity="low",
    fix="Set ObservabilityEnabled to true, with an observability configuration for the trace vendor AWSXRAY.",
    compliant=[{OBSERVABILITY: True}],
    non_compliant=[{OBSERVABILITY: False}, {}],
)
def apprunner_service_observability_enabled(service: ConfigurationItem) -> Verdict:
    """App Runner services have X-Ray tracing enabled.

    Without traces, the call that delays a slow request is hard to find. Tracing is off by default.
    """
    return compliant_if(service.flag(OBSERVABILITY), otherwise="ObservabilityEnabled is false (expected true)")


@check(
    "AWS::AppRunner::Service",
    best_practices={"SEC05-BP02": "no security group filters and no flow log records the outgoing traffic"},
    managed_rule="APPRUNNER_SERVICE_IN_VPC",
    effort="M",
    severity="low",
    fix="Set EgressType to VPC with a VPC connector. Calls to the internet then need a NAT gateway, which is charged.",
    compliant=[{EGRESS_TYPE: "VPC"}],
    non_compliant=[{EGRESS_TYPE: "DEFAULT"}, {}],
)
def apprunner_service_in_vpc(service: ConfigurationItem) -> Verdict:
    """App Runner services send outgoing traffic through a VPC.

    Without a VPC connector, security groups and flow logs cannot control or record the outgoing traffic.
    """
    egress = service.text(EGRESS_TYPE, "DEFAULT")
    return compliant_if(egress == "VPC", otherwise=f"EgressType is {egress} (expected VPC)")


@check(
    "AWS::AppRunner::Service",
    best_practices={"SEC05-BP01": "the service has a public endpoint"},
    managed_rule="APPRUNNER_SERVICE_NO_PUBLIC_ACCESS",
    effort="M",
    severity="medium",
    exposed=True,
    fix="Set IsPubliclyAccessible to false, and create a VPC ingress connection for the clients.",
    compliant=[{PUBLIC: False}],
    non_compliant=[{PUBLIC: True}, {}],
)
def apprunner_service_no_public_access(service: ConfigurationItem) -> Verdict:
    """App Runner services are not publicly accessible.

    The internet can send requests to a public service, which is the default. Waive this check for a public website.
    """
    private = none_of([service.flag(PUBLIC, default=True)])
    return compliant_if(private, otherwise="IsPubliclyAccessible is true (expected false)")


@check(
    "AWS::AppRunner::Service",
    best_practices={"REL11-BP01": "a failed instance is detected only after many failed health checks"},
    managed_rule="APPRUNNER_SERVICE_MAX_UNHEALTHY_THRESHOLD",
    effort="S",
    severity="low",
    fix="Set HealthCheckConfiguration.UnhealthyThreshold to 5 or less.",
    compliant=[{UNHEALTHY_THRESHOLD: 5}, {}],
    non_compliant=[{UNHEALTHY_THRESHOLD: 6}],
)
def apprunner_service_max_unhealthy_threshold(
    service: ConfigurationItem, *, max_unhealthy_threshold: int = 5
) -> Verdict:
    """App Runner services have an unhealthy threshold of at most 5.

    If more failed health checks are needed, a failed instance receives requests for longer. The default is 5.
    """
    threshold = service.number(UNHEALTHY_THRESHOLD, 5)
    found = f"UnhealthyThreshold is {threshold} (expected {max_unhealthy_threshold} or less)"
    return compliant_if(threshold <= max_unhealthy_threshold, otherwise=found)
