"""on_schedule: a collector's run in, an event for every resource out, and one at the end of a complete listing."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pillarwatch.settings import Settings
from rules import evaluator
from rules.collectors import Aws, Collector, UndeclaredAction, UnknownCollector, all_collectors, collector_of
from rules.config_rule import MalformedEvent, OwnRoleClients
from rules.evaluator import ListingEndless, on_schedule
from tests.rules.evaluator.support import ACCOUNT, NOTIFIED_AT, REGION, REST_QUEUE, FakeAws, Request, error, scheduled

LISTING, KNOWN = "DescribeLogGroups", "GetComplianceDetailsByConfigRule"
COMPLETE = "Listing Complete"


@pytest.fixture(autouse=True)
def _things(sample: None) -> None:
    """Every test here runs the sample's collector."""


def listing(aws: FakeAws, *pages: Sequence[str]) -> None:
    """Have AWS list things by name, page by page."""

    def describe(request: Request) -> dict[str, Any]:
        number = int(request.get("nextToken", 0))
        more = {"nextToken": str(number + 1)} if number + 1 < len(pages) else {}
        return {"logGroups": [thing(name) for name in pages[number]], **more}

    aws.answers[LISTING] = describe
    aws.answers["ListTagsForResource"] = lambda _: {"tags": {"Workload": "shop"}}


def thing(name: str) -> dict[str, Any]:
    arn = f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:{name}"
    return {"logGroupName": name, "logGroupArn": arn, "logGroupClass": "red"} if name != "bare" else {
        "logGroupName": name, "logGroupArn": arn,
    }  # fmt: skip


def known(aws: FakeAws, *answered: tuple[str, str, str, str], answered_at: str = "2026-01-14T12:05:00+00:00") -> None:
    """Have Config remember what the rule answered: type, id, compliance, annotation."""
    aws.answers[KNOWN] = lambda _: {
        "EvaluationResults": [
            {
                "EvaluationResultIdentifier": {
                    "EvaluationResultQualifier": {"ResourceType": resource_type, "ResourceId": resource_id},
                    "OrderingTimestamp": datetime.fromisoformat(answered_at),
                },
                "ComplianceType": compliance,
                "Annotation": annotation,
            }
            for resource_type, resource_id, compliance, annotation in answered
        ]
    }


def test_everything_that_is_listed_is_judged_by_the_collector_s_checks_only(aws: FakeAws) -> None:
    listing(aws, ["one"], ["bare"])

    on_schedule(scheduled("things"), None)

    assert {event["resource"]["id"]: event["verdicts"]["thing-painted"]["compliance"] for event in aws.events} == {
        "one": "COMPLIANT",
        "bare": "NON_COMPLIANT",
    }
    for event in aws.events:
        assert event["source"] == "things"
        assert event["verdicts"].keys() == {"thing-painted"}
        assert event["workload"] == "shop"
        assert event["captured_at"] <= event["evaluated_at"].replace("+00:00", "Z")
    assert [answered["ComplianceType"] for answered in aws.evaluations] == ["COMPLIANT", "NON_COMPLIANT"]


def test_config_orders_by_the_time_of_the_schedule(aws: FakeAws) -> None:
    listing(aws, ["one"])

    on_schedule(scheduled("things"), None)

    assert NOTIFIED_AT.startswith("2026-01-15T12:05:00")
    assert int(aws.evaluations[0]["OrderingTimestamp"]) == 1768478700


def test_many_are_published_by_ten_and_answered_by_a_hundred_at_the_end(aws: FakeAws) -> None:
    listing(aws, [f"thing-{number}" for number in range(250)])

    on_schedule(scheduled("things"), None)

    assert [len(request["Entries"]) for request in aws.named("PutEvents")] == [10] * 25 + [1]
    assert [len(request["Evaluations"]) for request in aws.named("PutEvaluations")] == [100, 100, 50]
    names = [name for name, _ in aws.calls]
    assert names.index("PutEvaluations") > max(index for index, name in enumerate(names) if name == "PutEvents")


