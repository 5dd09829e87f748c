"""Templates of secretsmanager_secret."""

from tests.rules.checks.templates import Case, other

RULES = {"AutomaticallyAfterDays": 30}
ROTATION = {"RotationLambdaARN": "arn:aws:lambda:eu-west-1:123456789012:function:rotate", "RotationRules": RULES}


def schedule(of: str, **properties: object) -> dict[str, object]:
    return other("AWS::SecretsManager::RotationSchedule", SecretId={"Ref": of}, **properties)


def resource_policy(principal: str) -> dict[str, object]:
    document = {
        "Statement": {
            "Effect": "Allow",
            "Principal": {"AWS": principal},
            "Action": "secretsmanager:GetSecretValue",
            "Resource": "*",
        }
    }
    return other("AWS::SecretsManager::ResourcePolicy", SecretId={"Ref": "Main"}, ResourcePolicy=document)


PUBLIC = "secretsmanager-secret-policy-no-public-access"
CASES: list[Case] = [
    (PUBLIC, "NON_COMPLIANT", {}, {"Policy": resource_policy("*")}),
    (PUBLIC, "COMPLIANT", {}, {"Policy": resource_policy("arn:aws:iam::123456789012:root")}),
    (PUBLIC, "NOT_APPLICABLE", {}, {}),
    ("template-holds-no-literal-secret", "NON_COMPLIANT", {"SecretString": "correct horse"}, {}),
    (
        "template-holds-no-literal-secret",
        "COMPLIANT",
        {"SecretString": "{{resolve:secretsmanager:main:SecretString:password}}"},
        {},
    ),
    ("template-holds-no-literal-secret", "COMPLIANT", {"SecretString": {"Fn::ImportValue": "password"}}, {}),
    ("template-holds-no-literal-secret", "COMPLIANT", {}, {}),
    ("secretsmanager-rotation-enabled-check", "NON_COMPLIANT", {}, {}),
    (
        "secretsmanager-rotation-enabled-check",
        "COMPLIANT",
        {},
        {"Schedule": schedule("Main", **ROTATION)},
    ),
    (
        "secretsmanager-rotation-enabled-check",
        "COMPLIANT",
        {},
        {
            "Attachment": other("AWS::SecretsManager::SecretTargetAttachment", SecretId={"Ref": "Main"}),
            "Schedule": schedule("Attachment", **ROTATION),
        },
    ),
    (
        "secretsmanager-rotation-enabled-check",
        "NON_COMPLIANT",
        {},
        {"Schedule": schedule("Main", **{**ROTATION, "RotationRules": {"ScheduleExpression": "rate(180 days)"}})},
    ),
    (
        "secretsmanager-rotation-enabled-check",
        "NON_COMPLIANT",
        {},
        {"Schedule": schedule("Main", HostedRotationLambda={"RotationType": "MySQLSingleUser"})},
    ),
    (
        "secretsmanager-rotation-enabled-check",
        "NON_COMPLIANT",
        {},
        {"Schedule": schedule("Main", RotationRules=RULES)},
    ),
]
