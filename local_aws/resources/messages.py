"""SQS queues, SNS topics, EventBridge buses, rules and archives."""

import json
from typing import Any

from local_aws.deployer import Deployer, Resource, json_text
from local_aws.resources.registry import model, tags_of


@model("AWS::SQS::Queue", ("sqs", "delete_queue", "QueueUrl"))
def _queue(deployer: Deployer, resource: Resource) -> None:
    given = resource.properties
    name = resource.name("QueueName", 80)
    attributes = given.take(
        "ContentBasedDeduplication", "DeduplicationScope", "DelaySeconds", "FifoQueue", "FifoThroughputLimit",
        "KmsDataKeyReusePeriodSeconds", "KmsMasterKeyId", "MaximumMessageSize", "MessageRetentionPeriod",
        "ReceiveMessageWaitTimeSeconds", "RedriveAllowPolicy", "RedrivePolicy", "SqsManagedSseEnabled",
        "VisibilityTimeout",
    )  # fmt: skip
    texts = {key: json_text(value) for key, value in attributes.items()}
    tags = {tag["Key"]: tag["Value"] for tag in tags_of(resource)}
    if resource.previous and resource.previous.attributes["QueueName"] == name:
        deployer.call("sqs", "set_queue_attributes", QueueUrl=resource.previous.id, Attributes=texts)
    else:
        deployer.call("sqs", "create_queue", QueueName=name, Attributes=texts, tags=tags)
    resource.id = deployer.call("sqs", "get_queue_url", QueueName=name)["QueueUrl"]
    resource.attributes = {"Arn": deployer.place.arn("sqs", name), "QueueName": name, "QueueUrl": resource.id}


def _delete_queue_policy(deployer: Deployer, resource: Resource) -> None:
    for url in resource.properties["Queues"]:
        deployer.call("sqs", "set_queue_attributes", QueueUrl=url, Attributes={"Policy": ""})


@model("AWS::SQS::QueuePolicy", _delete_queue_policy)
def _queue_policy(deployer: Deployer, resource: Resource) -> None:
    resource.id = resource.logical_id
    policy = json_text(resource.properties.one("PolicyDocument"))
    for url in resource.properties.one("Queues"):
        deployer.call("sqs", "set_queue_attributes", QueueUrl=url, Attributes={"Policy": policy})


@model("AWS::SNS::Topic", ("sns", "delete_topic", "TopicArn"))
def _topic(deployer: Deployer, resource: Resource) -> None:
    given = resource.properties
    name = resource.name("TopicName")
    attributes = given.take("ContentBasedDeduplication", "DeliveryPolicy", "DisplayName", "FifoTopic", "KmsMasterKeyId",
                            "SignatureVersion", "TracingConfig")  # fmt: skip
    texts = {key: json_text(value) for key, value in attributes.items()}
    resource.id = deployer.call("sns", "create_topic", Name=name, Attributes=texts, Tags=tags_of(resource))["TopicArn"]
    for key, value in texts.items() if resource.previous else ():
        deployer.call("sns", "set_topic_attributes", TopicArn=resource.id, AttributeName=key, AttributeValue=value)
    for each in given.one("Subscription", []):
        deployer.call("sns", "subscribe", TopicArn=resource.id, **each)
    resource.attributes = {"TopicArn": resource.id, "TopicName": name}


@model("AWS::SNS::TopicPolicy")
def _topic_policy(deployer: Deployer, resource: Resource) -> None:
    resource.id = resource.logical_id
    policy = json_text(resource.properties.one("PolicyDocument"))
    for arn in resource.properties.one("Topics"):
        deployer.call("sns", "set_topic_attributes", TopicArn=arn, AttributeName="Policy", AttributeValue=policy)


