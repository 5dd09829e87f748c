"""Secrets. Config records DescribeSecret, with `ARN` and `KMSKeyId` in capitals."""

from typing import Any

from pillarwatch import ConfigurationItem, Verdict, all_of, check, compliant_if
from pillarwatch.lift import TemplateResource
from rules.shared.tags import data_classification_tag_present

INTERVAL = "configuration.RotationRules.AutomaticallyAfterDays"
ROTATION = "configuration.RotationEnabled"


@check(
    "AWS::SecretsManager::Secret",
    best_practices={
        "SEC02-BP05": "a leaked secret works until somebody changes it by hand",
        "SEC02-BP03": "the secret is stored but not managed",
    },
    managed_rule="SECRETSMANAGER_ROTATION_ENABLED_CHECK",
    automation="AWSConfigRemediation-RotateSecret",
    effort="M",
    fix="Turn on rotation, by AWS's function for the database or by one of your own.",
    compliant=[{ROTATION: True, INTERVAL: 90}, {ROTATION: True}],
    non_compliant=[{ROTATION: True, INTERVAL: 91}, {ROTATION: False}, {}],
)
def secretsmanager_rotation_enabled_check(
    secret: ConfigurationItem, *, maximum_allowed_rotation_frequency: int = 90
) -> Verdict:
    """Secrets change by themselves.

    At least every `maximum_allowed_rotation_frequency` days; a schedule expression instead of days is taken as it is.
    """
    rotation, interval = secret.flag(ROTATION), secret.number(INTERVAL)
    rotates = all_of([rotation, interval <= maximum_allowed_rotation_frequency])
    return compliant_if(rotates, otherwise=f"rotation enabled: {rotation}, every {interval} days")


def lift(secret: TemplateResource) -> dict[str, Any]:
    """A secret with its RotationSchedule."""
    schedules = secret.attached("AWS::SecretsManager::RotationSchedule", "SecretId")
    return {
        "configuration": {
            "Name": secret.properties.get("Name", secret.logical_id),
            "KMSKeyId": secret.properties.get("KmsKeyId"),
            "RotationEnabled": len(schedules) > 0,
            "RotationRules": schedules[0].properties.get("RotationRules") if schedules else None,
        }
    }
