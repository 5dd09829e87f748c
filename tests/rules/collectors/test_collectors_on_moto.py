"""Collectors against moto, where moto has what they ask; what it lacks, botocore's models answer as elsewhere."""

from __future__ import annotations

import json
from collections import defaultdict
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore import xform_name
from moto import mock_aws
from moto.core import patch_client, set_initial_no_auth_action_count

from pillarwatch import ConfigurationItem
from rules.catalogue import checks_of
from rules.collectors import SERVICES, all_collectors
from tests.rules.collectors.account_answers import ACCOUNT_ID
from tests.rules.collectors.modelled_aws import ModelledAws

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

Row = dict[str, Any]

# What moto answers of what the collectors ask. Its select_resource_config answers what it was reason to: not here.
ON_MOTO = {
    "account": {"get_alternate_contact"},
    "appconfig": {"list_configuration_profiles"},
    "application-autoscaling": {"describe_scalable_targets", "describe_scaling_policies", "describe_scheduled_actions"},
    "appsync": {"get_introspection_schema"},
    "bedrock": {"get_model_invocation_logging_configuration"},
    "budgets": {"describe_budgets"},
    "cloudtrail": {"describe_trails", "get_trail_status"},
    "cloudwatch": {"describe_alarms", "get_metric_data", "list_dashboards", "list_metrics"},
    "cognito-idp": {"list_groups"},
    "dynamodb": {"describe_time_to_live", "list_backups"},
    "ec2": {
        "describe_nat_gateways",
        "describe_route_tables",
        "describe_subnets",
        "describe_vpc_endpoints",
        "get_ebs_encryption_by_default",
    },
    "ecr": {"describe_images"},
    "elbv2": {"describe_target_group_attributes"},
    "events": {"list_rules"},
    "fis": {"list_experiments"},
    "guardduty": {"get_detector", "list_detectors"},
    "iam": {"get_account_password_policy", "get_account_summary", "list_saml_providers"},
    "inspector2": {"batch_get_account_status"},
    "kinesis": {"describe_stream_summary"},
    "lambda": {"list_aliases", "list_event_source_mappings", "list_functions"},
    "logs": {"describe_log_groups", "describe_metric_filters"},
    "macie2": {"get_macie_session"},
    "organizations": {"describe_organization", "list_policies", "list_targets_for_policy"},
    "pipes": {"list_pipes"},
    "resourcegroupstaggingapi": {"get_resources", "get_tag_values"},
    "route53": {"list_resource_record_sets"},
    "securityhub": {"get_findings"},
    "servicecatalog": {"list_portfolios"},
    "sns": {"get_topic_attributes", "list_subscriptions_by_topic"},
    "ssm": {"list_documents"},
    "sso-admin": {"list_instances"},
    "stepfunctions": {"describe_state_machine"},
    "wafv2": {"get_web_acl", "get_web_acl_for_resource"},
}
ARNS = {  # of what is recorded, where moto looks at more than the end of an ARN
    "state-machines": ("AWS::StepFunctions::StateMachine", f"arn:aws:states:eu-west-1:{ACCOUNT_ID}:stateMachine"),
    "topics": ("AWS::SNS::Topic", f"arn:aws:sns:eu-west-1:{ACCOUNT_ID}"),
}
MISTAKEN = {"tables"}  # moto says ResourceNotFound of a table, where DynamoDB's model has ResourceNotFoundException


class OnMoto(ModelledAws):
    """One account as one collector sees it: on moto what moto has, of some services or of all, the rest made up."""

    def __init__(
        self,
        collector: str,
        records: Mapping[str, Sequence[Row]] | None = None,
        services: Collection[str] = ON_MOTO,
        keys: tuple[str, str] = ("x", "x"),
    ) -> None:
        super().__init__(collector, keys=keys)
        self._records = records
        self._on_moto = services

    def answer(self, model: Any, **about: Any) -> Any:
        """Nothing, so that the call goes on to moto; or what stands in for it."""
        service, operation = model.service_model.service_name, xform_name(model.name)
        if operation == "select_resource_config" and self._records is not None:
            return SimpleNamespace(status_code=200), self._page(self._records)
        if service not in self._on_moto or operation not in ON_MOTO.get(service, ()):
            return super().answer(model, **about)
        self.calls[service, operation] += 1
        patch_client(self.client(service))  # it may be older than moto's handlers
        return None

    def _page(self, records: Mapping[str, Sequence[Row]]) -> dict[str, Any]:
        """What Config has recorded of a type, each resource on a page of its own."""
        kind = self.parameters["Expression"].rpartition("resourceType = ")[2].strip("'")
        first = int(self.parameters.get("NextToken", 0))
        rows = [{"resourceType": kind, "configuration": {}, **row} for row in records.get(kind, ())]
        more = {"NextToken": str(first + 1)} if first + 1 < len(rows) else {}
        return {"Results": [json.dumps(row) for row in rows[first : first + 1]], **more}


