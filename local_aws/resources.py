"""One function per resource type: the API calls by which CloudFormation makes it."""

import json
import uuid
from functools import partial
from typing import Any

from local_aws.deployer import Deployer, Model, Resource, custom_events, json_text, nested_path, register
from local_aws.functions import Function
from local_aws.permissions import know_managed_policy
from local_aws.pollers import EventSourceMapping
from local_aws.templates import TemplateError, local_path, written

MODELS: dict[str, Model] = {}
model = partial(register, MODELS)


def _tags(resource: Resource, key: str = "Key", value: str = "Value") -> list[dict[str, str]]:
    return [{key: tag["Key"], value: str(tag["Value"])} for tag in resource.properties.one("Tags", [])]


# --- Lambda ---------------------------------------------------------------------------------------------------------


def _delete_function(deployer: Deployer, resource: Resource) -> None:
    deployer.functions.functions.pop(resource.id, None)


@model("AWS::Lambda::Function", _delete_function)
def _function(deployer: Deployer, resource: Resource) -> None:
    given = resource.properties
    name = resource.name("FunctionName", 64)
    given.take("Architectures", "Description", "EphemeralStorage", "ReservedConcurrentExecutions",
               "RecursiveLoop", "Tags", "TracingConfig", "KmsKeyArn", "SnapStart", "PackageType",
               "RuntimeManagementConfig")  # fmt: skip
    code = given.one("Code")
    root = local_path(code)
    if "ZipFile" in code:
        root = deployer.folder()
        (root / "index.py").write_text(code["ZipFile"])
    if root is None:
        raise TemplateError(f"the local AWS runs code of this machine only, not {code}")
    old = deployer.functions.functions.get(name)
    function = Function(
        name=name,
        arn=deployer.place.arn("lambda", f"function:{name}"),
        role=given.one("Role"),
        handler=given.one("Handler"),
        root=root,
        environment={key: written(value) for key, value in given.one("Environment", {}).get("Variables", {}).items()},
        timeout=int(given.one("Timeout", 3)),
        memory=int(given.one("MemorySize", 128)),
        runtime=given.one("Runtime"),
        log_group=given.one("LoggingConfig", {}).get("LogGroup", f"/aws/lambda/{name}"),
        dead_letter=given.one("DeadLetterConfig", {}).get("TargetArn"),
        statements=old.statements if old else {},
    )
    if old:
        function.retries, function.on_failure, function.on_success = old.retries, old.on_failure, old.on_success
    function.prepare()
    deployer.functions.functions[name] = function
    resource.id, resource.attributes = name, {"Arn": function.arn}


@model("AWS::Lambda::Version")
def _version(deployer: Deployer, resource: Resource) -> None:
    resource.properties.take("CodeSha256", "Description")
    function = _of(deployer, resource.properties.one("FunctionName"))
    resource.id, resource.attributes = f"{function.arn}:1", {"Version": "1", "FunctionArn": f"{function.arn}:1"}


def _of(deployer: Deployer, name: str) -> Function:
    function = deployer.functions.find(name)
    if function is None:
        raise TemplateError(f"no function {name}")
    return function


def _delete_permission(deployer: Deployer, resource: Resource) -> None:
    function = deployer.functions.find(resource.properties["FunctionName"])
    if function:
        function.statements.pop(resource.id, None)


@model("AWS::Lambda::Permission", _delete_permission)
def _permission(deployer: Deployer, resource: Resource) -> None:
    given = resource.properties
    function = _of(deployer, given.one("FunctionName"))
    resource.id = resource.previous.id if resource.previous else f"{resource.logical_id}-{uuid.uuid4().hex[:8]}"
    principal, condition = given.one("Principal"), {}
    if "SourceArn" in given:
        condition["ArnLike"] = {"aws:SourceArn": given.one("SourceArn")}
    if "SourceAccount" in given:
        condition["StringEquals"] = {"aws:SourceAccount": str(given.one("SourceAccount"))}
    function.statements[resource.id] = {
        "Effect": "Allow",
        "Action": given.one("Action"),
        "Principal": {"Service": principal} if principal.endswith(".com") else {"AWS": principal},
        "Resource": function.arn,
        "Condition": condition,
    }


