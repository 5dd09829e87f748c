"""VPCs, with what Config records apart from them: subnets, route tables, endpoints, NAT gateways, flow logs."""

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
from pillarwatch.lift import TemplateResource, lowered
from rules.shared.networks import addresses_in

ENDPOINTS = "supplementaryConfiguration.ec2.DescribeVpcEndpoints.VpcEndpoints"
FLOW_LOGS = "supplementaryConfiguration.ec2.DescribeFlowLogs.FlowLogs"
GATEWAYS = "supplementaryConfiguration.ec2.DescribeNatGateways.NatGateways"
SUBNETS = "supplementaryConfiguration.ec2.DescribeSubnets.Subnets"
TABLES = "supplementaryConfiguration.ec2.DescribeRouteTables.RouteTables"

RESERVED = 5  # addresses of every subnet that AWS keeps for itself

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
    best_practices={"SEC05-BP01": "everything stands in subnets that the internet can reach"},
    effort="L",
    severity="medium",
    collector="vpcs",
    live=True,
    fix="Add subnets without a route to an internet gateway, and move compute and data there.",
    compliant=[{SUBNETS: [{"SubnetId": "subnet-1"}, {"SubnetId": "subnet-2"}], TABLES: [LOCAL, OUT]}],
    non_compliant=[
        {SUBNETS: [{"SubnetId": "subnet-1"}], TABLES: [LOCAL, OUT]},
        {SUBNETS: [{"SubnetId": "subnet-3"}], TABLES: [{**OUT, "Associations": [{"Main": True}]}]},
        {SUBNETS: [{"SubnetId": "subnet-1", **EMPTY, "AvailableIpAddressCount": 4090}], TABLES: [LOCAL, OUT]},
    ],
    not_applicable=[{SUBNETS: [{"SubnetId": "subnet-1", **EMPTY}], TABLES: [LOCAL, OUT]}, {SUBNETS: []}],
)
def vpc_private_subnet_tier_exists(vpc: ConfigurationItem) -> Verdict:
    """A VPC has subnets that the internet does not reach.

    A subnet whose route table leads to an internet gateway is public; one that names no table has the main one. What
    stands in which tier the checks of instances and databases tell. A VPC in which nothing stands, such as the default
    one of a Region that is not used, is not judged.
    """
    if none_of(vpc.objects(SUBNETS), is_used):
        return NOT_APPLICABLE
    private = any_of(vpc.objects(SUBNETS), lambda subnet: none_of([is_public(vpc, subnet)]))
    return compliant_if(private, otherwise=f"all {len(vpc.objects(SUBNETS))} subnets are public")


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
    """The subnets of a VPC are in several Availability Zones.

    Ids of zones are compared: names are dealt out to accounts at random.
    """
    if not vpc.objects(SUBNETS):
        return NOT_APPLICABLE
    zones = set(vpc.texts(f"{SUBNETS}.AvailabilityZoneId"))
    return compliant_if(len(zones) >= min_availability_zones, otherwise=f"Availability Zones: {len(zones)}")


