"""Templates of backup_backupvault."""

from tests.rules.checks.templates import Case


def policy(principal: str) -> dict[str, object]:
    statement = {"Effect": "Allow", "Principal": {"AWS": principal}, "Action": "backup:CopyIntoBackupVault"}
    return {"BackupVaultName": "main", "AccessPolicy": {"Statement": [{**statement, "Resource": "*"}]}}


CASES: list[Case] = [
    ("backup-vault-policy-no-public-access", "NON_COMPLIANT", policy("*"), {}),
    ("backup-vault-policy-no-public-access", "COMPLIANT", policy("arn:aws:iam::123456789012:root"), {}),
    ("backup-vault-policy-no-public-access", "NOT_APPLICABLE", {"BackupVaultName": "main"}, {}),
]
