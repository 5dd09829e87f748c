"""What AWS Config calls the resource types of CloudFormation, and which it records as a part of another resource."""

import re

AWS_TYPE = re.compile("AWS::[A-Za-z0-9]+::[A-Za-z0-9]+")

# What AWS Config calls a type of CloudFormation, where it says otherwise. CloudFormation's AWS::IAM::Policy is an
# inline policy: a fragment, see below.
CONFIG_TYPES = {
    "AWS::DocDB::DBCluster": "AWS::RDS::DBCluster",
    "AWS::DocDB::DBInstance": "AWS::RDS::DBInstance",
    "AWS::DynamoDB::GlobalTable": "AWS::DynamoDB::Table",
    "AWS::IAM::ManagedPolicy": "AWS::IAM::Policy",
    "AWS::IAM::Policy": "",
    "AWS::Neptune::DBCluster": "AWS::RDS::DBCluster",
    "AWS::Neptune::DBInstance": "AWS::RDS::DBInstance",
    "AWS::OpenSearchService::Domain": "AWS::OpenSearch::Domain",
}

# Resources that have no item of their own: Config records them as a part of another one, which a property names.
FRAGMENTS = {
    "AWS::ApiGatewayV2::Route": {"ApiId": "AWS::ApiGatewayV2::Api"},
    "AWS::EC2::NetworkAclEntry": {"NetworkAclId": "AWS::EC2::NetworkAcl"},
    "AWS::EC2::Route": {"RouteTableId": "AWS::EC2::RouteTable"},
    "AWS::EC2::SecurityGroupEgress": {"GroupId": "AWS::EC2::SecurityGroup"},
    "AWS::EC2::SecurityGroupIngress": {"GroupId": "AWS::EC2::SecurityGroup", "GroupName": "AWS::EC2::SecurityGroup"},
    "AWS::ECS::ClusterCapacityProviderAssociations": {"Cluster": "AWS::ECS::Cluster"},
    "AWS::IAM::GroupPolicy": {"GroupName": "AWS::IAM::Group"},
    "AWS::IAM::Policy": {"Roles": "AWS::IAM::Role", "Users": "AWS::IAM::User", "Groups": "AWS::IAM::Group"},
    "AWS::IAM::RolePolicy": {"RoleName": "AWS::IAM::Role"},
    "AWS::IAM::UserPolicy": {"UserName": "AWS::IAM::User"},
    "AWS::Lambda::Permission": {"FunctionName": "AWS::Lambda::Function"},
    "AWS::S3::BucketPolicy": {"Bucket": "AWS::S3::Bucket"},
    "AWS::SNS::TopicInlinePolicy": {"TopicArn": "AWS::SNS::Topic"},
    "AWS::SNS::TopicPolicy": {"Topics": "AWS::SNS::Topic"},
    "AWS::SQS::QueueInlinePolicy": {"Queue": "AWS::SQS::Queue"},
    "AWS::SQS::QueuePolicy": {"Queues": "AWS::SQS::Queue"},
    "AWS::SecretsManager::ResourcePolicy": {"SecretId": "AWS::SecretsManager::Secret"},
    "AWS::SecretsManager::RotationSchedule": {"SecretId": "AWS::SecretsManager::Secret"},
}


def config_type(resource_type: str) -> str:
    """AWS Config's name of a type of CloudFormation; empty where it is none of AWS's, or has no item of its own."""
    return CONFIG_TYPES.get(resource_type, resource_type if AWS_TYPE.fullmatch(resource_type) else "")


def template_types(recorded: str) -> list[str]:
    """CloudFormation's names of a type of AWS Config: the same name, else those that Config records under it."""
    if config_type(recorded) == recorded:
        return [recorded]
    return [name for name, kind in CONFIG_TYPES.items() if kind == recorded]
