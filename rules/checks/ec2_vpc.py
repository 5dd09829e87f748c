"""VPCs with their subnets, route tables, endpoints, NAT gateways and flow logs, which Config records separately."""

from collections.abc import Sequence
from typing import Any

from pillarwatch import (
    NOT_APPLICABLE,
    Attributes,
    ConfigurationItem,
    Verdict,
    all_of,
    any_of,
    check,
    compliant_if,
    compliant_if_all,
    contains,
    none_of,
)
from pillarwatch.environments import PRODUCTION
from pillarwatch.template_resource import TemplateResource, lowered
from rules.checks.shared.networks import addresses_in

ENDPOINTS = "supplementaryConfiguration.ec2.DescribeVpcEndpoints.VpcEndpoints"
FLOW_LOGS = "supplementaryConfiguration.ec2.DescribeFlowLogs.FlowLogs"
GATEWAYS = "supplementaryConfiguration.ec2.DescribeNatGateways.NatGateways"
SUBNETS = "supplementaryConfiguration.ec2.DescribeSubnets.Subnets"
TABLES = "supplementaryConfiguration.ec2.DescribeRouteTables.RouteTables"

RESERVED = 5  # addresses of every subnet that AWS reserves

EMPTY = {"CidrBlock": "10.0.0.0/20", "AvailableIpAddressCount": 4091}
LOCAL = {"Associations": [{"Main": True}], "Routes": [{"GatewayId": "local"}]}
NAT_1 = {"Associations": [{"Main": True}], "RouteTableId": "rtb-1", "Routes": [{"NatGatewayId": "nat-1"}]}
NAT_2 = {"Associations": [{"SubnetId": "subnet-2"}], "Routes": [{"NatGatewayId": "nat-2"}]}
ZONES = [
    {"SubnetId": "subnet-1", "AvailabilityZoneId": "euw1-az1"},
    {"SubnetId": "subnet-2", "AvailabilityZoneId": "euw1-az2"},
]
OUT = {"Associations": [{"SubnetId": "subnet-1"}], "Routes": [{"GatewayId": "local"}, {"GatewayId": "igw-1"}]}


@check(
    "AWS::EC2::VPC",
    best_practices={"SEC05-BP01": "all subnets of the VPC are public"},
    effort="L",
    severity="medium",
    collector="vpcs",
    live=True,
    fix="Add subnets without a route to an internet gateway, and move compute and databases to them.",
    compliant=[{SUBNETS: [{"SubnetId": "subnet-1"}, {"SubnetId": "subnet-2"}], TABLES: [LOCAL, OUT]}],
    non_compliant=[
        {SUBNETS: [{"SubnetId": "subnet-1"}], TABLES: [LOCAL, OUT]},
        {SUBNETS: [{"SubnetId": "subnet-3"}], TABLES: [{**OUT, "Associations": [{"Main": True}]}]},
        {SUBNETS: [{"SubnetId": "subnet-1", **EMPTY, "AvailableIpAddressCount": 4090}], TABLES: [LOCAL, OUT]},
    ],
    not_applicable=[{SUBNETS: [{"SubnetId": "subnet-1", **EMPTY}], TABLES: [LOCAL, OUT]}, {SUBNETS: []}],
)
def vpc_private_subnet_tier_exists(vpc: ConfigurationItem) -> Verdict:
    """VPCs have a private subnet.

    Without a private subnet, the internet can reach every subnet of the VPC. A subnet is public if its route table has
    a route to an internet gateway. A subnet without a route table uses the main route table. VPCs without resources are
    not evaluated.
    """
    if none_of(vpc.objects(SUBNETS), is_used):
        return NOT_APPLICABLE
    private = any_of(vpc.objects(SUBNETS), lambda subnet: none_of([is_public(vpc, subnet)]))
    return compliant_if(private, otherwise=f"private subnets: 0 of {len(vpc.objects(SUBNETS))} (expected at least 1)")


