"""Our template, deployed in the local AWS, and what the tests do with it."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import boto3

from aggregator.store import Live, Store
from local_aws import LocalAws

REGION, ACCOUNT = "us-east-1", "123456789012"
BLOCKED = dict.fromkeys(("blockPublicAcls", "ignorePublicAcls", "blockPublicPolicy", "restrictPublicBuckets"), True)
EPOCH = datetime.now(UTC) - timedelta(hours=1)


class Deployment:
    """Our template, deployed, with a queue that hears the alerts."""

    def __init__(self, aws: LocalAws, template: Path) -> None:
        self.aws = aws
        self.stack = aws.deploy(template, parameters={}, stack_name="pillarwatch")
        self.store = Store(boto3.resource("dynamodb", region_name=REGION).Table(self.stack.outputs["TableName"]))
        self._sqs = boto3.client("sqs", region_name=REGION)
        self._queue = self._sqs.create_queue(QueueName="people")["QueueUrl"]
        arn = self._sqs.get_queue_attributes(QueueUrl=self._queue, AttributeNames=["QueueArn"])["Attributes"][
            "QueueArn"
        ]
        boto3.client("sns", region_name=REGION).subscribe(
            TopicArn=self.stack.outputs["AlertsTopicArn"], Protocol="sqs", Endpoint=arn
        )
        self._clock = EPOCH
        aws.run_until_idle()  # a new rule is evaluated at once, periodic ones too

    def bucket(self, name: str = "invoices", *, blocked: bool = True, versioning: str = "Enabled", **tags: str) -> None:
        """Record a bucket."""
        self.record(
            "AWS::S3::Bucket",
            name,
            {"name": name},
            {
                "BucketVersioningConfiguration": {"status": versioning},
                "BucketPolicy": {"policyText": None},
                **({"PublicAccessBlockConfiguration": BLOCKED} if blocked else {}),
            },
            {"Workload": "shop", **tags},
        )

    def record(
        self,
        resource_type: str,
        resource_id: str,
        configuration: dict[str, Any],
        supplementary: dict[str, Any] | None = None,
        tags: dict[str, str] | None = None,
    ) -> None:
        """Record an item, and let it run through."""
        self._clock += timedelta(seconds=1)
        captured = self._clock.isoformat(timespec="milliseconds").replace("+00:00", "Z")
        self.aws.recorder.record(
            {
                "awsAccountId": ACCOUNT,
                "awsRegion": REGION,
                "resourceType": resource_type,
                "resourceId": resource_id,
                "resourceName": resource_id,
                "ARN": f"arn:aws:{resource_type}:::{resource_id}",
                "configurationItemStatus": "OK",
                "configurationItemCaptureTime": captured,
                "configurationItemVersion": "1.3",
                "configuration": configuration,
                "supplementaryConfiguration": supplementary or {},
                "tags": tags or {"Workload": "shop"},
                "relationships": [],
            }
        )
        self.aws.run_until_idle()

    def delete(self, resource_type: str, resource_id: str) -> None:
        """Delete a resource, and let it run through."""
        self.aws.recorder.delete(resource_type, resource_id)
        self.aws.run_until_idle()

    def finish_inventory(self) -> None:
        """Let a whole tick pass in which nothing new is seen."""
        for _ in range(2):
            self.aws.fire_schedules()
            self.aws.run_until_idle()

    def shop(self) -> Live:
        """The workload as it stands."""
        return self.store.live("workload/shop")

    def score(self, pillar: str) -> float | None:
        """The workload's score of a pillar."""
        found = self.shop().score.get("pillars", {}).get(pillar, {}).get("score")
        return None if found is None else float(found)

    def alerts(self) -> list[dict[str, Any]]:
        """What people have received since the last look: subject and message."""
        received = []
        while messages := self._sqs.receive_message(QueueUrl=self._queue, MaxNumberOfMessages=10).get("Messages", []):
            for message in messages:
                received.append(json.loads(message["Body"]))
                self._sqs.delete_message(QueueUrl=self._queue, ReceiptHandle=message["ReceiptHandle"])
        return received

    def depth(self, logical_id: str) -> int:
        """How many messages a queue of the template holds."""
        url = self.stack.all_resources()[logical_id]
        attributes = self._sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["ApproximateNumberOfMessages"])
        return int(attributes["Attributes"]["ApproximateNumberOfMessages"])
