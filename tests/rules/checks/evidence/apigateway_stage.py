"""What AWS does not publish of AWS::ApiGateway::Stage."""

from tests.rules.checks.evidence import RULES, Evidence

UNPUBLISHED = {
    "supplementaryConfiguration.Verbs": Evidence(
        "2026-11-30", "templates alone have it, from the methods of the stage's API; a recorded stage names no methods"
    ),
    "configuration.methodSettings": Evidence(
        "2026-11-22",
        "a recorded item has it, a map by path and method as API Gateway's GetStage answers;"
        f" AWS's own rule judges it on change: {RULES}/api-gw-cache-enabled-and-encrypted.html",
    ),
}
