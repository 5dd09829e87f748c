"""Templates of autoscaling_autoscalinggroup."""

from tests.checks.templates import Case

CASES: list[Case] = [
    ("autoscaling-multiple-az", "COMPLIANT", {"VPCZoneIdentifier": ["subnet-1", "subnet-2"]}, {}),
    ("autoscaling-multiple-az", "NON_COMPLIANT", {"AvailabilityZones": ["eu-west-1a"]}, {}),
    (
        "autoscaling-group-metrics-collection-enabled",
        "COMPLIANT",
        {"MetricsCollection": [{"Granularity": "1Minute"}]},
        {},
    ),
]
