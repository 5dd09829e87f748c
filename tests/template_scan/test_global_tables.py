"""A global table states its auto scaling itself."""

from typing import Any

import pytest

RANGE = "CapacityAutoScalingSettings: {MinCapacity: 1, MaxCapacity: %d}"
WRITE = f"WriteProvisionedThroughputSettings: {{Write{RANGE}}}"
READ = f"ReadProvisionedThroughputSettings: {{Read{RANGE}}}"
INDEXED = f"{READ}, GlobalSecondaryIndexes: [{{IndexName: i, {READ}}}]"


@pytest.mark.parametrize(
    ("write", "index", "replicas", "compliance"),
    [
        (WRITE % 9, "", [READ % 9], "COMPLIANT"),
        (WRITE % 9, "", [READ % 9, READ % 9], "COMPLIANT"),
        (WRITE % 9, "", [READ % 9, READ % 1], "NON_COMPLIANT"),
        (WRITE % 1, "", [READ % 9], "NON_COMPLIANT"),
        (WRITE % 9, f"{{IndexName: i, {WRITE % 9}}}", [INDEXED % (9, 9)], "COMPLIANT"),
        (WRITE % 9, f"{{IndexName: i, {WRITE % 9}}}", [INDEXED % (9, 1)], "NON_COMPLIANT"),
        (WRITE % 9, f"{{IndexName: i, {WRITE % 9}}}", [READ % 9], "NON_COMPLIANT"),
    ],
)  # fmt: skip
def test_the_capacity_of_a_global_table_follows_its_load(
    write: str, index: str, replicas: list[str], compliance: str, scan: Any
) -> None:
    scanned = scan(f"""
Resources:
  It:
    Type: AWS::DynamoDB::GlobalTable
    Properties:
      BillingMode: PROVISIONED
      {write}
      GlobalSecondaryIndexes: [{index}]
      Replicas: [{", ".join(f"{{Region: eu-west-{at}, {each}}}" for at, each in enumerate(replicas, 1))}]
  Other: {{Type: AWS::ApplicationAutoScaling::ScalableTarget, Properties: {{ResourceId: table/other}}}}
""")
    assert scanned.compliance("dynamodb-autoscaling-enabled") == compliance
