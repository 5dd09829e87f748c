"""Templates of kms_key."""

from tests.checks.templates import Case

PUBLIC = {"Statement": [{"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "kms:*", "Resource": "*"}]}

CASES: list[Case] = [
    ("cmk-backing-key-rotation-enabled", "COMPLIANT", {"EnableKeyRotation": True}, {}),
    ("cmk-backing-key-rotation-enabled", "NON_COMPLIANT", {}, {}),
    ("kms-key-policy-no-public-access", "NON_COMPLIANT", {"KeyPolicy": PUBLIC}, {}),
]
