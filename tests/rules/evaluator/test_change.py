"""on_change: one configuration item in, one event and one word for Config out."""

import json
import logging
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from pillarwatch.settings import Settings
from rules import publishing
from rules.catalogue import checks_of
from rules.config_rule import EvaluationsRefused, HistoryLags, MalformedEvent, OwnRoleClients, RuleEvaluator
from rules.evaluator import PillarwatchRule, on_change
from rules.publishing import EventsRefused
from tests.rules.evaluator.support import (
    ACCOUNT,
    BUCKET,
    CAPTURED_AT,
    REGION,
    FakeAws,
    Request,
    api_form,
    changed,
    deleted,
    error,
    oversized,
)

THING = {**BUCKET, "resourceType": "AWS::Sample::Thing", "supplementaryConfiguration": {}}
HISTORY = "GetResourceConfigHistory"


def test_the_event_of_a_waived_failure_has_the_waiver_with_reason_and_expiry(
    aws: FakeAws, monkeypatch: pytest.MonkeyPatch
) -> None:
    waiver = {
        "check": "s3-bucket-versioning-enabled",
        "resource": "orders",
        "reason": "rebuilt",
        "expires": "2999-12-31",
    }
    monkeypatch.setattr(publishing, "packaged_settings", lambda: Settings({"waivers": [waiver]}))

    on_change(changed(), None)

    (event,) = aws.events
    waived = {check: verdict["waiver"] for check, verdict in event["verdicts"].items() if "waiver" in verdict}
    assert waived == {"s3-bucket-versioning-enabled": {"reason": "rebuilt", "expires": "2999-12-31"}}
    assert event["verdicts"]["s3-bucket-versioning-enabled"]["compliance"] == "NON_COMPLIANT"


def test_a_change_is_judged_by_every_check_of_its_type(aws: FakeAws) -> None:
    on_change(changed(), None)

    (event,) = aws.events
    assert event["verdicts"].keys() == {check.id for check in checks_of("AWS::S3::Bucket") if not check.collector}
    assert event["verdicts"]["s3-bucket-versioning-enabled"] == {
        "compliance": "NON_COMPLIANT",
        "severity": "medium",
        "annotation": "VersioningConfiguration.Status is Suspended (expected Enabled)",
        "value": "status: Suspended",
    }
    assert event["status"] == "ok"
    assert event["source"] == "change"
    assert event["captured_at"] == CAPTURED_AT
    assert event["workload"] == "shop"
    assert event["resource"]["id"] == "orders"


def test_the_event_is_published_before_config_is_answered(aws: FakeAws) -> None:
    on_change(changed(), None)

    assert [name for name, _ in aws.calls] == ["PutEvents", "PutEvaluations"]
    (entry,) = aws.named("PutEvents")[0]["Entries"]
    assert entry["EventBusName"] == "pillarwatch"
    assert entry["Source"] == "pillarwatch"
    assert entry["DetailType"] == "Resource Evaluated"
    assert entry["Resources"] == ["arn:aws:s3:::orders"]


@pytest.mark.usefixtures("sample")
def test_config_receives_the_failing_checks_ordered_by_the_capture_time(aws: FakeAws) -> None:
    on_change(changed(THING, configuration={"whole": False, "size": 0}), None)

    (answered,) = aws.evaluations
    assert answered["ComplianceType"] == "NON_COMPLIANT"
    assert answered["ComplianceResourceId"] == "orders"
    assert answered["Annotation"] == "thing-whole: it is broken; thing-sized: size is 0"
    ordered = datetime.fromtimestamp(answered["OrderingTimestamp"], UTC)
    assert ordered.replace(microsecond=0).isoformat() == "2026-01-15T12:00:00+00:00"


@pytest.mark.parametrize(
    ("configuration", "word", "annotation"),
    [
        ({"whole": True, "size": 1}, "COMPLIANT", None),
        ({"exempt": True}, "NOT_APPLICABLE", None),
        ({"whole": "perhaps", "size": 1}, "NOT_APPLICABLE", "1 of 2 unjudged"),
        ({"whole": "perhaps", "size": 0}, "NON_COMPLIANT", "thing-sized: size is 0"),
    ],
)
@pytest.mark.usefixtures("sample")
def test_unknown_is_never_reported_as_compliant(
    aws: FakeAws, configuration: dict[str, Any], word: str, annotation: str | None
) -> None:
    on_change(changed(THING, configuration=configuration), None)

    (answered,) = aws.evaluations
    assert (answered["ComplianceType"], answered.get("Annotation")) == (word, annotation)


