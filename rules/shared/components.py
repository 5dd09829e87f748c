"""Whether a component has a role of its own: functions and tasks with the others that have the same one."""

from collections.abc import Sequence

from pillarwatch import NOT_APPLICABLE, ConfigurationItem, Verdict, check, compliant_if, none_of
from pillarwatch.lift import TemplateResource

FUNCTION = "AWS::Lambda::Function"
FUNCTION_ROLE = "configuration.role"
TASK = "AWS::ECS::TaskDefinition"
TASK_ROLE = "configuration.TaskRoleArn"
ROLE = "arn:aws:iam::123456789012:role/web"


@check(
    FUNCTION,
    TASK,
    best_practices={
        "SEC03-BP02": "each component has the permissions of the other one",
        "SEC03-BP01": "the permissions that each component needs are not defined separately",
    },
    effort="M",
    severity="medium",
    collector="components",
    fix="Create one role for each component, with the permissions that it needs.",
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
    """Each Lambda function and ECS task has its own IAM role.

    The role is a function's execution role and a task's task role. Revisions of a task definition are one component.
    """
    if none_of([component.has(TASK_ROLE if component.resource_type == TASK else FUNCTION_ROLE)]):
        return NOT_APPLICABLE
    others = len(component.related(component.resource_type))
    return compliant_if(others == 0, otherwise=f"{others} more with the same role")


def sharing(component: TemplateResource, kind: str, by: str) -> dict[str, Sequence[TemplateResource]]:
    """The others of its type in a template that name the role which a component names in a property."""
    roles = component.names("AWS::IAM::Role", by)
    users = [user for role in roles for user in role.attached(kind, by)]
    return {kind: [user for user in users if user.logical_id != component.logical_id]}
