"""Collectors against answers that botocore checks with each service's own model."""

from __future__ import annotations

import json
from contextlib import ExitStack
from functools import cache
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError, EndpointConnectionError
from botocore.stub import Stubber

from pillarwatch import ACCOUNT, ConfigurationItem
from rules.catalogue import all_checks, checks_of
from rules.collectors import Aws, Listed, Listing, all_collectors, collector_of
from tests.checks.account_answers import ACCOUNT_ID, ANSWERS, NOT_ASKED
from tests.checks.modelled_aws import ModelledAws

BEGAN = "2026-01-15T12:00:00.000Z"
DENIED = "AccessDeniedException"


@cache
def client_of(service: str) -> Any:
    """A client that never calls AWS: slow to make, so made once."""
    session: Any = boto3.Session("x", "x", region_name="eu-west-1")
    return session.client(service)


class Fake:
    """Clients that answer only what a test has told them to, each answer once and in order."""

    def __init__(self, name: str) -> None:
        self.stubbers: dict[str, Stubber] = {}
        aws = Aws(collector_of(name), self.client, account=ACCOUNT_ID, region="eu-west-1", began=BEGAN)
        self.listing = Listing(aws)

    def client(self, service: str) -> Any:
        client = client_of(service)
        self.stubbers.setdefault(service, Stubber(client))
        return client

    def answers(self, service: str, operation: str, answer: dict[str, Any], **parameters: Any) -> Fake:
        self.client(service)
        self.stubbers[service].add_response(operation, answer, parameters or None)
        return self

    def refuses(self, service: str, operation: str, code: str, **parameters: Any) -> Fake:
        self.client(service)
        self.stubbers[service].add_client_error(operation, code, expected_params=parameters or None)
        return self

    def records(self, resource_type: str, *items: dict[str, Any]) -> Fake:
        """Answers the query for Config's items of a type; two pages where there are two items."""
        pages = [items] if len(items) < 2 else [[item] for item in items]
        for number, page in enumerate(pages):
            more = {"NextToken": str(number)} if number + 1 < len(pages) else {}
            rows = [json.dumps({"resourceType": resource_type, "tags": [], **item}) for item in page]
            self.answers("config", "select_resource_config", {"Results": rows, **more})
        return self

    def listed(self) -> list[Listed]:
        with ExitStack() as stack:
            for stubber in self.stubbers.values():
                stack.enter_context(stubber)
            found = list(self.listing)
        for stubber in self.stubbers.values():
            stubber.assert_no_pending_responses()
        return found


def verdicts(listed: Listed, collector: str) -> dict[str, str]:
    """What the collector's checks say of a resource."""
    item = ConfigurationItem(listed.item, related=listed.related)
    checks = [check for check in checks_of(item.resource_type) if check.collector == collector]
    return {check.id: check.judge(item).compliance for check in checks}


def alarm(metric: str, dimension: str, value: str, **more: Any) -> dict[str, Any]:
    namespaces = {
        "FunctionName": "AWS/Lambda",
        "TableName": "AWS/DynamoDB",
        "QueueName": "AWS/SQS",
        "TargetGroup": "AWS/ApplicationELB",
    }
    return {
        "AlarmName": f"{value}-{metric}",
        "Namespace": namespaces[dimension],
        "MetricName": metric,
        "Dimensions": [{"Name": dimension, "Value": value}],
        "AlarmActions": ["arn:aws:sns:eu-west-1:123456789012:on-call"],
        "ActionsEnabled": True,
        **more,
    }


def function(name: str) -> dict[str, Any]:
    arn = f"arn:aws:lambda:eu-west-1:{ACCOUNT_ID}:function:{name}"
    return {"resourceId": name, "resourceName": name, "arn": arn, "configuration": {}}