def test_a_deletion_is_published_and_cleared_in_config(aws: FakeAws) -> None:
    on_change(deleted(), None)

    (event,) = aws.events
    assert (event["status"], event["verdicts"]) == ("deleted", {})
    assert [answered["ComplianceType"] for answered in aws.evaluations] == ["NOT_APPLICABLE"]


@pytest.mark.parametrize(
    ("resource_type", "configuration"),
    [
        ("AWS::EC2::Instance", {"state": {"code": 48, "name": "terminated"}}),
        ("AWS::EC2::NatGateway", {"state": "deleted"}),
        ("AWS::RDS::DBInstance", {"dBInstanceStatus": "deleting"}),
        ("AWS::ECS::TaskDefinition", {"Status": "INACTIVE"}),
        ("AWS::ECS::TaskDefinition", {"Status": "DELETE_IN_PROGRESS"}),
    ],
)
def test_a_resource_that_has_ended_is_published_as_deleted(
    aws: FakeAws, resource_type: str, configuration: dict[str, Any]
) -> None:
    on_change(changed(resourceType=resource_type, configuration=configuration), None)

    (event,) = aws.events
    assert (event["status"], event["verdicts"]) == ("deleted", {})


@pytest.mark.parametrize(
    ("recorded", "left_scope", "status"),
    [
        ("ResourceDiscovered", False, "ok"),
        ("ResourceDeletedNotRecorded", False, "deleted"),
        ("ResourceNotRecorded", False, "not-recorded"),
        ("OK", True, "left-scope"),
        ("ResourceDeleted", True, "deleted"),
    ],
)
def test_every_status_of_config_has_its_word(aws: FakeAws, recorded: str, left_scope: bool, status: str) -> None:
    on_change(changed(configurationItemStatus=recorded, left_scope=left_scope), None)

    (event,) = aws.events
    assert event["status"] == status
    assert bool(event["verdicts"]) == (status == "ok")


def test_an_oversized_item_is_read_from_the_history_as_it_was_at_that_time(aws: FakeAws) -> None:
    def history(request: Request) -> dict[str, Any]:
        if "nextToken" not in request:  # a page can be empty and not be the last
            return {"configurationItems": [], "nextToken": "more"}
        later = {**BUCKET, "supplementaryConfiguration": {}, "configurationItemCaptureTime": at(12, 0, 0, 900_000)}
        at_that_time = {**BUCKET, "configurationItemCaptureTime": at(12, 0, 0, 260_999)}
        return {"configurationItems": [api_form(later), api_form(at_that_time)]}

    aws.answers[HISTORY] = history

    on_change(oversized(), None)

    assert aws.named(HISTORY)[0]["laterTime"] == at(12, 0, 1).timestamp()
    (event,) = aws.events
    assert (
        event["verdicts"]["s3-bucket-versioning-enabled"]["annotation"]
        == "VersioningConfiguration.Status is Suspended (expected Enabled)"
    )
    assert event["captured_at"] == CAPTURED_AT
    assert event["resource"]["account"] == ACCOUNT
    assert event["resource"]["arn"] == BUCKET["ARN"]


def test_an_older_state_is_not_judged_in_place_of_an_oversized_item(aws: FakeAws) -> None:
    older = api_form({**BUCKET, "configurationItemCaptureTime": at(11, 59, 0)})
    aws.answers[HISTORY] = lambda _: {"configurationItems": [older]}

    with pytest.raises(HistoryLags, match="orders"):
        on_change(oversized(), None)
    assert not aws.events


def test_a_deleted_oversized_item_needs_no_history(aws: FakeAws) -> None:
    on_change(oversized(configurationItemStatus="ResourceDeleted"), None)

    assert [event["status"] for event in aws.events] == ["deleted"]


def test_both_envelopes_are_judged_alike(aws: FakeAws) -> None:
    on_change(changed(), None)
    on_change(changed(api_form(BUCKET)), None)

    first, second = aws.events
    assert first["verdicts"] == second["verdicts"]
    assert first["resource"] == second["resource"]


