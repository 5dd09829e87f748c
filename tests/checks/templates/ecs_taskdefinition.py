"""Templates of ecs_taskdefinition."""

from tests.checks.templates import Case, other

CASES: list[Case] = [
    ("ecs-task-definition-log-configuration", "NON_COMPLIANT", {"ContainerDefinitions": [{"Name": "web"}]}, {}),
    (
        "dedicated-iam-role-per-component",
        "COMPLIANT",
        {"TaskRoleArn": {"Fn::GetAtt": "Role.Arn"}},
        {"Role": other("AWS::IAM::Role")},
    ),
    (
        "dedicated-iam-role-per-component",
        "NON_COMPLIANT",
        {"TaskRoleArn": {"Fn::GetAtt": "Role.Arn"}},
        {
            "Role": other("AWS::IAM::Role"),
            "Other": other("AWS::ECS::TaskDefinition", TaskRoleArn={"Fn::GetAtt": "Role.Arn"}),
        },
    ),
]
