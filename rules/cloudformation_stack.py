"""CloudFormation stacks. Their items list their resources."""

from pillarwatch import NOT_APPLICABLE, ConfigurationItem, Verdict, check, compliant_if
from rules.shared.tags import required_tags, resource_owner_tag_present

RESOURCES = "supplementaryConfiguration.StackResourceSummaries"


@check(
    "AWS::CloudFormation::Stack",
    best_practices={
        "REL03-BP01": "the workload is one piece",
        "OPS05-BP09": "a change is never small in a stack of this size",
    },
    effort="L",
    severity="low",
    live=True,
    fix="Split the template along its components into stacks of their own, or nested ones.",
    compliant=[{RESOURCES: [{"logicalResourceId": "Queue"}], "parameters.max_resources": 1}],
    non_compliant=[{RESOURCES: [{"logicalResourceId": name} for name in "AB"], "parameters.max_resources": 1}],
    not_applicable=[{}],
)
def cloudformation_stack_decomposed(stack: ConfigurationItem, *, max_resources: int = 200) -> Verdict:
    """CloudFormation stacks are of a size that one can oversee.

    CloudFormation itself stops at 500 resources, too late to split without pain.
    """
    count = len(stack.texts(f"{RESOURCES}.logicalResourceId"))
    if count == 0:
        return NOT_APPLICABLE
    return compliant_if(count <= max_resources, otherwise=f"{count} resources")
