"""Templates of elasticloadbalancingv2_loadbalancer."""

from tests.checks.templates import Case

CASES: list[Case] = [
    (
        "elb-logging-enabled",
        "COMPLIANT",
        {"LoadBalancerAttributes": [{"Key": "access_logs.s3.enabled", "Value": "true"}]},
        {},
    ),
    ("elbv2-multiple-az", "COMPLIANT", {"Subnets": ["subnet-1", "subnet-2"]}, {}),
    ("elbv2-multiple-az", "NON_COMPLIANT", {"Subnets": ["subnet-1"]}, {}),
]
