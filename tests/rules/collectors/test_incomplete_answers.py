"""An answer with HTTP 200 that says it is not whole is unknown: never an absence, never a pass."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import botocore.session
import jmespath  # type: ignore[import-untyped]
import pytest
from botocore import xform_name

from pillarwatch.unknown import Unknown
from rules.collectors import NOT_WHOLE, SERVICES, all_collectors
from rules.collectors._metrics import Metric, measured
from tests.rules.collectors.account_answers import ACCOUNT_ID
from tests.rules.collectors.modelled_aws import ModelledAws
from tests.rules.collectors.test_collectors import Fake, function, result
from tests.rules.collectors.test_collectors import verdicts as judged
from tests.rules.collectors.test_every_collector import COLLECTORS, as_always, called, verdicts

if TYPE_CHECKING:
    from collections.abc import Iterator

FAILURE = re.compile("error|failed|incomplete|partial|status.?code|unprocessed|^messages$", re.IGNORECASE)
DEPTH = 5

# Members of answers whose names match, and that a collector reads.
READ = {
    "access-analyzer:ListFindings": {"findings[].error"},
    "cloudwatch:GetMetricData": {"MetricDataResults[].StatusCode"},
    "lambda:ListFunctions": {"Functions[].Environment.Error"},
    "macie2:DescribeBuckets": {"buckets[].errorCode", "buckets[].errorMessage"},
    "servicequotas:ListServiceQuotas": {"Quotas[].ErrorReason"},
}
# Members that say something else, and why they need not be read.
NO_FAILURE = {
    "bcm-data-exports:GetExport": "the state of the export",
    "bcm-data-exports:ListExports": "the state of the export",
    "cloudfront:ListDistributions": "what viewers are answered",
    "cloudtrail:GetTrailStatus": "the state of the trail",
    "cloudwatch:GetMetricData": "Messages of one metric explain its StatusCode",
    "ec2:DescribeFlowLogs": "the state of the flow log",
    "ec2:DescribeVpcEndpoints": "the state of the endpoint",
    "fis:ListExperiments": "the state of the experiment",
    "guardduty:GetFindings": "what the finding is about",
    "inspector2:BatchGetAccountStatus": "explains the status beside it, which is read",
    "lambda:ListEventSourceMappings": "the filter, which no check reads; what happens on failure",
    "lambda:ListFunctions": "the image's configuration and the runtime's version, which no check reads",
    "securityhub:GetFindings": "what the finding is about",
    "ssm:DescribeInstancePatchStates": "the state of the instance",
    "trustedadvisor:ListRecommendations": "the state of the resources",
}


def members(shape: Any, path: str = "", depth: int = DEPTH) -> Iterator[str]:
    """The paths of the members of an answer whose names match; what is inside them is not looked at."""
    if depth and shape.type_name == "list":
        yield from members(shape.member, f"{path}[]", depth)
    if depth and shape.type_name == "structure":
        for name, inner in shape.members.items():
            below = f"{path}.{name}".removeprefix(".")
            if FAILURE.search(name):
                yield below
            else:
                yield from members(inner, below, depth - 1)


def action_of(collector: str, service: str, operation: str) -> str:
    return next(
        action
        for action in COLLECTORS[collector].actions
        for prefix, _, name in [action.partition(":")]
        if SERVICES.get(prefix, prefix) == service
        and xform_name(name).removesuffix("_v2") == operation.removesuffix("_v2")
    )


@pytest.mark.parametrize("name", all_collectors())
def test_every_member_that_may_say_so_is_read_or_explained(name: str) -> None:
    session = botocore.session.get_session()
    for service, operation in called(name):
        model = session.get_service_model(service)
        (api,) = (each for each in model.operation_names if xform_name(each) == operation)
        output = model.operation_model(api).output_shape
        found = set(members(output)) if output else set()
        if not found:
            continue
        action = action_of(name, service, operation)
        whole = {NOT_WHOLE[action].partition("[")[0]} if action in NOT_WHOLE else set()
        assert found - whole - READ.get(action, set()) == set() or action in NO_FAILURE, f"{action}: {sorted(found)}"
        assert whole <= found


FAILED: dict[str, dict[str, Any]] = {
    "cloudwatch:GetMetricData": {
        "Messages": [{"Code": "Limit", "Value": "Maximum number of allowed metrics exceeded"}]
    },
    "compute-optimizer:GetECSServiceRecommendations": {"errors": [{"code": "InternalError", "message": "-"}]},
    "compute-optimizer:GetIdleRecommendations": {"errors": [{"code": "InternalError", "message": "-"}]},
    "inspector2:BatchGetAccountStatus": {
        "accounts": [],
        "failedAccounts": [{"accountId": ACCOUNT_ID, "errorCode": "INTERNAL_ERROR", "errorMessage": "-"}],
    },
}


class NotWhole(ModelledAws):
    """One account, where the answers of one action say that they are not whole."""

    def __init__(self, collector: str, action: str) -> None:
        super().__init__(collector)
        self.action = action

    def answer(self, model: Any, **about: Any) -> tuple[Any, dict[str, Any]]:
        response, found = super().answer(model, **about)
        prefix, _, name = self.action.partition(":")
        same = (SERVICES.get(prefix, prefix), name) == (model.service_model.service_name, model.name)
        return response, {**found, **FAILED[self.action]} if same else found


@pytest.mark.parametrize(
    ("name", "action"),
    [(name, action) for action in NOT_WHOLE for name, each in COLLECTORS.items() if action in each.actions],
)
def test_an_answer_that_is_not_whole_is_unknown_and_named(name: str, action: str) -> None:
    assert jmespath.search(NOT_WHOLE[action], FAILED[action])
    with NotWhole(name, action) as aws:
        assert f"{action} is incomplete" in f"{list(aws.listing)} {aws.listing.incomplete}"
    with NotWhole(name, action) as aws:
        said = verdicts(aws)
    changed = {key: said.get(key) for key, verdict in as_always(name).items() if said.get(key) != verdict}
    for key, verdict in changed.items():
        assert verdict is not None, f"{key} vanishes"
        assert verdict[0] == "INSUFFICIENT_DATA", f"{key}: {verdict}"
        assert f"{action} is incomplete" in verdict[1], f"{key}: {verdict}"


USED = Metric("AWS/Lambda", "Invocations", {"FunctionName": "resize"}, "Sum")


@pytest.mark.parametrize(
    ("pages", "expected"),
    [
        ([[result("m0")]], None),
        ([[result("m0", 1.0, 2.0)]], 3.0),
        ([[result("m0", 1.0, status="PartialData")], [result("m0", 2.0)]], 3.0),
        ([[result("m0", 1.0, status="PartialData")]], "PartialData"),
        ([[result("m0", status="InternalError")]], "InternalError"),
        ([[result("m0", status="InternalError")], [result("m0", 2.0)]], "InternalError"),
        ([[result("m0", status="Forbidden")]], "Forbidden"),
        ([[{"Id": "m0", "Values": []}]], "None"),
        ([[]], "no result"),
    ],
)
def test_a_metric_counts_only_where_cloudwatch_says_that_it_is_complete(
    pages: list[list[dict[str, Any]]], expected: float | str | None
) -> None:
    fake = Fake("usage")
    for number, page in enumerate(pages):
        more = {"NextToken": str(number)} if number + 1 < len(pages) else {}
        fake.answers("cloudwatch", "get_metric_data", {"MetricDataResults": page, **more})
    with fake.stubbers["cloudwatch"]:
        found = measured(fake.listing.aws, {"resize": USED})["resize"]
    if isinstance(expected, str):
        assert isinstance(found, Unknown)
        assert found.why == f"cloudwatch:GetMetricData of AWS/Lambda Invocations: {expected}"
    else:
        assert found == expected


@pytest.mark.parametrize("error", [{"ErrorCode": "AccessDeniedException", "Message": "KMS"}, {"Message": "KMS"}])
def test_an_environment_that_lambda_cannot_decrypt_is_unknown(error: dict[str, str]) -> None:
    fake = Fake("functions").answers("compute-optimizer", "get_lambda_function_recommendations", {})
    fake.answers("appsync", "list_graphql_apis", {"graphqlApis": []})
    fake.answers("logs", "describe_metric_filters", {"metricFilters": []})
    configurations = [
        {"FunctionName": "sealed", "Environment": {"Error": error}},
        {"FunctionName": "empty"},
    ]
    fake.answers("lambda", "list_event_source_mappings", {"EventSourceMappings": []})
    fake.answers("lambda", "list_functions", {"Functions": configurations[:1], "NextMarker": "1"})
    fake.answers("lambda", "list_functions", {"Functions": configurations[1:]}, Marker="1")
    fake.records("AWS::Lambda::Function", function("sealed"), function("empty"))
    for _ in configurations:
        fake.answers("lambda", "list_aliases", {"Aliases": []})
        fake.answers("lambda", "list_function_event_invoke_configs", {"FunctionEventInvokeConfigs": []})

    sealed, empty = fake.listed()

    assert judged(sealed, "functions")["lambda-environment-no-plaintext-secrets"] == "INSUFFICIENT_DATA"
    assert judged(empty, "functions")["lambda-environment-no-plaintext-secrets"] == "COMPLIANT"


def test_a_bucket_that_macie_cannot_read_is_unknown_and_the_others_are_judged() -> None:
    scanned = {"automatedDiscoveryMonitoringStatus": "MONITORED"}
    buckets = [
        {"bucketName": "locked", "errorCode": "ACCESS_DENIED", "errorMessage": "-"},
        {"bucketName": "open", **scanned},
    ]
    fake = Fake("sensitive-data").answers("macie2", "describe_buckets", {"buckets": buckets})
    tags = [{"key": "DataClassification", "value": "Confidential"}]
    fake.records("AWS::S3::Bucket", *({"resourceId": n, "resourceName": n, "tags": tags} for n in ("locked", "open")))

    locked, read = fake.listed()

    assert set(judged(locked, "sensitive-data").values()) == {"INSUFFICIENT_DATA"}
    assert set(judged(read, "sensitive-data").values()) == {"COMPLIANT"}


def test_an_error_of_access_analyzer_is_no_finding() -> None:
    error = {
        "analyzedAt": "2025-01-01",
        "createdAt": "2025-01-01",
        "error": "INTERNAL_ERROR",
        "id": "1",
        "resourceOwnerAccount": ACCOUNT_ID,
        "resourceType": "AWS::S3::Bucket",
        "status": "ACTIVE",
        "updatedAt": "2025-01-01",
    }
    found = {key: value for key, value in error.items() if key != "error"}
    said = {}
    for name, findings in (("error", [error]), ("both", [error, found])):
        with ModelledAws("account-findings", {("accessanalyzer", "list_findings_v2"): {"findings": findings}}) as aws:
            said[name] = {key[2]: verdict[0] for key, verdict in verdicts(aws).items()}
    changed = {check for check in said["both"] if said["both"][check] != said["error"][check]}
    assert {(said["error"][check], said["both"][check]) for check in changed} == {
        ("INSUFFICIENT_DATA", "NON_COMPLIANT")
    }
