"""Beanstalk environments: the describe API's camelCase, and the options as a map by namespace and name."""

from typing import Any

from pillarwatch import ConfigurationItem, Verdict, check, compliant_if
from pillarwatch.lift import TemplateResource, elements, lowered
from pillarwatch.unknown import Unknown

OPTIONS = "configuration.optionSettings"
HEALTH = ("aws:elasticbeanstalk:healthreporting:system", "SystemType")
MANAGED = ("aws:elasticbeanstalk:managedactions", "ManagedActionsEnabled")
REPORTING, UPDATES = (f"{OPTIONS}.{namespace}.{option}.value" for namespace, option in (HEALTH, MANAGED))


@check(
    "AWS::ElasticBeanstalk::Environment",
    best_practices={
        "OPS05-BP05": "patches of the platform are not applied",
        "SEC06-BP01": "known vulnerabilities of the platform stay open",
        "SUS06-BP03": "the platform is not kept up to date",
    },
    managed_rule="ELASTIC_BEANSTALK_MANAGED_UPDATES_ENABLED",
    effort="S",
    fix="Turn on managed platform updates, with the level `minor` and a weekly hour.",
    compliant=[{UPDATES: "true"}],
    non_compliant=[{UPDATES: "false"}, {}],
)
def elastic_beanstalk_managed_updates_enabled(environment: ConfigurationItem) -> Verdict:
    """Elastic Beanstalk environments have managed platform updates enabled.

    The API's default is off. As AWS's own rule reads it, minor versions and patches are both right.
    """
    return compliant_if(environment.flag(UPDATES), otherwise="managed platform updates are off")


@check(
    "AWS::ElasticBeanstalk::Environment",
    best_practices={
        "REL11-BP01": "an instance that answers badly is not seen as unhealthy",
        "REL06-BP01": "nobody measures what the environment answers",
    },
    managed_rule="BEANSTALK_ENHANCED_HEALTH_REPORTING_ENABLED",
    effort="S",
    severity="low",
    fix="Set the health reporting system to `enhanced`.",
    compliant=[{REPORTING: "enhanced"}],
    non_compliant=[{REPORTING: "basic"}, {}],
)
def beanstalk_enhanced_health_reporting_enabled(environment: ConfigurationItem) -> Verdict:
    """Beanstalk environments report their health in detail.

    The API's default, basic, knows only whether the load balancer reaches an instance.
    """
    system = environment.text(REPORTING, "basic")
    return compliant_if(system == "enhanced", otherwise=f"health reporting is {system}")


def lift(environment: TemplateResource) -> dict[str, Any]:
    """An environment. What it takes over from a configuration template is not known."""
    properties = environment.properties
    return {"configuration": {**lowered(properties), "optionSettings": _options(properties)}}


def _options(properties: dict[str, Any]) -> Any:
    options: dict[str, Any] = {}
    if "TemplateName" in properties:
        for namespace, option in (HEALTH, MANAGED):
            options[namespace] = {option: {"value": Unknown("the configuration template may say")}}
    for setting in elements(properties.get("OptionSettings")):
        parts = setting if isinstance(setting, Unknown) else [setting.get("Namespace"), setting.get("OptionName")]
        unread = next((part for part in [parts, *elements(parts)] if isinstance(part, Unknown)), None)
        if unread is not None:
            return unread
        options.setdefault(parts[0], {})[parts[1]] = {"value": setting.get("Value")}
    return options
