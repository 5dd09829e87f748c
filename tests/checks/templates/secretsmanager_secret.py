"""Templates of secretsmanager_secret."""

from tests.checks.templates import Case, other

CASES: list[Case] = [
    ("secretsmanager-rotation-enabled-check", "NON_COMPLIANT", {}, {}),
    (
        "secretsmanager-rotation-enabled-check",
        "COMPLIANT",
        {},
        {
            "Schedule": other(
                "AWS::SecretsManager::RotationSchedule",
                SecretId={"Ref": "Main"},
                RotationRules={"AutomaticallyAfterDays": 30},
            )
        },
    ),
]