def _delete_mapping(deployer: Deployer, resource: Resource) -> None:
    deployer.mappings.pop(resource.id, None)


@model("AWS::Lambda::EventSourceMapping", _delete_mapping)
def _mapping(deployer: Deployer, resource: Resource) -> None:
    given = resource.properties
    given.take("MaximumBatchingWindowInSeconds", "ScalingConfig", "Tags")
    resource.id = resource.previous.id if resource.previous else str(uuid.uuid4())
    resource.attributes = {"Id": resource.id}
    source = given.one("EventSourceArn")
    if ":sqs:" not in source:
        raise TemplateError(f"the local AWS polls queues only, not {source}")
    deployer.mappings[resource.id] = EventSourceMapping(
        queue=source,
        function=_of(deployer, given.one("FunctionName")).name,
        batch_size=int(given.one("BatchSize", 10)),
        partial="ReportBatchItemFailures" in given.one("FunctionResponseTypes", []),
        enabled=str(given.one("Enabled", default=True)).lower() == "true",
    )


def _delete_invoke_config(deployer: Deployer, resource: Resource) -> None:
    function = deployer.functions.find(resource.properties["FunctionName"])
    if function:
        function.retries, function.on_failure, function.on_success = 2, None, None


@model("AWS::Lambda::EventInvokeConfig", _delete_invoke_config)
def _invoke_config(deployer: Deployer, resource: Resource) -> None:
    given = resource.properties
    given.take("MaximumEventAgeInSeconds")
    function = _of(deployer, given.one("FunctionName"))
    resource.id = f"{function.name}|{given.one('Qualifier')}"
    function.retries = int(given.one("MaximumRetryAttempts", 2))
    destinations = given.one("DestinationConfig", {})
    function.on_failure = destinations.get("OnFailure", {}).get("Destination")
    function.on_success = destinations.get("OnSuccess", {}).get("Destination")


# --- DynamoDB -------------------------------------------------------------------------------------------------------


@model("AWS::DynamoDB::Table", ("dynamodb", "delete_table", "TableName"))
def _table(deployer: Deployer, resource: Resource) -> None:
    given = resource.properties
    name = resource.name("TableName")
    fixed = given.take("KeySchema", "AttributeDefinitions", "LocalSecondaryIndexes", "GlobalSecondaryIndexes")
    request = fixed | given.take("BillingMode", "ProvisionedThroughput", "TableClass", "DeletionProtectionEnabled")
    if "StreamSpecification" in given:
        request["StreamSpecification"] = {"StreamEnabled": True} | given.one("StreamSpecification")
    if "SSESpecification" in given:
        sse = given.one("SSESpecification")
        request["SSESpecification"] = {"Enabled": sse["SSEEnabled"]} | {
            k: v for k, v in sse.items() if k != "SSEEnabled"
        }
    tags = _tags(resource)
    if resource.previous and resource.previous.id == name:
        changed = [key for key in fixed if resource.previous.properties.get(key) != fixed[key]]
        if changed:
            raise TemplateError(f"the local AWS cannot change {', '.join(changed)} of a table")
    else:
        deployer.call("dynamodb", "create_table", TableName=name, **request, **({"Tags": tags} if tags else {}))
    recovery = given.one("PointInTimeRecoverySpecification", {})
    deployer.call(
        "dynamodb",
        "update_continuous_backups",
        TableName=name,
        PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": False} | recovery,
    )
    if "TimeToLiveSpecification" in given:
        deployer.call(
            "dynamodb",
            "update_time_to_live",
            TableName=name,
            TimeToLiveSpecification=given.one("TimeToLiveSpecification"),
        )
    table = deployer.call("dynamodb", "describe_table", TableName=name)["Table"]
    resource.id = name
    resource.attributes = {
        "Arn": table["TableArn"],
        "StreamArn": table.get("LatestStreamArn"),
        "TableId": table.get("TableId"),
    }


