"""The store's schema version: stored once, and code of another version neither reads nor writes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import boto3
import pytest
from moto import mock_aws

from aggregator import handlers
from aggregator.schema import KEY, VERSION, OtherSchema, check, check_and_store
from pillarwatch.command import main

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def table(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    handlers._table.cache_clear()
    with mock_aws():
        yield boto3.resource("dynamodb").create_table(
            TableName="table",
            BillingMode="PAY_PER_REQUEST",
            AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in ("pk", "sk")],
            KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
        )
    handlers._table.cache_clear()


def test_first_use_stores_the_version_and_the_next_one_accepts_it(table: Any) -> None:
    check(table)  # a table without a version
    assert table.scan()["Items"] == []
    check_and_store(table)
    check_and_store(table)
    assert table.scan()["Items"] == [{**KEY, "version": VERSION}]
    check(table)


@pytest.mark.parametrize(
    ("version", "way_out"), [(VERSION + 1, "pip install --upgrade pillarwatch"), (VERSION - 1, "pillarwatch deploy")]
)
def test_other_version_is_refused_with_the_way_out(
    table: Any, version: int, way_out: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    table.put_item(Item={**KEY, "version": version})
    monkeypatch.setenv("TABLE_NAME", "table")
    with pytest.raises(OtherSchema, match=way_out):
        handlers.on_evaluated({"Records": []}, None)
    assert main(["scores", "--table", "table"]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert f"table table has schema version {version}, this release has {VERSION}: run `{way_out}`" in line
    assert table.scan()["Items"] == [{**KEY, "version": version}]
