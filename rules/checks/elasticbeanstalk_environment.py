"""Elastic Beanstalk environments: the shape of the describe API, with options by namespace and name."""

from typing import Any

from pillarwatch import ConfigurationItem, Verdict, check, compliant_if
from pillarwatch.template_resource import TemplateResource, elements, lowered
from pillarwatch.unknown import Unknown

OPTIONS = "configuration.optionSettings"
HEALTH = ("aws:elasticbeanstalk:healthreporting:system", "SystemType")
MANAGED = ("aws:elasticbeanstalk:managedactions", "ManagedActionsEnabled")
REPORTING, UPDATES = (f"{OPTIONS}.{namespace}.{option}.value" for namespace, option in (HEALTH, MANAGED))


@check(
    "AWS::ElasticBeanstalk::Environment",
    best_practices={
        "OPS05-BP05": "platform patches are not applied automatically",
        "SEC06-BP01": "known vulnerabilities of the platform are not patched",
        "SUS06-BP03": "the platform is not kept up to date",
    },
    managed_rule="ELASTIC_BEANSTALK_MANAGED_UPDATES_ENABLED",
    effort="S",
    fix="Set ManagedActionsEnabled to true, UpdateLevel to minor, and PreferredStartTime to a weekly hour.",
    compliant=[{UPDATES: "true"}],
    non_compliant=[{UPDATES: "false"}, {}],
)
def elastic_beanstalk_managed_updates_enabled(environment: ConfigurationItem) -> Verdict:
    """Elastic Beanstalk environments have managed platform updates enabled.

    Without managed platform updates, security patches of the platform wait until an engineer installs them. The API's
    default is off.
    """
    return compliant_if(environment.flag(UPDATES), otherwise="ManagedActionsEnabled is false (expected true)")


@check(
    "AWS::ElasticBeanstalk::Environment",
    best_practices={
        "REL11-BP01": "an instance that returns errors is not detected as unhealthy",
        "REL06-BP01": "the error rate and latency of the environment are not measured",
    },
    managed_rule="BEANSTALK_ENHANCED_HEALTH_REPORTING_ENABLED",
    effort="S",
    severity="low",
    fix="Set SystemType to enhanced in the namespace aws:elasticbeanstalk:healthreporting:system.",
    compliant=[{REPORTING: "enhanced"}],
    non_compliant=[{REPORTING: "basic"}, {}],
)
def beanstalk_enhanced_health_reporting_enabled(environment: ConfigurationItem) -> Verdict:
    """Elastic Beanstalk environments have enhanced health reporting enabled.

    Basic health reporting uses only the health check of the load balancer. An instance that passes this health check is
    reported as healthy even if it returns errors. Without this option, the Elastic Beanstalk API uses basic.
    """
    system = environment.text(REPORTING, "basic")
    return compliant_if(system == "enhanced", otherwise=f"SystemType is {system} (expected enhanced)")


def to_configuration_item(environment: TemplateResource) -> dict[str, Any]:
    """The configuration of an environment. Options from a configuration template are unknown."""
    properties = environment.properties
    return {"configuration": {**lowered(properties), "optionSettings": _options(properties)}}


def _options(properties: dict[str, Any]) -> Any:
    options: dict[str, Any] = {}
    if "TemplateName" in properties:
        for namespace, option in (HEALTH, MANAGED):
            options[namespace] = {option: {"value": Unknown("the configuration template may set it")}}
    for setting in elements(properties.get("OptionSettings")):
        parts = setting if isinstance(setting, Unknown) else [setting.get("Namespace"), setting.get("OptionName")]
        unread = next((part for part in [parts, *elements(parts)] if isinstance(part, Unknown)), None)
        if unread is not None:
            return unread
        options.setdefault(parts[0], {})[parts[1]] = {"value": setting.get("Value")}
    return options