# --- SQS, SNS -------------------------------------------------------------------------------------------------------


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
    tags = {tag["Key"]: tag["Value"] for tag in _tags(resource)}
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
    resource.id = deployer.call("sns", "create_topic", Name=name, Attributes=texts, Tags=_tags(resource))["TopicArn"]
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


# --- EventBridge ----------------------------------------------------------------------------------------------------


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


# --- KMS, logs, metrics, parameters, buckets ------------------------------------------------------------------------


@model("AWS::KMS::Key", ("kms", "schedule_key_deletion", "KeyId"))
def _key(deployer: Deployer, resource: Resource) -> None:
    given = resource.properties
    given.take("Enabled", "PendingWindowInDays", "RotationPeriodInDays", "BypassPolicyLockoutSafetyCheck")
    policy = {"Policy": json_text(given.one("KeyPolicy"))} if "KeyPolicy" in given else {}
    request = given.take("Description", "KeySpec", "KeyUsage", "MultiRegion")
    tags = _tags(resource, "TagKey", "TagValue")
    if resource.previous:
        resource.id = resource.previous.id
        deployer.call("kms", "put_key_policy", KeyId=resource.id, PolicyName="default", **policy)
    else:
        answer = deployer.call("kms", "create_key", **policy, **request, **({"Tags": tags} if tags else {}))
        resource.id = answer["KeyMetadata"]["KeyId"]
    if str(given.one("EnableKeyRotation")).lower() == "true":
        deployer.call("kms", "enable_key_rotation", KeyId=resource.id)
    resource.attributes = {"Arn": deployer.place.arn("kms", f"key/{resource.id}"), "KeyId": resource.id}


@model("AWS::KMS::Alias", ("kms", "delete_alias", "AliasName"))
def _key_alias(deployer: Deployer, resource: Resource) -> None:
    resource.id = resource.properties.one("AliasName")
    operation = "update_alias" if resource.previous and resource.previous.id == resource.id else "create_alias"
    deployer.call("kms", operation, AliasName=resource.id, TargetKeyId=resource.properties.one("TargetKeyId"))


@model("AWS::Logs::LogGroup", ("logs", "delete_log_group", "logGroupName"))
def _log_group(deployer: Deployer, resource: Resource) -> None:
    given = resource.properties
    resource.id = resource.name("LogGroupName", 512)
    given.take("DataProtectionPolicy", "DeletionProtectionEnabled", "LogGroupClass", "Tags")
    key = {"kmsKeyId": given.one("KmsKeyId")} if "KmsKeyId" in given else {}
    if not (resource.previous and resource.previous.id == resource.id):
        deployer.call("logs", "create_log_group", logGroupName=resource.id, **key)
    if days := given.one("RetentionInDays"):
        deployer.call("logs", "put_retention_policy", logGroupName=resource.id, retentionInDays=days)
    resource.attributes = {"Arn": deployer.place.arn("logs", f"log-group:{resource.id}:*")}


def _delete_metric_filter(deployer: Deployer, resource: Resource) -> None:
    group = resource.properties["LogGroupName"]
    deployer.call("logs", "delete_metric_filter", filterName=resource.id, logGroupName=group)


@model("AWS::Logs::MetricFilter", _delete_metric_filter)
def _metric_filter(deployer: Deployer, resource: Resource) -> None:
    given = resource.properties
    resource.id = resource.name("FilterName", 512)
    transformations = [_lowered(each) for each in given.one("MetricTransformations")]
    deployer.call(
        "logs",
        "put_metric_filter",
        filterName=resource.id,
        filterPattern=given.one("FilterPattern"),
        logGroupName=given.one("LogGroupName"),
        metricTransformations=transformations,
    )


def _lowered(value: dict[str, Any]) -> dict[str, Any]:
    """The Logs API writes CloudFormation's names with a small first letter."""
    lowered = {key[0].lower() + key[1:]: each for key, each in value.items()}
    if "dimensions" in lowered:
        lowered["dimensions"] = {each["Key"]: each["Value"] for each in lowered["dimensions"]}
    return lowered


