"""What a resource's tags and its region say of it."""

from collections.abc import Sequence

from pillarwatch import (
    NOT_APPLICABLE,
    ConfigurationItem,
    Verdict,
    all_of,
    any_of,
    check,
    compliant_if,
    compliant_if_all,
    contains,
    listed,
    none_of,
)

STACK = "AWS::CloudFormation::Stack"
SET = "parameters.tag_keys"


def is_unasked(resource: ConfigurationItem, tag_keys: Sequence[str], tagged: bool) -> bool:
    """Whether tags that a resource lacks are nobody's wish: the settings name none, and it is no stack."""
    return all_of([len(tag_keys) == 0, resource.resource_type != STACK, none_of([tagged])])


@check(
    STACK,
    "AWS::DynamoDB::Table",
    "AWS::EC2::Instance",
    "AWS::ECS::Cluster",
    "AWS::ECS::Service",
    "AWS::ElasticLoadBalancingV2::LoadBalancer",
    "AWS::Kinesis::Stream",
    "AWS::Lambda::Function",
    "AWS::RDS::DBInstance",
    "AWS::S3::Bucket",
    "AWS::SNS::Topic",
    "AWS::SQS::Queue",
    best_practices={
        "COST03-BP02": "cost cannot be allocated to a project or a cost center",
        "COST03-BP03": "tags for cost attribution are missing",
        "COST04-BP01": "no tag names the workload that the resource belongs to",
    },
    managed_rule="REQUIRED_TAGS",
    effort="S",
    severity="low",
    fix="Tag the stack: CloudFormation passes its tags on to the resources. Name your own tags in `tag_keys`.",
    compliant=[
        {"tags.Project": "lma", "tags.Environment": "production", "tags.CostCenter": "4711"},
        {"tags.Team": "web", SET: ["Team"]},
    ],
    non_compliant=[
        {"tags.Project": "lma", "tags.Environment": "production", "tags.CostCenter": ""},
        {SET: ["Team"]},
        {},
    ],
    not_applicable=[{"resourceType": "AWS::S3::Bucket"}],
)
def required_tags(
    resource: ConfigurationItem,
    *,
    tag_keys: Sequence[str] = (),
    stack_tag_keys: Sequence[str] = ("Project", "Environment", "CostCenter"),
) -> Verdict:
    """Resources have the tags by which their cost is allocated.

    Every resource, with the tags that the settings name in `tag_keys`. Without that setting only a stack can fail, by
    `stack_tag_keys`, and a template as one stack. An empty value counts as missing.
    """
    keys = tag_keys or stack_tag_keys
    if is_unasked(resource, tag_keys, all_of(keys, lambda key: resource.tag(key) != "")):
        return NOT_APPLICABLE
    return compliant_if_all(keys, lambda key: resource.tag(key) != "", "missing tags")


@check(
    "AWS::CloudFront::Distribution",
    "AWS::DynamoDB::Table",
    "AWS::EC2::Instance",
    "AWS::ECS::Cluster",
    "AWS::ECS::Service",
    "AWS::ElasticLoadBalancingV2::LoadBalancer",
    "AWS::Kinesis::Stream",
    "AWS::Lambda::Function",
    "AWS::RDS::DBInstance",
    "AWS::S3::Bucket",
    "AWS::SNS::Topic",
    "AWS::SQS::Queue",
    best_practices={
        "REL08-BP05": "the resource was created manually",
        "OPS05-BP04": "the resource was not created by a deployment tool",
        "SUS06-BP02": "improvements have to be made manually for each resource",
        "SEC11-BP06": "the resource was deployed manually",
        "SEC01-BP06": "the controls were configured manually instead of by a template",
    },
    effort="M",
    live=True,
    fix="Import the resource into a CloudFormation stack; name the tag of another tool in the parameter `tag_keys`.",
    compliant=[{"tags.aws:cloudformation:stack-name": "web"}],
    non_compliant=[{"tags.Name": "by-hand"}, {}],
)
def resource_managed_by_iac(
    resource: ConfigurationItem, *, tag_keys: Sequence[str] = ("aws:cloudformation:stack-name",)
) -> Verdict:
    """Resources are created and changed by infrastructure as code.

    CloudFormation leaves its stack's name as a tag; a tool that leaves another tag is named in `tag_keys`.
    """
    managed = any_of(tag_keys, lambda key: resource.tag(key) != "")
    return compliant_if(managed, otherwise=f"none of the tags {listed(tag_keys)}")


