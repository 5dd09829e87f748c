"""DynamoDB tables, S3 buckets and KMS keys."""

from local_aws.deployer import Deployer, Resource, json_text
from local_aws.resources.registry import model, tags_of
from local_aws.sam_templates import TemplateError


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
    tags = tags_of(resource)
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


@model("AWS::KMS::Key", ("kms", "schedule_key_deletion", "KeyId"))
def _key(deployer: Deployer, resource: Resource) -> None:
    given = resource.properties
    given.take("Enabled", "PendingWindowInDays", "RotationPeriodInDays", "BypassPolicyLockoutSafetyCheck")
    policy = {"Policy": json_text(given.one("KeyPolicy"))} if "KeyPolicy" in given else {}
    request = given.take("Description", "KeySpec", "KeyUsage", "MultiRegion")
    tags = tags_of(resource, "TagKey", "TagValue")
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