@model("AWS::SNS::Subscription", ("sns", "unsubscribe", "SubscriptionArn"))
def _subscription(deployer: Deployer, resource: Resource) -> None:
    given = resource.properties
    attributes = given.take(
        "DeliveryPolicy", "FilterPolicy", "FilterPolicyScope", "RawMessageDelivery", "RedrivePolicy"
    )
    attributes = {key: json_text(value) for key, value in attributes.items()}
    answer = deployer.call("sns", "subscribe", **given.take("TopicArn", "Protocol", "Endpoint"), Attributes=attributes)
    resource.id = resource.attributes["Arn"] = answer["SubscriptionArn"]


@model("AWS::Events::EventBus", ("events", "delete_event_bus", "Name"))
def _event_bus(deployer: Deployer, resource: Resource) -> None:
    resource.id = resource.properties.one("Name")
    resource.properties.take("Description", "DeadLetterConfig", "KmsKeyIdentifier", "Tags", "LogConfig")
    if not resource.previous:
        deployer.call("events", "create_event_bus", Name=resource.id)
    resource.attributes = {"Name": resource.id, "Arn": deployer.place.arn("events", f"event-bus/{resource.id}")}


def _delete_event_bus_policy(deployer: Deployer, resource: Resource) -> None:
    bus = resource.properties.get("EventBusName", "default")
    deployer.call("events", "remove_permission", EventBusName=bus, StatementId=resource.properties["StatementId"])


@model("AWS::Events::EventBusPolicy", _delete_event_bus_policy)
def _event_bus_policy(deployer: Deployer, resource: Resource) -> None:
    given = resource.properties
    bus, sid = given.one("EventBusName", "default"), given.one("StatementId")
    policy = {"Version": "2012-10-17", "Statement": [{"Sid": sid, **given.one("Statement")}]}
    deployer.call("events", "put_permission", EventBusName=bus, Policy=json.dumps(policy))
    resource.id = f"{bus}|{sid}"


def _delete_rule(deployer: Deployer, resource: Resource) -> None:
    bus = {"EventBusName": resource.properties.get("EventBusName", "default")}
    name = resource.named
    _clear_targets(deployer, name, bus)
    deployer.call("events", "delete_rule", Name=name, **bus)


def _clear_targets(deployer: Deployer, name: str, bus: dict[str, Any]) -> None:
    targets = deployer.call("events", "list_targets_by_rule", Rule=name, **bus)["Targets"]
    if targets:
        deployer.call("events", "remove_targets", Rule=name, Ids=[each["Id"] for each in targets], **bus)


@model("AWS::Events::Rule", _delete_rule)
def _rule(deployer: Deployer, resource: Resource) -> None:
    given = resource.properties
    name, bus = resource.name("Name", 64), {"EventBusName": given.one("EventBusName", "default")}
    request = given.take("Description", "RoleArn", "ScheduleExpression", "State")
    if "EventPattern" in given:
        request["EventPattern"] = json_text(given.one("EventPattern"))
    arn = deployer.call("events", "put_rule", Name=name, **bus, **request)["RuleArn"]
    _clear_targets(deployer, name, bus)
    if targets := given.one("Targets", []):
        deployer.call("events", "put_targets", Rule=name, Targets=targets, **bus)
    resource.id = name if bus["EventBusName"] == "default" else f"{bus['EventBusName']}|{name}"
    resource.attributes = {"Arn": arn}


@model("AWS::Events::Archive", ("events", "delete_archive", "ArchiveName"))
def _archive(deployer: Deployer, resource: Resource) -> None:
    given = resource.properties
    resource.id = resource.name("ArchiveName", 48)
    request = given.take("Description", "RetentionDays")
    given.take("KmsKeyIdentifier")
    if "EventPattern" in given:
        request["EventPattern"] = json_text(given.one("EventPattern"))
    source = given.one("SourceArn")
    if resource.previous:
        deployer.call("events", "update_archive", ArchiveName=resource.id, **request)
    else:
        deployer.call("events", "create_archive", ArchiveName=resource.id, EventSourceArn=source, **request)
    resource.attributes = {"Arn": deployer.place.arn("events", f"archive/{resource.id}")}
