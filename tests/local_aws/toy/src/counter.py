"""Counts: one item per resource."""

import json
import os
from typing import Any

import boto3

table: Any = boto3.resource("dynamodb").Table(os.environ["TABLE"])


def handler(event: dict[str, Any], _: object) -> None:
    for record in event["Records"]:
        detail = json.loads(record["body"])["detail"]
        table.update_item(
            Key={"pk": detail["id"]},
            UpdateExpression="ADD seen :one",
            ExpressionAttributeValues={":one": 1},
        )
