"""What AWS does not publish of AWS::Backup::BackupSelection."""

from tests.rules.checks.evidence import Evidence

UNPUBLISHED = {
    "configuration.BackupSelection.Conditions": Evidence(
        "2026-11-25", "the item has CloudFormation's properties, of which the published list has some"
    ),
    "configuration.BackupSelection.ListOfTags": Evidence(
        "2026-11-24", "the item has CloudFormation's properties, of which the published list has some"
    ),
}