def test_a_request_to_the_bus_stays_below_a_megabyte(aws: FakeAws) -> None:
    listing(aws, [f"thing-{number}" for number in range(10)])
    aws.answers["ListTagsForResource"] = lambda _: {"tags": {"long": "x" * 300_000}}

    on_schedule(scheduled("things"), None)

    sizes = [sum(len(entry["Detail"]) for entry in request["Entries"]) for request in aws.named("PutEvents")]
    assert len(sizes) == 5  # the last one says that the listing is complete
    assert max(sizes) < 1_000_000


def test_a_complete_listing_publishes_how_many_evaluations_it_published(aws: FakeAws) -> None:
    listing(aws, ["one", "two"], ["bare"])

    on_schedule(scheduled("things"), None)

    (complete,) = aws.published(COMPLETE)
    (began,) = {event["captured_at"] for event in aws.events}
    parts = {
        (event["listing"]["listing"], event["listing"]["part"], event["listing"]["region"]) for event in aws.events
    }
    assert parts == {(complete["listing"], *complete["parts"], complete["region"])}
    assert list(complete["parts"].values()) == [3]
    assert (complete["source"], complete["types"], complete["began"]) == ("things", ["AWS::Sample::Thing"], began)
    names = [name for name, _ in aws.calls]
    assert names.index("PutEvaluations") > max(index for index, name in enumerate(names) if name == "PutEvents")


def test_config_receives_which_of_its_results_have_ended(aws: FakeAws) -> None:
    listing(aws, ["one"])
    known(
        aws,
        ("AWS::Sample::Thing", "one", "COMPLIANT", ""),
        ("AWS::Sample::Thing", "deleted now", "NON_COMPLIANT", "no"),
        ("AWS::Sample::Thing", "deleted before", "NOT_APPLICABLE", "deleted"),
        ("AWS::Sample::Thing", "unknown before", "NOT_APPLICABLE", "1 of 1 unjudged"),
        ("AWS::Sample::Other", "of a type that was listed before", "COMPLIANT", ""),
    )

    on_schedule(scheduled("things"), None)

    assert [event["resource"]["id"] for event in aws.events] == ["one"]
    ended = [(each["ComplianceResourceId"], each["ComplianceType"], each["Annotation"]) for each in aws.evaluations[1:]]
    assert ended == [
        ("deleted now", "NOT_APPLICABLE", "deleted"),
        ("unknown before", "NOT_APPLICABLE", "deleted"),
        ("of a type that was listed before", "NOT_APPLICABLE", "left-scope"),
    ]
    assert aws.named(KNOWN)[0]["ConfigRuleName"] == "pillarwatch-rule"
    assert "NOT_APPLICABLE" in aws.named(KNOWN)[0]["ComplianceTypes"]


