"""Reading an item by path: both envelopes, strings in strings, and data of any type."""

import json
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pillarwatch import ACCOUNT, Attributes, ConfigurationItem
from pillarwatch.unknown import Default, Unknown, Unresolved

anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["a", "b", "Statement"]), inner, max_size=3)
    ),
    max_leaves=12,
)


def item(**attributes: Any) -> ConfigurationItem:
    return ConfigurationItem({"resourceType": "AWS::S3::Bucket", **attributes})


def test_both_envelopes_read_alike() -> None:
    policy = {"policyText": json.dumps({"Statement": [{"Effect": "Allow"}]})}
    event = item(awsAccountId="1", ARN="arn:x", configuration={"a": {"b": 7}}, supplementaryConfiguration={"P": policy})
    api = item(
        accountId="1",
        arn="arn:x",
        configuration=json.dumps({"a": {"b": 7}}),
        supplementaryConfiguration={"P": json.dumps(policy)},
    )
    for read in (event, api):
        assert (read.account, read.arn) == ("1", "arn:x")
        assert read.number("configuration.a.b") == 7
        assert read.statements("supplementaryConfiguration.P.policyText")[0].allows is True


def test_a_url_encoded_document_is_read() -> None:
    document = quote(json.dumps({"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}))
    (statement,) = item(configuration={"document": document}).statements("configuration.document")
    assert statement.covers_every_action
    assert statement.reaches_everything


def test_a_json_text_with_unknown_pieces_is_read_around_them() -> None:
    def read(*parts: str | None) -> ConfigurationItem:
        return item(configuration={"d": Unknown("when deployed", present=True, parts=parts)})

    document = read('{"Type": "Task", "Resource": "', None, '", "In": "', "arn:", None, '/x"}')
    assert document.text("configuration.d.Type") == "Task"
    assert document.text("configuration.d.Catch", "none") == "none"
    assert isinstance(document.text("configuration.d.Resource"), Unknown)
    assert isinstance(document.has("configuration.d.Resource"), Unknown)
    assert document.text("configuration.d.In").startswith("arn:") is True
    assert document.text("configuration.d.In").endswith("/y") is False
    for parts in (
        ('{"Seconds": ', None, "}"),
        ('{"', None, '": 1}'),
        (None, '{"a": 1}'),
        ('{"a": "\ue000', None, '"}'),
    ):
        assert isinstance(read(*parts).text("configuration.d.a"), Unknown), parts


def test_absent_and_null_are_the_default() -> None:
    read = item(configuration={"null": None})
    for path in (
        "configuration.null",
        "configuration.absent",
        "configuration.absent.deeper",
        "supplementaryConfiguration.x",
    ):
        assert read.text(path) == ""
        assert read.text(path, "Off") == "Off"
        assert read.number(path, 3) == 3
        assert read.flag(path) is False
        assert read.flag(path, default=True) is True
        assert read.has(path) is False
        assert list(read.texts(path)) == []
        assert list(read.objects(path)) == []


def test_numbers_and_booleans_in_strings_are_read() -> None:
    read = item(configuration={"n": "30", "f": "True", "t": 7, "b": False})
    assert read.number("configuration.n") == 30
    assert read.flag("configuration.f") is True
    assert read.text("configuration.t") == "7"
    assert read.text("configuration.b") == "false"


def test_a_value_of_another_type_is_unknown_and_says_so() -> None:
    read = item(configuration={"list": [1], "object": {"a": 1}, "text": "x"})
    unknown: Any = read.text("configuration.list")
    assert str(unknown) == "configuration.list is a list, not a text"
    for answer in (
        read.number("configuration.text"),
        read.flag("configuration.text"),
        read.text("configuration.object"),
        read.objects("configuration.text.deeper"),
        read.text("configuration.list.deeper"),
    ):
        assert isinstance(answer, Unknown)


def test_lists_are_crossed_by_texts_and_opened_by_objects() -> None:
    read = item(configuration={"rules": [{"ranges": [{"ip": "a"}, {"ip": "b"}]}, {"ranges": []}, {}]})
    assert read.texts("configuration.rules.ranges.ip") == ["a", "b"]
    assert [list(rule.texts("ranges.ip")) for rule in read.objects("configuration.rules")] == [["a", "b"], [], []]


def test_elements_of_one_list_name_the_path_by_which_they_were_reached() -> None:
    rules: list[Any] = [{"port": []}]
    read = item(configuration={"ingress": rules, "egress": rules})
    for side in ("ingress", "egress", "ingress"):
        (rule,) = read.objects(f"configuration.{side}")
        assert str(rule.number("port")) == f"configuration.{side}.port is a list, not a number"


def test_tags_are_read_from_a_map_and_from_a_list() -> None:
    assert item(tags={"Workload": "shop"}).tags == {"Workload": "shop"}
    assert item(tags=[{"key": "Workload", "value": "shop", "tag": "Workload=shop"}]).tags == {"Workload": "shop"}
    assert item(tags=None).tags == {}


def test_related_that_nobody_supplied_is_unknown_and_an_empty_list_is_absent() -> None:
    alone = item()
    supplied = ConfigurationItem({}, related={"AWS::Logs::LogGroup": []})
    assert isinstance(alone.related("AWS::Logs::LogGroup"), Unknown)
    assert list(supplied.related("AWS::Logs::LogGroup")) == []


@given(anything, st.sampled_from(["configuration", "configuration.a", "configuration.a.b", "configuration.Statement"]))
def test_no_accessor_raises_on_any_document_or_changes_it(document: Any, path: str) -> None:
    raw = {"configuration": document}
    before = json.dumps(raw)
    read = item(**raw)
    for accessor in (read.text, read.number, read.flag, read.has, read.texts, read.objects, read.statements):
        accessor(path)
    for statement in read.statements(path):
        _ = (str(statement), statement.allows, statement.covers("s3:GetObject"), statement.whole_services)
        _ = (statement.reaches_everything, statement.names_no_resource, statement.reaches_objects_of(read))
        _ = (statement.admits_anybody, statement.refuses_clear_text)
    assert json.dumps(raw) == before


def test_the_same_string_in_two_places_is_parsed_once_and_safely() -> None:
    text = json.dumps({"a": 1})
    read = item(configuration={"x": text, "y": text})
    assert read.number("configuration.x.a") == read.number("configuration.y.a") == 1


@pytest.mark.parametrize("broken", ["{", "%7B", "not json"])
def test_a_document_that_is_no_json_is_unknown(broken: str) -> None:
    (statement,) = item(configuration={"p": broken}).statements("configuration.p")
    assert isinstance(statement.allows, Unknown)
    assert isinstance(item(configuration=broken).has("configuration.p"), Unknown)


@given(st.data(), st.dictionaries(st.sampled_from("abc"), st.text("xy: \\\n", max_size=4), min_size=1))
def test_what_is_read_of_a_json_text_holds_whatever_its_unknown_pieces_are(
    data: st.DataObject, document: dict[str, str]
) -> None:
    key = data.draw(st.sampled_from(sorted(document)))
    start, end = sorted(data.draw(st.tuples(*[st.integers(0, len(document[key]))] * 2)))
    gap = "\x00"
    torn = json.dumps({**document, key: document[key][:start] + gap + document[key][end:]})
    before, _, after = torn.partition(json.dumps(gap)[1:-1])
    read = item(configuration={"d": Unknown("when deployed", present=True, parts=(before, None, after))})
    for name in "abc":
        found, is_there = read.text(f"configuration.d.{name}"), read.has(f"configuration.d.{name}")
        assert isinstance(found, Unknown) if name == key else found == document.get(name, "")
        assert isinstance(is_there, Unknown) or is_there is bool(document.get(name))


def test_an_empty_policy_document_has_no_statements() -> None:
    assert not item(configuration={"p": {}}).statements("configuration.p")
    assert not item(configuration={"p": "{}"}).statements("configuration.p")


def test_what_lies_in_something_unknown_is_unknown_even_where_that_is_there() -> None:
    read = item(configuration={"queue": Unknown("it is made when deployed", present=True)})
    assert read.has("configuration.queue") is True
    assert isinstance(read.has("configuration.queue.arn"), Unknown)
    assert isinstance(read.texts("configuration.queue.arn"), Unknown)
    assert isinstance(read.text("configuration.queue.arn"), Unknown)


def test_a_list_of_what_may_not_be_there_may_be_empty() -> None:
    read = item(
        configuration={"maybe": [Unknown("a condition decides")], "one": ["arn", Unknown("a condition decides")]}
    )
    assert isinstance(read.has("configuration.maybe"), Unknown)
    assert read.has("configuration.one") is True


def test_an_api_that_was_not_called_is_unknown_and_null_is_absent() -> None:
    answers = {"iam": {"GetAccountPasswordPolicy": None, "GetAccountSummary": {"SummaryMap": {"AccountMFAEnabled": 1}}}}
    account = ConfigurationItem({"resourceType": ACCOUNT, "configuration": answers})
    assert account.number("configuration.iam.GetAccountSummary.SummaryMap.AccountMFAEnabled") == 1
    assert account.number("configuration.iam.GetAccountPasswordPolicy.PasswordPolicy.MinimumPasswordLength") == 0
    assert list(account.objects("configuration.iam.GetAccountPasswordPolicy.PasswordPolicy")) == []
    for path in ("configuration.iam.ListUsers.Users", "configuration.s3.ListBuckets.Buckets.Name"):
        for answer in (account.text(path), account.has(path), account.texts(path), account.objects(path)):
            assert str(answer).endswith(" was not called")


def test_the_envelope_is_unknown_in_judgement_and_names_nothing_elsewhere() -> None:
    read = item(resourceId="b", awsRegion=Unknown("it is known only when deployed"), awsAccountId=7)
    assert isinstance(read.region == "eu-west-1", Unknown)
    assert isinstance(read.account, Unknown)
    assert read.identity == {
        "account": "", "region": "", "type": "AWS::S3::Bucket", "id": "b", "name": "b", "arn": "",
    }  # fmt: skip


def test_an_event_names_a_resource_by_its_name_and_without_one_by_its_id() -> None:
    assert item(resourceId="vol-1", resourceName="data").identity["name"] == "data"
    assert item(resourceId="vol-1", resourceName="").identity["name"] == "vol-1"
    assert item(resourceId="vol-1").identity["name"] == "vol-1"


def test_a_tag_that_is_missing_beside_one_whose_key_is_unknown_is_unknown() -> None:
    listed = item(
        tags=[{"key": Unknown("parameter Key has no default"), "value": "x"}, {"key": "Project", "value": None}]
    )
    assert listed.tag("Project") == ""
    assert isinstance(listed.tag("Owner"), Unknown)
    assert listed.tags == {"Project": ""}
    assert item(tags={"Project": "shop"}).tag("Owner", "nobody") == "nobody"
    assert isinstance(item(tags="garbage").tag("Owner"), Unknown)
    assert item(tags='[{"key": "Owner", "value": "me"}]').tag("Owner") == "me"
    assert item(tags=None).tag("Owner", "nobody") == "nobody"
    assert isinstance(item(tags=["garbage"]).tag("Owner"), Unknown)


def test_a_tag_whose_value_is_unknown_is_unknown_and_a_number_is_its_text() -> None:
    tagged = item(tags={"Owner": Unknown("parameter Owner has no default"), "CostCenter": 4711})
    assert isinstance(tagged.tag("Owner"), Unknown)
    assert tagged.tag("CostCenter") == "4711"


def test_a_template_s_reference_is_the_resource_s_name() -> None:
    function = item(resourceId="Main", resourceName=Unknown("made up when deployed"))
    reference: Any = Unknown("made up when deployed", reference="Main")
    assert function.is_named(reference) is True
    parameter: Any = Unknown("parameter Name has no default")
    assert isinstance(function.is_named(parameter), Unknown)
    assert item(resourceName="main").is_named("main") is True
    assert item(resourceName="main").is_named("other") is False


@pytest.mark.parametrize(
    "time", ["2026-01-13T12:00:00.000Z", "2026-01-13T12:00:00", "2026-01-13T13:00:00+0100", 1768305600000]
)
def test_days_are_counted_to_when_the_item_is_judged(time: Any) -> None:
    read = ConfigurationItem({"configuration": {"t": time}}, judged_at=datetime(2026, 1, 15, 12, tzinfo=UTC))
    assert read.days_since("configuration.t") == 2
    assert read.days_since("configuration.absent", default=-1) == -1
    assert isinstance(read.days_since("configuration.absent"), Unknown)


@pytest.mark.parametrize("time", ["yesterday", [], {}, 1e300, Unknown("when deployed")])
def test_what_is_no_time_is_unknown(time: Any) -> None:
    assert isinstance(item(configuration={"t": time}).days_since("configuration.t"), Unknown)


def test_a_list_inside_a_json_text_is_traversed() -> None:
    """The API's envelope has each value of supplementaryConfiguration as a JSON text."""
    rules = json.dumps([{"name": "a", "targets": [{"id": "1"}]}, {"name": "b"}])
    item = ConfigurationItem({"supplementaryConfiguration": {"Rules": rules}})
    path = "supplementaryConfiguration.Rules"
    assert [rule.text("name") for rule in item.objects(path)] == ["a", "b"]
    assert item.texts(f"{path}.name") == ["a", "b"]
    assert [target.text("id") for target in item.objects(f"{path}.targets")] == ["1"]


def test_what_several_checks_read_is_read_once_and_its_defaults_are_noted_for_each_of_them() -> None:
    read = []

    def days(item: ConfigurationItem) -> float:
        read.append(item)
        return item.number("configuration.retention")

    item = ConfigurationItem({"configuration": {"retention": Default.of("Days", "7")}})
    for _ in range(2):
        assert item.once(days) == 7
        assert item.take_notes() == " (default of parameter Days)"
    assert len(read) == 1


def test_what_is_read_once_of_one_element_is_not_the_answer_for_another() -> None:
    def port(rule: Attributes) -> float:
        return rule.number("port")

    item = ConfigurationItem({"configuration": {"rules": [{"port": 22}, {"port": 443}]}})
    for _ in range(2):
        assert [rule.once(port) for rule in item.objects("configuration.rules")] == [22, 443]


def test_what_cannot_be_read_is_unresolved_for_each_check_that_asks() -> None:
    item = ConfigurationItem({"configuration": {"retention": Unknown("parameter Days has no default")}})
    for _ in range(2):
        with pytest.raises(Unresolved):
            item.once(lambda asked: bool(asked.number("configuration.retention")))