@pytest.fixture(autouse=True)
def empty_account() -> Iterator[None]:
    """An account on moto with nothing in it."""
    with mock_aws():
        yield


def on_moto(service: str) -> Any:
    """A client with which a test makes what a collector is to find."""
    session: Any = boto3.Session("x", "x", region_name="eu-west-1")
    return session.client(service)


def verdicts(aws: ModelledAws) -> dict[str, dict[str, tuple[str, str]]]:
    """What the collector's checks say and why, by the resource's name."""
    said: dict[str, dict[str, tuple[str, str]]] = defaultdict(dict)
    collector = aws.listing.aws.collector.name
    with aws:
        for item, related in list(aws.listing):
            judged = ConfigurationItem(item, related=related)
            for check in checks_of(judged.resource_type):
                if check.collector == collector:
                    verdict = check.judge(judged)
                    assert not verdict.crashed, f"{check.id}: {verdict.annotation}"
                    said[judged.name][check.id] = (verdict.compliance, verdict.annotation)
    return said


def of_account(collector: str) -> dict[str, str]:
    """What an account collector's checks say."""
    (said,) = verdicts(OnMoto(collector)).values()
    return {check: compliance for check, (compliance, _) in said.items()}


def row(arn: str, name: str) -> Row:
    """A resource as Config has recorded it."""
    return {"resourceId": arn, "resourceName": name, "arn": arn}


def vanished(collector: str) -> dict[str, list[Row]] | None:
    """Two resources that are recorded, and that moto does not have; None where those that are made up will do."""
    if collector not in ARNS:
        return None
    kind, arn = ARNS[collector]
    return {kind: [row(f"{arn}:name-{number}", f"name-{number}") for number in (1, 2)]}


@pytest.mark.parametrize("collector", all_collectors())
def test_what_has_vanished_since_it_was_recorded_is_no_refusal(collector: str) -> None:
    found = verdicts(OnMoto(collector, vanished(collector)))
    refused = [verdict for said in found.values() for verdict in said.values() if "refused" in verdict[1]]
    assert bool(refused) == (collector in MISTAKEN), refused


# The function and the service here are in no VPC, so nothing is unknown without their subnets.
NOT_NEEDED = {("functions", "ec2:DescribeSubnets"), ("services", "ec2:DescribeSubnets")}
DENYING = ("ec2", "elbv2", "iam", "sns")  # moto's denial is not what the others' clients read


@set_initial_no_auth_action_count(2)  # type: ignore[untyped-decorator]
def test_a_user_without_policies_is_denied_with_a_reason() -> None:
    on_moto("iam").create_user(UserName="nobody")
    key = on_moto("iam").create_access_key(UserName="nobody")["AccessKey"]
    for name in all_collectors():
        aws = OnMoto(name, vanished(name), DENYING, keys=(key["AccessKeyId"], key["SecretAccessKey"]))
        with aws:
            reason = f"{list(aws.listing)} {aws.listing.denied} is denied"
        assert "is refused" not in reason, name
        for service, operation in aws.calls:
            if service in DENYING and operation in ON_MOTO[service]:
                (action,) = (each for each in aws.listing.aws.collector.actions if of(each, service, operation))
                assert (name, action) in NOT_NEEDED or f"{action} is denied" in reason, name


def of(action: str, service: str, operation: str) -> bool:
    prefix, _, api = action.partition(":")
    return (SERVICES.get(prefix, prefix), xform_name(api)) == (service, operation)


def test_log_groups_of_two_pages_have_their_tags() -> None:
    logs = on_moto("logs")
    for number in range(60):  # moto has fifty on a page
        logs.create_log_group(logGroupName=f"group-{number:02}", tags={"DataClassification": "Public"})
    logs.put_retention_policy(logGroupName="group-59", retentionInDays=30)
    found = verdicts(OnMoto("log-groups"))
    assert len(found) == 60
    kept = [name for name, said in found.items() if said["cw-loggroup-retention-period-check"][0] == "COMPLIANT"]
    assert kept == ["group-59"]


