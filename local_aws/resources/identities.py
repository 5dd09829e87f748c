"""IAM roles and policies."""

import json
from typing import Any

from local_aws.deployer import Deployer, Resource, json_text
from local_aws.permissions import know_managed_policy
from local_aws.resources.registry import model, tags_of


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
    tags = tags_of(resource)
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
