"""What AWS does not publish of AWS::ElasticBeanstalk::Environment."""

from tests.rules.checks.evidence import RULES, Evidence

UNPUBLISHED = {
    "configuration.optionSettings": Evidence(
        "2026-11-25",
        "a recorded item has it, a map by namespace and option name;"
        f" AWS's own rule judges it on change: {RULES}/elastic-beanstalk-managed-updates-enabled.html",
    ),
}