def test_alarms_are_found_on_functions_and_tables_over_all_pages() -> None:
    fake = Fake("alarms")
    fake.answers(
        "cloudwatch", "describe_alarms", {"MetricAlarms": [alarm("Errors", "FunctionName", "a")], "NextToken": "1"}
    )
    unhealthy = alarm("UnHealthyHostCount", "TargetGroup", "targetgroup/web/1")
    throttled = alarm("ThrottledRequests", "TableName", "t")
    fake.answers("cloudwatch", "describe_alarms", {"MetricAlarms": [throttled, unhealthy]})
    fake.records("AWS::DynamoDB::Table", {"resourceId": "t", "resourceName": "t", "configuration": {}})
    fake.records("AWS::Lambda::Function", function("a"), function("b"))
    group = f"arn:aws:elasticloadbalancing:eu-west-1:{ACCOUNT_ID}:targetgroup/web/1"
    fake.records("AWS::ElasticLoadBalancingV2::TargetGroup", {"resourceId": group, "arn": group, "configuration": {}})
    table, watched, unwatched, targets = fake.listed()
    assert verdicts(targets, "alarms") == {"alb-unhealthy-host-alarm-configured": "COMPLIANT"}
    assert verdicts(table, "alarms") == {"dynamodb-throttles-alarm-configured": "COMPLIANT"}
    assert verdicts(watched, "alarms")["lambda-errors-alarm-configured"] == "COMPLIANT"
    assert verdicts(watched, "alarms")["lambda-duration-alarm-configured"] == "NON_COMPLIANT"
    assert verdicts(unwatched, "alarms")["lambda-errors-alarm-configured"] == "NON_COMPLIANT"


def test_an_alarm_on_metric_math_watches_the_functions_inside() -> None:
    metric = {
        "Namespace": "AWS/Lambda",
        "MetricName": "Errors",
        "Dimensions": [{"Name": "FunctionName", "Value": "a"}],
    }
    math = {
        "AlarmName": "rate",
        "AlarmActions": ["arn"],
        "Metrics": [
            {"Id": "rate", "Expression": "errors / calls"},
            {"Id": "errors", "MetricStat": {"Metric": metric, "Period": 60, "Stat": "Sum"}},
        ],
    }
    fake = Fake("alarms").answers("cloudwatch", "describe_alarms", {"MetricAlarms": [math]})
    fake.records("AWS::DynamoDB::Table").records("AWS::Lambda::Function", function("a"))
    fake.records("AWS::ElasticLoadBalancingV2::TargetGroup")
    (found,) = fake.listed()
    assert verdicts(found, "alarms")["lambda-errors-alarm-configured"] == "COMPLIANT"


def test_a_listing_without_permission_is_incomplete_and_names_the_action() -> None:
    fake = Fake("alarms").refuses("cloudwatch", "describe_alarms", "AccessDenied")
    assert fake.listed() == []
    assert fake.listing.denied == "cloudwatch:DescribeAlarms is denied"


def test_throttling_ends_the_run_so_that_it_is_repeated() -> None:
    fake = Fake("log-groups").answers("resourcegroupstaggingapi", "get_resources", {"ResourceTagMappingList": []})
    fake.refuses("logs", "describe_log_groups", "ThrottlingException")
    with pytest.raises(ClientError, match="Throttling"):
        fake.listed()


def queue(name: str, **configuration: Any) -> dict[str, Any]:
    arn = f"arn:aws:sqs:eu-west-1:{ACCOUNT_ID}:{name}"
    return {"resourceId": f"https://{name}", "resourceName": name, "arn": arn, "configuration": configuration}


def test_a_dead_letter_queue_is_known_by_the_queue_that_names_it() -> None:
    redrive = json.dumps({"deadLetterTargetArn": queue("failed")["arn"], "maxReceiveCount": 3})
    fake = Fake("queues")
    depth = alarm("ApproximateNumberOfMessagesVisible", "QueueName", "failed")
    fake.answers("cloudwatch", "describe_alarms", {"MetricAlarms": [depth]})
    for _ in range(2):  # once to see who names whom, once to list them
        fake.records(
            "AWS::SQS::Queue", queue("orders", RedrivePolicy=redrive), queue("failed", MessageRetentionPeriod="60")
        )
    orders, failed = fake.listed()
    assert verdicts(orders, "queues") == {
        "sqs-queue-dlq-check": "COMPLIANT",
        "dead-letter-retention": "NOT_APPLICABLE",
        "dlq-depth-alarm-configured": "NOT_APPLICABLE",
    }
    assert verdicts(failed, "queues") == {
        "sqs-queue-dlq-check": "NOT_APPLICABLE",
        "dead-letter-retention": "NON_COMPLIANT",
        "dlq-depth-alarm-configured": "COMPLIANT",
    }


