"""AWS Backup recovery points; their configuration items use the names of the DescribeRecoveryPoint API."""

from pillarwatch import ConfigurationItem, Verdict, check, compliant_if

ENCRYPTED = "configuration.IsEncrypted"


@check(
    "AWS::Backup::RecoveryPoint",
    best_practices={
        "REL09-BP02": "the backup is not encrypted",
        "SEC08-BP02": "the recovery point is stored unencrypted",
    },
    managed_rule="BACKUP_RECOVERY_POINT_ENCRYPTED",
    effort="M",
    severity="medium",
    live=True,
    fix="Encrypt the source resource. Copies in another Region are encrypted for most resource types.",
    compliant=[{ENCRYPTED: True}],
    non_compliant=[{ENCRYPTED: False}, {}],
)
def backup_recovery_point_encrypted(point: ConfigurationItem) -> Verdict:
    """AWS Backup recovery points are encrypted.

    An unencrypted backup exposes the data of its source. Backups of some resource types have the encryption of the
    source, not of the vault.
    """
    return compliant_if(point.flag(ENCRYPTED), otherwise="IsEncrypted is false (expected true)")
