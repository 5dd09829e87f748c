"""Route 53 health checks: CloudFormation's shape."""

from pillarwatch import ConfigurationItem, Verdict, all_of, check, compliant_if, contains

CONFIG = "configuration.HealthCheckConfig"
TYPES = ("HTTP", "HTTPS", "HTTP_STR_MATCH", "HTTPS_STR_MATCH", "TCP")  # of checks that connect to an endpoint


@check(
    "AWS::Route53::HealthCheck",
    best_practices={
        "REL02-BP01": "the failure of a public endpoint is detected only after minutes",
        "REL11-BP01": "too many failures are needed to mark an endpoint as unhealthy",
        "REL11-BP02": "users are still sent to a failed endpoint",
    },
    effort="S",
    severity="medium",
    fix="Set HealthCheckConfig.FailureThreshold to 3 or less.",
    compliant=[{f"{CONFIG}.Type": "HTTPS", f"{CONFIG}.FailureThreshold": 3}, {f"{CONFIG}.Type": "HTTPS"}],
    non_compliant=[{f"{CONFIG}.Type": "HTTPS", f"{CONFIG}.FailureThreshold": 4}],
    not_applicable=[{f"{CONFIG}.Type": "CALCULATED"}, {}],
)
def route53_health_check_configured(health: ConfigurationItem, *, most_failures: int = 3) -> Verdict:
    """Route 53 health checks have a failure threshold of at most three.

    With a higher threshold, users are sent to a failed endpoint for longer. Calculated health checks are not judged.
    """
    applies, failures = contains(TYPES, health.text(f"{CONFIG}.Type")), health.number(f"{CONFIG}.FailureThreshold", 3)
    fast = all_of([applies, failures <= most_failures])
    return compliant_if(fast, f"FailureThreshold is {failures} (expected at most {most_failures})", required=applies)
