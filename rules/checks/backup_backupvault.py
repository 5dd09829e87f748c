"""Backup vaults; their configuration items use the property names of CloudFormation."""

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
from rules.checks.shared.resource_policies import (
    ANY_ORGANIZATION,
    ANY_PRINCIPAL,
    ONE_ACCOUNT,
    ONE_ORGANIZATION,
    no_public_access,
)

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
    fix="Set Notifications.BackupVaultEvents to BACKUP_JOB_COMPLETED, and SNSTopicArn to a topic.",
    compliant=[{EVENTS: ["BACKUP_JOB_FAILED"]}, {EVENTS: ["BACKUP_JOB_COMPLETED"]}],
    non_compliant=[{EVENTS: ["RESTORE_JOB_STARTED"]}, {}],
)
def backup_vault_notifications_configured(vault: ConfigurationItem) -> Verdict:
    """Backup vaults send notifications about backup jobs.

    Without notifications, a failed backup job is found only when the backup is needed. AWS Backup also sends
    BACKUP_JOB_COMPLETED for failed jobs.
    """
    events = vault.texts(EVENTS)
    notified = any_of(("BACKUP_JOB_FAILED", "BACKUP_JOB_COMPLETED"), lambda event: contains(events, event))
    return compliant_if(notified, f"BackupVaultEvents is {listed(events) or 'not set'} (expected BACKUP_JOB_COMPLETED)")


@check(
    "AWS::Backup::BackupVault",
    best_practices={
        "SEC03-BP07": "the resource policy allows any principal",
        "REL09-BP02": "access to the backups is not limited to named principals",
    },
    effort="S",
    severity="critical",
    exposed=True,
    fix="Name principals in the access policy, or add a condition on their account or organization.",
    compliant=[{POLICY: ONE_ACCOUNT}, {POLICY: ONE_ORGANIZATION}],
    non_compliant=[{POLICY: ANY_PRINCIPAL}, {POLICY: ANY_ORGANIZATION}],
    not_applicable=[{}],
)
def backup_vault_policy_no_public_access(vault: ConfigurationItem) -> Verdict:
    """Backup vault access policies allow named principals only.

    A policy that allows any principal lets other AWS accounts use the vault, for example copy backups into it.
    """
    if none_of([vault.has(POLICY)]):
        return NOT_APPLICABLE
    return no_public_access(vault, POLICY)
