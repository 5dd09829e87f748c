"""Calls to AWS from the command line: what goes wrong there becomes one line that names the way out."""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import boto3
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    EndpointConnectionError,
    NoCredentialsError,
    NoRegionError,
    ProfileNotFound,
)

from pillarwatch.errors import UserError
from pillarwatch.root import ROOT
from template_scan.reading import read_template

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator


def add_connection(parser: argparse.ArgumentParser) -> None:
    """The arguments that say which AWS account and Region are meant; the SDK's own defaults hold otherwise."""
    parser.add_argument("--region", help="AWS Region (default: AWS_REGION, AWS_DEFAULT_REGION or the profile's)")
    parser.add_argument("--profile", help="profile of the AWS configuration file")


def session(arguments: argparse.Namespace) -> boto3.Session:
    """A session for the connection arguments.

    Raises:
        UserError: the AWS configuration cannot be used, the profile does not exist, or the Region is none of AWS's.
    """
    try:
        # botocore reads AWS_DEFAULT_REGION alone; the other SDKs and AWS CLI v2 read AWS_REGION first.
        region = arguments.region or os.environ.get("AWS_REGION")
        made = boto3.Session(region_name=region, profile_name=arguments.profile)
    except ProfileNotFound as error:
        raise UserError(f"{error}; `aws configure list-profiles` lists yours") from None
    except BotoCoreError as error:
        raise UserError(f"the AWS configuration cannot be used: {_sentence(error)}") from None
    region = made.region_name
    if not region:
        raise UserError("no Region: give --region, or set AWS_REGION")
    known = {name for partition in made.get_available_partitions() for name in _regions(made, partition)}
    if region not in known:
        raise UserError(f"there is no Region {region!r}; e.g. --region eu-west-1")
    return made


@contextmanager
def explained(what: str, hint: str) -> Iterator[None]:
    """Turn a failed call into one line: ``what`` was read, ``hint`` is the way out.

    Raises:
        UserError: the call failed for a reason that a person can put right.
    """
    try:
        yield
    except (NoCredentialsError, NoRegionError) as error:
        raise UserError(f"{what}: {_sentence(error)}; `aws configure` sets credentials and Region") from None
    except EndpointConnectionError as error:
        raise UserError(f"{what}: {_sentence(error)}; is the network there, and the Region right?") from None
    except ClientError as error:
        detail = error.response["Error"]
        raise UserError(f"{what}: {detail['Code']}: {detail['Message'].rstrip('.')}; {hint}") from None
    except BotoCoreError as error:
        raise UserError(f"{what}: {_sentence(error)}; {hint}") from None


def table_name(session: boto3.Session, arguments: argparse.Namespace) -> str:
    """The table that was named, or that of the stack.

    Raises:
        UserError: no table was named, and there is no stack with one.
    """
    return str(arguments.table or output_of(session, arguments, "TableName"))


def output_of(session: boto3.Session, arguments: argparse.Namespace, name: str) -> str:
    """An output of the deployed stack.

    Raises:
        UserError: there is no such stack, or it is no deployment.
    """
    stack = arguments.stack
    where = f"stack {stack} in {session.region_name}"
    hint = "name the deployment with --stack or --table, and its Region with --region"
    with explained(where, hint):
        found = session.client("cloudformation").describe_stacks(StackName=stack)["Stacks"][0]
    outputs = {output["OutputKey"]: output["OutputValue"] for output in found.get("Outputs", [])}
    if name not in outputs:
        raise UserError(f"{where} is no deployment of Pillarwatch; {hint}")
    return outputs[name]


def is_deployment(stack: dict[str, Any]) -> bool:
    """Whether a stack that CloudFormation describes is Pillarwatch's.

    A stack has outputs when it has been created, and its description also where the creation failed.
    """
    template = read_template(ROOT / "template.yaml").document
    outputs = {output["OutputKey"] for output in stack.get("Outputs", [])}
    described = stack.get("Description") == template["Description"]
    return "ParentId" not in stack and (described or outputs >= template["Outputs"].keys())


def _regions(made: boto3.Session, partition: str) -> list[str]:
    return made.get_available_regions("config", partition_name=partition)


def _sentence(error: Exception) -> str:
    return str(error).rstrip(".")


def client(session: boto3.Session, service: str) -> Any:
    """A client; the one place where the command line makes them."""
    return session.client(service)  # type: ignore[call-overload]