def test_the_alarm_on_the_second_page_watches_its_table() -> None:
    cloudwatch = on_moto("cloudwatch")
    for number in range(101):  # a hundred on a page
        cloudwatch.put_metric_alarm(
            AlarmName=f"alarm-{number:03}",
            Namespace="AWS/DynamoDB",
            MetricName="ThrottledRequests",
            Dimensions=[{"Name": "TableName", "Value": f"table-{number:03}"}],
            AlarmActions=["arn:aws:sns:eu-west-1:123456789012:on-call"],
            Statistic="Sum",
            Period=60,
            EvaluationPeriods=1,
            Threshold=0,
            ComparisonOperator="GreaterThanThreshold",
        )
    tables = [row(f"arn:aws:dynamodb:eu-west-1:{ACCOUNT_ID}:table/{name}", name) for name in ("table-100", "table-101")]
    found = verdicts(OnMoto("alarms", {"AWS::DynamoDB::Table": tables}))
    assert [said["dynamodb-throttles-alarm-configured"][0] for said in found.values()] == ["COMPLIANT", "NON_COMPLIANT"]


def test_the_scalable_target_on_the_second_page_scales_its_service() -> None:
    scaling = on_moto("application-autoscaling")
    ecs = on_moto("ecs")
    ecs.create_cluster(clusterName="live")
    ecs.register_task_definition(family="web", containerDefinitions=[{"name": "web", "image": "web", "memory": 64}])
    for number in range(60):  # fifty on a page
        ecs.create_service(cluster="live", serviceName=f"web-{number:02}", taskDefinition="web")
        scaling.register_scalable_target(
            ServiceNamespace="ecs",
            ResourceId=f"service/live/web-{number:02}",
            ScalableDimension="ecs:service:DesiredCount",
            MinCapacity=1,
            MaxCapacity=4,
        )
    names = ("web-59", "web-60")
    services = [row(f"arn:aws:ecs:eu-west-1:{ACCOUNT_ID}:service/live/{name}", name) for name in names]
    found = verdicts(OnMoto("scaling", {"AWS::ECS::Service": services}))
    said = [found[name]["ecs-service-autoscaling-configured"][0] for name in names]
    assert said == ["COMPLIANT", "NON_COMPLIANT"]


def test_an_account_on_which_nothing_is_set_fails_and_one_on_which_it_is_passes() -> None:
    checks = {"iam-password-policy", "security-account-information-provided"}
    assert {check: of_account("account-identity")[check] for check in checks} == dict.fromkeys(checks, "NON_COMPLIANT")
    on_moto("iam").update_account_password_policy(
        MinimumPasswordLength=14,
        PasswordReusePrevention=24,
        RequireLowercaseCharacters=True,
        RequireNumbers=True,
        RequireSymbols=True,
        RequireUppercaseCharacters=True,
    )
    on_moto("account").put_alternate_contact(
        AlternateContactType="SECURITY", EmailAddress="s@example.com", Name="S", PhoneNumber="1", Title="team"
    )
    assert {check: of_account("account-identity")[check] for check in checks} == dict.fromkeys(checks, "COMPLIANT")


def test_an_organization_s_policy_counts_once_it_is_attached() -> None:
    check = "organizations-scp-guardrails-attached"
    assert of_account("account-organization")["account-part-of-organizations"] == "NON_COMPLIANT"
    assert of_account("account-organization")[check] == "NOT_APPLICABLE"
    organizations = on_moto("organizations")
    organizations.create_organization(FeatureSet="ALL")
    assert of_account("account-organization")["account-part-of-organizations"] == "COMPLIANT"
    assert of_account("account-organization")[check] == "NON_COMPLIANT"  # FullAWSAccess alone
    content = {"Version": "2012-10-17", "Statement": {"Effect": "Deny", "Action": "iam:*", "Resource": "*"}}
    policy = organizations.create_policy(
        Content=json.dumps(content), Description="-", Name="ours", Type="SERVICE_CONTROL_POLICY"
    )
    assert of_account("account-organization")[check] == "NON_COMPLIANT"
    root = organizations.list_roots()["Roots"][0]["Id"]
    organizations.attach_policy(PolicyId=policy["Policy"]["PolicySummary"]["Id"], TargetId=root)
    assert of_account("account-organization")[check] == "COMPLIANT"


def test_what_protects_the_account_counts_once_it_is_on() -> None:
    checks = {"cloudtrail-enabled", "guardduty-enabled-centralized", "ec2-ebs-encryption-by-default"}
    said = of_account("account-protection")
    assert {check: said[check] for check in checks} == dict.fromkeys(checks, "NON_COMPLIANT")
    location = {"LocationConstraint": "eu-west-1"}
    on_moto("s3").create_bucket(Bucket="trail", CreateBucketConfiguration=location)
    on_moto("cloudtrail").create_trail(Name="all", S3BucketName="trail")
    on_moto("guardduty").create_detector(Enable=True)
    on_moto("ec2").enable_ebs_encryption_by_default()
    assert of_account("account-protection")["cloudtrail-enabled"] == "NON_COMPLIANT"  # it does not log yet
    on_moto("cloudtrail").start_logging(Name="all")
    said = of_account("account-protection")
    assert {check: said[check] for check in checks} == dict.fromkeys(checks, "COMPLIANT")
