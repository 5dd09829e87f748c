"""Beanstalk environments: options are a list in a template, and a map in an item."""

from typing import Any

from tests.rules.checks.templates import Case


def options(value: Any, namespace: Any = "aws:elasticbeanstalk:managedactions", **more: Any) -> dict[str, Any]:
    setting = {"Namespace": namespace, "OptionName": "ManagedActionsEnabled", "Value": value}
    other = {"Namespace": "aws:ec2:vpc", "OptionName": "VPCId", "Value": "vpc-1"}
    return {"ApplicationName": "shop", "OptionSettings": [other, setting], **more}


def health(**system: str) -> dict[str, Any]:
    setting = {"Namespace": "aws:elasticbeanstalk:healthreporting:system", "OptionName": "SystemType", **system}
    return {"ApplicationName": "shop", "OptionSettings": [setting]}


HEALTH = "beanstalk-enhanced-health-reporting-enabled"
CHECK = "elastic-beanstalk-managed-updates-enabled"
CASES: list[Case] = [
    (HEALTH, "COMPLIANT", health(Value="enhanced"), {}),
    (HEALTH, "NON_COMPLIANT", health(Value="basic"), {}),
    (HEALTH, "NON_COMPLIANT", health(), {}),
    (HEALTH, "INSUFFICIENT_DATA", {"ApplicationName": "shop", "TemplateName": "base"}, {}),
    (CHECK, "COMPLIANT", options("true"), {}),
    (CHECK, "COMPLIANT", options(value=True, TemplateName="base"), {}),
    (CHECK, "NON_COMPLIANT", options("false"), {}),
    (CHECK, "NON_COMPLIANT", {"ApplicationName": "shop"}, {}),
    (CHECK, "INSUFFICIENT_DATA", {"ApplicationName": "shop", "TemplateName": "base"}, {}),
    (CHECK, "INSUFFICIENT_DATA", options("true", namespace={"Fn::ImportValue": "unknown"}), {}),
]
