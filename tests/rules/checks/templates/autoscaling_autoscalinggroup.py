"""Templates of autoscaling_autoscalinggroup."""

from typing import Any

from tests.rules.checks.templates import Case, other

SUBNETS = {"VPCZoneIdentifier": [{"Ref": "One"}, {"Ref": "Two"}]}
FIRST, SECOND = ({"Fn::Select": [at, {"Fn::GetAZs": ""}]} for at in ("0", 1))


def subnet(zone: Any) -> dict[str, Any]:
    """A subnet of the template."""
    return other("AWS::EC2::Subnet", AvailabilityZone=zone)


CASES: list[Case] = [
    *(
        (
            "autoscaling-multiple-az",
            verdict,
            {
                "MinSize": "1",
                "MaxSize": "2",
                "AvailabilityZones": [{"Fn::Select": [place, {"Fn::GetAZs": ""}]} for place in places],
            },
            {},
        )
        for verdict, places in (("COMPLIANT", ("0", "1")), ("NON_COMPLIANT", ("1", "1")))
    ),
    ("autoscaling-multiple-az", "INSUFFICIENT_DATA", {"VPCZoneIdentifier": ["subnet-1", "subnet-2"]}, {}),
    ("autoscaling-multiple-az", "NON_COMPLIANT", {"VPCZoneIdentifier": ["subnet-1"]}, {}),
    ("autoscaling-multiple-az", "NON_COMPLIANT", {"AvailabilityZones": ["eu-west-1a"]}, {}),
    ("autoscaling-multiple-az", "COMPLIANT", {"AvailabilityZones": {"Fn::GetAZs": ""}}, {}),
    ("autoscaling-multiple-az", "COMPLIANT", SUBNETS, {"One": subnet("eu-west-1a"), "Two": subnet("eu-west-1b")}),
    ("autoscaling-multiple-az", "NON_COMPLIANT", SUBNETS, {"One": subnet("eu-west-1a"), "Two": subnet("eu-west-1a")}),
    ("autoscaling-multiple-az", "COMPLIANT", SUBNETS, {"One": subnet(FIRST), "Two": subnet(SECOND)}),
    ("autoscaling-multiple-az", "NON_COMPLIANT", SUBNETS, {"One": subnet(FIRST), "Two": subnet(FIRST)}),
    ("autoscaling-multiple-az", "INSUFFICIENT_DATA", SUBNETS, {"One": subnet("eu-west-1a"), "Two": subnet(None)}),
    (
        "autoscaling-group-elb-healthcheck-required",
        "NON_COMPLIANT",
        {"TrafficSources": [{"Identifier": "arn:aws:elasticloadbalancing:x", "Type": "elbv2"}]},
        {},
    ),
    (
        "autoscaling-group-elb-healthcheck-required",
        "NOT_APPLICABLE",
        {"TrafficSources": [{"Identifier": "arn:aws:vpc-lattice:x", "Type": "vpc-lattice"}]},
        {},
    ),
    (
        "autoscaling-group-metrics-collection-enabled",
        "COMPLIANT",
        {"MetricsCollection": [{"Granularity": "1Minute"}]},
        {},
    ),
]
