"""Templates of dynamodb_table."""

from typing import Any

from tests.rules.checks.templates import Case, other

THROTTLES: dict[str, Any] = {
    "Type": "AWS::CloudWatch::Alarm",
    "Properties": {
        "Namespace": "AWS/DynamoDB",
        "MetricName": "ThrottledRequests",
        "Dimensions": [{"Name": "TableName", "Value": {"Ref": "Main"}}],
        "AlarmActions": ["arn:aws:sns:eu-west-1:123456789012:on-call"],
    },
}


def targets(table: object, index: object) -> dict[str, Any]:
    """Scalable targets for reads and writes of a table and its index."""
    return {
        f"{kind}{units}": other(
            "AWS::ApplicationAutoScaling::ScalableTarget",
            ResourceId=resource,
            ScalableDimension=f"dynamodb:{kind}:{units}CapacityUnits",
            MinCapacity=1,
            MaxCapacity=9,
        )
        for kind, resource in {"table": table, "index": index}.items()
        for units in ("Read", "Write")
    }


INDEXED = {"TableName": "orders", "GlobalSecondaryIndexes": [{"IndexName": "open"}]}

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
    ("dynamodb-throttles-alarm-configured", "COMPLIANT", {}, {"Throttles": THROTTLES}),
    (
        "dynamodb-throttles-alarm-configured",
        "NON_COMPLIANT",
        {},
        {"Throttles": {**THROTTLES, "Properties": {**THROTTLES["Properties"], "ActionsEnabled": False}}},
    ),
    ("dynamodb-table-deletion-protection-enabled", "COMPLIANT", {"DeletionProtectionEnabled": True}, {}),
    ("dynamodb-table-deletion-protection-enabled", "NON_COMPLIANT", {}, {}),
    ("dynamodb-autoscaling-enabled", "COMPLIANT", INDEXED, targets("table/orders", "table/orders/index/open")),
    (
        "dynamodb-autoscaling-enabled",
        "COMPLIANT",
        INDEXED,
        targets({"Fn::Sub": "table/${Main}"}, {"Fn::Sub": "table/${Main}/index/open"}),
    ),
    ("dynamodb-autoscaling-enabled", "NON_COMPLIANT", INDEXED, targets("table/orders", "table/orders/index/other")),
]
