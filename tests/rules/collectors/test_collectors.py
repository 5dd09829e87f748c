"""Collectors against answers that botocore checks with each service's own model."""

from __future__ import annotations

import json
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta, timezone
from functools import cache
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, ClassVar

import boto3
import pytest
from botocore import xform_name
from botocore.exceptions import ClientError, EndpointConnectionError
from botocore.stub import Stubber

from pillarwatch import ACCOUNT, ConfigurationItem
from rules.catalogue import all_checks, checks_of
from rules.collectors import Aws, Listed, Listing, all_collectors, collector_of
from tests.rules.collectors.account_answers import ACCOUNT_ID, ANSWERS, NOT_ASKED, scanned
from tests.rules.collectors.modelled_aws import TOKENS, ModelledAws, tokens

if TYPE_CHECKING:
    from collections.abc import Mapping

BEGAN = "2026-01-15T12:00:00.000Z"
DENIED = "AccessDeniedException"
PACIFIC = timezone(timedelta(hours=-8))


@cache
def client_of(service: str) -> Any:
    """A client that never calls AWS: slow to make, so made once."""
    session: Any = boto3.Session("x", "x", region_name="eu-west-1")
    return session.client(service)


class Fake:
    """Clients that answer only what a test prepared, each answer once and in order."""

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


def result(query: str, *values: float, status: str = "Complete") -> dict[str, Any]:
    """What GetMetricData answers of one metric."""
    return {"Id": query, "Values": list(values), "StatusCode": status}


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
    assert fake.listing.denied == "cloudwatch:DescribeAlarms"


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
    queues = queue("orders", RedrivePolicy=redrive), queue("failed", MessageRetentionPeriod="60"), queue("undelivered")
    fake.records("AWS::SQS::Queue", *queues)
    fake.answers("lambda", "list_event_source_mappings", {"EventSourceMappings": []})
    target = {"Id": "1", "Arn": "arn", "DeadLetterConfig": {"Arn": queue("undelivered")["arn"]}}
    fake.records("AWS::Events::Rule", {"resourceId": "nightly", "configuration": {"Targets": [target]}})
    fake.records("AWS::Lambda::Function", function("a"))
    fake.records("AWS::SQS::Queue", *queues)
    orders, failed, undelivered = fake.listed()
    assert verdicts(undelivered, "queues")["sqs-queue-dlq-check"] == "NOT_APPLICABLE"
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
    """What Application Auto Scaling returns of all that it has."""
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
        {"MetricDataResults": [result("m0", 1.0, status="PartialData")], "NextToken": "1"},
        {"MetricDataResults": [result("m0", 40.0)]},
        {"MetricDataResults": [result("m0", 0.5)]},  # the other service stands on another page
    ):
        fake.answers("cloudwatch", "get_metric_data", answer)
    sized = {"finding": "Optimized"}
    fake.answers("compute-optimizer", "get_ecs_service_recommendations", {"ecsServiceRecommendations": [sized]})
    fake.refuses("compute-optimizer", "get_ecs_service_recommendations", "OptInRequiredException")
    live, test = fake.listed()
    assert verdicts(live, "services") == {
        "ecs-service-alarm-configured": "COMPLIANT",
        "ecs-service-right-sized": "COMPLIANT",
        "ecs-service-subnets-multi-az": "NOT_APPLICABLE",
        "ecs-idle-tasks-stopped": "COMPLIANT",
    }
    assert verdicts(test, "services") == {
        "ecs-service-alarm-configured": "NON_COMPLIANT",
        "ecs-service-right-sized": "INSUFFICIENT_DATA",
        "ecs-service-subnets-multi-az": "NOT_APPLICABLE",
        "ecs-idle-tasks-stopped": "NON_COMPLIANT",
    }


@pytest.mark.parametrize(
    ("zones", "verdict"),
    [
        (["a", "a"], "NON_COMPLIANT"),
        (["a", "b"], "COMPLIANT"),
        (["a"], "INSUFFICIENT_DATA"),  # the other subnet is not among the account's
    ],
)
def test_a_service_stands_in_the_zones_of_its_subnets(zones: list[str], verdict: str) -> None:
    placed = service("live", "web")
    placed["configuration"]["NetworkConfiguration"] = {"AwsvpcConfiguration": {"Subnets": ["subnet-0", "subnet-1"]}}
    fake = Fake("services").records("AWS::ECS::Service", placed)
    found = [{"SubnetId": f"subnet-{at}", "AvailabilityZone": zone} for at, zone in enumerate(zones)]
    fake.answers("ec2", "describe_subnets", {"Subnets": found})
    fake.answers("cloudwatch", "describe_alarms", {"MetricAlarms": []})
    fake.answers("cloudwatch", "get_metric_data", {"MetricDataResults": []})
    fake.answers("compute-optimizer", "get_ecs_service_recommendations", {"ecsServiceRecommendations": []})
    (listed,) = fake.listed()
    assert verdicts(listed, "services")["ecs-service-subnets-multi-az"] == verdict


