"""What AWS does not publish of AWS::AutoScaling::LaunchConfiguration."""

from tests.checks.evidence import Evidence

UNPUBLISHED = {
    "supplementaryConfiguration.PlaintextSecrets": Evidence(
        "2026-12-01", "only items of templates have it: their `lift` adds names of secrets, by `secrets_of_user_data`"
    ),
}
