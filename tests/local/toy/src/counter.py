"""Counts: one item per resource."""

import json
import os

import boto3

table = boto3.resource("dynamodb").Table(os.environ["TABLE"])


def handler(event, context):
    for record in event["Records"]:
        detail = json.loads(record["body"])["detail"]
        table.update_item(
            Key={"pk": detail["id"]},
            UpdateExpression="ADD seen :one",
            ExpressionAttributeValues={":one": 1},
        )
