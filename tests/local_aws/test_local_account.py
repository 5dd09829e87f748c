"""The local account is a new one: nothing is in it that nobody made."""

import boto3

from local_aws import LocalAws


def test_a_new_account_has_no_snapshots_of_images_that_are_not_its_own() -> None:
    with LocalAws(region="eu-west-1"):
        found = boto3.client("ec2", region_name="eu-west-1").describe_snapshots(OwnerIds=["self"])
    assert found["Snapshots"] == []