@model("AWS::CloudWatch::Alarm", ("cloudwatch", "delete_alarms", "AlarmNames"))
def _alarm(deployer: Deployer, resource: Resource) -> None:
    resource.id = resource.name("AlarmName")
    deployer.call("cloudwatch", "put_metric_alarm", AlarmName=resource.id, **resource.properties.rest("AlarmName"))
    if not resource.previous:  # moto says OK
        new = {"StateValue": "INSUFFICIENT_DATA", "StateReason": "Unchecked: Initial alarm creation"}
        deployer.call("cloudwatch", "set_alarm_state", AlarmName=resource.id, **new)
    resource.attributes = {"Arn": deployer.place.arn("cloudwatch", f"alarm:{resource.id}")}


@model("AWS::CloudWatch::CompositeAlarm", ("cloudwatch", "delete_alarms", "AlarmNames"))
def _composite_alarm(deployer: Deployer, resource: Resource) -> None:
    resource.id = resource.name("AlarmName")
    deployer.call("cloudwatch", "put_composite_alarm", AlarmName=resource.id, **resource.properties.rest("AlarmName"))
    resource.attributes = {"Arn": deployer.place.arn("cloudwatch", f"alarm:{resource.id}")}


@model("AWS::CloudWatch::Dashboard", ("cloudwatch", "delete_dashboards", "DashboardNames"))
def _dashboard(deployer: Deployer, resource: Resource) -> None:
    resource.id = resource.name("DashboardName")
    body = json_text(resource.properties.one("DashboardBody"))
    deployer.call("cloudwatch", "put_dashboard", DashboardName=resource.id, DashboardBody=body)


@model("AWS::SSM::Parameter", ("ssm", "delete_parameter", "Name"))
def _parameter(deployer: Deployer, resource: Resource) -> None:
    given = resource.properties
    resource.id = resource.name("Name")
    given.take("Policies", "Tags")
    request = given.take("AllowedPattern", "DataType", "Description", "Tier", "Type", "Value")
    deployer.call("ssm", "put_parameter", Name=resource.id, Overwrite=True, **request)
    resource.attributes = {"Type": request["Type"], "Value": request["Value"]}


@model("AWS::S3::Bucket", ("s3", "delete_bucket", "Bucket"))
def _bucket(deployer: Deployer, resource: Resource) -> None:
    given = resource.properties
    name = resource.name("BucketName", 63, lower=True)
    given.take("LifecycleConfiguration", "LoggingConfiguration", "Tags")
    if not (resource.previous and resource.previous.id == name):
        where = {} if deployer.place.region == "us-east-1" else {"LocationConstraint": deployer.place.region}
        deployer.call("s3", "create_bucket", Bucket=name, **({"CreateBucketConfiguration": where} if where else {}))
    for key in ("PublicAccessBlockConfiguration", "OwnershipControls"):
        if key in given:
            operation = "put_public_access_block" if key.startswith("Public") else "put_bucket_ownership_controls"
            deployer.call("s3", operation, Bucket=name, **given.take(key))
    if "VersioningConfiguration" in given:
        deployer.call("s3", "put_bucket_versioning", Bucket=name, **given.take("VersioningConfiguration"))
    if "BucketEncryption" in given:
        rules = [
            {("ApplyServerSideEncryptionByDefault" if key == "ServerSideEncryptionByDefault" else key): value
             for key, value in rule.items()}
            for rule in given.one("BucketEncryption")["ServerSideEncryptionConfiguration"]
        ]  # fmt: skip
        deployer.call("s3", "put_bucket_encryption", Bucket=name, ServerSideEncryptionConfiguration={"Rules": rules})
    resource.id = name
    resource.attributes = {"Arn": deployer.place.arn("s3", name), "DomainName": f"{name}.s3.amazonaws.com"}