@check(
    "AWS::DynamoDB::Table",
    "AWS::Kinesis::Stream",
    "AWS::S3::Bucket",
    "AWS::SecretsManager::Secret",
    best_practices={
        "SEC07-BP02": "controls cannot be based on a stated sensitivity",
        "SUS04-BP01": "the class and the lifetime of the data are not stated",
        "SEC07-BP01": "the sensitivity of the data is not recorded",
    },
    effort="S",
    severity="low",
    fix="Tag the store with the class of the most sensitive data that it holds.",
    compliant=[{"tags.DataClassification": "Confidential"}, {"parameters.tag_key": "Class", "tags.Class": "Public"}],
    non_compliant=[{"tags.DataClassification": "secret-ish"}, {"parameters.tag_key": "Class"}],
    not_applicable=[{}],
)
def data_classification_tag_present(
    store: ConfigurationItem,
    *,
    tag_key: str = "",
    classes: Sequence[str] = ("Public", "Internal", "Confidential", "Restricted"),
) -> Verdict:
    """Data stores state the class of the data that they hold.

    Encryption, access and retention can then follow the data's sensitivity. Every store is judged where the settings
    name the tag in `tag_key`; without that setting, only one that has the tag DataClassification.
    """
    key = tag_key or "DataClassification"
    found = store.tag(key, "missing")
    otherwise = f"tag {key} is {found} (expected {' or '.join(classes)})"
    return compliant_if(contains(classes, found), otherwise, asked=any_of([tag_key != "", found != "missing"]))


@check(
    "AWS::DynamoDB::Table",
    "AWS::ECS::Service",
    "AWS::Lambda::Function",
    "AWS::S3::Bucket",
    best_practices={
        "SUS01-BP01": "it runs where nobody weighed the carbon intensity",
        "COST07-BP02": "it runs where nobody weighed the price",
        "PERF04-BP06": "it runs where nobody weighed the latency",
    },
    effort="L",
    severity="low",
    live=True,
    fix="Move the resource to a region of the list, or add its region with a reason.",
    compliant=[{"parameters.approved_regions": ["eu-west-1", "eu-north-1"]}],
    non_compliant=[{"parameters.approved_regions": ["eu-north-1"]}],
    not_applicable=[{}],
)
def workload_region_in_approved_list(resource: ConfigurationItem, *, approved_regions: Sequence[str] = ()) -> Verdict:
    """Resources run in the regions chosen for price, latency, residency and carbon intensity.

    Only where the settings name the chosen regions.
    """
    if not approved_regions:
        return NOT_APPLICABLE
    return compliant_if(contains(approved_regions, resource.region), otherwise=f"it is in {resource.region}")


@check(
    STACK,
    "AWS::DynamoDB::Table",
    "AWS::EC2::Instance",
    "AWS::ECS::Service",
    "AWS::Lambda::Function",
    "AWS::RDS::DBInstance",
    "AWS::S3::Bucket",
    best_practices={
        "OPS02-BP01": "no tag names the owner",
        "OPS02-BP04": "no tag names the contact",
    },
    effort="S",
    severity="low",
    same_cause_as="required-tags",
    fix="Tag the stack with its Owner: CloudFormation passes it on. Name your own tags in `tag_keys`.",
    compliant=[
        {"tags.Owner": "team-meetings"},
        {"tags.Team": "meetings"},
        {"tags.Squad": "web", SET: ["Squad"]},
        {"resourceType": "AWS::S3::Bucket", "tags.Owner": "web"},
    ],
    non_compliant=[{"tags.Owner": ""}, {SET: ["Squad"]}, {}],
    not_applicable=[{"resourceType": "AWS::S3::Bucket"}],
)
def resource_owner_tag_present(
    resource: ConfigurationItem, *, tag_keys: Sequence[str] = (), stack_tag_keys: Sequence[str] = ("Owner", "Team")
) -> Verdict:
    """Resources have an owner tag.

    One of the tags is enough. As with the tags of cost, every resource is judged where the settings name tags in
    `tag_keys`, else the stack.
    """
    keys = tag_keys or stack_tag_keys
    tagged = any_of(keys, lambda key: resource.tag(key) != "")
    if is_unasked(resource, tag_keys, tagged):
        return NOT_APPLICABLE
    return compliant_if(tagged, otherwise=f"none of these tags: {listed(keys)} (expected one)")


OF_A_TEMPLATE = (required_tags, resource_owner_tag_present)  # judged once for a template, as for a stack
