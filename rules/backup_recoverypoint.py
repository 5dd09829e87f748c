"""Recovery points of AWS Backup: CloudFormation's shape."""

from pillarwatch import ConfigurationItem, Verdict, check, compliant_if

ENCRYPTED = "configuration.IsEncrypted"


@check(
    "AWS::Backup::RecoveryPoint",
    best_practices={
        "REL09-BP02": "the backup is less protected than what it backs up",
        "SEC08-BP02": "the copy lies in the vault as it is",
    },
    managed_rule="BACKUP_RECOVERY_POINT_ENCRYPTED",
    effort="M",
    severity="medium",
    live=True,
    fix="Encrypt the resource, or copy the recovery point into a vault with a key.",
    compliant=[{ENCRYPTED: True}],
    non_compliant=[{ENCRYPTED: False}, {}],
)
def backup_recovery_point_encrypted(point: ConfigurationItem) -> Verdict:
    """Recovery points are encrypted.

    Some types take the encryption of their source instead of the vault's.
    """
    return compliant_if(point.flag(ENCRYPTED), otherwise="not encrypted")