@check(
    "AWS::EC2::VPC",
    best_practices={"REL10-BP01": "all subnets fail together with one Availability Zone"},
    effort="L",
    severity="medium",
    collector="vpcs",
    live=True,
    fix="Add subnets in a second Availability Zone.",
    compliant=[{SUBNETS: [{"AvailabilityZoneId": "euw1-az1"}, {"AvailabilityZoneId": "euw1-az2"}]}],
    non_compliant=[{SUBNETS: [{"AvailabilityZoneId": "euw1-az1"}, {"AvailabilityZoneId": "euw1-az1"}]}],
    not_applicable=[{SUBNETS: []}],
)
def vpc_subnets_span_multiple_az(vpc: ConfigurationItem, *, min_availability_zones: int = 2) -> Verdict:
    """VPCs have subnets in at least two Availability Zones.

    Subnets in one Availability Zone fail together. Zone IDs are compared, because zone names differ by account.
    """
    if not vpc.objects(SUBNETS):
        return NOT_APPLICABLE
    zones, least = len(set(vpc.texts(f"{SUBNETS}.AvailabilityZoneId"))), min_availability_zones
    return compliant_if(zones >= least, otherwise=f"Availability Zones: {zones} (expected at least {least})")


@check(
    "AWS::EC2::VPC",
    best_practices={
        "SEC05-BP02": "traffic to AWS services uses public addresses",
        "COST08-BP03": "traffic to AWS services does not use free gateway endpoints",
        "SUS04-BP07": "traffic to AWS services takes a longer network path",
    },
    managed_rule="VPC_ENDPOINT_ENABLED",
    effort="S",
    severity="medium",
    collector="vpcs",
    live=True,
    fix="Create gateway endpoints for S3 and DynamoDB. They are free of charge.",
    compliant=[
        {
            SUBNETS: [{"SubnetId": "subnet-1"}],
            ENDPOINTS: [
                {"ServiceName": "com.amazonaws.eu-west-1.s3", "State": "available"},
                {"ServiceName": "com.amazonaws.eu-west-1.dynamodb", "State": "Available"},
            ],
        }
    ],
    non_compliant=[
        {
            SUBNETS: [{"SubnetId": "subnet-1"}],
            ENDPOINTS: [
                {"ServiceName": "com.amazonaws.eu-west-1.s3", "State": "available"},
                {"ServiceName": "com.amazonaws.eu-west-1.dynamodb", "State": "failed"},
            ],
        },
        {SUBNETS: [{"SubnetId": "subnet-1"}], ENDPOINTS: []},
    ],
    not_applicable=[{SUBNETS: [EMPTY], ENDPOINTS: []}, {SUBNETS: []}],
)
def vpc_endpoint_enabled(vpc: ConfigurationItem, *, services: Sequence[str] = ("s3", "dynamodb")) -> Verdict:
    """VPCs have endpoints for S3 and DynamoDB.

    Without endpoints, traffic to AWS services uses public addresses, and NAT gateways charge for it. The parameter
    `services` can name other services. VPCs without resources are not evaluated.
    """
    if none_of(vpc.objects(SUBNETS), is_used):
        return NOT_APPLICABLE
    endpoints = vpc.objects(ENDPOINTS)

    def has_endpoint(service: str) -> bool:
        def serves(endpoint: Attributes) -> bool:
            available = endpoint.text("State").lower() == "available"
            return all_of([available, endpoint.text("ServiceName").endswith(f".{service}")])

        return any_of(endpoints, serves)

    return compliant_if_all(services, has_endpoint, "no available endpoint (expected one)")


@check(
    "AWS::EC2::VPC",
    best_practices={
        "COST08-BP02": "several NAT gateways are charged outside production",
        "COST06-BP02": "the number of NAT gateways exceeds the needs of the environment",
    },
    effort="M",
    severity="low",
    collector="vpcs",
    live=True,
    fix="Share one NAT gateway, or use VPC endpoints instead. A shared gateway depends on one Availability Zone.",
    compliant=[{"tags.Environment": "test", GATEWAYS: [{"State": "available"}, {"State": "deleted"}]}],
    non_compliant=[{"tags.Environment": "test", GATEWAYS: [{"State": "available"}, {"State": "pending"}]}],
    not_applicable=[
        {"tags.Environment": "production", GATEWAYS: [{"State": "available"}, {"State": "available"}]},
        {GATEWAYS: [{"State": "available"}, {"State": "available"}]},
        {},
    ],
)
def nat_gateway_count_by_environment(vpc: ConfigurationItem, *, most_elsewhere: int = 1) -> Verdict:
    """VPCs outside production have at most one NAT gateway.

    Each NAT gateway is charged by the hour. Applies to VPCs with an Environment tag other than production.
    """
    if any_of([contains(("", PRODUCTION), vpc.environment)]):
        return NOT_APPLICABLE
    active = [contains(("available", "pending"), state) for state in vpc.texts(f"{GATEWAYS}.State")]
    count = sum(1 for is_active in active if is_active)
    return compliant_if(count <= most_elsewhere, otherwise=f"NAT gateways: {count} (expected at most {most_elsewhere})")


