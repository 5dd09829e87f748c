"""What is used, as the collectors measure it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from tests.rules.collectors.account_answers import ACCOUNT_ID
from tests.rules.collectors.test_collectors import DENIED, Fake, result, verdicts

OLD = "2020-01-01T00:00:00.000Z"
YESTERDAY = datetime.now(UTC) - timedelta(days=1)


def measured(*values: float) -> dict[str, Any]:
    return {"MetricDataResults": [result(f"m{n}", value) for n, value in enumerate(values)]}


def item(identity: str, name: str, **configuration: Any) -> dict[str, Any]:
    arn = f"arn:aws:elasticloadbalancing:eu-west-1:{ACCOUNT_ID}:loadbalancer/{name}"
    return {"resourceId": identity, "resourceName": name, "arn": arn, "configuration": configuration}


def test_each_kind_is_known_by_its_own_metric_and_name() -> None:
    fake = Fake("usage")
    balancers = [item(f"arn-{kind}", f"{kind}/web/1", createdTime=OLD) for kind in ("app", "net")]
    fake.records("AWS::ElasticLoadBalancingV2::LoadBalancer", *balancers)
    fake.answers("cloudwatch", "get_metric_data", measured(5))
    fake.answers("cloudwatch", "get_metric_data", measured(0))
    fake.records("AWS::RDS::DBInstance", item("db-ABC", "orders", instanceCreateTime=OLD))
    fake.answers("cloudwatch", "get_metric_data", measured(0))
    fake.records("AWS::Lambda::Function", item("resize", "resize", lastModified=OLD))
    fake.refuses("cloudwatch", "get_metric_data", DENIED)
    fake.records("AWS::DynamoDB::Table", item("orders", "orders", creationDateTime=OLD))
    fake.answers("cloudwatch", "get_metric_data", measured(0, 3))
    said = [list(verdicts(each, "usage").items()) for each in fake.listed()]
    assert said == [
        [("load-balancer-idle", "COMPLIANT")],
        [("load-balancer-idle", "NON_COMPLIANT")],
        [("rds-instance-idle", "NON_COMPLIANT")],
        [("lambda-function-unused", "INSUFFICIENT_DATA")],
        [("dynamodb-table-unused", "COMPLIANT")],
    ]


def test_keys_are_judged_by_their_last_use() -> None:
    managed, names = {"keyManager": "CUSTOMER", "keyState": "Enabled"}, ("used", "never", "gone", "denied")
    items = [{"resourceId": name, "configuration": managed} for name in names]
    aws_own = {"resourceId": "aws/ebs", "configuration": {"keyManager": "AWS"}}
    fake = Fake("keys").records("AWS::KMS::Key", *items, aws_own)
    watched = {"TrackingStartDate": datetime(2020, 1, 1, tzinfo=UTC)}
    used = {**watched, "KeyLastUsage": {"Operation": "Decrypt", "Timestamp": YESTERDAY}}
    fake.answers("kms", "get_key_last_usage", used, KeyId="used")
    fake.answers("kms", "get_key_last_usage", {**watched, "KeyLastUsage": {}}, KeyId="never")
    fake.refuses("kms", "get_key_last_usage", "NotFoundException", KeyId="gone")
    fake.refuses("kms", "get_key_last_usage", DENIED, KeyId="denied")
    said = [verdicts(each, "keys")["kms-key-unused"] for each in fake.listed()]
    assert said == ["COMPLIANT", "NON_COMPLIANT", "INSUFFICIENT_DATA", "NOT_APPLICABLE"]


def test_snapshots_have_their_age_and_tags_over_all_pages() -> None:
    old = {"SnapshotId": "snap-1", "StartTime": datetime(2020, 1, 1, tzinfo=UTC)}
    planned = {**old, "SnapshotId": "snap-2", "Tags": [{"Key": "aws:dlm:lifecycle-policy-id", "Value": "policy-1"}]}
    young = {"SnapshotId": "snap-3", "StartTime": YESTERDAY}
    fake = Fake("snapshots").answers("ec2", "describe_snapshots", {"Snapshots": [old], "NextToken": "1"})
    fake.answers("ec2", "describe_snapshots", {"Snapshots": [planned, young]})
    said = [verdicts(each, "snapshots")["ebs-snapshot-age-within-limit"] for each in fake.listed()]
    assert said == ["NON_COMPLIANT", "NOT_APPLICABLE", "COMPLIANT"]


def test_a_notebook_that_nothing_stops_is_non_compliant() -> None:
    arn = f"arn:aws:sagemaker:eu-west-1:{ACCOUNT_ID}:notebook-instance"
    about = {"NotebookInstanceStatus": "InService", "LastModifiedTime": datetime(2020, 1, 1, tzinfo=UTC)}
    names = ("left", "kept")
    notebooks = [{**about, "NotebookInstanceName": name, "NotebookInstanceArn": f"{arn}/{name}"} for name in names]
    fake = Fake("notebooks").answers("resourcegroupstaggingapi", "get_resources", {"ResourceTagMappingList": []})
    fake.answers("sagemaker", "list_notebook_instances", {"NotebookInstances": notebooks[:1], "NextToken": "1"})
    lifecycle = {**notebooks[1], "NotebookInstanceLifecycleConfigName": "stop-when-idle"}
    fake.answers("sagemaker", "list_notebook_instances", {"NotebookInstances": [lifecycle]}, NextToken="1")
    said = [verdicts(each, "notebooks")["sagemaker-notebook-idle"] for each in fake.listed()]
    assert said == ["NON_COMPLIANT", "COMPLIANT"]