def target(namespace: str, resource: str, dimension: str) -> dict[str, Any]:
    return {
        "ServiceNamespace": namespace,
        "ResourceId": resource,
        "ScalableDimension": dimension,
        "MinCapacity": 1,
        "MaxCapacity": 4,
        "RoleARN": "arn:aws:iam::123456789012:role/scaling",
        "CreationTime": "2026-01-01T00:00:00Z",
    }


def test_scalable_targets_are_found_by_the_end_of_the_arn() -> None:
    fake = Fake("scaling")
    scaling = "application-autoscaling"
    fake.answers(scaling, "describe_scheduled_actions", {"ScheduledActions": []})
    fake.answers(scaling, "describe_scaling_policies", {"ScalingPolicies": []})
    for number, capacity in enumerate(("Read", "Write")):
        answer = {
            "ScalableTargets": [
                target("dynamodb", "table/t", f"dynamodb:table:{capacity}CapacityUnits"),
                target("dynamodb", "table/t/index/i", f"dynamodb:index:{capacity}CapacityUnits"),
            ]
        }
        more = {"NextToken": "1"} if number == 0 else {}
        fake.answers(scaling, "describe_scalable_targets", {**answer, **more})
    arn = f"arn:aws:dynamodb:eu-west-1:{ACCOUNT_ID}:table/t"
    indexed = {"globalSecondaryIndexes": [{"indexName": "i"}]}
    fake.records("AWS::DynamoDB::Table", {"resourceId": "t", "resourceName": "t", "arn": arn, "configuration": indexed})
    planned = {**named("service/c/web"), "ScheduledActionName": "night", "ScheduledActionARN": "arn", "Schedule": "x"}
    fake.answers(scaling, "describe_scheduled_actions", {"ScheduledActions": [planned]}, ServiceNamespace="ecs")
    tracking = {
        "PredefinedMetricSpecification": {"PredefinedMetricType": "ECSServiceAverageCPUUtilization"},
        "TargetValue": 70.0,
    }
    policy = {
        **named("service/c/web"),
        "PolicyARN": "arn",
        "PolicyName": "cpu",
        "PolicyType": "TargetTrackingScaling",
        "TargetTrackingScalingPolicyConfiguration": tracking,
    }
    fake.answers(scaling, "describe_scaling_policies", {"ScalingPolicies": [policy]}, ServiceNamespace="ecs")
    services = {"ScalableTargets": [{**target("ecs", "service/c/web", "ecs:service:DesiredCount"), "MinCapacity": 3}]}
    fake.answers(scaling, "describe_scalable_targets", services, ServiceNamespace="ecs")
    fake.records("AWS::ECS::Service", service("c", "web"), service("c", "fixed"))
    table, web, fixed = fake.listed()
    assert verdicts(table, "scaling") == {"dynamodb-autoscaling-enabled": "COMPLIANT"}
    assert verdicts(web, "scaling") == {
        "ecs-service-autoscaling-configured": "COMPLIANT",
        "ecs-service-demand-metric-scaling": "NON_COMPLIANT",
        "ecs-service-scaling-cooldowns-set": "NON_COMPLIANT",
        "ecs-service-target-tracking-cpu": "COMPLIANT",
        "ecs-service-target-tracking-memory": "NON_COMPLIANT",
        "warm-capacity-scheduled": "COMPLIANT",
    }
    assert verdicts(fixed, "scaling").pop("ecs-service-autoscaling-configured") == "NON_COMPLIANT"
    assert set(verdicts(fixed, "scaling").values()) == {"NON_COMPLIANT", "NOT_APPLICABLE"}


def named(resource: str) -> dict[str, Any]:
    """What Application Auto Scaling tells of everything it has."""
    return {
        "ServiceNamespace": "ecs",
        "ResourceId": resource,
        "ScalableDimension": "ecs:service:DesiredCount",
        "CreationTime": "2026-01-01T00:00:00Z",
    }


