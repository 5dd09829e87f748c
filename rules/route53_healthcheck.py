"""Health checks of Route 53: CloudFormation's shape."""

from pillarwatch import ConfigurationItem, Verdict, all_of, check, compliant_if, contains

CONFIG = "configuration.HealthCheckConfig"
KINDS = ("HTTP", "HTTPS", "HTTP_STR_MATCH", "HTTPS_STR_MATCH", "TCP")


@check(
    "AWS::Route53::HealthCheck",
    best_practices={
        "REL02-BP01": "the public endpoint is found dead only after minutes",
        "REL11-BP01": "failures are counted for too long",
        "REL11-BP02": "users are still sent to what is dead",
    },
    effort="S",
    severity="medium",
    fix="Set the failure threshold to three or less.",
    compliant=[{f"{CONFIG}.Type": "HTTPS", f"{CONFIG}.FailureThreshold": 3}, {f"{CONFIG}.Type": "HTTPS"}],
    non_compliant=[{f"{CONFIG}.Type": "HTTPS", f"{CONFIG}.FailureThreshold": 4}],
    not_applicable=[{f"{CONFIG}.Type": "CALCULATED"}, {}],
)
def route53_health_check_configured(health: ConfigurationItem, *, most_failures: int = 3) -> Verdict:
    """An endpoint counts as down after three failures.

    Which is the default. Calculated checks count others.
    """
    asks, failures = contains(KINDS, health.text(f"{CONFIG}.Type")), health.number(f"{CONFIG}.FailureThreshold", 3)
    right = all_of([asks, failures <= most_failures])
    return compliant_if(right, f"FailureThreshold is {failures} (expected at most {most_failures})", asked=asks)