@check(
    "AWS::EC2::VPC",
    best_practices={
        "REL10-BP01": "outbound traffic of several zones depends on one Availability Zone",
        "COST08-BP02": "outbound traffic between Availability Zones is charged",
    },
    effort="M",
    severity="medium",
    collector="vpcs",
    live=True,
    fix="Create a NAT gateway in each Availability Zone, or a regional one, and route the subnets of the zone to it.",
    compliant=[
        {
            SUBNETS: ZONES,
            TABLES: [NAT_1, NAT_2],
            GATEWAYS: [
                {"NatGatewayId": "nat-1", "SubnetId": "subnet-1"},
                {"NatGatewayId": "nat-2", "AvailabilityMode": "regional"},
            ],
        }
    ],
    non_compliant=[
        {SUBNETS: ZONES, TABLES: [NAT_1], GATEWAYS: [{"NatGatewayId": "nat-1", "SubnetId": "subnet-1"}]},
        {SUBNETS: ZONES, TABLES: [NAT_1, NAT_2], GATEWAYS: []},
    ],
    not_applicable=[
        {SUBNETS: ZONES, TABLES: [OUT]},
        {SUBNETS: ZONES, TABLES: [NAT_1], "tags.Environment": "test"},
        {},
    ],
)
def nat_gateway_per_az(vpc: ConfigurationItem) -> Verdict:
    """Subnets use a NAT gateway in their own Availability Zone.

    If the Availability Zone of a shared NAT gateway fails, subnets in other zones lose outbound access. VPCs with an
    Environment tag other than production are not evaluated.
    """
    if none_of([contains(("", PRODUCTION), vpc.environment)]):
        return NOT_APPLICABLE
    zones = {subnet.text("SubnetId"): subnet.text("AvailabilityZoneId") for subnet in vpc.objects(SUBNETS)}

    def has_near_gateway(subnet: Attributes) -> bool:
        routed = nat_gateways_of(vpc, subnet)

        def is_near(gateway: Attributes) -> bool:
            near = zones.get(gateway.text("SubnetId"), "other") == subnet.text("AvailabilityZoneId")
            regional = gateway.text("AvailabilityMode") == "regional"
            return all_of([contains(routed, gateway.text("NatGatewayId")), any_of([near, regional])])

        return any_of(vpc.objects(GATEWAYS), is_near)

    return compliant_if_all(
        vpc.objects(SUBNETS),
        has_near_gateway,
        "no NAT gateway in the subnet's Availability Zone (expected one)",
        named="SubnetId",
        where=lambda subnet: any_of(nat_gateways_of(vpc, subnet), is_nat),
    )


@check(
    "AWS::EC2::VPC",
    best_practices={
        "COST08-BP03": "the NAT gateway charges for traffic to S3 and DynamoDB",
        "SUS04-BP07": "traffic to S3 and DynamoDB takes a longer network path",
    },
    effort="S",
    collector="vpcs",
    live=True,
    fix="Create the gateway endpoints, and associate them with each route table that has a route to a NAT gateway.",
    compliant=[
        {
            TABLES: [NAT_1, LOCAL],
            ENDPOINTS: [
                {
                    "VpcEndpointType": "Gateway",
                    "ServiceName": f"com.amazonaws.eu-west-1.{name}",
                    "RouteTableIds": ["rtb-1"],
                }
                for name in ("s3", "dynamodb")
            ],
        }
    ],
    non_compliant=[
        {
            TABLES: [NAT_1],
            ENDPOINTS: [
                {"VpcEndpointType": kind, "ServiceName": f"com.amazonaws.eu-west-1.{name}", "RouteTableIds": ["rtb-1"]}
                for kind, name in (("Gateway", "s3"), ("Interface", "dynamodb"))
            ],
        },
        {TABLES: [NAT_1], ENDPOINTS: []},
    ],
    not_applicable=[{TABLES: [LOCAL, OUT]}, {}],
)
def vpc_gateway_endpoint_s3_dynamodb(
    vpc: ConfigurationItem, *, services: Sequence[str] = ("s3", "dynamodb")
) -> Verdict:
    """Route tables with a NAT gateway have gateway endpoints for S3 and DynamoDB.

    Without gateway endpoints, the NAT gateway charges for each gigabyte to S3 and DynamoDB. The route table must be
    associated with the endpoint. Interface endpoints are not sufficient, because they are charged.
    """

    def has_endpoint(table: Attributes, service: str) -> bool:
        def serves(endpoint: Attributes) -> bool:
            is_gateway = endpoint.text("VpcEndpointType") == "Gateway"
            is_associated = contains(endpoint.texts("RouteTableIds"), table.text("RouteTableId"))
            return all_of([is_gateway, is_associated, endpoint.text("ServiceName").endswith(f".{service}")])

        return any_of(vpc.objects(ENDPOINTS), serves)

    return compliant_if_all(
        vpc.objects(TABLES),
        lambda table: all_of(services, lambda service: has_endpoint(table, service)),
        f"no gateway endpoints for {' and '.join(services)} (expected in each route table)",
        named="RouteTableId",
        where=lambda table: any_of(table.texts("Routes.NatGatewayId"), is_nat),
    )


