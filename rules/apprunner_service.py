"""App Runner services: CloudFormation's shape."""

from pillarwatch import ConfigurationItem, Verdict, check, compliant_if, none_of

EGRESS = "configuration.NetworkConfiguration.EgressConfiguration.EgressType"
PUBLIC = "configuration.NetworkConfiguration.IngressConfiguration.IsPubliclyAccessible"
THRESHOLD = "configuration.HealthCheckConfiguration.UnhealthyThreshold"
TRACING = "configuration.ObservabilityConfiguration.ObservabilityEnabled"


@check(
    "AWS::AppRunner::Service",
    best_practices={"OPS04-BP05": "requests cannot be followed through the service"},
    managed_rule="APPRUNNER_SERVICE_OBSERVABILITY_ENABLED",
    effort="S",
    severity="low",
    fix="Attach an observability configuration with X-Ray.",
    compliant=[{TRACING: True}],
    non_compliant=[{TRACING: False}, {}],
)
def apprunner_service_observability_enabled(service: ConfigurationItem) -> Verdict:
    """App Runner services trace their requests.

    It is off unless a configuration is attached.
    """
    return compliant_if(service.flag(TRACING), otherwise="observability is off")


@check(
    "AWS::AppRunner::Service",
    best_practices={"SEC05-BP02": "what the service calls passes no security group and no flow log"},
    managed_rule="APPRUNNER_SERVICE_IN_VPC",
    effort="M",
    severity="low",
    fix="Let the service's outgoing traffic pass a VPC connector.",
    compliant=[{EGRESS: "VPC"}],
    non_compliant=[{EGRESS: "DEFAULT"}, {}],
)
def apprunner_service_in_vpc(service: ConfigurationItem) -> Verdict:
    """Outgoing traffic of App Runner services passes a VPC of the account.

    By default it goes straight to the internet.
    """
    egress = service.text(EGRESS, "DEFAULT")
    return compliant_if(egress == "VPC", otherwise=f"outgoing traffic is {egress}")


@check(
    "AWS::AppRunner::Service",
    best_practices={"SEC05-BP01": "the service has a public endpoint"},
    managed_rule="APPRUNNER_SERVICE_NO_PUBLIC_ACCESS",
    effort="M",
    severity="medium",
    exposed=True,
    fix="Make the service private, and reach it by a VPC ingress connection.",
    compliant=[{PUBLIC: False}],
    non_compliant=[{PUBLIC: True}, {}],
)
def apprunner_service_no_public_access(service: ConfigurationItem) -> Verdict:
    """App Runner services are accessible from a VPC only.

    A service is public by default: waive it for a site that everybody may see.
    """
    return compliant_if(none_of([service.flag(PUBLIC, default=True)]), otherwise="it is public")


@check(
    "AWS::AppRunner::Service",
    best_practices={"REL11-BP01": "a dead instance is found only after many failed checks"},
    managed_rule="APPRUNNER_SERVICE_MAX_UNHEALTHY_THRESHOLD",
    effort="S",
    severity="low",
    fix="Lower the unhealthy threshold of the health check.",
    compliant=[{THRESHOLD: 5}, {}],
    non_compliant=[{THRESHOLD: 6}],
)
def apprunner_service_max_unhealthy_threshold(
    service: ConfigurationItem, *, max_unhealthy_threshold: int = 5
) -> Verdict:
    """App Runner services replace an instance after a few failures.

    The default, five of them every five seconds, does.
    """
    failures = service.number(THRESHOLD, 5)
    return compliant_if(failures <= max_unhealthy_threshold, otherwise=f"an instance may fail {failures} times")
