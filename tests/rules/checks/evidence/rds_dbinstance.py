"""What AWS does not publish of AWS::RDS::DBInstance."""

from tests.rules.checks.evidence import Evidence

UNPUBLISHED = {
    "supplementaryConfiguration.PlaintextSecrets": Evidence(
        "2026-11-30",
        "only items of templates have it: their conversion adds names of properties, by `literal_secrets`",
    ),
}
