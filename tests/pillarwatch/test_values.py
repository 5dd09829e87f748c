"""What a check read, as the event shows it: by name, in 128 bytes, and never a secret."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pillarwatch import ConfigurationItem
from pillarwatch.evaluation import judge
from pillarwatch.example import example_item, example_parameters
from pillarwatch.settings import Settings
from pillarwatch.unknown import Unknown
from pillarwatch.values import MOST_BYTES, fitted, value_of
from rules.catalogue import all_checks, check_of, checks_of

if TYPE_CHECKING:
    from pillarwatch import Check


def item_of(configuration: Any, **rest: Any) -> ConfigurationItem:
    return ConfigurationItem({"resourceType": "AWS::Lambda::Function", "configuration": configuration, **rest})


def read(item: ConfigurationItem) -> str:
    return value_of(item.reads)


@pytest.mark.parametrize("check", all_checks().values(), ids=lambda check: check.id)
def test_every_check_tells_what_it_read(check: Check) -> None:
    told = []
    for example in (*check.compliant, *check.non_compliant, *check.not_applicable):
        item = example_item(check, example)
        check.judge(item, example_parameters(example))
        told.append(read(item))
        assert len(told[-1].encode()) <= MOST_BYTES
    assert any(told)


def test_what_is_set_comes_first_under_the_end_of_its_path() -> None:
    item = item_of({"versioning": {"status": "Enabled"}, "size": 5, "on": True}, tags={"Owner": "web"})
    item.flag("configuration.off", default=True)
    item.text("configuration.versioning.status")
    item.number("configuration.size")
    item.flag("configuration.on")
    item.text("configuration.versioning.status")
    item.tag("Owner")
    assert read(item) == "status: Enabled; size: 5; on: true; Owner: web; off: not set"


def test_of_several_reads_only_those_of_the_check_count() -> None:
    check = check_of("s3-bucket-versioning-enabled")
    item = example_item(check, check.compliant[0])
    values = {each.check.id: each.value for each in judge(item, checks_of("AWS::S3::Bucket"), Settings())}
    assert values[check.id] == "status: Enabled"


def test_paths_with_the_same_end_are_told_apart_and_values_of_a_list_are_listed() -> None:
    rules = [{"action": "allow"}, {"action": "deny"}, {"action": "deny"}]
    item = item_of({"source": {"port": 1}, "target": {"port": 2}, "rules": rules, "others": []})
    item.number("configuration.source.port")
    item.number("configuration.target.port")
    for rule in item.objects("configuration.rules"):
        rule.text("action")
    item.objects("configuration.others")
    assert read(item) == "source.port: 1; target.port: 2; action: allow, deny; others: none"


def test_of_documents_and_scripts_only_the_size_is_shown() -> None:
    policy = {"Statement": [{"Effect": "Allow"}, {"Effect": "Deny"}]}
    item = item_of({"policy": json.dumps(policy), "variables": {"A": "1"}, "script": "line\n" * 9, "nested": [{}, {}]})
    item.statements("configuration.policy")
    item.has("configuration.variables")
    item.has("configuration.nested")
    item.text("configuration.script")
    assert read(item) == "policy: 2 statements; variables: 1 entry; nested: 2 elements; script: 45 characters"


def test_what_is_unknown_is_said_to_be() -> None:
    item = item_of({"mode": Unknown("nobody told"), "modes": [Unknown("why"), "A"]})
    item.text("configuration.mode")
    item.texts("configuration.modes")
    assert read(item) == "mode: unknown; modes: unknown, A"


def test_what_is_read_of_related_resources_is_read_for_the_same_verdict() -> None:
    subnet = {"resourceType": "AWS::EC2::Subnet", "configuration": {"public": True}}
    item = ConfigurationItem({"resourceType": "AWS::EC2::VPC"}, related={"AWS::EC2::Subnet": [subnet]})
    for each in item.related("AWS::EC2::Subnet"):
        each.flag("configuration.public")
    assert read(item) == "public: true"


def test_a_second_check_has_read_what_the_first_one_read_once() -> None:
    item = item_of({"mode": "Active"})

    def mode(of: ConfigurationItem) -> str:
        return of.text("configuration.mode")

    item.once(mode)
    began = len(item.reads)
    item.once(mode)
    assert value_of(item.reads[began:]) == "mode: Active"


def test_the_time_of_the_item_is_no_value_because_each_item_has_another() -> None:
    item = item_of({}, configurationItemCaptureTime="2026-01-15T12:00:00Z")
    item.days_since("configurationItemCaptureTime")
    assert read(item) == ""


def test_a_value_of_a_pair_is_shown_under_its_name() -> None:
    item = item_of({"attributes": [{"key": "logs.enabled", "value": "false"}, {"key": "other", "value": "x"}]})
    for attribute in item.objects("configuration.attributes"):
        if attribute.text("key") == "logs.enabled":
            attribute.text("value")
    assert read(item) == "logs.enabled: false"


@given(st.text(max_size=400))
def test_a_text_is_cut_between_characters_with_a_mark(text: str) -> None:
    text = "".join(each for each in text if each.isprintable())
    shown = fitted(text)
    assert len(shown.encode()) <= MOST_BYTES
    if shown != text:
        assert shown.endswith("…")
        assert text.startswith(shown[:-1])
        assert len(shown.encode()) > MOST_BYTES - 4, "no more than one character less than fits"


@given(st.dictionaries(st.text(), st.text() | st.integers() | st.lists(st.text()) | st.none(), max_size=40))
def test_a_value_is_one_printable_line_of_128_bytes(configuration: dict[str, Any]) -> None:
    item = item_of({key.replace(".", ""): value for key, value in configuration.items()})
    for key in item.document["configuration"]:
        item.texts(f"configuration.{key}")
    shown = read(item)
    assert len(shown.encode()) <= MOST_BYTES
    assert len(shown.splitlines()) <= 1
    assert shown.isprintable()


LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
SECRET_TEXTS = st.text("QZJX", min_size=12, max_size=20)
TOKENS = st.text(LETTERS, min_size=16, max_size=16).map("AKIA{}".format) | st.text(
    LETTERS, min_size=36, max_size=36
).map("ghp_{}".format)
NAMES = st.sampled_from(["DB_PASSWORD", "githubToken", "masterUserPassword", "API_KEY", "client_secret", "SecretKey"])


@given(NAMES, SECRET_TEXTS, st.sampled_from(["name", "Name", "key", "ParameterKey"]))
def test_a_secret_is_masked_by_its_name(name: str, secret: str, naming: str) -> None:
    valued = "ParameterValue" if naming == "ParameterKey" else "value"
    named = {"containerName": "web", naming: name, valued: secret}
    item = item_of({name: secret, "map": {name: secret}, "list": [named], "one": named}, tags={name: secret})
    item.text(f"configuration.{name}")
    item.texts(f"configuration.{name}")
    item.has("configuration.map")
    for entry in item.entries("configuration.map"):
        entry.text("value")
    item.texts(f"configuration.list.{valued}")
    for each in item.objects("configuration.list"):
        each.text(naming)
        each.text(valued)
    item.text(f"configuration.one.{valued}")
    item.tag(name)
    assert secret not in every_value(item)


@given(TOKENS, st.text(" =:;,abc", max_size=200), st.text(" =:;,", max_size=20))
def test_a_secret_is_masked_by_its_form_wherever_it_stands(token: str, before: str, after: str) -> None:
    text = f"{before} {token} {after}"
    item = item_of({"description": text, "texts": [text], "document": json.dumps({"a": text})}, tags={"Note": text})
    item.text("configuration.description")
    item.texts("configuration.texts")
    item.texts("configuration.document.a")
    item.text("configuration.document")
    item.tag("Note")
    assert token[:8] not in every_value(item)


@given(NAMES, SECRET_TEXTS, st.sampled_from(["{}={}", "export {}={}", "x\n{}='{}'", '{{"{}": "{}"}}']))
def test_a_secret_is_masked_where_a_script_states_it(name: str, secret: str, form: str) -> None:
    item = item_of({"command": form.format(name, secret)})
    item.text("configuration.command")
    assert secret not in every_value(item)


def every_value(item: ConfigurationItem) -> str:
    """All that is shown of what was read, each alone, so that no limit hides it; and together."""
    alone = [value_of(item.reads[at : at + 3]) for at in range(0, len(item.reads), 3)]
    return "\n".join([*alone, read(item)])
