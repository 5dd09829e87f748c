"""Templates of sns_topic."""

from tests.checks.templates import Case, other

CASES: list[Case] = [
    ("sns-encrypted-kms", "COMPLIANT", {"KmsMasterKeyId": {"Ref": "Key"}}, {"Key": other("AWS::KMS::Key")}),
]
