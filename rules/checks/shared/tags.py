"""Checks of the tags and the Region of resources."""

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


def is_optional(resource: ConfigurationItem, tag_keys: Sequence[str], tagged: bool) -> bool:
    """Whether missing tags are not required: the setting `tag_keys` is empty, and the resource is not a stack."""
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
        "COST04-BP01": "no tag names the workload of the resource",
    },
    managed_rule="REQUIRED_TAGS",
    effort="S",
    severity="low",
    fix="Add the tags to the stack: CloudFormation copies them to its resources. Set `tag_keys` to require other tags.",
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
    """Resources have the required cost allocation tags.

    Without these tags, the cost of a resource cannot be allocated to a project. The parameter `tag_keys` names the tags
    that every resource requires. If it is empty, only stacks and templates are judged, by `stack_tag_keys`. The check
    treats a tag with an empty value as missing.
    """
    keys = tag_keys or stack_tag_keys
    if is_optional(resource, tag_keys, all_of(keys, lambda key: resource.tag(key) != "")):
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
        "SEC01-BP06": "the controls of the resource were configured manually",
    },
    effort="M",
    live=True,
    fix="Import the resource into a CloudFormation stack, or add the tag of your deployment tool to `tag_keys`.",
    compliant=[{"tags.aws:cloudformation:stack-name": "web"}],
    non_compliant=[{"tags.Name": "by-hand"}, {}],
)
def resource_managed_by_iac(
    resource: ConfigurationItem, *, tag_keys: Sequence[str] = ("aws:cloudformation:stack-name",)
) -> Verdict:
    """Resources are managed by infrastructure as code.

    A resource that was created manually cannot be reviewed, repeated in another environment or restored from a
    template. CloudFormation tags its resources with the name of the stack. The parameter `tag_keys` names the tags of
    other tools.
    """
    managed = any_of(tag_keys, lambda key: resource.tag(key) != "")
    return compliant_if(managed, otherwise=f"no tag of a deployment tool (expected one of {listed(tag_keys)})")


@check(
    "AWS::DynamoDB::Table",
    "AWS::Kinesis::Stream",
    "AWS::S3::Bucket",
    "AWS::SecretsManager::Secret",
    best_practices={
        "SEC07-BP02": "controls cannot be based on the sensitivity of the data",
        "SUS04-BP01": "the classification of the data is not recorded",
        "SEC07-BP01": "the sensitivity of the data is not recorded",
    },
    effort="S",
    severity="low",
    fix="Set the tag DataClassification to the class of the most sensitive data in the data store.",
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
    """Data stores have a data classification tag.

    Without a classification, encryption, access and retention cannot be matched to the sensitivity of the data. If the
    parameter `tag_key` is set, the check judges all data stores. Otherwise it judges only data stores with the tag
    DataClassification.
    """
    key = tag_key or "DataClassification"
    found = store.tag(key, "missing")
    otherwise = f"tag {key} is {found} (expected {' or '.join(classes)}; upper and lower case matter)"
    return compliant_if(contains(classes, found), otherwise, required=any_of([tag_key != "", found != "missing"]))


@check(
    "AWS::DynamoDB::Table",
    "AWS::ECS::Service",
    "AWS::Lambda::Function",
    "AWS::S3::Bucket",
    best_practices={
        "SUS01-BP01": "the resource runs in a Region that was not chosen for its carbon intensity",
        "COST07-BP02": "the resource runs in a Region that was not chosen for its price",
        "PERF04-BP06": "the resource runs in a Region that was not chosen for its latency",
    },
    effort="L",
    severity="low",
    live=True,
    fix="Move the resource to an approved Region, or add its Region to `approved_regions`.",
    compliant=[{"parameters.approved_regions": ["eu-west-1", "eu-north-1"]}],
    non_compliant=[{"parameters.approved_regions": ["eu-north-1"]}],
    not_applicable=[{}],
)
def workload_region_in_approved_list(resource: ConfigurationItem, *, approved_regions: Sequence[str] = ()) -> Verdict:
    """Resources run in approved Regions.

    In other Regions, price, latency, data residency and carbon intensity may not meet the requirements. Applies if the
    parameter `approved_regions` is set.
    """
    if not approved_regions:
        return NOT_APPLICABLE
    otherwise = f"the Region is {resource.region} (expected {' or '.join(approved_regions)})"
    return compliant_if(contains(approved_regions, resource.region), otherwise)


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
    fix="Add the tag Owner to the stack: CloudFormation copies it to the resources. Set `tag_keys` for other tags.",
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

    Without an owner tag, a finding or an incident cannot be assigned to a team. The parameter `tag_keys` names the
    accepted tags. Every resource requires one of them. If `tag_keys` is empty, the check evaluates only stacks and
    templates. They require a tag from `stack_tag_keys`.
    """
    keys = tag_keys or stack_tag_keys
    tagged = any_of(keys, lambda key: resource.tag(key) != "")
    if is_optional(resource, tag_keys, tagged):
        return NOT_APPLICABLE
    return compliant_if(tagged, otherwise=f"none of these tags: {listed(keys)} (expected one)")


OF_A_TEMPLATE = (required_tags, resource_owner_tag_present)  # judged once for each template, as for each stack
