"""Templates of codedeploy_deploymentgroup."""

from tests.rules.checks.templates import Case, other

CASES: list[Case] = [
    (
        "codedeploy-lambda-allatonce-traffic-shift-disabled",
        "NON_COMPLIANT",
        {"ApplicationName": {"Ref": "App"}, "DeploymentConfigName": "CodeDeployDefault.LambdaAllAtOnce"},
        {"App": other("AWS::CodeDeploy::Application", ComputePlatform="Lambda")},
    ),
    (
        "codedeploy-auto-rollback-monitor-enabled",
        "COMPLIANT",
        {"AutoRollbackConfiguration": {"Enabled": True}, "AlarmConfiguration": {"Enabled": True}},
        {},
    ),
    (
        "codedeploy-lambda-allatonce-traffic-shift-disabled",
        "COMPLIANT",
        {"ApplicationName": {"Ref": "App"}, "DeploymentConfigName": "CodeDeployDefault.LambdaCanary10Percent5Minutes"},
        {"App": other("AWS::CodeDeploy::Application", ComputePlatform="Lambda")},
    ),
    (
        "codedeploy-lambda-allatonce-traffic-shift-disabled",
        "NON_COMPLIANT",
        {"ApplicationName": "elsewhere", "DeploymentConfigName": "CodeDeployDefault.LambdaAllAtOnce"},
        {},
    ),
    (
        "codedeploy-lambda-allatonce-traffic-shift-disabled",
        "NOT_APPLICABLE",
        {"ApplicationName": "elsewhere", "AutoScalingGroups": ["web"]},
        {},
    ),
    (
        "codedeploy-lambda-allatonce-traffic-shift-disabled",
        "INSUFFICIENT_DATA",
        {"ApplicationName": "elsewhere", "DeploymentConfigName": "our-own"},
        {},
    ),
]
