"""Elastic Beanstalk applications: the shape of the describe API, in camelCase."""

from typing import Any

from pillarwatch import ConfigurationItem, Verdict, any_of, check, compliant_if
from pillarwatch.template_resource import TemplateResource, lowered

RULES = "configuration.resourceLifecycleConfig.versionLifecycleConfig"


@check(
    "AWS::ElasticBeanstalk::Application",
    best_practices={
        "COST04-BP05": "every application version is kept and billed",
        "SUS04-BP05": "source bundles that are no longer deployed are stored",
    },
    effort="S",
    severity="low",
    fix="Enable MaxCountRule or MaxAgeRule in ResourceLifecycleConfig.VersionLifecycleConfig.",
    compliant=[{f"{RULES}.maxCountRule.enabled": True}, {f"{RULES}.maxAgeRule.enabled": True}],
    non_compliant=[{f"{RULES}.maxCountRule.enabled": False}, {}],
)
def elasticbeanstalk_application_version_lifecycle(application: ConfigurationItem) -> Verdict:
    """Elastic Beanstalk applications have an application version lifecycle rule.

    Without a lifecycle rule, every version that was ever deployed stays in Amazon S3 and is billed. A limit on the
    number of versions or on their age is enough.
    """
    enabled = any_of(("maxCountRule", "maxAgeRule"), lambda rule: application.flag(f"{RULES}.{rule}.enabled"))
    return compliant_if(enabled, otherwise="neither MaxCountRule nor MaxAgeRule is enabled (expected one)")


def to_configuration_item(application: TemplateResource) -> dict[str, Any]:
    """The configuration of an application."""
    return {"configuration": lowered(application.properties)}