@pytest.mark.usefixtures("sample")
def test_a_crashing_check_is_unknown_and_the_others_count(
    aws: FakeAws, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    with caplog.at_level(logging.ERROR):
        on_change(changed(THING, configuration={"explosive": True, "size": 1}), None)

    (event,) = aws.events
    assert event["verdicts"]["thing-whole"]["compliance"] == "INSUFFICIENT_DATA"
    assert event["verdicts"]["thing-sized"]["compliance"] == "COMPLIANT"
    assert aws.evaluations[0]["ComplianceType"] == "NOT_APPLICABLE"
    assert "check failed: thing-whole on AWS::Sample::Thing orders" in caplog.text
    assert "ZeroDivisionError: boom" in caplog.text
    assert "Traceback" in caplog.text
    metric = json.loads(capsys.readouterr().out)
    assert metric["CheckCrashed"] == 1
    assert metric["Service"] == "evaluator"
    assert metric["_aws"]["CloudWatchMetrics"][0]["Namespace"] == "Pillarwatch"


def test_an_event_that_the_bus_refuses_is_an_error_and_config_is_not_answered(aws: FakeAws) -> None:
    aws.answers["PutEvents"] = lambda _: {"FailedEntryCount": 1, "Entries": [{"ErrorCode": "ThrottlingException"}]}

    with pytest.raises(EventsRefused, match=r"1 of 1.*ThrottlingException"):
        on_change(changed(), None)
    assert not aws.evaluations


def test_an_evaluation_that_config_refuses_is_an_error(aws: FakeAws) -> None:
    aws.answers["PutEvaluations"] = lambda request: {"FailedEvaluations": request["Evaluations"]}

    with pytest.raises(EvaluationsRefused, match="1 of 1"):
        on_change(changed(), None)


@pytest.mark.parametrize("operation", ["PutEvents", "PutEvaluations"])
@pytest.mark.parametrize("code", ["AccessDeniedException", "InternalFailure", "InvalidResultTokenException"])
def test_an_error_of_aws_is_an_error_of_the_function(aws: FakeAws, operation: str, code: str) -> None:
    aws.answers[operation] = lambda _: error(code)

    with pytest.raises(ClientError, match=code):
        on_change(changed(), None)


def test_an_error_of_the_history_is_an_error_of_the_function(aws: FakeAws) -> None:
    aws.answers[HISTORY] = lambda _: error("ResourceNotDiscoveredException")

    with pytest.raises(ClientError, match="ResourceNotDiscovered"):
        on_change(oversized(), None)


@pytest.mark.parametrize(
    ("event", "why"),
    [
        ({}, "no invokingEvent"),
        ({"invokingEvent": "{", "resultToken": "t"}, "no invokingEvent"),
        ({"invokingEvent": "{}", "resultToken": "t"}, "no messageType"),
        ({**changed(), "resultToken": ""}, "no resultToken"),
        (changed(resourceId=""), "lacks resourceId"),
        (changed(awsAccountId=None), "lacks its account"),
        (changed(configurationItemStatus="Lost"), "configurationItemStatus is Lost"),
        (
            {"invokingEvent": '{"messageType": "ConfigurationSnapshotDeliveryCompleted"}', "resultToken": "t"},
            "messageType is ConfigurationSnapshotDeliveryCompleted",
        ),
    ],
)
def test_a_malformed_event_says_what_is_wrong(aws: FakeAws, event: dict[str, Any], why: str) -> None:
    with pytest.raises(MalformedEvent, match=why):
        on_change(event, None)
    assert not aws.calls


def test_a_type_without_checks_has_no_verdict_and_is_never_compliant(aws: FakeAws) -> None:
    on_change(changed(resourceType="AWS::Nobody::Knows"), None)

    assert aws.events[0]["verdicts"] == {}
    assert aws.evaluations[0]["ComplianceType"] == "NOT_APPLICABLE"
    assert aws.evaluations[0]["Annotation"] == "no checks"


def test_clients_outlive_the_invocation_and_no_role_is_assumed(aws: FakeAws) -> None:
    on_change(changed(), None)
    on_change(changed(), None)

    assert sorted(aws.clients) == ["config-service", "eventbridge"]
    assert len(aws.calls) == 4


@pytest.mark.usefixtures("aws")
def test_rdklib_s_contract_holds_for_a_client_factory_and_a_rule_of_your_own() -> None:
    built = []

    class Mine(OwnRoleClients):
        def build_client(self, service: str, region: str | None = None, assume_role_mode: bool = False) -> Any:
            built.append(service)
            return super().build_client(service, region, assume_role_mode)

    class Quiet(PillarwatchRule):
        def evaluate_parameters(self, rule_parameters: dict[str, str]) -> dict[str, str]:
            return {**rule_parameters, "quiet": "yes"}

    answered = RuleEvaluator(Quiet(), Mine()).handle(changed(), None)

    assert built == ["events", "config"]
    assert [each["ComplianceResourceId"] for each in answered] == ["orders"]


def test_rdk_s_test_mode_is_kept(aws: FakeAws) -> None:
    on_change({**changed(), "resultToken": "TESTMODE"}, None)

    assert aws.named("PutEvaluations")[0]["TestMode"] is True


def test_every_recorded_item_goes_through(aws: FakeAws, shared: Path) -> None:
    region, account = {"awsRegion": "us-east-1"}, {"awsAccountId": ACCOUNT}  # documented ones lack them, or digits
    paths = sorted((shared / "config-items").glob("AWS_*.json"))
    for path in paths:
        item = {**region, **json.loads(path.read_text(encoding="utf-8"), object_hook=as_json), **account}
        if not str(item["configurationItemCaptureTime"]).startswith("20"):  # "anytime", in a sanitised one
            item["configurationItemCaptureTime"] = "2026-01-15T12:00:00.000Z"
        on_change(changed(item), None)
    assert len(aws.events) == len(paths) > 0
    assert {event["status"] for event in aws.events} >= {"ok", "deleted"}
    crashed = {
        (event["resource"]["type"], check)
        for event in aws.events
        for check, verdict in event["verdicts"].items()
        if verdict.get("annotation", "").startswith("check failed")
    }
    assert not crashed


def as_json(found: dict[str, Any]) -> Any:
    """Times that a recorder of boto3's answers wrote as objects, as they stand in an event."""
    if found.get("__class__") != "datetime":
        return found
    year, month, day, *rest = (found[part] for part in ("year", "month", "day", "hour", "minute", "second"))
    return f"{year}-{month:02}-{day:02}T{':'.join(f'{part:02}' for part in rest)}Z"


def at(hour: int, minute: int, second: int, microsecond: int = 0) -> datetime:
    return datetime(2026, 1, 15, hour, minute, second, microsecond, UTC)


def requested(*ids: str, **differences: Any) -> dict[str, Any]:
    detail = {"version": "1", "account": ACCOUNT, "region": REGION, "type": BUCKET["resourceType"], "ids": list(ids)}
    return {"detail-type": "Evaluation Requested", "source": "pillarwatch", "detail": {**detail, **differences}}


def test_a_requested_evaluation_is_that_of_the_newest_item(aws: FakeAws) -> None:
    newest = {**BUCKET, "configurationItemCaptureTime": datetime.fromisoformat(CAPTURED_AT)}
    aws.answers[HISTORY] = lambda _: {"configurationItems": [api_form(newest)]}

    on_change(requested("orders", "invoices"), None)

    assert [(call["resourceId"], call["limit"]) for call in aws.named(HISTORY)] == [("orders", 1), ("invoices", 1)]
    assert [name for name, _ in aws.calls] == [HISTORY, HISTORY, "PutEvents"]  # AWS Config asked for nothing
    event = aws.events[0]
    on_change(changed(), None)
    (change,) = aws.events[2:]
    apart = {"evaluation_id", "evaluated_at"}
    assert {k: v for k, v in event.items() if k not in apart} == {k: v for k, v in change.items() if k not in apart}


def test_what_config_does_not_know_is_left_out_and_what_is_deleted_is_said(aws: FakeAws) -> None:
    def history(request: Request) -> dict[str, Any]:
        if request["resourceId"] == "gone":
            return error("ResourceNotDiscoveredException")
        at_last = datetime.fromisoformat(CAPTURED_AT)
        deleted = {"configurationItemStatus": "ResourceDeleted", "configurationItemCaptureTime": at_last}
        return {"configurationItems": [api_form({**BUCKET, **deleted})]}

    aws.answers[HISTORY] = history
    on_change(requested("gone", "orders"), None)
    (event,) = aws.events
    assert (event["status"], event["verdicts"]) == ("deleted", {})


@pytest.mark.parametrize("differences", [{"version": "2"}, {"region": "us-west-2"}])
def test_a_request_of_another_version_or_region_is_refused(aws: FakeAws, differences: dict[str, str]) -> None:
    with pytest.raises(MalformedEvent):
        on_change(requested("orders", **differences), None)
    assert not aws.calls
