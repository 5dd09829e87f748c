"""Reading an item by path: both envelopes, strings in strings, and data of any type."""

import json
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pillarwatch import ConfigurationItem
from pillarwatch.unknown import Unknown

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
    assert statement.acts_on("*")
    assert statement.reaches_everything


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
    for statement in read.statements(path) if not isinstance(read.statements(path), Unknown) else ():
        _ = (statement.allows, statement.actions, statement.principals, statement.conditions, statement.admits_anybody)
    assert json.dumps(raw) == before


def test_the_same_string_in_two_places_is_parsed_once_and_safely() -> None:
    text = json.dumps({"a": 1})
    read = item(configuration={"x": text, "y": text})
    assert read.number("configuration.x.a") == read.number("configuration.y.a") == 1


@pytest.mark.parametrize("broken", ["{", "%7B", "not json"])
def test_a_document_that_is_no_json_is_unknown(broken: str) -> None:
    assert isinstance(item(configuration={"p": broken}).statements("configuration.p"), Unknown)
