"""Templates of dynamodb_table."""

from tests.checks.templates import Case, other

CASES: list[Case] = [
    (
        "dynamodb-pitr-enabled",
        "COMPLIANT",
        {"PointInTimeRecoverySpecification": {"PointInTimeRecoveryEnabled": "true"}},
        {},
    ),
    ("dynamodb-pitr-enabled", "NON_COMPLIANT", {}, {}),
    ("dynamodb-table-encrypted-kms", "COMPLIANT", {"SSESpecification": {"SSEEnabled": True}}, {}),
    ("dynamodb-table-encrypted-kms", "NON_COMPLIANT", {}, {}),
    ("dynamodb-ttl-enabled", "COMPLIANT", {"TimeToLiveSpecification": {"AttributeName": "e", "Enabled": True}}, {}),
    ("dynamodb-autoscaling-enabled", "COMPLIANT", {"BillingMode": "PAY_PER_REQUEST"}, {}),
    ("dynamodb-autoscaling-enabled", "INSUFFICIENT_DATA", {"BillingMode": "PROVISIONED"}, {}),
    (
        "dynamodb-autoscaling-enabled",
        "NON_COMPLIANT",
        {},
        {
            "Read": other(
                "AWS::ApplicationAutoScaling::ScalableTarget",
                ResourceId={"Fn::Sub": "table/${Main}"},
                ScalableDimension="dynamodb:table:ReadCapacityUnits",
            )
        },
    ),
    (
        "sparse-index-design",
        "NON_COMPLIANT",
        {"GlobalSecondaryIndexes": [{"Projection": {"ProjectionType": "ALL"}}]},
        {},
    ),
]
