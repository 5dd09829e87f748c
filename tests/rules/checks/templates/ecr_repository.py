"""Templates of ecr_repository."""

from tests.rules.checks.templates import Case, other

KEY = other("AWS::KMS::Key")
BY_KEY = {"EncryptionConfiguration": {"EncryptionType": "KMS", "KmsKey": {"Ref": "Key"}}}

CASES: list[Case] = [
    ("ecr-repository-cmk-encryption-enabled", "COMPLIANT", BY_KEY, {"Key": KEY}),
    ("ecr-repository-cmk-encryption-enabled", "NON_COMPLIANT", {}, {"Key": KEY}),
]
