"""Templates of kms_key."""

from tests.rules.checks.templates import Case

PUBLIC = {"Statement": [{"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "kms:*", "Resource": "*"}]}

OWN = {
    "Statement": [
        {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::123456789012:root"}, "Action": "kms:*", "Resource": "*"}
    ]
}


def of(principal: object) -> dict[str, object]:
    return {"Statement": {"Effect": "Allow", "Principal": principal, "Action": "kms:*", "Resource": "*"}}


CASES: list[Case] = [
    ("cmk-backing-key-rotation-enabled", "COMPLIANT", {"EnableKeyRotation": True}, {}),
    ("cmk-backing-key-rotation-enabled", "NON_COMPLIANT", {}, {}),
    ("kms-key-policy-no-public-access", "NON_COMPLIANT", {"KeyPolicy": PUBLIC}, {}),
    ("cmk-backing-key-rotation-enabled", "NOT_APPLICABLE", {"Origin": "EXTERNAL"}, {}),
    ("kms-key-policy-no-public-access", "COMPLIANT", {"KeyPolicy": OWN}, {}),
    ("kms-key-policy-no-public-access", "COMPLIANT", {"KeyPolicy": of({"AWS": {"Ref": "AWS::AccountId"}})}, {}),
    ("kms-key-policy-no-public-access", "COMPLIANT", {"KeyPolicy": of({"AWS": 123456789012})}, {}),
    (
        "kms-key-policy-no-public-access",
        "COMPLIANT",
        {"KeyPolicy": of({"AWS": {"Fn::Join": ["", ["arn:", {"Ref": "AWS::Partition"}, ":iam::1:root"]]}})},
        {},
    ),
    ("kms-key-policy-no-public-access", "NON_COMPLIANT", {"KeyPolicy": of({"AWS": ["*"]})}, {}),
]
