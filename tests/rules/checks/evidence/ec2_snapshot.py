"""What AWS does not publish of AWS::EC2::Snapshot: all of it, because Config does not record snapshots."""

from tests.rules.checks.evidence import Evidence

ANSWERED = Evidence("2026-11-25", "as ec2:DescribeSnapshots answers, by botocore's model of it")
UNPUBLISHED = {f"configuration.{key}": ANSWERED for key in ("Description", "StartTime", "StorageTier")}
