"""Elastic Beanstalk applications: the describe API's camelCase."""

from typing import Any

from pillarwatch import ConfigurationItem, Verdict, any_of, check, compliant_if
from pillarwatch.lift import TemplateResource, lowered

RULES = "configuration.resourceLifecycleConfig.versionLifecycleConfig"


@check(
    "AWS::ElasticBeanstalk::Application",
    best_practices={
        "COST04-BP05": "every version that was ever deployed is kept",
        "SUS04-BP05": "bundles that nobody will deploy are stored",
    },
    effort="S",
    severity="low",
    fix="Enable a rule on the number or the age of versions.",
    compliant=[{f"{RULES}.maxCountRule.enabled": True}, {f"{RULES}.maxAgeRule.enabled": True}],
    non_compliant=[{f"{RULES}.maxCountRule.enabled": False}, {}],
)
def elasticbeanstalk_application_version_lifecycle(application: ConfigurationItem) -> Verdict:
    """Old versions of Beanstalk applications are deleted.

    By number or by age.
    """
    on = any_of(("maxCountRule", "maxAgeRule"), lambda rule: application.flag(f"{RULES}.{rule}.enabled"))
    return compliant_if(on, otherwise="no rule on versions")


def lift(application: TemplateResource) -> dict[str, Any]:
    """An application."""
    return {"configuration": lowered(application.properties)}