def service(cluster: str, name: str) -> dict[str, Any]:
    arn = f"arn:aws:ecs:eu-west-1:{ACCOUNT_ID}:service/{cluster}/{name}"
    configuration = {"Cluster": f"arn:aws:ecs:eu-west-1:{ACCOUNT_ID}:cluster/{cluster}"}
    return {"resourceId": arn, "resourceName": name, "arn": arn, "configuration": configuration}


def test_services_of_one_name_have_the_alarms_and_metrics_of_their_own_cluster() -> None:
    metrics = {
        "AWS/ECS": ("CPUUtilization", "MemoryUtilization"),
        "ECS/ContainerInsights": ("RunningTaskCount",),
    }
    dimensions = [{"Name": "ClusterName", "Value": "live"}, {"Name": "ServiceName", "Value": "web"}]
    alarms = [
        alarm(metric, "QueueName", "web", Namespace=namespace, Dimensions=dimensions)
        for namespace, names in metrics.items()
        for metric in names
    ]
    fake = Fake("services").answers("cloudwatch", "describe_alarms", {"MetricAlarms": alarms})
    fake.records("AWS::ECS::Service", service("live", "web"), service("test", "web"))
    for answer in (
        {"MetricDataResults": [{"Id": "m0", "Values": [1.0]}], "NextToken": "1"},
        {"MetricDataResults": [{"Id": "m0", "Values": [40.0]}]},
        {"MetricDataResults": [{"Id": "m0", "Values": [0.5]}]},  # the other service stands on another page
    ):
        fake.answers("cloudwatch", "get_metric_data", answer)
    sized = {"finding": "Optimized"}
    fake.answers("compute-optimizer", "get_ecs_service_recommendations", {"ecsServiceRecommendations": [sized]})
    fake.refuses("compute-optimizer", "get_ecs_service_recommendations", "OptInRequiredException")
    live, test = fake.listed()
    assert verdicts(live, "services") == {
        "ecs-service-alarm-configured": "COMPLIANT",
        "ecs-service-right-sized": "COMPLIANT",
        "ecs-idle-tasks-stopped": "COMPLIANT",
    }
    assert verdicts(test, "services") == {
        "ecs-service-alarm-configured": "NON_COMPLIANT",
        "ecs-service-right-sized": "INSUFFICIENT_DATA",
        "ecs-idle-tasks-stopped": "NON_COMPLIANT",
    }


def test_a_table_that_vanishes_meanwhile_is_not_listed() -> None:
    fake = Fake("tables")
    names = ("gone", "kept")
    fake.records(
        "AWS::DynamoDB::Table",
        *({"resourceId": name, "resourceName": name, "configuration": {}} for name in names),
    )
    fake.refuses("dynamodb", "describe_time_to_live", "ResourceNotFoundException", TableName="gone")
    expiry = {"TimeToLiveDescription": {"TimeToLiveStatus": "ENABLED", "AttributeName": "expires"}}
    fake.answers("dynamodb", "describe_time_to_live", expiry, TableName="kept")
    (kept,) = fake.listed()
    assert verdicts(kept, "tables") == {"dynamodb-ttl-enabled": "COMPLIANT"}


def test_a_denied_detail_is_unknown_and_names_the_action() -> None:
    fake = Fake("tables").records("AWS::DynamoDB::Table", {"resourceId": "t", "resourceName": "t", "configuration": {}})
    fake.refuses("dynamodb", "describe_time_to_live", DENIED)
    (table,) = fake.listed()
    verdict = all_checks()["dynamodb-ttl-enabled"].judge(ConfigurationItem(table.item))
    assert verdict.compliance == "INSUFFICIENT_DATA"
    assert "dynamodb:DescribeTimeToLive is denied" in verdict.annotation


