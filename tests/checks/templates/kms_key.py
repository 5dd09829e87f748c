"""Templates of kms_key."""

from tests.checks.templates import Case

PUBLIC = {"Statement": [{"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "kms:*", "Resource": "*"}]}

OWN = {
    "Statement": [
        {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::123456789012:root"}, "Action": "kms:*", "Resource": "*"}
    ]
}

CASES: list[Case] = [
    ("cmk-backing-key-rotation-enabled", "COMPLIANT", {"EnableKeyRotation": True}, {}),
    ("cmk-backing-key-rotation-enabled", "NON_COMPLIANT", {}, {}),
    ("kms-key-policy-no-public-access", "NON_COMPLIANT", {"KeyPolicy": PUBLIC}, {}),
    ("kms-key-policy-no-public-access", "COMPLIANT", {"KeyPolicy": OWN}, {}),
]
