"""Templates of elasticloadbalancing_loadbalancer."""

from tests.checks.templates import Case

CASES: list[Case] = [
    ("elb-logging-enabled", "COMPLIANT", {"AccessLoggingPolicy": {"Enabled": True, "S3BucketName": "logs"}}, {}),
    ("elb-logging-enabled", "NON_COMPLIANT", {"AccessLoggingPolicy": {"Enabled": False, "S3BucketName": "logs"}}, {}),
]