def test_mappings_of_an_alias_belong_to_its_function() -> None:
    arn = f"{function('a')['arn']}:live"
    stream = {"FunctionArn": arn, "EventSourceArn": "arn:aws:kinesis:x", "StartingPosition": "LATEST", "BatchSize": 100}
    fake = Fake("event-sources")
    fake.answers("lambda", "list_event_source_mappings", {"EventSourceMappings": [stream], "NextMarker": "1"})
    fake.answers("lambda", "list_event_source_mappings", {"EventSourceMappings": []}, Marker="1")
    fake.records("AWS::Lambda::Function", function("a"), function("b"))
    reader, other = fake.listed()
    assert verdicts(reader, "event-sources") == {
        "lambda-esm-on-failure-destination": "NON_COMPLIANT",
        "lambda-esm-batching-configured": "COMPLIANT",
    }
    assert set(verdicts(other, "event-sources").values()) == {"NOT_APPLICABLE"}


def test_only_topics_of_alarms_are_asked_for_their_subscribers() -> None:
    arns = [f"arn:aws:sns:eu-west-1:{ACCOUNT_ID}:{name}" for name in ("on-call", "gone", "other")]
    fake = Fake("topics")
    fake.answers(
        "cloudwatch",
        "describe_alarms",
        {"MetricAlarms": [alarm("Errors", "FunctionName", "a", AlarmActions=arns[:2])]},
    )
    fake.records("AWS::SNS::Topic", *({"resourceId": arn, "arn": arn, "configuration": {}} for arn in arns))
    fake.answers("sns", "get_topic_attributes", {"Attributes": {"SubscriptionsConfirmed": "0"}}, TopicArn=arns[0])
    fake.answers("sns", "list_subscriptions_by_topic", {"Subscriptions": [{"Protocol": "email"}]}, TopicArn=arns[0])
    fake.refuses("sns", "get_topic_attributes", "NotFound", TopicArn=arns[1])
    on_call, other = fake.listed()
    assert set(verdicts(on_call, "topics").values()) == {"NON_COMPLIANT"}
    assert set(verdicts(other, "topics").values()) == {"NOT_APPLICABLE"}


def group(name: str, **more: Any) -> dict[str, Any]:
    return {"logGroupName": name, "arn": f"arn:aws:logs:eu-west-1:{ACCOUNT_ID}:log-group:{name}:*", **more}


def test_log_groups_have_their_tags_and_policies() -> None:
    arn = group("/a")["arn"].removesuffix(":*")
    tagged = {"ResourceARN": arn, "Tags": [{"Key": "DataClassification", "Value": "Confidential"}]}
    fake = Fake("log-groups")
    fake.answers("resourcegroupstaggingapi", "get_resources", {"ResourceTagMappingList": [tagged]})
    first = group("/a", retentionInDays=30, dataProtectionStatus="ACTIVATED")
    fake.answers("logs", "describe_log_groups", {"logGroups": [first], "nextToken": "1"})
    fake.answers("logs", "get_data_protection_policy", {"policyDocument": '{"Name": "mask"}'}, logGroupIdentifier=arn)
    fake.answers("logs", "describe_log_groups", {"logGroups": [group("/b")]}, nextToken="1")
    kept, forever = fake.listed()
    assert verdicts(kept, "log-groups") == {
        "cw-loggroup-retention-period-check": "COMPLIANT",
        "cloudwatch-log-group-encrypted": "NON_COMPLIANT",
        "cloudwatch-log-data-protection-policy-enabled": "COMPLIANT",
    }
    assert verdicts(forever, "log-groups")["cw-loggroup-retention-period-check"] == "NON_COMPLIANT"


def test_log_groups_whose_tags_are_denied_are_still_judged() -> None:
    fake = Fake("log-groups").refuses("resourcegroupstaggingapi", "get_resources", DENIED)
    fake.answers("logs", "describe_log_groups", {"logGroups": [group("/a", retentionInDays=30)]})
    (found,) = fake.listed()
    assert verdicts(found, "log-groups") == {
        "cw-loggroup-retention-period-check": "COMPLIANT",
        "cloudwatch-log-group-encrypted": "NON_COMPLIANT",
        "cloudwatch-log-data-protection-policy-enabled": "INSUFFICIENT_DATA",
    }


