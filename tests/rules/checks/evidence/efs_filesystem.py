"""What AWS does not publish of AWS::EFS::FileSystem."""

from tests.rules.checks.evidence import Evidence

UNPUBLISHED = {
    "configuration.FileSystemPolicy": Evidence("2026-11-30", "a recorded item has it, with CloudFormation's name"),
}
