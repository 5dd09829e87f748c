"""Deployment groups of CodeDeploy."""

from typing import Any

from pillarwatch import (
    NOT_APPLICABLE,
    ConfigurationItem,
    Verdict,
    all_of,
    check,
    compliant_if,
    compliant_if_all,
)
from pillarwatch.lift import TemplateResource, lowered
from pillarwatch.unknown import Unknown

PLATFORM = "configuration.computePlatform"
CONFIG = "configuration.deploymentConfigName"
GUARDS = ("autoRollbackConfiguration", "alarmConfiguration")


STYLE = "configuration.deploymentStyle"


@check(
    "AWS::CodeDeploy::DeploymentGroup",
    best_practices={
        "OPS06-BP03": "a new version meets all users at once",
        "REL08-BP05": "production is not deployed to in stages",
    },
    managed_rule="CODEDEPLOY_LAMBDA_ALLATONCE_TRAFFIC_SHIFT_DISABLED",
    effort="S",
    fix="Choose a canary or linear configuration, e.g. CodeDeployDefault.LambdaCanary10Percent5Minutes.",
    compliant=[{PLATFORM: "Lambda", CONFIG: "CodeDeployDefault.LambdaCanary10Percent5Minutes"}],
    non_compliant=[{PLATFORM: "Lambda", CONFIG: "CodeDeployDefault.LambdaAllAtOnce"}],
    not_applicable=[{PLATFORM: "Server"}, {}],
)
def codedeploy_lambda_allatonce_traffic_shift_disabled(group: ConfigurationItem) -> Verdict:
    """New versions of Lambda functions reach their callers step by step.

    What is wrong with a version then meets a tenth of the callers, not all of them.
    """
    if group.text(PLATFORM) != "Lambda":
        return NOT_APPLICABLE
    name = group.text(CONFIG, "CodeDeployDefault.LambdaAllAtOnce")
    return compliant_if(name != "CodeDeployDefault.LambdaAllAtOnce", otherwise=f"configuration is {name}")


@check(
    "AWS::CodeDeploy::DeploymentGroup",
    best_practices={
        "OPS06-BP04": "a bad deployment is not rolled back by itself",
        "OPS06-BP01": "nothing is prepared for a deployment that fails",
        "REL08-BP05": "somebody has to watch each deployment to production",
    },
    managed_rule="CODEDEPLOY_AUTO_ROLLBACK_MONITOR_ENABLED",
    effort="S",
    fix="Turn on automatic rollback, and name the alarms that stop a deployment.",
    compliant=[{f"configuration.{guard}.enabled": True for guard in GUARDS}],
    non_compliant=[{"configuration.autoRollbackConfiguration.enabled": True}, {}],
)
def codedeploy_auto_rollback_monitor_enabled(group: ConfigurationItem) -> Verdict:
    """Alarms stop a deployment, and CodeDeploy rolls it back.

    It takes both: a rollback without alarms knows only that the deployment itself failed.
    """
    return compliant_if_all(GUARDS, lambda guard: group.flag(f"configuration.{guard}.enabled"), "not enabled")


@check(
    "AWS::CodeDeploy::DeploymentGroup",
    best_practices={
        "OPS06-BP03": "the version in use is changed in place",
        "REL08-BP04": "instances are changed instead of replaced",
    },
    effort="M",
    fix="Move the deployment group to blue/green with traffic control.",
    compliant=[{f"{STYLE}.deploymentType": "BLUE_GREEN", f"{STYLE}.deploymentOption": "WITH_TRAFFIC_CONTROL"}],
    non_compliant=[
        {f"{STYLE}.deploymentType": "IN_PLACE", f"{STYLE}.deploymentOption": "WITH_TRAFFIC_CONTROL"},
        {f"{STYLE}.deploymentType": "BLUE_GREEN"},
        {},
    ],
)
def codedeploy_blue_green_deployment_used(group: ConfigurationItem) -> Verdict:
    """CodeDeploy puts a new version beside the old one.

    And moves the traffic then. In place and without traffic control is the default.
    """
    kind, option = group.text(f"{STYLE}.deploymentType", "IN_PLACE"), group.text(f"{STYLE}.deploymentOption", "none")
    right = all_of([kind == "BLUE_GREEN", option == "WITH_TRAFFIC_CONTROL"])
    return compliant_if(right, otherwise=f"{kind}, {option}")


MACHINES = ("AutoScalingGroups", "Ec2TagFilters", "Ec2TagSet", "OnPremisesInstanceTagFilters", "OnPremisesTagSet")


def lift(group: TemplateResource) -> dict[str, Any]:
    """A deployment group with the platform of its application."""
    return {"configuration": {**lowered(group.properties), "computePlatform": _platform(group)}}


def _platform(group: TemplateResource) -> Any:
    """The platform as the application in the template says, else as what the group itself has makes plain."""
    applications = group.names("AWS::CodeDeploy::Application", "ApplicationName")
    if applications:
        return applications[0].properties.get("ComputePlatform", "Server")
    name = group.properties.get("DeploymentConfigName")
    if isinstance(name, str) and name.startswith("CodeDeployDefault."):
        return next((kind for kind in ("Lambda", "ECS") if name.startswith(f"CodeDeployDefault.{kind}")), "Server")
    if "ECSServices" in group.properties:
        return "ECS"
    unknown = Unknown("its application is not in this template")
    return "Server" if any(key in group.properties for key in MACHINES) else unknown
