"""Vaults of AWS Backup: CloudFormation's shape."""

from pillarwatch import ConfigurationItem, Verdict, any_of, check, compliant_if, contains, listed

EVENTS = "configuration.Notifications.BackupVaultEvents"


@check(
    "AWS::Backup::BackupVault",
    best_practices={
        "REL09-BP03": "a backup that fails is found when it is needed",
        "REL06-BP03": "failed jobs tell nobody",
    },
    effort="S",
    severity="low",
    fix="Notify a topic of BACKUP_JOB_COMPLETED, which comes with the state of the job.",
    compliant=[{EVENTS: ["BACKUP_JOB_FAILED"]}, {EVENTS: ["BACKUP_JOB_COMPLETED"]}],
    non_compliant=[{EVENTS: ["RESTORE_JOB_STARTED"]}, {}],
)
def backup_vault_notifications_configured(vault: ConfigurationItem) -> Verdict:
    """Backup vaults tell of backups that failed.

    A completed event is sent for failed jobs too, with their state.
    """
    events = vault.texts(EVENTS)
    told = any_of(("BACKUP_JOB_FAILED", "BACKUP_JOB_COMPLETED"), lambda event: contains(events, event))
    return compliant_if(told, otherwise=f"events: {listed(events) or 'none'}")
