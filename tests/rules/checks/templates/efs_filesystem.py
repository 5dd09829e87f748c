"""Templates of efs_filesystem."""

from tests.rules.checks.templates import Case

CASES: list[Case] = [
    ("efs-automatic-backups-enabled", "COMPLIANT", {"AvailabilityZoneName": "eu-west-1a"}, {}),
    (
        "efs-automatic-backups-enabled",
        "NON_COMPLIANT",
        {"AvailabilityZoneName": "eu-west-1a", "BackupPolicy": {"Status": "DISABLED"}},
        {},
    ),
]
