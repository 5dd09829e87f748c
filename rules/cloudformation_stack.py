"""CloudFormation stacks. Their items list their resources."""

from pillarwatch import ConfigurationItem, Verdict, any_of, check, compliant_if
from rules.shared.tags import required_tags

RESOURCES = "supplementaryConfiguration.StackResourceSummaries.logicalResourceId"


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
    compliant=[{RESOURCES.rpartition(".")[0]: [{"logicalResourceId": "Queue"}], "parameters.maximum": 1}],
    non_compliant=[
        {
            RESOURCES.rpartition(".")[0]: [{"logicalResourceId": "Queue"}, {"logicalResourceId": "Table"}],
            "parameters.maximum": 1,
        }
    ],
)
def cloudformation_stack_decomposed(stack: ConfigurationItem, *, maximum: int = 200) -> Verdict:
    """CloudFormation stacks are of a size that one can oversee.

    CloudFormation itself stops at 500 resources, too late to split without pain.
    """
    count = len(stack.texts(RESOURCES))
    return compliant_if(count <= maximum, otherwise=f"{count} resources")
