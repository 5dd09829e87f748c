"""VPCs, with what Config records apart from them: subnets, route tables, endpoints, NAT gateways."""

from collections.abc import Sequence

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
from rules.shared.networks import addresses_in

ENDPOINTS = "supplementaryConfiguration.ec2.DescribeVpcEndpoints.VpcEndpoints"
GATEWAYS = "supplementaryConfiguration.ec2.DescribeNatGateways.NatGateways"
SUBNETS = "supplementaryConfiguration.ec2.DescribeSubnets.Subnets"
TABLES = "supplementaryConfiguration.ec2.DescribeRouteTables.RouteTables"

RESERVED = 5  # addresses of every subnet that AWS keeps for itself

EMPTY = {"CidrBlock": "10.0.0.0/20", "AvailableIpAddressCount": 4091}
LOCAL = {"Associations": [{"Main": True}], "Routes": [{"GatewayId": "local"}]}
OUT = {"Associations": [{"SubnetId": "subnet-1"}], "Routes": [{"GatewayId": "local"}, {"GatewayId": "igw-1"}]}


@check(
    "AWS::EC2::VPC",
    best_practices={"SEC05-BP01": "everything stands in subnets that the internet can reach"},
    effort="L",
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
    best_practices={
        "REL10-BP01": "one Availability Zone takes all that stands in the network with it",
        "REL02-BP01": "there is no second way when a zone fails",
    },
    effort="L",
    collector="vpcs",
    live=True,
    fix="Add subnets in a second Availability Zone.",
    compliant=[{SUBNETS: [{"AvailabilityZoneId": "euw1-az1"}, {"AvailabilityZoneId": "euw1-az2"}]}],
    non_compliant=[{SUBNETS: [{"AvailabilityZoneId": "euw1-az1"}, {"AvailabilityZoneId": "euw1-az1"}]}],
    not_applicable=[{SUBNETS: []}],
)
def vpc_subnets_span_multiple_az(vpc: ConfigurationItem, *, min_availability_zones: int = 2) -> Verdict:
    """The subnets of a VPC stand in several Availability Zones.

    Ids of zones are compared: names are dealt out to accounts at random.
    """
    if not vpc.objects(SUBNETS):
        return NOT_APPLICABLE
    zones = set(vpc.texts(f"{SUBNETS}.AvailabilityZoneId"))
    return compliant_if(len(zones) >= min_availability_zones, otherwise=f"Availability Zones: {len(zones)}")


@check(
    "AWS::EC2::VPC",
    best_practices={
        "SEC05-BP02": "traffic to AWS's services leaves the network",
        "COST08-BP03": "traffic goes through NAT gateways that endpoints carry for less",
        "SUS04-BP07": "data takes a longer way than it has to",
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
    """A VPC has endpoints for the services that are used from it.

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
def nat_gateway_count_by_environment(
    vpc: ConfigurationItem, *, production: str = "production", most_elsewhere: int = 1
) -> Verdict:
    """VPCs outside production have one NAT gateway at most.

    Only where the tag Environment says that it is not `production`.
    """
    if any_of([vpc.tag("Environment", production) == production]):
        return NOT_APPLICABLE
    states = [contains(("available", "pending"), state) for state in vpc.texts(f"{GATEWAYS}.State")]
    count = sum(1 for alive in states if alive)
    return compliant_if(count <= most_elsewhere, otherwise=f"{count} NAT gateways")


def is_used(subnet: Attributes) -> bool:
    """Whether anything has an address in a subnet; one of IPv6 only does not tell."""
    if not subnet.has("CidrBlock"):
        return True
    return subnet.number("AvailableIpAddressCount") < addresses_in(subnet.text("CidrBlock")) - RESERVED


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