@check(
    "AWS::EC2::VPC",
    best_practices={
        "SEC04-BP01": "network traffic is not logged",
        "PERF04-BP07": "no traffic data is available to optimize the network",
        "SEC10-BP03": "network traffic cannot be analyzed after an incident",
    },
    managed_rule="VPC_FLOW_LOGS_ENABLED",
    automation="AWSSupport-EnableVPCFlowLogs",
    effort="S",
    severity="medium",
    collector="vpcs",
    fix="Create a flow log with ResourceType VPC. Log delivery and storage are charged.",
    compliant=[{FLOW_LOGS: [{"FlowLogStatus": "ACTIVE"}]}],
    non_compliant=[{FLOW_LOGS: [{"FlowLogStatus": "FAILED"}]}, {FLOW_LOGS: []}, {}],
)
def vpc_flow_logs_enabled(vpc: ConfigurationItem) -> Verdict:
    """VPCs have flow logs enabled.

    Without flow logs, network traffic cannot be analyzed. Flow logs of subnets and network interfaces are not
    sufficient.
    """
    active = any_of(vpc.objects(FLOW_LOGS), lambda log: log.text("FlowLogStatus") == "ACTIVE")
    return compliant_if(active, otherwise="no flow log of the VPC is active (expected one)")


def nat_gateways_of(vpc: ConfigurationItem, subnet: Attributes) -> Sequence[str]:
    """The NAT gateways in the routes of a subnet: of its own route table, or else of the main one."""
    tables = vpc.objects(TABLES)
    own = [table for table in tables if contains(table.texts("Associations.SubnetId"), subnet.text("SubnetId"))]
    main = [table for table in tables if any_of(table.objects("Associations"), lambda each: each.flag("Main"))]
    return [gateway for table in own or main for gateway in table.texts("Routes.NatGatewayId")]


def is_nat(target: str) -> bool:
    """Whether the target of a route is a NAT gateway."""
    return target.startswith("nat-")


def is_public(vpc: ConfigurationItem, subnet: Attributes) -> bool:
    """Whether a subnet has a route to an internet gateway, in its own route table or else in the main one."""
    tables = vpc.objects(TABLES)

    def is_own(table: Attributes) -> bool:
        return contains(table.texts("Associations.SubnetId"), subnet.text("SubnetId"))

    has_own = any_of(tables, is_own)

    def has_internet_route(table: Attributes) -> bool:
        is_main = any_of(table.objects("Associations"), lambda association: association.flag("Main"))
        applies = any_of([is_own(table), all_of([is_main, none_of([has_own])])])
        return all_of([applies, any_of(table.texts("Routes.GatewayId"), lambda target: target.startswith("igw-"))])

    return any_of(tables, has_internet_route)


def to_configuration_item(vpc: TemplateResource) -> dict[str, Any]:
    """A VPC with its flow logs. The rest of the network can be defined outside the template."""
    logs = [{**log.properties, "FlowLogStatus": "ACTIVE"} for log in vpc.attached("AWS::EC2::FlowLog", "ResourceId")]
    return {
        "configuration": lowered(vpc.properties),
        "supplementaryConfiguration": {"ec2": {"DescribeFlowLogs": {"FlowLogs": logs}}},
    }


def is_used(subnet: Attributes) -> bool:
    """Whether a resource uses an address of a subnet; an IPv6-only subnet counts as used, because it has no count."""
    if not subnet.has("CidrBlock"):
        return True
    return subnet.number("AvailableIpAddressCount") < addresses_in(subnet.text("CidrBlock")) - RESERVED
