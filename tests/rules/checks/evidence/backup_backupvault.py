"""What AWS does not publish of AWS::Backup::BackupVault."""

from tests.rules.checks.evidence import Evidence

UNPUBLISHED = {
    "configuration.AccessPolicy": Evidence(
        "2026-12-01", "the item has CloudFormation's properties, of which the published list has some"
    ),
}