@model("AWS::S3::BucketPolicy", ("s3", "delete_bucket_policy", "Bucket"))
def _bucket_policy(deployer: Deployer, resource: Resource) -> None:
    resource.id = resource.properties.one("Bucket")
    policy = json_text(resource.properties.one("PolicyDocument"))
    deployer.call("s3", "put_bucket_policy", Bucket=resource.id, Policy=policy)


# --- IAM, Config ----------------------------------------------------------------------------------------------------


def _iam(document: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17"} | document)  # IAM does not insist on a version, moto does


def _delete_role(deployer: Deployer, resource: Resource) -> None:
    _strip_role(deployer, resource.id)
    deployer.call("iam", "delete_role", RoleName=resource.id)


def _strip_role(deployer: Deployer, name: str) -> None:
    for policy in deployer.call("iam", "list_role_policies", RoleName=name)["PolicyNames"]:
        deployer.call("iam", "delete_role_policy", RoleName=name, PolicyName=policy)
    for policy in deployer.call("iam", "list_attached_role_policies", RoleName=name)["AttachedPolicies"]:
        deployer.call("iam", "detach_role_policy", RoleName=name, PolicyArn=policy["PolicyArn"])


@model("AWS::IAM::Role", _delete_role)
def _role(deployer: Deployer, resource: Resource) -> None:
    given = resource.properties
    name = resource.name("RoleName", 64)
    trust = json_text(given.one("AssumeRolePolicyDocument"))
    request = given.take("Description", "MaxSessionDuration", "Path", "PermissionsBoundary")
    tags = _tags(resource)
    if resource.previous and resource.previous.id == name:
        _strip_role(deployer, name)
    else:
        deployer.call("iam", "create_role", RoleName=name, AssumeRolePolicyDocument=trust, Tags=tags, **request)
    for policy in given.one("Policies", []):
        document = _iam(policy["PolicyDocument"])
        deployer.call("iam", "put_role_policy", RoleName=name, PolicyName=policy["PolicyName"], PolicyDocument=document)
    for arn in given.one("ManagedPolicyArns", []):
        know_managed_policy(deployer.place, arn)
        deployer.call("iam", "attach_role_policy", RoleName=name, PolicyArn=arn)
    role = deployer.call("iam", "get_role", RoleName=name)["Role"]
    resource.id, resource.attributes = name, {"Arn": role["Arn"], "RoleId": role["RoleId"]}


def _delete_policy(deployer: Deployer, resource: Resource) -> None:
    for role in resource.properties.get("Roles", []):
        deployer.call("iam", "delete_role_policy", RoleName=role, PolicyName=resource.id)


@model("AWS::IAM::Policy", _delete_policy)
def _policy(deployer: Deployer, resource: Resource) -> None:
    resource.id = resource.properties.one("PolicyName")
    document = _iam(resource.properties.one("PolicyDocument"))
    for role in resource.properties.one("Roles", []):
        deployer.call("iam", "put_role_policy", RoleName=role, PolicyName=resource.id, PolicyDocument=document)


def _delete_managed_policy(deployer: Deployer, resource: Resource) -> None:
    for role in resource.properties.get("Roles", []):
        deployer.call("iam", "detach_role_policy", RoleName=role, PolicyArn=resource.id)
    deployer.call("iam", "delete_policy", PolicyArn=resource.id)


@model("AWS::IAM::ManagedPolicy", _delete_managed_policy)
def _managed_policy(deployer: Deployer, resource: Resource) -> None:
    given = resource.properties
    name, document = resource.name("ManagedPolicyName", 128), _iam(given.one("PolicyDocument"))
    request = given.take("Description", "Path")
    if resource.previous:
        resource.id = resource.previous.id
        deployer.call("iam", "create_policy_version", PolicyArn=resource.id, PolicyDocument=document, SetAsDefault=True)
    else:
        answer = deployer.call("iam", "create_policy", PolicyName=name, PolicyDocument=document, **request)
        resource.id = answer["Policy"]["Arn"]
    for role in given.one("Roles", []):
        deployer.call("iam", "attach_role_policy", RoleName=role, PolicyArn=resource.id)
    resource.attributes = {"PolicyArn": resource.id}


@model("AWS::Config::ConfigRule", ("config", "delete_config_rule", "ConfigRuleName"))
def _config_rule(deployer: Deployer, resource: Resource) -> None:
    resource.id = resource.name("ConfigRuleName", 128)
    definition = resource.properties.rest("ConfigRuleName", "Compliance")
    if "InputParameters" in definition:
        definition["InputParameters"] = json_text(definition["InputParameters"])
    unchanged = resource.previous and dict(resource.previous.properties) == dict(resource.properties)
    if not unchanged:
        deployer.call("config", "put_config_rule", ConfigRule={"ConfigRuleName": resource.id, **definition})
    rule = deployer.call("config", "describe_config_rules", ConfigRuleNames=[resource.id])["ConfigRules"][0]
    resource.attributes = {"Arn": rule["ConfigRuleArn"], "ConfigRuleId": rule["ConfigRuleId"]}


# --- CloudFormation -------------------------------------------------------------------------------------------------


def _delete_stack(deployer: Deployer, resource: Resource) -> None:
    for each in reversed(deployer.stacks.pop(f"{resource.stack_name}-{resource.logical_id}", {}).values()):
        deployer.model(each.type).delete(deployer, each)


@model("AWS::CloudFormation::Stack", _delete_stack)
def _stack(deployer: Deployer, resource: Resource) -> None:
    given = resource.properties
    given.take("NotificationARNs", "Tags", "TimeoutInMinutes")
    path, name = nested_path(given.one("TemplateURL")), f"{resource.stack_name}-{resource.logical_id}"
    parameters = {
        key: ",".join(map(str, value)) if isinstance(value, list) else str(value)
        for key, value in given.one("Parameters", {}).items()
    }
    resource.nested = deployer.deploy(path, parameters, name)
    resource.id = next(iter(deployer.stacks[name].values())).stack_id if deployer.stacks[name] else name
    resource.attributes = {f"Outputs.{key}": value for key, value in resource.nested.outputs.items()}


@model("AWS::CloudFormation::WaitConditionHandle")
def _wait_condition_handle(deployer: Deployer, resource: Resource) -> None:  # noqa: ARG001 - it makes nothing
    resource.id = resource.logical_id


def _delete_custom(deployer: Deployer, resource: Resource) -> None:
    request = {
        "RequestType": "Delete",
        "ResourceProperties": dict(resource.properties),
        "PhysicalResourceId": resource.id,
    }
    _ask(deployer, resource, request)


@model("AWS::CloudFormation::CustomResource", _delete_custom)
def _custom(deployer: Deployer, resource: Resource) -> None:
    resource.properties.rest()
    if resource.previous:
        resource.id, resource.attributes = resource.previous.id, resource.previous.attributes
    for request in custom_events(resource):
        answer = _ask(deployer, resource, request)
        resource.id, resource.attributes = answer["PhysicalResourceId"], answer.get("Data") or {}


def _ask(deployer: Deployer, resource: Resource, request: dict[str, Any]) -> dict[str, Any]:
    """Invoke a custom resource's function and receive its answer on the ResponseURL."""
    token = resource.properties["ServiceToken"]
    function = deployer.functions.find(token)
    if function is None:
        raise TemplateError(f"the ServiceToken {token} is not a deployed function")
    request_id = str(uuid.uuid4())
    event = request | {
        "RequestId": request_id,
        "ResponseURL": deployer.answers.url(request_id),
        "StackId": resource.stack_id,
        "LogicalResourceId": resource.logical_id,
        "ResourceType": resource.type,
        "ServiceToken": token,
    }
    done = deployer.functions.invoke(function, event)
    answer = deployer.answers.received.pop(request_id, None)
    if answer is None:
        raise TemplateError(f"{function.name} did not answer on the ResponseURL: {done.error!r}\n{done.log}")
    if answer["Status"] != "SUCCESS":
        raise TemplateError(f"{function.name} answered {answer['Status']}: {answer.get('Reason')}")
    return answer
