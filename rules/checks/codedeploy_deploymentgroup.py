"""CodeDeploy deployment groups; their configuration items use the camelCase names of GetDeploymentGroup."""

from typing import Any

from pillarwatch import (
    NOT_APPLICABLE,
    ConfigurationItem,
    Verdict,
    all_of,
    check,
    compliant_if,
    compliant_if_all,
    none_of,
)
from pillarwatch.template_resource import TemplateResource, lowered
from pillarwatch.unknown import Unknown

PLATFORM = "configuration.computePlatform"
CONFIG = "configuration.deploymentConfigName"
ALL_AT_ONCE = "CodeDeployDefault.LambdaAllAtOnce"
SAFEGUARDS = ("autoRollbackConfiguration", "alarmConfiguration")


STYLE = "configuration.deploymentStyle"


@check(
    "AWS::CodeDeploy::DeploymentGroup",
    best_practices={
        "OPS06-BP03": "a new version receives all requests at once",
        "REL08-BP05": "deployments to production are not done in stages",
    },
    managed_rule="CODEDEPLOY_LAMBDA_ALLATONCE_TRAFFIC_SHIFT_DISABLED",
    effort="S",
    fix="Set DeploymentConfigName to a canary or linear one, such as CodeDeployDefault.LambdaCanary10Percent5Minutes.",
    compliant=[{PLATFORM: "Lambda", CONFIG: "CodeDeployDefault.LambdaCanary10Percent5Minutes"}],
    non_compliant=[{PLATFORM: "Lambda", CONFIG: ALL_AT_ONCE}],
    not_applicable=[{PLATFORM: "Server"}, {}],
)
def codedeploy_lambda_allatonce_traffic_shift_disabled(group: ConfigurationItem) -> Verdict:
    """CodeDeploy deployment groups shift Lambda traffic gradually.

    If all traffic is shifted at once, a faulty version affects all callers.
    """
    if group.text(PLATFORM) != "Lambda":
        return NOT_APPLICABLE
    at_once = group.text(CONFIG, ALL_AT_ONCE) == ALL_AT_ONCE
    return compliant_if(none_of([at_once]), f"DeploymentConfigName is {ALL_AT_ONCE} (expected a canary)")


@check(
    "AWS::CodeDeploy::DeploymentGroup",
    best_practices={
        "OPS06-BP04": "a faulty deployment is not rolled back automatically",
        "OPS06-BP01": "no rollback is prepared for a failed deployment",
        "REL08-BP05": "people have to watch each deployment to production",
    },
    managed_rule="CODEDEPLOY_AUTO_ROLLBACK_MONITOR_ENABLED",
    effort="S",
    fix="Enable AutoRollbackConfiguration and AlarmConfiguration, with the alarms that stop a deployment.",
    compliant=[{f"configuration.{safeguard}.enabled": True for safeguard in SAFEGUARDS}],
    non_compliant=[{"configuration.autoRollbackConfiguration.enabled": True}, {}],
)
def codedeploy_auto_rollback_monitor_enabled(group: ConfigurationItem) -> Verdict:
    """CodeDeploy deployment groups roll back automatically when an alarm goes off.

    Without automatic rollback, a faulty version stays deployed until people react. Without alarms, CodeDeploy rolls
    back only if the deployment itself fails, not if the new version causes errors.
    """
    return compliant_if_all(
        SAFEGUARDS, lambda safeguard: group.flag(f"configuration.{safeguard}.enabled"), "not enabled (expected both)"
    )


@check(
    "AWS::CodeDeploy::DeploymentGroup",
    best_practices={
        "OPS06-BP03": "the running version is changed in place",
        "REL08-BP04": "instances are changed instead of replaced",
    },
    effort="M",
    fix="Set DeploymentType to BLUE_GREEN and DeploymentOption to WITH_TRAFFIC_CONTROL in DeploymentStyle.",
    compliant=[{f"{STYLE}.deploymentType": "BLUE_GREEN", f"{STYLE}.deploymentOption": "WITH_TRAFFIC_CONTROL"}],
    non_compliant=[
        {f"{STYLE}.deploymentType": "IN_PLACE", f"{STYLE}.deploymentOption": "WITH_TRAFFIC_CONTROL"},
        {f"{STYLE}.deploymentType": "BLUE_GREEN"},
        {},
    ],
)
def codedeploy_blue_green_deployment_used(group: ConfigurationItem) -> Verdict:
    """CodeDeploy deployment groups use blue/green deployments.

    An in-place deployment, the default, replaces the running version, so a rollback needs another deployment.
    """
    kind, option = group.text(f"{STYLE}.deploymentType", "IN_PLACE"), group.text(f"{STYLE}.deploymentOption", "not set")
    is_blue_green = all_of([kind == "BLUE_GREEN", option == "WITH_TRAFFIC_CONTROL"])
    found = f"DeploymentType is {kind}, DeploymentOption is {option}"
    return compliant_if(is_blue_green, otherwise=f"{found} (expected BLUE_GREEN, WITH_TRAFFIC_CONTROL)")


INSTANCE_PROPERTIES = (
    "AutoScalingGroups",
    "Ec2TagFilters",
    "Ec2TagSet",
    "OnPremisesInstanceTagFilters",
    "OnPremisesTagSet",
)


def to_configuration_item(group: TemplateResource) -> dict[str, Any]:
    """The configuration item of a deployment group, with the compute platform of its application."""
    return {"configuration": {**lowered(group.properties), "computePlatform": _platform(group)}}


def _platform(group: TemplateResource) -> Any:
    """The compute platform of the application in the template, else derived from the group's own properties."""
    applications = group.names("AWS::CodeDeploy::Application", "ApplicationName")
    if applications:
        return applications[0].properties.get("ComputePlatform", "Server")
    name = group.properties.get("DeploymentConfigName")
    if isinstance(name, str) and name.startswith("CodeDeployDefault."):
        return next((kind for kind in ("Lambda", "ECS") if name.startswith(f"CodeDeployDefault.{kind}")), "Server")
    if "ECSServices" in group.properties:
        return "ECS"
    unknown = Unknown("the application of the deployment group is not in this template")
    return "Server" if any(key in group.properties for key in INSTANCE_PROPERTIES) else unknown
