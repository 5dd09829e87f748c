"""Lambda functions and ECS task definitions with the others that use the same IAM role."""

from collections.abc import Sequence

from pillarwatch import NOT_APPLICABLE, ConfigurationItem, Verdict, check, compliant_if, none_of
from pillarwatch.template_resource import TemplateResource

FUNCTION = "AWS::Lambda::Function"
FUNCTION_ROLE = "configuration.role"
TASK = "AWS::ECS::TaskDefinition"
TASK_ROLE = "configuration.TaskRoleArn"
ROLE = "arn:aws:iam::123456789012:role/web"


@check(
    FUNCTION,
    TASK,
    best_practices={
        "SEC03-BP02": "components share a role and have each other's permissions",
        "SEC03-BP01": "the permissions that each component needs are not defined separately",
    },
    effort="M",
    severity="medium",
    collector="components",
    fix="Create one IAM role for each function or task, with only the permissions that the function or task needs.",
    compliant=[
        {FUNCTION_ROLE: ROLE, f"related.{FUNCTION}": []},
        {"resourceType": TASK, TASK_ROLE: ROLE, f"related.{TASK}": []},
    ],
    non_compliant=[
        {FUNCTION_ROLE: ROLE, f"related.{FUNCTION}": [{"resourceId": "orders"}]},
        {"resourceType": TASK, TASK_ROLE: ROLE, f"related.{TASK}": [{"resourceId": "worker"}]},
    ],
    not_applicable=[{f"related.{FUNCTION}": []}],
)
def dedicated_iam_role_per_component(component: ConfigurationItem) -> Verdict:
    """Lambda functions and ECS task definitions have a dedicated IAM role.

    Components that share a role have each other's permissions, so an attacker in one component reaches the data of all.
    The role is the execution role of a function and the task role of a task. Revisions of a task definition may share
    a role.
    """
    if none_of([component.has(TASK_ROLE if component.resource_type == TASK else FUNCTION_ROLE)]):
        return NOT_APPLICABLE
    others = len(component.related(component.resource_type))
    return compliant_if(others == 0, otherwise=f"other components with the same IAM role: {others} (expected 0)")


def sharing(component: TemplateResource, kind: str, by: str) -> dict[str, Sequence[TemplateResource]]:
    """The other resources of a type in a template that use the role of a component. ``by`` is the role's property."""
    roles = component.names("AWS::IAM::Role", by)
    users = [user for role in roles for user in role.attached(kind, by)]
    return {kind: [user for user in users if user.logical_id != component.logical_id]}