def test_a_denied_listing_is_incomplete_deletes_nothing_and_says_so(
    aws: FakeAws, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    def denied_on_the_second_page(request: Request) -> dict[str, Any]:
        if "nextToken" in request:
            return error("AccessDeniedException")
        return {"logGroups": [thing("one")], "nextToken": "1"}

    listing(aws, [])
    aws.answers[LISTING] = denied_on_the_second_page
    known(aws, ("AWS::Sample::Thing", "unseen", "COMPLIANT", ""))

    on_schedule(scheduled("things"), None)

    assert [event["resource"]["id"] for event in aws.events] == ["one"]
    assert not aws.named(KNOWN)
    assert not aws.published(COMPLETE)
    assert len(aws.evaluations) == 1
    assert "logs:DescribeLogGroups is denied" in caplog.text
    assert json.loads(capsys.readouterr().out)["ListingIncomplete"] == 1


def test_an_accepted_denial_is_incomplete_and_counts_for_no_alarm(
    aws: FakeAws,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    capsys: pytest.CaptureFixture[str],
) -> None:
    reason = "a service control policy forbids it"
    accepted = Settings(
        {"collectors": {"accepted_denials": {"logs:DescribeLogGroups": {"reason": reason, "expires": "2999-12-31"}}}}
    )
    monkeypatch.setattr(evaluator, "packaged_settings", lambda: accepted)
    listing(aws, [])
    aws.answers[LISTING] = lambda _: error("AccessDeniedException")
    known(aws, ("AWS::Sample::Thing", "unseen", "COMPLIANT", ""))

    on_schedule(scheduled("things"), None)

    assert aws.events == []
    assert reason in caplog.text
    assert capsys.readouterr().out == ""


def test_a_type_that_config_refuses_is_published_and_not_reported_to_config(
    aws: FakeAws, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(evaluator, "UNKNOWN_TO_CONFIG", {"AWS::Sample::Thing"})
    listing(aws, ["one", "two"])

    on_schedule(scheduled("things"), None)

    assert [event["resource"]["id"] for event in aws.events] == ["one", "two"]
    assert aws.evaluations == []


def runs(aws: FakeAws) -> list[list[str]]:
    """Run a listing to its end, and which resources were published as there in each run."""
    aws.calls.clear()
    event: dict[str, Any] = scheduled("things")
    published = []
    while True:
        answered, sent = len(aws.events), len(aws.named("SendMessage"))
        on_schedule(event, None)
        published.append([each["resource"]["id"] for each in aws.events[answered:] if each["status"] == "ok"])
        messages = aws.named("SendMessage")[sent:]
        if not messages:
            return published
        event = {"Records": [{"body": message["MessageBody"]} for message in messages]}


@given(pages=st.lists(st.lists(st.integers(0, 99).map(str), max_size=5), min_size=1, max_size=6))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_a_listing_that_is_interrupted_after_every_page_is_the_same_listing(
    aws: FakeAws, monkeypatch: pytest.MonkeyPatch, pages: list[list[str]]
) -> None:
    listing(aws, *pages)
    known(aws, ("AWS::Sample::Thing", "gone", "COMPLIANT", ""))
    assert runs(aws) == [[name for page in pages for name in page]]

    monkeypatch.setenv("COLLECTING_SECONDS", "0")
    assert runs(aws) == pages
    monkeypatch.setenv("COLLECTING_SECONDS", "600")

    (complete,) = aws.published(COMPLETE)
    assert list(complete["parts"].values()) == [len(page) for page in pages]
    assert {event["listing"]["part"] for event in aws.events} <= complete["parts"].keys()
    assert aws.evaluations[-1]["ComplianceResourceId"] == "gone"
    assert {event["captured_at"] for event in aws.events} <= {complete["began"]}
    assert {int(answered["OrderingTimestamp"]) for answered in aws.evaluations} == {1768478700}


def test_what_an_earlier_part_of_the_listing_published_is_not_deleted(
    aws: FakeAws, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLLECTING_SECONDS", "0")
    listing(aws, ["one"], ["two"])
    known(aws, ("AWS::Sample::Thing", "one", "COMPLIANT", ""), answered_at="2026-01-15T12:05:00+00:00")

    assert runs(aws) == [["one"], ["two"]]

    assert [event["status"] for event in aws.events] == ["ok", "ok"]


def test_the_rest_is_sent_after_config_is_answered(aws: FakeAws, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLLECTING_SECONDS", "0")
    listing(aws, ["one"], ["two"])

    on_schedule(scheduled("things"), None)

    assert [name for name, _ in aws.calls][-2:] == ["PutEvaluations", "SendMessage"]
    (message,) = aws.named("SendMessage")
    assert message["QueueUrl"] == REST_QUEUE
    assert json.loads(message["MessageBody"])["rest"]["position"] == [1, {"nextToken": "1"}]


def test_a_listing_of_more_than_a_day_is_given_up(aws: FakeAws) -> None:
    began = (datetime.now(UTC) - timedelta(days=1, minutes=1)).isoformat()
    rest = {"began": began, "position": [1, {"nextToken": "1"}]}

    with pytest.raises(ListingEndless, match="things since"):
        on_schedule({"Records": [{"body": json.dumps({**scheduled("things"), "rest": rest})}]}, None)
    assert not aws.calls


def test_an_answer_that_is_denied_is_unknown_and_names_the_action(aws: FakeAws) -> None:
    listing(aws, ["one"])
    aws.answers["ListTagsForResource"] = lambda _: error("AccessDeniedException")

    on_schedule(scheduled("things"), None)

    (event,) = aws.events
    assert (event["tags"], event["workload"]) == ({}, "")
    answer = asking().ask("logs:ListTagsForResource", resourceArn="arn:aws:logs:one")
    assert str(answer) == "logs:ListTagsForResource is denied"


def test_what_is_absent_is_none_what_is_refused_is_unknown_and_passing_errors_are_raised(aws: FakeAws) -> None:
    aws.answers["ListTagsForResource"] = lambda _: error("ResourceNotFoundException")

    absent = ("ResourceNotFoundException",)
    assert asking().ask("logs:ListTagsForResource", resourceArn="arn", absent=absent) is None
    refused = asking().ask("logs:ListTagsForResource", resourceArn="arn")
    assert str(refused) == "logs:ListTagsForResource is refused: ResourceNotFoundException"
    aws.answers["ListTagsForResource"] = lambda _: error("ThrottlingException")
    with pytest.raises(ClientError):
        asking().ask("logs:ListTagsForResource", resourceArn="arn")


def test_any_other_error_of_a_listing_is_an_error_of_the_function(aws: FakeAws) -> None:
    aws.answers[LISTING] = lambda _: error("InternalFailure")

    with pytest.raises(ClientError, match="InternalFailure"):
        on_schedule(scheduled("things"), None)
    assert not aws.evaluations


def test_a_collector_calls_nothing_that_it_does_not_declare(aws: FakeAws) -> None:
    with pytest.raises(UndeclaredAction, match="things does not declare logs:DescribeMetricFilters"):
        list(asking().pages("logs:DescribeMetricFilters", "metricFilters"))
    assert not aws.calls


def test_recorded_items_have_config_s_identity_and_the_listing_s_time(aws: FakeAws) -> None:
    row = {"resourceType": "AWS::SQS::Queue", "resourceId": "https://queue", "accountId": ACCOUNT}
    aws.answers["SelectResourceConfig"] = lambda _: {"Results": [json.dumps(row)]}

    (item,) = asking(("config:SelectResourceConfig",)).recorded("AWS::SQS::Queue")

    assert item["resourceId"] == "https://queue"
    assert item["configurationItemCaptureTime"] == NOTIFIED_AT
    assert "resourceType = 'AWS::SQS::Queue'" in aws.named("SelectResourceConfig")[0]["Expression"]


@pytest.mark.usefixtures("aws")
def test_a_rule_without_a_collector_s_name_is_an_error() -> None:
    with pytest.raises(MalformedEvent, match="collector"):
        on_schedule(scheduled(None), None)
    with pytest.raises(UnknownCollector, match="nobody"):
        on_schedule(scheduled("nobody"), None)


def test_a_collector_s_name_is_its_file_s() -> None:
    for name, collector in all_collectors().items():
        assert collector.name == name
        assert collector.function.__name__.replace("_", "-") == name
        assert collector.resource_types
        assert collector.actions


def asking(actions: tuple[str, ...] = ()) -> Aws:
    """What a collector asks with."""
    things = collector_of("things")
    if actions:
        things = Collector("things", things.function, things.resource_types, actions, things.frequency, "")
    return Aws(things, OwnRoleClients().build_client, ACCOUNT, REGION, NOTIFIED_AT)
