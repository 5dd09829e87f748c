"""Templates of sqs_queue."""

from tests.checks.templates import Case

SOURCE = {
    "Type": "AWS::SQS::Queue",
    "Properties": {"RedrivePolicy": {"deadLetterTargetArn": {"Fn::GetAtt": "Main.Arn"}, "maxReceiveCount": 5}},
}

CASES: list[Case] = [
    ("sqs-queue-encrypted", "COMPLIANT", {}, {}),
    ("sqs-queue-encrypted", "NON_COMPLIANT", {"SqsManagedSseEnabled": False}, {}),
    ("sqs-queue-dlq-check", "COMPLIANT", {"RedrivePolicy": {"deadLetterTargetArn": "a", "maxReceiveCount": 3}}, {}),
    ("dead-letter-retention", "NON_COMPLIANT", {}, {"Orders": SOURCE}),
    ("dead-letter-retention", "COMPLIANT", {"MessageRetentionPeriod": 1209600}, {"Orders": SOURCE}),
]
