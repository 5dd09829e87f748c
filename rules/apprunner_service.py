"""App Runner services: CloudFormation's shape."""

from pillarwatch import ConfigurationItem, Verdict, check, compliant_if

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
