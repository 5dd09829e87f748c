"""Paths that checks read and AWS does not publish: each with the evidence that items have it, and when we looked."""

from __future__ import annotations

from typing import NamedTuple


class Evidence(NamedTuple):
    """Why a path is real, and the day on which somebody last made sure."""

    since: str
    why: str


RULES = "https://docs.aws.amazon.com/config/latest/developerguide"

UNPUBLISHED = {
    ("AWS::ApiGateway::Stage", "configuration.methodSettings"): Evidence(
        "2026-11-22",
        "a recorded item has it, a map by path and method as API Gateway's GetStage answers;"
        f" AWS's own rule judges it on change: {RULES}/api-gw-cache-enabled-and-encrypted.html",
    ),
    ("AWS::AppSync::GraphQLApi", "configuration.EnhancedMetricsConfig"): Evidence(
        "2026-11-22", "the item has CloudFormation's properties; this one is newer than the published list"
    ),
    ("AWS::CloudWatch::Alarm", "configuration.metrics"): Evidence(
        "2026-11-22", "read in related alarms only: our collector and a template supply it, AWS Config does not"
    ),
    ("AWS::DynamoDB::Table", "supplementaryConfiguration.TimeToLiveDescription"): Evidence(
        "2026-11-22", "our collector `tables` adds it from DynamoDB's DescribeTimeToLive"
    ),
    ("AWS::ECR::Repository", "configuration.LifecyclePolicy.LifecyclePolicyText"): Evidence(
        "2026-11-22", "the item has CloudFormation's properties, and the published list has its RegistryId only"
    ),
    ("AWS::ElasticLoadBalancingV2::LoadBalancer", "supplementaryConfiguration.LoadBalancerAttributes"): Evidence(
        "2026-11-22",
        "recorded items have it, objects of `key` and `value`;"
        f" AWS's own rule judges it on change: {RULES}/elb-logging-enabled.html",
    ),
    ("AWS::IAM::Policy", "configuration.policyVersionList.document"): Evidence(
        "2026-11-22", "recorded items have it, URL-encoded"
    ),
    ("AWS::IAM::Role", "configuration.rolePolicyList.policyDocument"): Evidence(
        "2026-11-22", "recorded items have it, URL-encoded"
    ),
    ("AWS::KMS::Key", "supplementaryConfiguration.Policy"): Evidence(
        "2026-11-22", "recorded items have it, JSON in a text"
    ),
    ("AWS::Lambda::Function", "supplementaryConfiguration.Policy"): Evidence(
        "2026-11-22",
        "a recorded item has it, JSON in a text;"
        f" AWS's own rule judges it on change: {RULES}/lambda-function-public-access-prohibited.html",
    ),
    ("AWS::S3::Bucket", "supplementaryConfiguration.BucketPolicy.policyText"): Evidence(
        "2026-11-22", "recorded items have it, JSON in a text, null where there is none"
    ),
    ("AWS::SNS::Topic", "configuration.SubscriptionsConfirmed"): Evidence(
        "2026-11-22", "our collector `topics` adds it from SNS's GetTopicAttributes"
    ),
    ("AWS::SQS::Queue", "configuration.RedrivePolicy"): Evidence(
        "2026-11-22",
        "the item is SQS's GetQueueAttributes, in which it is JSON in a text;"
        f" AWS's own rule judges it on change: {RULES}/sqs-queue-dlq-check.html",
    ),
}
