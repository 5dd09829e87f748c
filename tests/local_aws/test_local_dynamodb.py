"""DynamoDB transactions: atomic, idempotent, bounded, and quick."""
# ruff: noqa: ARG001  # templates in flow style, a resource a line; a fixture may be wanted for its effect

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from botocore.exceptions import ClientError

from local_aws import LocalAws

Client = Callable[[str], Any]


@pytest.fixture
def table(aws: LocalAws, client: Client) -> Any:
    dynamodb = client("dynamodb")
    dynamodb.create_table(
        TableName="t",
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in ("pk", "sk", "gk")],
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
        GlobalSecondaryIndexes=[
            {
                "IndexName": "by-gk",
                "KeySchema": [{"AttributeName": "gk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
                "Projection": {"ProjectionType": "ALL"},
            }
        ],
    )
    return dynamodb


def key(pk: str, sk: str = "s") -> dict[str, Any]:
    return {"pk": {"S": pk}, "sk": {"S": sk}}


def put(pk: str, **more: Any) -> dict[str, Any]:
    return {"Put": {"TableName": "t", "Item": key(pk) | more}}


def add(pk: str, name: str = "n") -> dict[str, Any]:
    values = {":one": {"N": "1"}}
    update = {
        "TableName": "t",
        "Key": key(pk),
        "UpdateExpression": f"ADD {name} :one",
        "ExpressionAttributeValues": values,
    }
    return {"Update": update}


def once(pk: str) -> dict[str, Any]:
    return {"Put": {"TableName": "t", "Item": key(pk), "ConditionExpression": "attribute_not_exists(pk)"}}


def items(table: Any) -> dict[str, Any]:
    return {item["pk"]["S"]: item.get("n", {}).get("N") for item in table.scan(TableName="t")["Items"]}


def test_all_or_nothing_with_a_reason_for_each_action(table: Any) -> None:
    table.transact_write_items(TransactItems=[put("a"), add("b")])
    with pytest.raises(table.exceptions.TransactionCanceledException) as caught:
        table.transact_write_items(TransactItems=[add("b"), once("a"), put("c")])
    assert [each["Code"] for each in caught.value.response["CancellationReasons"]] == [
        "None",
        "ConditionalCheckFailed",
        "None",
    ]
    assert items(table) == {"a": None, "b": "1"}


def test_a_write_that_fails_half_way_takes_the_others_back(table: Any) -> None:
    table.put_item(TableName="t", Item=key("text") | {"n": {"S": "not a number"}})
    table.put_item(TableName="t", Item=key("b") | {"n": {"N": "1"}})
    with pytest.raises(ClientError):
        table.transact_write_items(TransactItems=[add("b"), put("new"), add("text")])
    assert items(table) == {"text": None, "b": "1"}


def test_the_old_item_is_returned_on_request(table: Any) -> None:
    table.put_item(TableName="t", Item=key("a") | {"n": {"N": "7"}})
    action = once("a")
    action["Put"]["ReturnValuesOnConditionCheckFailure"] = "ALL_OLD"
    with pytest.raises(table.exceptions.TransactionCanceledException) as caught:
        table.transact_write_items(TransactItems=[action])
    assert caught.value.response["CancellationReasons"][0]["Item"]["n"] == {"N": "7"}


def test_a_token_writes_once_and_refuses_other_parameters(table: Any) -> None:
    for _ in range(2):
        table.transact_write_items(TransactItems=[add("a")], ClientRequestToken="token")
    assert items(table) == {"a": "1"}
    with pytest.raises(ClientError, match="IdempotentParameterMismatchException"):
        table.transact_write_items(TransactItems=[add("b")], ClientRequestToken="token")
    table.transact_write_items(TransactItems=[add("a")], ClientRequestToken="other")
    assert items(table) == {"a": "2"}


def test_a_cancelled_transaction_leaves_its_token_free(table: Any) -> None:
    table.put_item(TableName="t", Item=key("a"))
    with pytest.raises(table.exceptions.TransactionCanceledException):
        table.transact_write_items(TransactItems=[once("a")], ClientRequestToken="token")
    table.delete_item(TableName="t", Key=key("a"))
    table.transact_write_items(TransactItems=[once("a")], ClientRequestToken="token")
    assert items(table) == {"a": None}


def test_what_dynamodb_refuses_is_refused(table: Any) -> None:
    with pytest.raises(ClientError, match="multiple operations on one item"):
        table.transact_write_items(TransactItems=[put("a"), add("a")])
    with pytest.raises(ClientError, match="less than or equal to 100"):
        table.transact_write_items(TransactItems=[put(str(number)) for number in range(101)])
    large = {"text": {"S": "x" * 390_000}}
    with pytest.raises(ClientError, match="4 MB"):
        table.transact_write_items(TransactItems=[put(str(number), **large) for number in range(11)])
    assert items(table) == {}


def update(expression: str, **values: Any) -> dict[str, Any]:
    given = {f":{name}": value for name, value in values.items()}
    names = {f"#{name}": name for name in ("n", "m", "gk", "pk", "a") if f"#{name}" in expression}
    request = {"TableName": "t", "Key": key("a"), "UpdateExpression": expression, "ExpressionAttributeValues": given}
    return {"Update": request | ({"ExpressionAttributeNames": names} if names else {})}


@pytest.mark.parametrize(
    ("expression", "values", "expected"),
    [
        ("ADD #n :v", {"v": {"N": "1"}}, {"n": {"N": "6"}}),
        ("ADD #m :v,  #n :w", {"v": {"N": "2"}, "w": {"N": "-5"}}, {"n": {"N": "0"}, "m": {"N": "2"}}),
        ("SET #n = :v", {"v": {"S": "x"}}, {"n": {"S": "x"}}),
        (
            "SET #n = if_not_exists(#n, :v), #m=:w",
            {"v": {"N": "1"}, "w": {"M": {"a": {"N": "1"}}}},
            {"n": {"N": "5"}, "m": {"M": {"a": {"N": "1"}}}},
        ),
        ("SET #n = #n + :v", {"v": {"N": "1"}}, {"n": {"N": "6"}}),
        ("SET o = if_not_exists(#n, :v)", {"v": {"N": "1"}}, {"n": {"N": "5"}, "o": {"N": "5"}}),
        ("SET #gk = :v", {"v": {"S": "g"}}, {"n": {"N": "5"}, "gk": {"S": "g"}}),
    ],
)
def test_an_update_in_a_transaction_does_what_it_does_alone(
    table: Any, expression: str, values: dict[str, Any], expected: dict[str, Any]
) -> None:
    request = update(expression, **values)["Update"]
    alone: Callable[[], Any] = lambda: table.update_item(**request)  # noqa: E731  # two ways to say the same
    together: Callable[[], Any] = lambda: table.transact_write_items(TransactItems=[{"Update": request}])  # noqa: E731
    for write in (alone, together):
        table.put_item(TableName="t", Item=key("a") | {"n": {"N": "5"}})
        write()
        (item,) = table.scan(TableName="t")["Items"]
        assert item == key("a") | expected


# https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html
TOO_LARGE = [
    key("p" * 2049),
    key("p", "s" * 1025),
    key("p", "é" * 513),
    key(""),
    {"pk": {"S": "p"}},
    {"pk": {"S": "p"}, "sk": {"N": "1"}},
    key("p") | {"gk": {"N": "1"}},
    key("p") | {"gk": {"S": ""}},
    key("p") | {"gk": {"S": "g" * 2049}},
    key("p") | {"n": {"N": "9" * 39}},
    key("p") | {"n": {"L": [{"M": {"deep": {"N": "1." + "1" * 38}}}]}},
    key("p") | {"data": {"S": "x" * 409_600}},
    key("p") | {"data": {"L": [{"S": "x" * 4096}] * 100}},  # with 3 bytes of the list and 1 of each element
]
LARGE = [
    key("p" * 2048, "s" * 1024),
    key("p") | {"gk": {"S": "g" * 2048}},
    key("p") | {"n": {"N": "9" * 38}, "m": {"N": "1" + "0" * 100}},
    key("p") | {"data": {"S": "x" * 404_900}},  # moto refuses from 405,000 bytes on
]


@pytest.mark.parametrize("item", TOO_LARGE, ids=lambda item: str(item)[:40])
def test_an_item_beyond_the_limits_is_refused(table: Any, item: dict[str, Any]) -> None:
    with pytest.raises(ClientError, match="ValidationException"):
        table.put_item(TableName="t", Item=item)
    with pytest.raises(ClientError, match="ValidationException"):
        table.transact_write_items(TransactItems=[put("other"), {"Put": {"TableName": "t", "Item": item}}])
    with pytest.raises(ClientError, match="ValidationException"):
        table.batch_write_item(RequestItems={"t": [{"PutRequest": {"Item": item}}]})
    assert items(table) == {}


@pytest.mark.parametrize("item", LARGE, ids=lambda item: str(item)[:40])
def test_an_item_within_the_limits_is_stored(table: Any, item: dict[str, Any]) -> None:
    table.put_item(TableName="t", Item=item)
    assert table.scan(TableName="t")["Items"] == [item]


@pytest.mark.parametrize("wrong", TOO_LARGE[:6], ids=lambda item: str(item)[:40])
def test_a_key_beyond_the_limits_is_refused_by_every_operation(table: Any, wrong: dict[str, Any]) -> None:
    of_update = {"UpdateExpression": "SET a = :a", "ExpressionAttributeValues": {":a": {"S": "a"}}}
    requests: list[tuple[str, dict[str, Any]]] = [
        ("get_item", {"TableName": "t", "Key": wrong}),
        ("delete_item", {"TableName": "t", "Key": wrong}),
        ("update_item", {"TableName": "t", "Key": wrong, **of_update}),
        ("batch_get_item", {"RequestItems": {"t": {"Keys": [key("p"), wrong]}}}),
        ("transact_write_items", {"TransactItems": [{"Delete": {"TableName": "t", "Key": wrong}}]}),
    ]
    for operation, request in requests:
        with pytest.raises(ClientError, match="ValidationException"):
            getattr(table, operation)(**request)


def test_an_update_to_an_index_key_of_another_type_leaves_the_item(table: Any) -> None:
    table.put_item(TableName="t", Item=key("p") | {"n": {"N": "7"}})
    with pytest.raises(ClientError, match="ValidationException"):
        table.update_item(TableName="t", Key=key("p"), UpdateExpression="SET gk = n")
    assert items(table) == {"p": "7"}
    assert "gk" not in table.get_item(TableName="t", Key=key("p"))["Item"]


def test_an_update_that_its_item_does_not_permit_cancels_the_transaction_with_a_reason(table: Any) -> None:
    """https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html."""
    table.put_item(TableName="t", Item=key("p") | {"n": {"S": "text"}})
    with pytest.raises(table.exceptions.TransactionCanceledException) as cancelled:
        table.transact_write_items(TransactItems=[put("other"), add("p")])
    assert [each["Code"] for each in cancelled.value.response["CancellationReasons"]] == ["None", "ValidationError"]


def test_reads_and_indexes_lag_until_they_catch_up(aws: LocalAws, table: Any) -> None:
    """https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.ReadConsistency.html."""

    def found(**more: Any) -> list[int]:
        query = {"KeyConditionExpression": "pk = :p", "ExpressionAttributeValues": {":p": {"S": "p"}}}
        indexed = {"KeyConditionExpression": "gk = :p", "ExpressionAttributeValues": {":p": {"S": "p"}}}
        return [
            "Item" in table.get_item(TableName="t", Key=key("p"), **more),
            len(table.query(TableName="t", **query, **more)["Items"]),
            len(table.scan(TableName="t", **more)["Items"]),
            len(table.batch_get_item(RequestItems={"t": {"Keys": [key("p")], **more}})["Responses"]["t"]),
            len(table.query(TableName="t", IndexName="by-gk", **indexed)["Items"]),
        ]

    aws.lag_reads(reads=True)
    table.put_item(TableName="t", Item=key("p") | {"gk": {"S": "p"}})
    assert found() == [0, 0, 0, 0, 1]
    assert found(ConsistentRead=True) == [1, 1, 1, 1, 1]
    aws.catch_up()
    assert found() == [1] * 5
    aws.lag_reads(indexes=True)
    table.delete_item(TableName="t", Key=key("p"))
    assert found() == [0, 0, 0, 0, 1]
    aws.catch_up()
    assert found() == [0] * 5


@pytest.mark.parametrize(
    ("expression", "values"),
    [
        ("SET #pk = :v", {"v": {"S": "x"}}),
        ("SET #gk = :v", {"v": {"N": "1"}}),
        ("SET #gk = :v", {"v": {"S": ""}}),
        ("SET #a = :v, #a = :w", {"v": {"S": "x"}, "w": {"S": "y"}}),
        ("ADD #a :v", {"v": {"S": "x"}}),
        ("SET #a = :v", {"v": {"S": "x" * 410_000}}),
    ],
)
def test_an_update_that_dynamodb_refuses_is_refused_in_a_transaction(
    table: Any, expression: str, values: dict[str, Any]
) -> None:
    with pytest.raises(ClientError):
        table.transact_write_items(TransactItems=[put("b"), update(expression, **values)])
    assert items(table) == {}


def test_ten_writers_lose_nothing(table: Any) -> None:
    def write(writer: int) -> None:
        for number in range(20):
            table.transact_write_items(
                TransactItems=[add("counter"), add(f"shard-{writer % 3}"), once(f"{writer}-{number}")]
            )
            table.update_item(
                TableName="t",
                Key=key("single"),
                UpdateExpression="ADD n :one",
                ExpressionAttributeValues={":one": {"N": "1"}},
            )

    with ThreadPoolExecutor(10) as pool:
        list(pool.map(write, range(10)))
    assert (items(table)["counter"], items(table)["single"]) == ("200", "200")
    assert sum(int(items(table)[f"shard-{shard}"]) for shard in range(3)) == 200


def test_a_large_table_stays_quick(table: Any) -> None:
    for start in range(0, 2000, 100):
        actions = [
            {"Put": {"TableName": "t", "Item": key(f"p{n % 50}", f"{n:05}") | {"gk": {"S": f"g{n % 20}"}}}}
            for n in range(start, start + 100)
        ]
        table.transact_write_items(TransactItems=actions)
    begun = time.monotonic()
    for number in range(50):
        table.transact_write_items(TransactItems=[add("x"), add("y"), once(f"once-{number}")])
    names = {":v": {"S": "p7"}}
    for _ in range(20):
        found = table.query(TableName="t", KeyConditionExpression="pk = :v", ExpressionAttributeValues=names)
    indexed = table.query(
        TableName="t",
        IndexName="by-gk",
        KeyConditionExpression="gk = :v",
        ExpressionAttributeValues={":v": {"S": "g3"}},
    )
    assert (found["Count"], indexed["Count"]) == (40, 100)
    assert [each["sk"]["S"] for each in found["Items"]] == sorted(each["sk"]["S"] for each in found["Items"])
    assert time.monotonic() - begun < 5
