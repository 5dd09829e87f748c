"""Vaults of AWS Backup: CloudFormation's shape."""

from pillarwatch import (
    NOT_APPLICABLE,
    ConfigurationItem,
    Verdict,
    any_of,
    check,
    compliant_if,
    contains,
    listed,
    none_of,
)
from rules.shared.resource_policies import EVERYBODY, FIXED, IN_NAME, NAMED, no_public_access

EVENTS = "configuration.Notifications.BackupVaultEvents"
POLICY = "configuration.AccessPolicy"


@check(
    "AWS::Backup::BackupVault",
    best_practices={
        "REL09-BP03": "failed backup jobs are not noticed",
        "REL06-BP03": "failed backup jobs send no notification",
    },
    effort="S",
    severity="low",
    fix="Notify a topic of BACKUP_JOB_COMPLETED, which comes with the state of the job.",
    compliant=[{EVENTS: ["BACKUP_JOB_FAILED"]}, {EVENTS: ["BACKUP_JOB_COMPLETED"]}],
    non_compliant=[{EVENTS: ["RESTORE_JOB_STARTED"]}, {}],
)
def backup_vault_notifications_configured(vault: ConfigurationItem) -> Verdict:
    """Backup vaults send notifications about backup jobs.

    A completed event is sent for failed jobs too, with their state.
    """
    events = vault.texts(EVENTS)
    told = any_of(("BACKUP_JOB_FAILED", "BACKUP_JOB_COMPLETED"), lambda event: contains(events, event))
    return compliant_if(told, otherwise=f"events: {listed(events) or 'none'}")


@check(
    "AWS::Backup::BackupVault",
    best_practices={
        "SEC03-BP07": "the resource policy allows any principal",
        "REL09-BP02": "the backups are not limited to who needs them",
    },
    effort="S",
    severity="critical",
    exposed=True,
    fix="Name principals in the access policy, or add a condition on their account or organization.",
    compliant=[{POLICY: NAMED}, {POLICY: FIXED}],
    non_compliant=[{POLICY: EVERYBODY}, {POLICY: IN_NAME}],
    not_applicable=[{}],
)
def backup_vault_policy_no_public_access(vault: ConfigurationItem) -> Verdict:
    """Access policies of backup vaults are not open to everybody.

    Everybody could copy backups into the vault, or restore from it.
    """
    if none_of([vault.has(POLICY)]):
        return NOT_APPLICABLE
    return no_public_access(vault, POLICY)
