"""Templates of ecs_taskdefinition."""

from tests.rules.checks.templates import Case, other

TAGS = [{"Key": "Environment", "Value": "development"}]

CASES: list[Case] = [
    ("resource-allocation-per-environment", "COMPLIANT", {"Tags": TAGS, "Memory": "8 GB"}, {}),
    ("resource-allocation-per-environment", "NON_COMPLIANT", {"Tags": TAGS, "Memory": "8.5GB"}, {}),
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
