"""What AWS does not publish of AWS::Lambda::Function."""

from tests.rules.checks.evidence import RULES, Evidence

UNPUBLISHED = {
    "supplementaryConfiguration.Pipes": Evidence(
        "2026-11-30", "templates alone have it, from the pipes that the function enriches"
    ),
    "supplementaryConfiguration.PlaintextSecrets": Evidence(
        "2026-11-25", "our collector `functions` adds it: names of variables from Lambda's ListFunctions"
    ),
    "supplementaryConfiguration.Stated": Evidence(
        "2026-12-01", "templates alone have it: a recorded function has a memory size in any case, and no code"
    ),
    "supplementaryConfiguration.appsync.ListDataSources.dataSources": Evidence(
        "2026-11-25", "our collector `functions` adds it: of AppSync's ListDataSources, those that call the function"
    ),
    "supplementaryConfiguration.Policy": Evidence(
        "2026-11-22",
        "a recorded item has it, JSON in a text;"
        f" AWS's own rule judges it on change: {RULES}/lambda-function-public-access-prohibited.html",
    ),
}