ABSENT = {
    ("iam", "get_account_password_policy"): "NoSuchEntity",
    ("account", "get_alternate_contact"): "ResourceNotFoundException",
    ("macie2", "get_macie_session"): "ResourceNotFoundException",
    ("securityhub", "get_enabled_standards"): "InvalidAccessException",
    ("organizations", "describe_organization"): "AWSOrganizationsNotInUseException",
    ("ce", "get_cost_and_usage"): "DataUnavailableException",
    ("support", "describe_severity_levels"): "SubscriptionRequiredException",
}
NOT_SET = {
    "iam-password-policy",
    "security-account-information-provided",
    "account-operations-billing-contact-provided",
    "macie-status-check",
    "securityhub-enabled",
    "account-part-of-organizations",
    "cost-explorer-enabled",
    "support-plan-adequate",
}
ACCOUNT_COLLECTORS = [name for name, found in all_collectors().items() if ACCOUNT in found.resource_types]


def verdicts_on_account(refused: dict[tuple[str, str], str] | None = None) -> dict[str, str]:
    """What all collectors of the account lead to; an operation, or all of a service, is refused with a code."""
    said: dict[str, str] = {}
    for name in ACCOUNT_COLLECTORS:
        with ModelledAws(name, refused=refused) as aws:
            (found,) = list(aws.listing)
        said |= verdicts(found, name)
    return said


def test_an_account_that_does_everything_passes_everything() -> None:
    said = verdicts_on_account()
    assert {check for check, compliance in said.items() if compliance != "COMPLIANT"} == NOT_ASKED
    assert said.keys() == {check.id for check in checks_of(ACCOUNT)}


def test_what_an_account_has_not_set_is_absent_not_unknown() -> None:
    found = verdicts_on_account(ABSENT)
    assert {check for check, compliance in found.items() if compliance == "NON_COMPLIANT"} >= NOT_SET
    assert "INSUFFICIENT_DATA" not in found.values()


@pytest.mark.parametrize("code", [DENIED, "OptInRequiredException", "SubscriptionRequiredException"])
@pytest.mark.parametrize("service", sorted({service for service, _ in ANSWERS}))
def test_a_refused_section_is_unknown_and_the_others_go_on(service: str, code: str) -> None:
    if service in {"support", "trustedadvisor"} and code == "SubscriptionRequiredException":
        pytest.skip("an answer: the account has no such plan")
    found = verdicts_on_account({(service, "*"): code})
    unknown = [check for check, compliance in found.items() if compliance == "INSUFFICIENT_DATA"]
    assert len(unknown) >= (service != "shield")  # which nobody asks for by default
    assert len(unknown) < len(found) / 2
    assert {check for check, compliance in found.items() if compliance != "COMPLIANT"} == {*unknown, *NOT_ASKED}


@pytest.mark.parametrize(
    "code",
    [
        "ThrottlingException",
        "LimitExceededException",  # how Cost Explorer throttles
        "ProvisionedThroughputExceededException",
        "InternalServerException",
        "ServiceUnavailable",
    ],
)
def test_what_may_go_well_next_time_ends_the_run_so_that_it_is_repeated(code: str) -> None:
    for service in ("iam", "budgets", "ce"):
        with pytest.raises(ClientError, match=code):
            verdicts_on_account({(service, "*"): code})


def test_a_service_that_the_region_lacks_is_unknown_and_the_others_go_on() -> None:
    class Nowhere:
        def can_paginate(self, _: str) -> bool:
            return False

        def __getattr__(self, operation: str) -> Any:
            def call(**_: Any) -> Any:
                raise EndpointConnectionError(endpoint_url="https://nowhere")

            return call

    (found,) = Listing(
        Aws(collector_of("account-protection"), lambda _: Nowhere(), account=ACCOUNT_ID, region="r", began=BEGAN)
    )
    said = verdicts(found, "account-protection")
    assert {check for check, compliance in said.items() if compliance != "INSUFFICIENT_DATA"} <= NOT_ASKED


def test_a_collector_declares_actions_that_exist() -> None:
    for found in all_collectors().values():
        assert list(found.actions) == sorted(set(found.actions)), f"{found.name}: sorted, each once"
