"""Secrets Manager secrets. AWS Config records DescribeSecret, with the spellings `ARN` and `KMSKeyId`."""

from typing import Any

from pillarwatch import (
    NOT_APPLICABLE,
    ConfigurationItem,
    Verdict,
    all_of,
    check,
    compliant_if,
    none_of,
    surely,
)
from pillarwatch.template_resource import TemplateResource, merged_statements
from rules.checks.shared.literals import literal_secrets, template_holds_no_literal_secret
from rules.checks.shared.resource_policies import (
    ANY_ORGANIZATION,
    ANY_PRINCIPAL,
    ONE_ACCOUNT,
    ONE_ORGANIZATION,
    no_public_access,
)
from rules.checks.shared.tags import data_classification_tag_present

DAYS = "configuration.RotationRules.AutomaticallyAfterDays"
HOURS = "configuration.RotationRules.AutomaticallyAfterHours"
SCHEDULE = "configuration.RotationRules.RotationScheduleExpression"
ROTATION = "configuration.RotationEnabled"
POLICY = "supplementaryConfiguration.secretsmanager.GetResourcePolicy.ResourcePolicy"
ON_TIME = "configuration.RotationOccurringAsScheduled"


@check(
    "AWS::SecretsManager::Secret",
    best_practices={
        "SEC02-BP05": "the secret is not rotated regularly",
        "SEC02-BP03": "the secret is stored but not rotated automatically",
    },
    managed_rule="SECRETSMANAGER_ROTATION_ENABLED_CHECK",
    automation="AWSConfigRemediation-RotateSecret",
    effort="M",
    severity="medium",
    fix="Add an AWS::SecretsManager::RotationSchedule. Consumers must read the secret again after a rotation.",
    compliant=[
        {ROTATION: True, DAYS: 90},
        {ROTATION: True, HOURS: 4},
        {ROTATION: True, SCHEDULE: "rate(90 days)"},
        {ROTATION: True, SCHEDULE: "cron(0 8 1 * ? *)"},
        {ROTATION: True},
    ],
    non_compliant=[
        {ROTATION: True, DAYS: 91},
        {ROTATION: True, SCHEDULE: "rate(91 days)"},
        {ROTATION: False, DAYS: 30},
        {},
    ],
)
def secretsmanager_rotation_enabled_check(
    secret: ConfigurationItem, *, maximum_allowed_rotation_frequency: int = 90
) -> Verdict:
    """Secrets Manager secrets have automatic rotation every 90 days or less.

    Without rotation, a leaked secret stays valid until it is changed manually. A rotation schedule with a cron
    expression is compliant.
    """
    rotation = secret.flag(ROTATION)
    rate = secret.text(SCHEDULE).removeprefix("rate(").removesuffix(")").partition(" ")
    by_rate = int(rate[0]) if rate[2].startswith("day") and rate[0].isdecimal() else 0
    days = secret.number(DAYS, by_rate)
    rotates = all_of([rotation, days <= maximum_allowed_rotation_frequency])
    return compliant_if(
        rotates,
        otherwise=f"rotation is every {days} days (expected at most {maximum_allowed_rotation_frequency})"
        if surely(rotation)
        else "RotationEnabled is false (expected true)",
    )


@check(
    "AWS::SecretsManager::Secret",
    best_practices={"SEC02-BP05": "the rotation is configured but did not run"},
    managed_rule="SECRETSMANAGER_SCHEDULED_ROTATION_SUCCESS_CHECK",
    effort="S",
    severity="medium",
    live=True,
    fix="Correct the rotation function. The logs of the function show the error.",
    compliant=[{"configuration.RotationEnabled": True, ON_TIME: True}],
    non_compliant=[{"configuration.RotationEnabled": True, ON_TIME: False}],
    not_applicable=[{"configuration.RotationEnabled": False}, {}],
)
def secretsmanager_scheduled_rotation_success_check(secret: ConfigurationItem) -> Verdict:
    """Secrets Manager secrets with rotation are rotated on schedule.

    When the rotation fails, the old secret stays valid although rotation is enabled.
    """
    if none_of([secret.flag("configuration.RotationEnabled")]):
        return NOT_APPLICABLE
    return compliant_if(secret.flag(ON_TIME), otherwise="RotationOccurringAsScheduled is false (expected true)")


@check(
    "AWS::SecretsManager::Secret",
    best_practices={
        "SEC03-BP07": "the resource policy allows any principal",
        "SEC02-BP03": "access to the secret is not limited to its consumers",
    },
    effort="S",
    severity="critical",
    exposed=True,
    fix="Name principals in ResourcePolicy, or add a condition on their account or organization.",
    compliant=[{POLICY: ONE_ACCOUNT}, {POLICY: ONE_ORGANIZATION}],
    non_compliant=[{POLICY: ANY_PRINCIPAL}, {POLICY: ANY_ORGANIZATION}],
    not_applicable=[{}],
)
def secretsmanager_secret_policy_no_public_access(secret: ConfigurationItem) -> Verdict:
    """Secrets Manager secrets have no resource policy that allows any principal.

    Such a policy lets other AWS accounts read the secret. AWS Config does not record it: only templates are judged.
    """
    if none_of([secret.has(POLICY)]):
        return NOT_APPLICABLE
    return no_public_access(secret, POLICY)


# A rotation schedule rotates the secret only with one of these properties.
ROTATORS = ("RotationLambdaARN", "HostedRotationLambda", "ExternalSecretRotationRoleArn")
CONFIG_NAMES = {"ScheduleExpression": "RotationScheduleExpression"}


def to_configuration_item(secret: TemplateResource) -> dict[str, Any]:
    """A template's secret with its rotation schedule, which can name the secret or its attachment to a database."""
    holders = [secret, *secret.attached("AWS::SecretsManager::SecretTargetAttachment", "SecretId")]
    schedules = [
        each for holder in holders for each in holder.attached("AWS::SecretsManager::RotationSchedule", "SecretId")
    ]
    policies = secret.attached("AWS::SecretsManager::ResourcePolicy", "SecretId")
    policy = merged_statements([each.properties.get("ResourcePolicy") for each in policies])
    schedule = schedules[0].properties if schedules else {}
    rules = schedule.get("RotationRules") if any(key in schedule for key in ROTATORS) else None
    return {
        "configuration": {
            "Name": secret.properties.get("Name", secret.logical_id),
            "KMSKeyId": secret.properties.get("KmsKeyId"),
            "RotationEnabled": rules is not None,
            "RotationRules": {CONFIG_NAMES.get(key, key): value for key, value in rules.items()}
            if isinstance(rules, dict)
            else rules,
        },
        "supplementaryConfiguration": {
            "PlaintextSecrets": literal_secrets(secret.properties, "SecretString"),
            "secretsmanager": {"GetResourcePolicy": {"ResourcePolicy": policy}},
        },
    }