def test_task_definitions_that_are_no_longer_active_share_no_role() -> None:
    def task(name: str, status: str) -> dict[str, Any]:
        arn = f"arn:aws:ecs:eu-west-1:{ACCOUNT_ID}:task-definition/{name}"
        configuration = {"TaskRoleArn": "arn:aws:iam::123456789012:role/web", "Status": status}
        return {"resourceId": arn, "resourceName": name, "arn": arn, "configuration": configuration}

    tasks = [task("web:1", "INACTIVE"), task("web:2", "ACTIVE"), task("gone:1", "INACTIVE")]
    fake = Fake("components")
    for _ in ("to look up", "to judge"):
        fake.records("AWS::Lambda::Function").records("AWS::ECS::TaskDefinition", *tasks)
    (web,) = fake.listed()
    assert web.item["resourceName"] == "web:2"
    assert verdicts(web, "components") == {"dedicated-iam-role-per-component": "COMPLIANT"}


def test_an_older_revision_shares_no_role_and_its_family_is_one_component() -> None:
    def task(name: str, role: str, status: str = "ACTIVE") -> dict[str, Any]:
        arn = f"arn:aws:ecs:eu-west-1:{ACCOUNT_ID}:task-definition/{name}"
        configuration = {"TaskRoleArn": f"arn:aws:iam::123456789012:role/{role}", "Status": status}
        return {"resourceId": arn, "resourceName": name, "arn": arn, "configuration": configuration}

    tasks = [task("web:10", "web"), task("web:9", "api"), task("web:11", "api", "DELETE_IN_PROGRESS")]
    tasks += [task("api:1", "api"), task("api:2", "api")]
    fake = Fake("components")
    for _ in ("to look up", "to judge"):
        fake.records("AWS::Lambda::Function").records("AWS::ECS::TaskDefinition", *tasks)
    assert {each.item["resourceName"]: set(verdicts(each, "components").values()) for each in fake.listed()} == {
        "web:10": {"COMPLIANT"},
        "web:9": {"NON_COMPLIANT"},
        "api:1": {"COMPLIANT"},
        "api:2": {"COMPLIANT"},
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


@pytest.mark.parametrize("kind", ["CompositeAlarms", "LogAlarms"])
def test_only_topics_of_alarms_of_any_type_have_their_subscriptions_listed(kind: str) -> None:
    paging = {"AlarmName": "outage", "AlarmActions": [f"arn:aws:sns:eu-west-1:{ACCOUNT_ID}:on-call"]}
    arns = [f"arn:aws:sns:eu-west-1:{ACCOUNT_ID}:{name}" for name in ("on-call", "gone", "other")]
    fake = Fake("topics")
    fake.answers(
        "cloudwatch",
        "describe_alarms",
        {"MetricAlarms": [alarm("Errors", "FunctionName", "a", AlarmActions=arns[1:2])], kind: [paging]},
        AlarmTypes=["MetricAlarm", "CompositeAlarm", "LogAlarm"],
    )
    fake.records("AWS::SNS::Topic", *({"resourceId": arn, "arn": arn, "configuration": {}} for arn in arns))
    fake.answers("sns", "get_topic_attributes", {"Attributes": {"SubscriptionsConfirmed": "0"}}, TopicArn=arns[0])
    fake.answers("sns", "list_subscriptions_by_topic", {"Subscriptions": [{"Protocol": "email"}]}, TopicArn=arns[0])
    fake.refuses("sns", "get_topic_attributes", "NotFound", TopicArn=arns[1])
    on_call, other = fake.listed()
    assert set(verdicts(on_call, "topics").values()) == {"NON_COMPLIANT"}
    assert set(verdicts(other, "topics").values()) == {"NOT_APPLICABLE"}


def test_a_function_has_its_destinations_its_log_group_s_filters_and_of_its_variables_the_names_of_secrets() -> None:
    fake = Fake("functions").answers("compute-optimizer", "get_lambda_function_recommendations", {})
    fake.answers("appsync", "list_graphql_apis", {"graphqlApis": []})
    started = {"logGroupName": "/shop", "filterPattern": "[..., label = Init Duration]"}
    fake.answers("logs", "describe_metric_filters", {"metricFilters": [started]})
    variables = {"LOG_LEVEL": "INFO", "TABLE": "orders", "DB_PASSWORD": "open sesame"}
    found = {"FunctionName": "a", "Environment": {"Variables": variables}, "LoggingConfig": {"LogGroup": "/shop"}}
    fake.answers("lambda", "list_event_source_mappings", {"EventSourceMappings": []})
    fake.answers("lambda", "list_functions", {"Functions": [found]})
    fake.records("AWS::Lambda::Function", function("a"))
    fake.answers("lambda", "list_aliases", {"Aliases": []})
    destination = {"OnFailure": {"Destination": "arn:aws:sqs:eu-west-1:123456789012:failed"}}
    on_failure = {"FunctionEventInvokeConfigs": [{"DestinationConfig": destination}]}
    fake.answers("lambda", "list_function_event_invoke_configs", on_failure)
    (listed,) = fake.listed()
    assert "sesame" not in json.dumps(listed.item)
    said = verdicts(listed, "functions")
    assert said["lambda-dlq-check"] == "COMPLIANT"
    assert said["lambda-environment-no-plaintext-secrets"] == "NON_COMPLIANT"
    assert said["lambda-cold-start-monitored"] == "COMPLIANT"


def test_a_function_that_answers_for_graphql_apis_is_waited_for() -> None:
    fake = Fake("functions").answers("compute-optimizer", "get_lambda_function_recommendations", {})
    fake.answers("appsync", "list_graphql_apis", {"graphqlApis": [{"apiId": "1"}, {"apiId": "gone"}]})
    answered = {"name": "meetings", "lambdaConfig": {"lambdaFunctionArn": f"{function('a')['arn']}:live"}}
    fake.answers("appsync", "list_data_sources", {"dataSources": [{"name": "table"}, answered]}, apiId="1")
    fake.refuses("appsync", "list_data_sources", "NotFoundException", apiId="gone")
    fake.answers("logs", "describe_metric_filters", {"metricFilters": []})
    fake.answers("lambda", "list_event_source_mappings", {"EventSourceMappings": []})
    fake.answers("lambda", "list_functions", {"Functions": [{"FunctionName": name} for name in "ab"]})
    fake.records("AWS::Lambda::Function", function("a"), function("b"), function("deleted"))
    for _ in "ab":
        fake.answers("lambda", "list_aliases", {"Aliases": []})
        fake.answers("lambda", "list_function_event_invoke_configs", {"FunctionEventInvokeConfigs": []})
    said = [verdicts(listed, "functions")["lambda-dlq-check"] for listed in fake.listed()]
    assert said == ["NOT_APPLICABLE", "NON_COMPLIANT"]


def group(name: str, **more: Any) -> dict[str, Any]:
    return {"logGroupName": name, "arn": f"arn:aws:logs:eu-west-1:{ACCOUNT_ID}:log-group:{name}:*", **more}


def test_log_groups_have_their_tags_and_policies() -> None:
    arn = group("/a")["arn"].removesuffix(":*")
    tagged = {"ResourceARN": arn, "Tags": [{"Key": "DataClassification", "Value": "Confidential"}]}
    fake = Fake("log-groups")
    fake.answers("resourcegroupstaggingapi", "get_resources", {"ResourceTagMappingList": [tagged]})
    first = group("/a", retentionInDays=30, dataProtectionStatus="ACTIVATED")
    fake.answers("logs", "describe_log_groups", {"logGroups": [first], "nextToken": "1"})
    policy = json.dumps({"Statement": [{"Operation": {"Deidentify": {"MaskConfig": {}}}}]})
    fake.answers("logs", "get_data_protection_policy", {"policyDocument": policy}, logGroupIdentifier=arn)
    fake.answers("cloudwatch", "get_metric_data", {"MetricDataResults": [result("m0", 7.0)]})
    fake.answers("logs", "describe_log_groups", {"logGroups": [group("/b", storedBytes=1)]}, nextToken="1")
    fake.answers("cloudwatch", "get_metric_data", {"MetricDataResults": [result("m0")]})
    kept, forever = fake.listed()
    assert verdicts(kept, "log-groups") == {
        "cw-loggroup-retention-period-check": "COMPLIANT",
        "cloudwatch-log-group-encrypted": "NON_COMPLIANT",
        "cloudwatch-log-data-protection-policy-enabled": "COMPLIANT",
        "log-group-unused": "NOT_APPLICABLE",
    }
    assert verdicts(forever, "log-groups")["cw-loggroup-retention-period-check"] == "NON_COMPLIANT"
    assert verdicts(forever, "log-groups")["log-group-unused"] == "NON_COMPLIANT"


def test_log_groups_whose_tags_are_denied_are_still_judged() -> None:
    fake = Fake("log-groups").refuses("resourcegroupstaggingapi", "get_resources", DENIED)
    fake.answers("logs", "describe_log_groups", {"logGroups": [group("/a", storedBytes=1, retentionInDays=30)]})
    fake.refuses("cloudwatch", "get_metric_data", DENIED)
    (found,) = fake.listed()
    assert verdicts(found, "log-groups") == {
        "cw-loggroup-retention-period-check": "COMPLIANT",
        "cloudwatch-log-group-encrypted": "NON_COMPLIANT",
        "cloudwatch-log-data-protection-policy-enabled": "INSUFFICIENT_DATA",
        "log-group-unused": "NOT_APPLICABLE",
    }


# What an account answers of what it has not set, not enabled or not subscribed to, and what its checks then say.
OFF: dict[str, tuple[dict[tuple[str, str], str], dict[str, str]]] = {
    "no password policy": (
        {("iam", "get_account_password_policy"): "NoSuchEntity"},
        {"iam-password-policy": "NON_COMPLIANT"},
    ),
    "no contacts": (
        {("account", "get_alternate_contact"): "ResourceNotFoundException"},
        {
            "security-account-information-provided": "NON_COMPLIANT",
            "account-operations-billing-contact-provided": "NON_COMPLIANT",
        },
    ),
    "Macie is off": (
        {("macie2", "get_macie_session"): "AccessDeniedException: Macie is not enabled"},
        {"macie-status-check": "NON_COMPLIANT"},
    ),
    "Security Hub is off": (
        {("securityhub", "*"): "InvalidAccessException: Account 123456789012 is not subscribed to AWS Security Hub"},
        {"securityhub-enabled": "NON_COMPLIANT", "security-findings-triaged-within-sla": "NOT_APPLICABLE"},
    ),
    "no organization": (
        {("organizations", "*"): "AWSOrganizationsNotInUseException"},
        {
            "account-part-of-organizations": "NON_COMPLIANT",
            "organizations-scp-guardrails-attached": "NOT_APPLICABLE",
            "organizations-tag-policy-attached": "NOT_APPLICABLE",
        },
    ),
    "Cost Explorer is off": (
        {("ce", "get_cost_and_usage"): "AccessDeniedException: User not enabled for cost explorer access"},
        {
            "cost-explorer-enabled": "NON_COMPLIANT",
            "cost-optimization-hub-savings-below-threshold": "NOT_APPLICABLE",
            "cross-region-data-transfer-bounded": "NOT_APPLICABLE",
        },
    ),
    "Cost Explorer has no data": (
        {
            ("ce", "get_savings_plans_coverage"): "DataUnavailableException",
            ("ce", "get_savings_plans_utilization"): "DataUnavailableException",
            ("ce", "get_reservation_purchase_recommendation"): "DataUnavailableException",
        },
        {
            "reservation-coverage-reviewed": "NOT_APPLICABLE",
            "savings-plans-coverage": "NOT_APPLICABLE",
            "savings-plans-utilization": "NOT_APPLICABLE",
        },
    ),
    "a support plan without an API": (
        {("support", "*"): "SubscriptionRequiredException", ("trustedadvisor", "*"): DENIED},
        {"support-plan-adequate": "NON_COMPLIANT", "trusted-advisor-service-limits-ok": "NOT_APPLICABLE"},
    ),
    "Compute Optimizer is not opted in to": (
        {("compute-optimizer", "get_idle_recommendations"): "OptInRequiredException"},
        {"idle-resources-compute-optimizer": "INSUFFICIENT_DATA"},  # compute-optimizer-enrolled fails
    ),
    "quotas were never managed": (
        {("service-quotas", "get_auto_management_configuration"): "NoSuchResourceException"},
        {"service-quota-auto-management-enabled": "NON_COMPLIANT"},
    ),
    "in no organization that shares portfolios": (
        {("servicecatalog", "list_accepted_portfolio_shares"): "OperationNotSupportedException"},
        {"reference-architectures-governed": "COMPLIANT"},  # it has one of its own
    ),
}
NOTHING: dict[tuple[str, str], dict[str, Any]] = {  # what answers without an error where a service is not enabled
    ("bcm-data-exports", "list_exports"): {"Exports": []},
    ("bedrock", "get_model_invocation_logging_configuration"): {},
    ("budgets", "describe_budgets"): {},
    ("budgets", "describe_budget_notifications_for_account"): {},
    ("ce", "get_anomaly_monitors"): {"AnomalyMonitors": []},
    ("cloudtrail", "describe_trails"): {"trailList": []},
    ("compute-optimizer", "get_enrollment_status"): {"status": "Inactive"},
    ("cost-optimization-hub", "list_enrollment_statuses"): {"items": []},
    ("detective", "list_graphs"): {"GraphList": []},
    ("ec2", "get_snapshot_block_public_access_state"): {"State": "unblocked"},
    ("guardduty", "list_detectors"): {"DetectorIds": []},
    ("inspector2", "batch_get_account_status"): {
        "accounts": [
            {
                "accountId": ACCOUNT_ID,
                "state": scanned("DISABLED"),
                "resourceState": {name: scanned("DISABLED") for name in ("ec2", "ecr", "lambda")},
            }
        ]
    },
    ("schemas", "list_registries"): {"Registries": [{"RegistryName": "aws.events"}]},
    ("sso-admin", "list_instances"): {"Instances": []},
}
NOTHING_SAYS = {
    "bedrock-model-invocation-logging-enabled": "NON_COMPLIANT",
    "budget-configured": "NON_COMPLIANT",
    "budget-forecast-reviewed": "NOT_APPLICABLE",
    "budget-notifications-configured": "NOT_APPLICABLE",
    "cloudtrail-enabled": "NON_COMPLIANT",
    "compute-optimizer-enrolled": "NON_COMPLIANT",
    "cost-and-usage-export-configured": "NON_COMPLIANT",
    "cost-anomaly-monitor-configured": "NON_COMPLIANT",
    "cost-anomaly-subscription-configured": "NOT_APPLICABLE",
    "cost-optimization-hub-enrolled": "NON_COMPLIANT",
    "cost-optimization-hub-savings-below-threshold": "NOT_APPLICABLE",
    "ebs-snapshot-block-public-access": "NON_COMPLIANT",
    "eventbridge-schema-registry-used": "NON_COMPLIANT",
    "guardduty-enabled-centralized": "NON_COMPLIANT",
    "guardduty-non-archived-findings": "NOT_APPLICABLE",
    "guardduty-protection-plans-enabled": "NOT_APPLICABLE",
    "identity-center-federation-enabled": "NON_COMPLIANT",
    "incident-tools-predeployed": "NON_COMPLIANT",
    "inspector-ecr-scan-enabled": "NON_COMPLIANT",
    "inspector-lambda-standard-scan-enabled": "NON_COMPLIANT",
}
ACCOUNT_COLLECTORS = [name for name, found in all_collectors().items() if ACCOUNT in found.resource_types]


def verdicts_on_account(
    refused: Mapping[tuple[str, str], str] | None = None,
    answers: Mapping[tuple[str, str], Any] | None = None,
    aws: type[ModelledAws] = ModelledAws,
) -> dict[str, str]:
    """What all collectors of the account lead to; an operation, or all of a service, is refused with a code."""
    said: dict[str, str] = {}
    for name in ACCOUNT_COLLECTORS:
        with aws(name, answers, refused) as asked:
            (found,) = list(asked.listing)
        said |= verdicts(found, name)
    return said


def test_an_account_that_does_everything_passes_everything() -> None:
    said = verdicts_on_account()
    assert {check for check, compliance in said.items() if compliance != "COMPLIANT"} == NOT_ASKED
    assert said.keys() == {check.id for check in checks_of(ACCOUNT)}


@pytest.mark.parametrize("what", OFF)
def test_what_an_account_has_not_set_or_enabled_is_an_answer(what: str) -> None:
    refused, expected = OFF[what]
    found = verdicts_on_account(refused)
    others = {check for check, compliance in found.items() if compliance != "COMPLIANT"} - expected.keys() - NOT_ASKED
    assert {check: found[check] for check in expected} == expected
    assert others == set()


def test_what_is_not_enabled_and_answers_that_there_is_nothing_fails() -> None:
    found = verdicts_on_account(answers=NOTHING)
    others = {check for check, compliance in found.items() if compliance != "COMPLIANT"} - NOTHING_SAYS.keys()
    assert {check: found[check] for check in NOTHING_SAYS} == NOTHING_SAYS
    assert others == NOT_ASKED


EMPTY_IS_GOOD = {"cloudformation-changes-via-change-set", "idle-resources-compute-optimizer"}  # and is always told


def test_an_account_of_which_every_service_says_that_there_is_nothing_passes_nothing() -> None:
    checks = checks_of(ACCOUNT)
    examples = [example for check in checks for example in (*check.compliant, *check.non_compliant)]
    asked = {tuple(path.split(".")[:3]) for example in examples for path in example}
    configuration: dict[str, dict[str, None]] = {}
    for service, operation in (path[1:] for path in asked if path[0] == "configuration"):
        configuration.setdefault(service, {})[operation] = None
    item = {"resourceType": ACCOUNT, "awsAccountId": ACCOUNT_ID, "configuration": configuration}
    said = {check.id: check.judge(ConfigurationItem(item)).compliance for check in checks}
    assert {check for check, compliance in said.items() if compliance == "COMPLIANT"} == EMPTY_IS_GOOD
    assert "INSUFFICIENT_DATA" not in said.values()


MANAGED_BY_ANOTHER = {("organizations", "describe_organization"): {"Organization": {"MasterAccountId": "999999999999"}}}
ONLY_FOR_MANAGEMENT = {
    ("ce", "list_cost_allocation_tags"): DENIED,
    ("ce", "list_cost_category_definitions"): DENIED,
    ("organizations", "list_policies"): DENIED,
    ("organizations", "list_targets_for_policy"): DENIED,
}


def test_what_only_the_management_account_may_ask_does_not_apply_to_a_member() -> None:
    found = verdicts_on_account(ONLY_FOR_MANAGEMENT, MANAGED_BY_ANOTHER)
    assert found["account-part-of-organizations"] == "COMPLIANT"
    assert {check for check, compliance in found.items() if compliance != "COMPLIANT"} - NOT_ASKED == {
        "cost-allocation-tags-activated",
        "cost-and-usage-export-configured",
        "cost-categories-defined",
        "organizations-scp-guardrails-attached",
        "organizations-tag-policy-attached",
    }
    assert "INSUFFICIENT_DATA" not in found.values()
    assert "NON_COMPLIANT" not in found.values()


ALL_IN_ONE = {  # what has a token and needs one page only: a total, or the first of many
    ("cost-optimization-hub", "list_recommendation_summaries"),
}


class OnTheSecondPage(ModelledAws):
    """An account whose every listing begins with an empty page."""

    def answer(self, model: Any, **about: Any) -> Any:
        """An empty page with a token, or what comes after it."""
        operation = (model.service_model.service_name, xform_name(model.name))
        asked = model.input_shape.members if model.input_shape else {}
        outputs = model.output_shape.members if model.output_shape else {}
        token_in, token_out = tokens(*operation[:1], model.name)
        token_in = token_in or next((name for name in TOKENS if name in asked), "")
        token_out = token_out or token_in
        if not token_in or token_out not in outputs or token_in in self.parameters or operation in ALL_IN_ONE:
            return super().answer(model, **about)
        self.paged.add(operation)
        lists: dict[str, Any] = {name: [] for name, shape in outputs.items() if shape.type_name == "list"}
        token = "more".ljust(outputs[token_out].metadata.get("min", 0), "-")
        return SimpleNamespace(status_code=200), {**lists, token_out: token}

    paged: ClassVar[set[tuple[str, str]]] = set()


def test_what_stands_on_a_second_page_counts() -> None:
    found = verdicts_on_account(aws=OnTheSecondPage)
    assert {check for check, compliance in found.items() if compliance != "COMPLIANT"} == NOT_ASKED
    assert len(OnTheSecondPage.paged) > 50


GONE = {
    ("appconfig", "list_configuration_profiles"): ("ResourceNotFoundException", "appconfig-feature-flags-in-use"),
    ("bcm-data-exports", "get_export"): ("ResourceNotFoundException", "cost-and-usage-export-configured"),
    ("cloudtrail", "get_trail_status"): ("TrailNotFoundException", "cloudtrail-enabled"),
    ("guardduty", "get_detector"): ("BadRequestException", "guardduty-enabled-centralized"),
    ("organizations", "list_targets_for_policy"): ("PolicyNotFoundException", "organizations-scp-guardrails-attached"),
}


@pytest.mark.parametrize("operation", GONE)
def test_what_is_deleted_after_it_was_listed_counts_as_if_it_had_never_been(operation: tuple[str, str]) -> None:
    code, check = GONE[operation]
    found = verdicts_on_account({operation: code})
    assert found[check] == "NON_COMPLIANT"
    assert "INSUFFICIENT_DATA" not in found.values()


def test_what_we_have_deployed_ourselves_and_agents_measure_is_not_the_workload_s(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("EVENT_BUS_NAME", "pillarwatch")
    alarms = [
        {"AlarmName": namespace, "Namespace": namespace, "AlarmActions": ["arn:topic"]}
        for namespace in ("AWS/SQS", "CWAgent", "Pillarwatch")
    ]
    ours = {
        ("cloudwatch", "describe_alarms"): {"MetricAlarms": alarms},
        ("cloudwatch", "list_dashboards"): {"DashboardEntries": [{"DashboardName": "pillarwatch"}]},
        ("cloudwatch", "list_metrics"): {"Metrics": [{"Namespace": name["Namespace"]} for name in alarms]},
    }
    found = verdicts_on_account(answers=ours)
    checks = (
        "application-kpi-alarm-configured",
        "application-telemetry-emitted",
        "cloudwatch-dashboard-covers-workload",
    )
    assert {check: found[check] for check in checks} == dict.fromkeys(checks, "NON_COMPLIANT")


def test_an_application_s_metric_inside_metric_math_is_watched() -> None:
    metric = {"Namespace": "Shop", "MetricName": "Orders"}
    math = {
        "AlarmName": "orders",
        "AlarmActions": ["arn:topic"],
        "Metrics": [
            {"Id": "rate", "Expression": "orders / 60"},
            {"Id": "orders", "MetricStat": {"Metric": metric, "Period": 60, "Stat": "Sum"}},
        ],
    }
    found = verdicts_on_account(answers={("cloudwatch", "describe_alarms"): {"MetricAlarms": [math]}})
    assert found["application-kpi-alarm-configured"] == "COMPLIANT"


def test_a_log_alarm_with_an_action_watches_the_application() -> None:
    orders = {"AlarmName": "orders", "AlarmActions": ["arn:topic"]}
    for alarms, expected in (([orders], "COMPLIANT"), ([{**orders, "AlarmActions": []}], "NON_COMPLIANT")):
        found = verdicts_on_account(answers={("cloudwatch", "describe_alarms"): {"LogAlarms": alarms}})
        assert found["application-kpi-alarm-configured"] == expected


def test_a_quota_that_its_service_does_not_tell_is_unknown() -> None:
    quota = {
        "QuotaArn": "arn:aws:servicequotas:eu-west-1:123456789012:dynamodb/L-1",
        "QuotaName": "Tables",
        "UsageMetric": {"MetricNamespace": "AWS/Usage", "MetricName": "ResourceCount"},
        "ErrorReason": {"ErrorCode": "DEPENDENCY_ACCESS_DENIED_ERROR"},
    }
    found = verdicts_on_account(answers={("service-quotas", "list_service_quotas"): {"Quotas": [quota]}})
    assert found["service-quota-utilisation-below-threshold"] == "INSUFFICIENT_DATA"


def test_inspector_s_error_of_the_account_is_unknown() -> None:
    failed = {"accountId": ACCOUNT_ID, "errorCode": "INTERNAL_ERROR", "errorMessage": "-"}
    answer = {"accounts": [], "failedAccounts": [failed]}
    found = verdicts_on_account(answers={("inspector2", "batch_get_account_status"): answer})
    assert found["inspector-ecr-scan-enabled"] == "INSUFFICIENT_DATA"


@pytest.mark.parametrize(
    ("record", "compliance"),
    [
        ({"sourceIPAddress": "192.0.2.1"}, "NON_COMPLIANT"),
        ({"sourceIPAddress": "192.0.2.1", "errorCode": "ValidationException"}, "COMPLIANT"),  # nothing was changed
        ({"sourceIPAddress": "cloudformation.amazonaws.com"}, "COMPLIANT"),  # a nested stack of a change set
    ],
)
def test_updates_count_that_somebody_has_carried_out(record: dict[str, str], compliance: str) -> None:
    event = {"EventName": "UpdateStack", "Username": "anna", "CloudTrailEvent": json.dumps(record)}
    found = verdicts_on_account(answers={("cloudtrail", "lookup_events"): {"Events": [event]}})
    assert found["cloudformation-changes-via-change-set"] == compliance


class Remembering(ModelledAws):
    """An account that remembers what it was asked."""

    asked: ClassVar[dict[str, dict[str, Any]]] = {}

    def answer(self, model: Any, **about: Any) -> Any:
        """As always."""
        self.asked[model.name] = dict(self.parameters)
        return super().answer(model, **about)


def test_each_call_has_the_intended_parameters() -> None:
    verdicts_on_account(aws=Remembering)
    findings = Remembering.asked["GetFindings"]
    assert findings["Filters"]["AwsAccountId"] == [{"Value": ACCOUNT_ID, "Comparison": "EQUALS"}]
    assert findings["Filters"]["Region"] == [{"Value": "eu-west-1", "Comparison": "EQUALS"}]
    assert findings["SortCriteria"] == [{"Field": "CreatedAt", "SortOrder": "asc"}]  # the oldest decides
    assert Remembering.asked["DescribeBudgets"]["ShowFilterExpression"] is True  # else a filter looks like none
    assert Remembering.asked["GetCostAndUsage"]["Filter"] == {
        "Not": {"Dimensions": {"Key": "RECORD_TYPE", "Values": ["Credit", "Refund"]}}
    }
    assert Remembering.asked["GetSavingsPlansCoverage"]["TimePeriod"]["End"] < BEGAN[:10]  # today it does not take
    assert Remembering.asked["ListInstances"]["RegionScope"] == "ALL_REGIONS"
    assert Remembering.asked["ListInferenceProfiles"]["typeEquals"] == "APPLICATION"


def test_on_two_pages_of_findings_the_oldest_decides() -> None:
    required = dict.fromkeys(("SchemaVersion", "Id", "ProductArn", "GeneratorId", "UpdatedAt", "Description"), "-")
    finding: dict[str, Any] = {**required, "AwsAccountId": ACCOUNT_ID, "Resources": [], "Title": "old"}
    finding["CreatedAt"] = "2025-01-01T00:00:00Z"
    answers = {("securityhub", "get_findings"): {"Findings": [finding] * 100, "NextToken": "more"}}
    assert verdicts_on_account(answers=answers)["security-findings-triaged-within-sla"] == "NON_COMPLIANT"


REFUSALS = [
    (service, code)
    for service in sorted({service for service, _ in ANSWERS})
    for code in (DENIED, "OptInRequiredException", "SubscriptionRequiredException")
    if (service, code) != ("support", "SubscriptionRequiredException")  # an answer: the account has no such plan
]


@pytest.mark.parametrize(("service", "code"), REFUSALS)
def test_a_refused_section_is_unknown_and_the_others_go_on(service: str, code: str) -> None:
    found = verdicts_on_account({(service, "*"): code})
    unknown = [check for check, compliance in found.items() if compliance == "INSUFFICIENT_DATA"]
    assert unknown or service in {"cur", "shield"}  # a data export is enough, and nobody asks for Shield by default
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


def with_support_dates(*, health: bool = True) -> Fake:
    """Two clusters and two functions; AWS announces other days than it publishes for one of each."""
    fake = Fake("support-dates")
    version = {"clusterVersion": "1.35", "endOfStandardSupportDate": datetime(2025, 12, 31, 16, tzinfo=PACIFIC)}
    fake.answers("eks", "describe_cluster_versions", {"clusterVersions": [version]}, includeAll=True)
    event = {"date": datetime(2026, 1, 1, tzinfo=UTC), "regions": ["all"]}
    long_ago = datetime(2020, 1, 1, tzinfo=UTC)
    events = [
        {
            **event,
            "lifecycleEventType": "END_OF_SUPPORT",
            "regions": ["us-gov-west-1"],
            "date": datetime(2020, 1, 1, tzinfo=UTC),
        },
        {**event, "lifecycleEventType": "END_OF_SUPPORT"},
        {**event, "lifecycleEventType": "BLOCK_RESOURCE_CREATE", "date": long_ago},
    ]
    asked = {"filter": {"service": "LAMBDA"}}
    if health:
        lifecycle = {"service": "LAMBDA", "version": "python3.14", "lifecycleEvents": events}
        fake.answers("health", "describe_service_lifecycle", {"serviceLifecycles": [lifecycle]}, **asked)
    else:
        fake.refuses("health", "describe_service_lifecycle", "SubscriptionRequiredException", **asked)
    arn = "arn:aws:eks:eu-west-1:1:cluster/"
    clusters = [{"resourceId": v, "arn": f"{arn}{v}", "configuration": {"Version": v}} for v in ("1.35", "1.33")]
    fake.records("AWS::EKS::Cluster", *clusters)
    functions = [{**function(name), "configuration": {"runtime": name}} for name in ("python3.14", "python3.9")]
    return fake.records("AWS::Lambda::Function", *functions)


def test_support_ends_on_the_day_that_aws_announces_and_otherwise_on_the_published_one() -> None:
    announced, published, runtime, old = with_support_dates().listed()
    of_clusters, of_functions = all_checks()["eks-cluster-supported-version"], all_checks()["lambda-runtime-supported"]

    def verdict(check: Any, found: Listed, day: str) -> str:
        judged_at = datetime.fromisoformat(f"{day}T12:00:00+00:00")
        return str(check.judge(ConfigurationItem(found.item, judged_at=judged_at)).compliance)

    assert verdict(of_clusters, announced, "2025-12-31") == "COMPLIANT"
    assert verdict(of_clusters, announced, "2026-01-01") == "NON_COMPLIANT"
    assert verdict(of_clusters, published, "2026-07-28") == "COMPLIANT"
    assert verdict(of_clusters, published, "2026-07-29") == "NON_COMPLIANT"
    assert verdict(of_functions, runtime, "2026-01-01") == "COMPLIANT"
    assert verdict(of_functions, runtime, "2026-01-02") == "NON_COMPLIANT"
    assert verdict(of_functions, old, "2026-01-02") == "NON_COMPLIANT"


def test_an_account_whose_support_plan_lacks_the_health_api_has_the_published_days() -> None:
    _, _, runtime, old = with_support_dates(health=False).listed()
    assert verdicts(runtime, "support-dates") == {"lambda-runtime-supported": "COMPLIANT"}
    assert verdicts(old, "support-dates") == {"lambda-runtime-supported": "NON_COMPLIANT"}