@check(
    "AWS::EC2::VPC",
    best_practices={
        "SEC05-BP02": "traffic to AWS services uses the internet",
        "COST08-BP03": "traffic that endpoints carry at lower cost passes NAT gateways",
        "SUS04-BP07": "traffic takes a longer path than needed",
    },
    managed_rule="VPC_ENDPOINT_ENABLED",
    effort="S",
    severity="medium",
    collector="vpcs",
    live=True,
    fix="Create gateway endpoints for S3 and DynamoDB, which cost nothing.",
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
    """VPCs have endpoints for AWS services.

    AWS's own rule takes one service; here `services` names them all, the two that have free endpoints by default. From
    a VPC in which nothing stands nothing is used.
    """
    if none_of(vpc.objects(SUBNETS), is_used):
        return NOT_APPLICABLE
    endpoints = vpc.objects(ENDPOINTS)

    def reached(service: str) -> bool:
        def leads_there(endpoint: Attributes) -> bool:
            is_up = endpoint.text("State").lower() == "available"
            return all_of([is_up, endpoint.text("ServiceName").endswith(f".{service}")])

        return any_of(endpoints, leads_there)

    return compliant_if_all(services, reached, "no endpoint for")


@check(
    "AWS::EC2::VPC",
    best_practices={
        "COST08-BP02": "test environments pay for as many NAT gateways as production",
        "COST06-BP02": "the number of NAT gateways does not follow what the environment needs",
    },
    effort="M",
    severity="low",
    collector="vpcs",
    live=True,
    fix="Share one NAT gateway, or do without where endpoints are enough.",
    compliant=[{"tags.Environment": "test", GATEWAYS: [{"State": "available"}, {"State": "deleted"}]}],
    non_compliant=[{"tags.Environment": "test", GATEWAYS: [{"State": "available"}, {"State": "pending"}]}],
    not_applicable=[
        {"tags.Environment": "production", GATEWAYS: [{"State": "available"}, {"State": "available"}]},
        {GATEWAYS: [{"State": "available"}, {"State": "available"}]},
        {},
    ],
)
def nat_gateway_count_by_environment(vpc: ConfigurationItem, *, most_elsewhere: int = 1) -> Verdict:
    """VPCs outside production have one NAT gateway at most.

    Only where the tag Environment says that it is not `production`.
    """
    if any_of([contains(("", PRODUCTION), vpc.environment)]):
        return NOT_APPLICABLE
    states = [contains(("available", "pending"), state) for state in vpc.texts(f"{GATEWAYS}.State")]
    count = sum(1 for alive in states if alive)
    return compliant_if(count <= most_elsewhere, otherwise=f"{count} NAT gateways")


@check(
    "AWS::EC2::VPC",
    best_practices={
        "REL10-BP01": "outbound traffic of several zones depends on one Availability Zone",
        "COST08-BP02": "outbound traffic between zones is billed",
    },
    effort="M",
    severity="medium",
    collector="vpcs",
    live=True,
    fix="Make a NAT gateway in each Availability Zone, or a regional one, and route each subnet to its own zone's.",
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

    Unless the tag Environment says that the network is not `production`: there one gateway is enough.
    """
    if none_of([contains(("", PRODUCTION), vpc.environment)]):
        return NOT_APPLICABLE
    zones = {subnet.text("SubnetId"): subnet.text("AvailabilityZoneId") for subnet in vpc.objects(SUBNETS)}

    def stays_in_its_zone(subnet: Attributes) -> bool:
        ways = nat_gateways_of(vpc, subnet)

        def is_near(gateway: Attributes) -> bool:
            near = zones.get(gateway.text("SubnetId"), "elsewhere") == subnet.text("AvailabilityZoneId")
            everywhere = gateway.text("AvailabilityMode") == "regional"
            return all_of([contains(ways, gateway.text("NatGatewayId")), any_of([near, everywhere])])

        return any_of(vpc.objects(GATEWAYS), is_near)

    return compliant_if_all(
        vpc.objects(SUBNETS),
        stays_in_its_zone,
        "no NAT gateway in the zone of",
        named="SubnetId",
        where=lambda subnet: any_of(nat_gateways_of(vpc, subnet), is_nat),
    )


@check(
    "AWS::EC2::VPC",
    best_practices={
        "COST08-BP03": "the NAT gateway bills traffic to S3 and DynamoDB per gigabyte",
        "SUS04-BP07": "traffic takes a longer path than needed",
    },
    effort="S",
    collector="vpcs",
    live=True,
    fix="Create gateway endpoints, which cost nothing, and associate them with every route table that leads to NAT.",
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

    An endpoint that no route table names carries nothing, and one of the kind Interface is paid for.
    """

    def leads_to(table: Attributes, service: str) -> bool:
        def is_way(endpoint: Attributes) -> bool:
            is_gateway = endpoint.text("VpcEndpointType") == "Gateway"
            is_named = contains(endpoint.texts("RouteTableIds"), table.text("RouteTableId"))
            return all_of([is_gateway, is_named, endpoint.text("ServiceName").endswith(f".{service}")])

        return any_of(vpc.objects(ENDPOINTS), is_way)

    return compliant_if_all(
        vpc.objects(TABLES),
        lambda table: all_of(services, lambda service: leads_to(table, service)),
        f"no gateway endpoints for {' and '.join(services)}",
        named="RouteTableId",
        where=lambda table: any_of(table.texts("Routes.NatGatewayId"), is_nat),
    )


@check(
    "AWS::EC2::VPC",
    best_practices={
        "SEC04-BP01": "network traffic is not logged",
        "PERF04-BP07": "there is no traffic data to optimize the network with",
        "SEC10-BP03": "network traffic cannot be analyzed after an incident",
    },
    managed_rule="VPC_FLOW_LOGS_ENABLED",
    automation="AWSSupport-EnableVPCFlowLogs",
    effort="S",
    severity="medium",
    collector="vpcs",
    fix="Create a flow log of the VPC.",
    compliant=[{FLOW_LOGS: [{"FlowLogStatus": "ACTIVE"}]}],
    non_compliant=[{FLOW_LOGS: [{"FlowLogStatus": "FAILED"}]}, {FLOW_LOGS: []}, {}],
)
def vpc_flow_logs_enabled(vpc: ConfigurationItem) -> Verdict:
    """VPCs have flow logs enabled.

    Flow logs of single subnets or interfaces do not count, as in AWS's own rule.
    """
    active = any_of(vpc.objects(FLOW_LOGS), lambda log: log.text("FlowLogStatus") == "ACTIVE")
    return compliant_if(active, otherwise="no flow log of the VPC is active")


def nat_gateways_of(vpc: ConfigurationItem, subnet: Attributes) -> Sequence[str]:
    """The NAT gateways to which the route table of a subnet, its own or the VPC's main one, leads."""
    tables = vpc.objects(TABLES)
    own = [table for table in tables if contains(table.texts("Associations.SubnetId"), subnet.text("SubnetId"))]
    main = [table for table in tables if any_of(table.objects("Associations"), lambda each: each.flag("Main"))]
    return [gateway for table in own or main for gateway in table.texts("Routes.NatGatewayId")]


def is_nat(way: str) -> bool:
    """Whether a route leads to a NAT gateway."""
    return way.startswith("nat-")


def is_public(vpc: ConfigurationItem, subnet: Attributes) -> bool:
    """Whether the route table of a subnet, its own or the VPC's main one, leads to an internet gateway."""
    tables = vpc.objects(TABLES)

    def is_its_own(table: Attributes) -> bool:
        return contains(table.texts("Associations.SubnetId"), subnet.text("SubnetId"))

    has_its_own = any_of(tables, is_its_own)

    def leads_out(table: Attributes) -> bool:
        is_main = any_of(table.objects("Associations"), lambda association: association.flag("Main"))
        holds = any_of([is_its_own(table), all_of([is_main, none_of([has_its_own])])])
        return all_of([holds, any_of(table.texts("Routes.GatewayId"), lambda way: way.startswith("igw-"))])

    return any_of(tables, leads_out)


def lift(vpc: TemplateResource) -> dict[str, Any]:
    """A VPC with its flow logs. Of the rest of its network a template may have a part only."""
    logs = [{**log.properties, "FlowLogStatus": "ACTIVE"} for log in vpc.attached("AWS::EC2::FlowLog", "ResourceId")]
    return {
        "configuration": lowered(vpc.properties),
        "supplementaryConfiguration": {"ec2": {"DescribeFlowLogs": {"FlowLogs": logs}}},
    }


def is_used(subnet: Attributes) -> bool:
    """Whether anything has an address in a subnet; one of IPv6 only does not tell."""
    if not subnet.has("CidrBlock"):
        return True
    return subnet.number("AvailableIpAddressCount") < addresses_in(subnet.text("CidrBlock")) - RESERVED
