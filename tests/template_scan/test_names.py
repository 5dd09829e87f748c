"""A resource belongs to another one that it names: by reference, by its name, or by an ARN of it."""

from typing import Any

import pytest

from template_scan.names import is_named

ARN = "arn:${AWS::Partition}:%s:${AWS::Region}:${AWS::AccountId}:%s"


@pytest.mark.parametrize(
    ("text", "name", "resource_type"),
    [
        (ARN % ("sqs", "orders"), "orders", "AWS::SQS::Queue"),
        ("arn:aws:sqs:eu-west-1:111122223333:orders", "orders", "AWS::SQS::Queue"),
        ("https://sqs.eu-west-1.amazonaws.com/111122223333/orders", "orders", "AWS::SQS::Queue"),
        (ARN % ("sqs", "${AWS::StackName}-orders"), "${AWS::StackName}-orders", "AWS::SQS::Queue"),
        (ARN % ("lambda", "function:quote"), "quote", "AWS::Lambda::Function"),
        (ARN % ("lambda", "function:quote:live"), "quote", "AWS::Lambda::Function"),
        ("111122223333:function:quote", "quote", "AWS::Lambda::Function"),
        ("function:quote:live", "quote", "AWS::Lambda::Function"),
        ("quote:live", "quote", "AWS::Lambda::Function"),
        ("arn:aws:s3:::reports", "reports", "AWS::S3::Bucket"),
        ("arn:aws:s3:::reports/2026/*", "reports", "AWS::S3::Bucket"),
        (ARN % ("dynamodb", "table/things/index/by-day"), "things", "AWS::DynamoDB::Table"),
        (ARN % ("states", "stateMachine:shop"), "shop", "AWS::StepFunctions::StateMachine"),
        (ARN % ("logs", "log-group:/aws/lambda/quote:*"), "/aws/lambda/quote", "AWS::Logs::LogGroup"),
        ("/aws/lambda/quote", "quote", "AWS::Lambda::Function"),
    ],
)
def test_a_text_names_a_resource(text: str, name: str, resource_type: str) -> None:
    assert is_named(text, [name], resource_type)
    assert not is_named(text, [f"other-{name}"], resource_type)


@pytest.mark.parametrize(
    ("text", "name", "resource_type"),
    [
        (ARN % ("sns", "orders"), "orders", "AWS::SQS::Queue"),
        (ARN % ("sqs", "my-orders"), "orders", "AWS::SQS::Queue"),
        ("live:quote", "quote", "AWS::Lambda::Function"),
        (ARN % ("lambda", "function:live:quote"), "quote", "AWS::Lambda::Function"),
        ("${AWS::Region}", "Region}", "AWS::Lambda::Function"),
        ("", "", "AWS::SQS::Queue"),
    ],
)
def test_a_text_does_not_name_a_resource(text: str, name: str, resource_type: str) -> None:
    assert not is_named(text, [name], resource_type)


def test_a_fragment_that_names_its_parent_by_arn_is_a_part_of_it(scan: Any) -> None:
    arn = ARN % ("sqs", "failed")
    scanned = scan(f"""
Resources:
  Failed: {{Type: AWS::SQS::Queue, Properties: {{QueueName: failed, MessageRetentionPeriod: 1209600}}}}
  Orders:
    Type: AWS::SQS::Queue
    Properties: {{RedrivePolicy: {{deadLetterTargetArn: !Sub "{arn}", maxReceiveCount: 3}}}}
""")
    assert scanned.compliance("sqs-queue-dlq-check", "Failed") == "NOT_APPLICABLE"
    assert scanned.compliance("dead-letter-retention", "Failed") == "COMPLIANT"


def test_a_policy_names_the_bucket_that_is_elsewhere(scan: Any) -> None:
    deny = "Effect: Deny, Principal: '*', Action: 's3:*', Condition: {Bool: {aws:SecureTransport: 'false'}}"
    scanned = scan(f"""
Resources:
  Whole:
    Type: AWS::S3::BucketPolicy
    Properties:
      Bucket: reports
      PolicyDocument: {{Statement: [{{{deny}, Resource: ["arn:aws:s3:::reports", "arn:aws:s3:::reports/*"]}}]}}
  Part:
    Type: AWS::S3::BucketPolicy
    Properties:
      Bucket: invoices
      PolicyDocument: {{Statement: [{{{deny}, Resource: "arn:aws:s3:::invoices/2026/*"}}]}}
""")
    assert scanned.compliance("s3-bucket-ssl-requests-only", "Whole") == "COMPLIANT"
    assert scanned.compliance("s3-bucket-ssl-requests-only", "Part") == "NON_COMPLIANT"
