"""The table in memory answers what moto answers: to any sequence of operations, with equal errors."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from boto3.dynamodb.conditions import Attr, Key
from botocore.exceptions import ClientError
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.aggregator.memory_table import Call, MemoryTable, NotOffered, error
from tests.aggregator.world import SCHEMA, motos_table

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

SEQUENCES = 100
KEYS = {"pk", "sk"}

# Operations. Keys come from a few values, so that operations meet each other.

keys = st.fixed_dictionaries({"pk": st.sampled_from("ab"), "sk": st.sampled_from(["1", "2", "20", "é", "~"])})
odd_keys: st.SearchStrategy[dict[str, Any]] = keys | st.sampled_from(
    [{"pk": "a"}, {"pk": "a", "sk": ""}, {"pk": "a", "sk": 1}, {"pk": "a" * 2049, "sk": "1"}]
)
numbers = st.integers(-9, 9) | st.sampled_from([Decimal("1.5"), Decimal("-0.001"), 10**20])
plain = st.text("aé#", max_size=3) | numbers | st.booleans() | st.none()
values = st.recursive(plain, lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from("xy"), inner))
names = st.sampled_from(["n", "m", "rev", "resource", "check.N", "data"])
attributes = st.dictionaries(names, values, max_size=3)
indexed = st.fixed_dictionaries({"gsi1pk": st.sampled_from("gh"), "gsi1sk": st.sampled_from(["1", "12", "2"])})
index_keys: st.SearchStrategy[dict[str, Any]] = st.just({}) | indexed | indexed | st.just({"gsi1pk": "g"})


odd_index_keys: st.SearchStrategy[dict[str, Any]] = st.sampled_from(
    [{"gsi1pk": 1}, {"gsi1pk": ""}, {"gsi1sk": "é" * 513}, {"gsi1pk": "g" * 2049}]
)


@st.composite
def items(draw: st.DrawFn) -> dict[str, Any]:
    wrong = draw(st.integers(0, 29)) == 0
    indexing: dict[str, Any] = draw(odd_index_keys if wrong else index_keys)
    key: dict[str, Any] = draw(odd_keys if wrong else keys)
    return {**indexing, **draw(attributes), **key}


@st.composite
def conditions(draw: st.DrawFn) -> dict[str, Any]:
    kind = draw(st.sampled_from(["none", "none", "absent", "revision", "present", "both", "named"]))
    value = {"ExpressionAttributeValues": {":rev": draw(st.integers(0, 2))}}
    expressions: dict[str, dict[str, Any]] = {
        "none": {},
        "absent": {"ConditionExpression": "attribute_not_exists(pk)"},
        "present": {"ConditionExpression": "attribute_exists(pk)"},
        "revision": {"ConditionExpression": "rev = :rev", **value},
        "both": {"ConditionExpression": "attribute_exists(n) AND rev = :rev", **value},
        "named": {"ConditionExpression": "#r = :rev", "ExpressionAttributeNames": {"#r": "rev"}, **value},
    }
    return expressions[kind]


@st.composite
def updates(draw: st.DrawFn, *, of_keys: bool = False) -> dict[str, Any]:
    adds = draw(st.booleans())
    changed = draw(st.dictionaries(names, numbers if adds else values, min_size=1, max_size=3))
    if not adds and draw(st.integers(0, 4)) == 0:
        indexing: dict[str, Any] = draw(indexed | odd_index_keys)
        changed |= indexing
    if of_keys and not adds and draw(st.integers(0, 9)) == 0:  # refused; in a transaction moto refuses it otherwise
        changed["sk"] = "2"
    terms = []
    for place in range(len(changed)):
        kept = not adds and draw(st.booleans())
        terms.append(
            f"#{place} :{place}"
            if adds
            else f"#{place} = " + (f"if_not_exists(#{place}, :{place})" if kept else f":{place}")
        )
    removed = draw(st.lists(names.filter(lambda name: name not in changed), max_size=2, unique=True))
    clauses = [("ADD " if adds else "SET ") + ", ".join(terms)]
    clauses += ["REMOVE " + ", ".join(f"#r{place}" for place in range(len(removed)))] if removed else []
    return {
        "UpdateExpression": " ".join(clauses),
        "ExpressionAttributeNames": {
            **{f"#{place}": name for place, name in enumerate(changed)},
            **{f"#r{place}": name for place, name in enumerate(removed)},
        },
        "ExpressionAttributeValues": {f":{place}": value for place, value in enumerate(changed.values())},
    }


@st.composite
def actions(draw: st.DrawFn) -> dict[str, Any]:
    kind = draw(st.sampled_from(["Put", "Put", "Update", "Update", "Delete"]))
    request: dict[str, Any] = {"Item": draw(items())} if kind == "Put" else {"Key": draw(keys)}
    request |= draw(updates()) if kind == "Update" else draw(conditions())
    return {kind: {"TableName": "table", **request}}


@st.composite
def key_conditions(draw: st.DrawFn, partition: str, sort: str, partitions: str, sorts: list[str]) -> Any:
    condition: Any = Key(partition).eq(draw(st.sampled_from(partitions)))
    value = draw(st.sampled_from(sorts))
    form = draw(st.sampled_from(["", "eq", "lt", "lte", "gt", "gte", "begins_with", "between"]))
    if form == "between":
        return condition & Key(sort).between(value, draw(st.sampled_from([one for one in sorts if one >= value])))
    return condition & getattr(Key(sort), form)(value) if form else condition


@st.composite
def pages(draw: st.DrawFn) -> dict[str, Any]:
    limit = {"Limit": draw(st.integers(1, 3))} if draw(st.booleans()) else {}
    return {"ScanIndexForward": draw(st.booleans()), **limit}


def request(operation: str, *parts: st.SearchStrategy[dict[str, Any]]) -> st.SearchStrategy[tuple[str, dict[str, Any]]]:
    """An operation with parameters of several strategies."""
    return st.tuples(*parts).map(lambda drawn: (operation, {name: part[name] for part in drawn for name in part}))


def parameter(name: str, value: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return value.map(lambda drawn: {name: drawn})


wanted = st.lists(keys, min_size=1, max_size=3)
of_table = key_conditions("pk", "sk", "abc", ["1", "2", "20", "é"])
of_index = key_conditions("gsi1pk", "gsi1sk", "ghi", ["1", "12", "2", "3"])
transactions = request("transact_write_items", parameter("TransactItems", st.lists(actions(), min_size=1, max_size=4)))
operations = st.one_of(
    transactions,
    transactions,
    transactions,
    request("put_item", parameter("Item", items()), conditions()),
    request("update_item", parameter("Key", keys), updates(of_keys=True)),
    request("delete_item", parameter("Key", keys), conditions()),
    request("get_item", parameter("Key", odd_keys), parameter("ConsistentRead", st.booleans())),
    request("batch_get_item", wanted.map(lambda some: {"RequestItems": {"table": {"Keys": some}}})),
    request("query", parameter("KeyConditionExpression", of_table), pages()),
    request("query", parameter("KeyConditionExpression", of_index), pages(), st.just({"IndexName": "gsi1"})),
    request("scan", st.just({"Limit": 2}) | st.just({})),
)


def outcome(table: Any, operation: str, parameters: dict[str, Any]) -> Any:
    """What an operation answers, over all pages, or its error."""
    holder = table.meta.client if operation in {"transact_write_items", "batch_get_item"} else table
    call = getattr(holder, operation)
    try:
        answer = call(**parameters)
        if operation == "batch_get_item":
            return sorted(map(repr_of, answer["Responses"]["table"]))
        if operation not in {"query", "scan"}:
            return repr_of(answer.get("Item"))
        found = list(answer["Items"])
        while "LastEvaluatedKey" in answer:
            answer = call(**parameters, ExclusiveStartKey=answer["LastEvaluatedKey"])
            found += answer["Items"]
        shown = [repr_of(item) for item in found]
        # The order of a scan is not defined, nor is that of an index's items with equal keys.
        return shown if operation == "query" and "IndexName" not in parameters else sorted(shown)
    except ClientError as failure:
        response: Any = failure.response
        reasons = [reason["Code"] for reason in response.get("CancellationReasons", [])]
        if "ConditionalCheckFailed" in reasons:  # moto looks at no update where a condition fails
            reasons = ["None" if reason == "ValidationError" else reason for reason in reasons]
        return response["Error"]["Code"], reasons


def repr_of(item: Any) -> str:
    """An item as text, with its types: 1, 1.0 and True are different, 1 and 1.0 of a Decimal are not."""
    if isinstance(item, dict):
        return "{" + ", ".join(f"{name}: {repr_of(item[name])}" for name in sorted(item)) + "}"
    if isinstance(item, list):
        return "[" + ", ".join(map(repr_of, item)) + "]"
    return f"{item.normalize():f}" if isinstance(item, Decimal) else repr(item)


@pytest.fixture(scope="module")
def both() -> Iterator[tuple[MemoryTable, Any, Callable[[], None]]]:
    with pytest.MonkeyPatch.context() as environment:
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            environment.setenv(name, "test")
        environment.setenv("AWS_DEFAULT_REGION", "eu-west-1")
        with motos_table() as (table, empty):
            yield MemoryTable(SCHEMA), table, empty


@settings(  # an example takes a tenth of a second, so none is shrunk: the assertion has the operation that differs
    max_examples=SEQUENCES, deadline=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck)
)
@given(sequence=st.lists(operations, min_size=5, max_size=15))
def test_any_sequence_of_operations_has_the_same_answers_and_errors_as_with_moto(
    both: tuple[MemoryTable, Any, Callable[[], None]], sequence: list[tuple[str, dict[str, Any]]]
) -> None:
    memory, moto, empty = both
    memory.clear()
    empty()
    for operation, parameters in sequence:
        assert outcome(memory, operation, parameters) == outcome(moto, operation, parameters), (operation, parameters)
    assert outcome(memory, "scan", {}) == outcome(moto, "scan", {})


# What moto does not answer as DynamoDB documents it


@pytest.fixture
def table() -> MemoryTable:
    return MemoryTable(SCHEMA)


def put(pk: str = "p", sk: str = "s", **more: Any) -> dict[str, Any]:
    return {"Put": {"TableName": "table", "Item": {"pk": pk, "sk": sk, **more}}}


@pytest.mark.parametrize(
    ("pk", "sk", "more"),
    [
        ("p" * 2048, "s" * 1024, {}),
        ("p", "s", {"gsi1pk": "g" * 2048, "gsi1sk": "é" * 512}),
        ("p", "s", {"data": "x" * (409_600 - 4 - 1 - 1 - 4)}),
        ("p", "s", {"n": Decimal("9" * 38)}),
    ],
)
def test_what_is_as_large_as_can_be_is_stored(table: MemoryTable, pk: str, sk: str, more: dict[str, Any]) -> None:
    table.meta.client.transact_write_items(TransactItems=[put(pk, sk, **more)])
    assert table.get_item(Key={"pk": pk, "sk": sk})["Item"] == {"pk": pk, "sk": sk, **more}


@pytest.mark.parametrize(
    ("pk", "sk", "more"),
    [
        ("p" * 2049, "s", {}),
        ("p", "s" * 1025, {}),
        ("p", "é" * 513, {}),
        ("", "s", {}),
        ("p", "", {}),
        ("p", "s", {"gsi1pk": "g" * 2049}),
        ("p", "s", {"gsi1sk": "g" * 1025}),
        ("p", "s", {"gsi1pk": ""}),
        ("p", "s", {"gsi1pk": 1}),
        ("p", "s", {"data": "x" * (409_600 - 4 - 1 - 1 - 3)}),
    ],
)
def test_what_is_larger_or_of_another_type_is_refused(
    table: MemoryTable, pk: str, sk: str, more: dict[str, Any]
) -> None:
    with pytest.raises(ClientError, match="ValidationException"):
        table.put_item(Item={"pk": pk, "sk": sk, **more})
    with pytest.raises(ClientError, match="ValidationException"):
        table.meta.client.transact_write_items(TransactItems=[put("other"), put(pk, sk, **more)])
    assert table.scan()["Items"] == []


def test_numbers_have_38_digits_and_are_no_floats(table: MemoryTable) -> None:
    with pytest.raises(ArithmeticError):
        table.put_item(Item={"pk": "p", "sk": "s", "n": Decimal("9" * 39)})
    with pytest.raises(TypeError, match="Float"):
        table.put_item(Item={"pk": "p", "sk": "s", "n": [0.5]})


def test_an_update_that_its_item_does_not_permit_cancels_the_transaction(table: MemoryTable) -> None:
    table.put_item(Item={"pk": "p", "sk": "s", "n": "text", "data": "x" * 400_000})
    large = Decimal("9" * 38)
    table.update_item(
        Key={"pk": "p", "sk": "s"},
        UpdateExpression="SET #l = :l",
        ExpressionAttributeNames={"#l": "large"},
        ExpressionAttributeValues={":l": large},
    )
    for expression, value in (
        ("ADD #n :v", 1),
        ("SET #m = :v", "x" * 10_000),
        ("SET #gsi1pk = :v", 1),
        ("ADD #large :v", large),
    ):
        name = expression.split()[1]
        update = {
            "TableName": "table",
            "Key": {"pk": "p", "sk": "s"},
            "UpdateExpression": expression,
            "ExpressionAttributeNames": {name: name[1:]},
            "ExpressionAttributeValues": {":v": value},
        }
        with pytest.raises(ClientError) as refused:
            table.meta.client.transact_write_items(TransactItems=[put("other"), {"Update": update}])
        response: Any = refused.value.response
        assert [reason["Code"] for reason in response["CancellationReasons"]] == ["None", "ValidationError"]
    assert len(table.scan()["Items"]) == 1


def test_a_transaction_has_at_most_100_actions_on_different_items_and_4_mb(table: MemoryTable) -> None:
    transact = table.meta.client.transact_write_items
    transact(TransactItems=[put(str(number)) for number in range(100)])
    for actions_, why in (
        ([put(str(number)) for number in range(101)], "100"),
        ([put("p"), {"Delete": {"TableName": "table", "Key": {"pk": "p", "sk": "s"}}}], "multiple operations"),
        ([put(str(number), data="x" * 400_000) for number in range(11)], "4 MB"),
    ):
        with pytest.raises(ClientError, match=why):
            transact(TransactItems=actions_)


def test_a_batch_has_at_most_100_different_keys_and_16_mb(table: MemoryTable) -> None:
    for number in range(50):
        table.put_item(Item={"pk": str(number), "sk": "s", "data": "x" * 400_000})
    wanted = [{"pk": str(number), "sk": "s"} for number in range(50)]
    answer = table.meta.client.batch_get_item(RequestItems={"table": {"Keys": wanted}})
    left = answer["UnprocessedKeys"]["table"]["Keys"]
    assert (len(answer["Responses"]["table"]), len(left)) == (41, 9)
    for many in (wanted[:1] * 2, [{"pk": str(number), "sk": "s"} for number in range(101)]):
        with pytest.raises(ClientError, match="ValidationException"):
            table.meta.client.batch_get_item(RequestItems={"table": {"Keys": many}})


def test_a_page_ends_after_1_mb(table: MemoryTable) -> None:
    for number in range(5):
        table.put_item(Item={"pk": "p", "sk": str(number), "data": "x" * 400_000})
    first = table.query(KeyConditionExpression=Key("pk").eq("p"))
    assert ([item["sk"] for item in first["Items"]], first["LastEvaluatedKey"]) == (
        ["0", "1", "2"],
        {"pk": "p", "sk": "2"},
    )
    rest = table.query(KeyConditionExpression=Key("pk").eq("p"), ExclusiveStartKey=first["LastEvaluatedKey"])
    assert [item["sk"] for item in rest["Items"]] == ["3", "4"]
    assert "LastEvaluatedKey" not in rest


def test_a_token_writes_once(table: MemoryTable) -> None:
    actions_ = [put("p", data="first")]
    table.meta.client.transact_write_items(TransactItems=actions_, ClientRequestToken="t")
    table.delete_item(Key={"pk": "p", "sk": "s"})
    table.meta.client.transact_write_items(TransactItems=actions_, ClientRequestToken="t")
    assert table.scan()["Items"] == []
    with pytest.raises(ClientError, match="IdempotentParameterMismatch"):
        table.meta.client.transact_write_items(TransactItems=[put("other")], ClientRequestToken="t")


def test_a_conflict_cancels_one_transaction(table: MemoryTable) -> None:
    table.conflict_next(1)
    for conflicts in (True, False):
        try:
            table.meta.client.transact_write_items(TransactItems=[put("a"), put("b")])
        except ClientError as cancelled:
            response: Any = cancelled.response
            assert [reason["Code"] for reason in response["CancellationReasons"]] == ["None", "TransactionConflict"]
            assert conflicts
        assert bool(table.scan()["Items"]) is not conflicts


def test_an_index_that_lags_answers_as_of_an_earlier_time(table: MemoryTable) -> None:
    def found() -> list[Any]:
        items = table.query(KeyConditionExpression=Key("gsi1pk").eq("g"), IndexName="gsi1")["Items"]
        return [(item["pk"], item.get("resource")) for item in items]

    table.put_item(
        Item={"pk": "a", "sk": "s", "gsi1pk": "g", "gsi1sk": "1", "resource": "old", "data": "not projected"}
    )
    table.index_lags = True
    table.put_item(Item={"pk": "a", "sk": "s", "gsi1pk": "g", "gsi1sk": "2", "resource": "new"})
    table.put_item(Item={"pk": "b", "sk": "s", "gsi1pk": "g", "gsi1sk": "0"})
    assert found() == [("a", "old")]
    table.catch_up()
    assert found() == [("b", None), ("a", "new")]
    table.delete_item(Key={"pk": "b", "sk": "s"})
    assert len(found()) == 2
    table.index_lags = False
    assert found() == [("a", "new")]


def test_reads_that_lag_answer_as_of_an_earlier_time_unless_they_are_consistent(table: MemoryTable) -> None:
    table.put_item(Item={"pk": "p", "sk": "1"})
    table.reads_lag = True
    table.put_item(Item={"pk": "p", "sk": "2"})
    table.delete_item(Key={"pk": "p", "sk": "1"})

    def found(*, consistent: bool) -> list[list[str]]:
        wanted = [{"pk": "p", "sk": "1"}, {"pk": "p", "sk": "2"}]
        batch = {"table": {"Keys": wanted, "ConsistentRead": consistent}}
        single = [table.get_item(Key=key, ConsistentRead=consistent).get("Item") for key in wanted]
        answers = [
            table.query(KeyConditionExpression=Key("pk").eq("p"), ConsistentRead=consistent)["Items"],
            table.scan(ConsistentRead=consistent)["Items"],
            table.meta.client.batch_get_item(RequestItems=batch)["Responses"]["table"],
            filter(None, single),
        ]
        return [[item["sk"] for item in items] for items in answers]

    assert found(consistent=False) == [["1"]] * 4
    assert found(consistent=True) == [["2"]] * 4
    table.catch_up()
    assert found(consistent=False) == [["2"]] * 4


def test_the_hook_can_use_the_table_before_and_after_and_can_raise(table: MemoryTable) -> None:
    seen = []

    def hook(when: str, operation: str) -> None:
        table.hook = lambda _when, _operation: None
        seen.append((when, operation, len(table.scan()["Items"])))
        table.hook = hook
        if operation == "DeleteItem":
            raise error("ThrottlingException", operation)

    table.hook = hook
    table.meta.client.transact_write_items(TransactItems=[put()])
    with pytest.raises(ClientError, match="Throttling"):
        table.delete_item(Key={"pk": "p", "sk": "s"})
    assert seen == [
        ("before", "TransactWriteItems", 0),
        ("after", "TransactWriteItems", 1),
        ("before", "DeleteItem", 1),
    ]


def test_units_are_what_dynamodb_bills(table: MemoryTable) -> None:
    """https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/read-write-operations.html."""
    item = {"pk": "p", "sk": "s", "gsi1pk": "g", "gsi1sk": "1", "data": "x" * 4500}
    key = {"pk": "p", "sk": "s"}
    table.put_item(Item=item)  # 5 units, and one entry of the index
    table.meta.client.transact_write_items(TransactItems=[{"Put": {"TableName": "table", "Item": item}}])
    table.get_item(Key=key, ConsistentRead=True)
    table.get_item(Key={"pk": "p", "sk": "none"})
    table.query(KeyConditionExpression=Key("gsi1pk").eq("g"), IndexName="gsi1")
    table.put_item(Item=item | {"gsi1sk": "2"})  # the entry's key changes
    table.delete_item(Key=key)
    assert table.calls == [
        Call("PutItem", 0, 6),
        Call("TransactWriteItems", 0, 10),
        Call("GetItem", 2, 0),
        Call("GetItem", 0.5, 0),
        Call("Query", 0.5, 0),
        Call("PutItem", 0, 7),
        Call("DeleteItem", 0, 6),
    ]


@pytest.mark.parametrize(
    "use",
    [
        lambda table: table.put_item(Item={"pk": "p", "sk": "s"}, ConditionExpression="size(pk) > :n"),
        lambda table: table.put_item(Item={"pk": "p", "sk": "s"}, ReturnValues="ALL_OLD"),
        lambda table: table.put_item(Item={"pk": "p", "sk": "s", "some": {"a", "set"}}),
        lambda table: table.update_item(Key={"pk": "p", "sk": "s"}, UpdateExpression="DELETE #a :v"),
        lambda table: table.update_item(Key={"pk": "p", "sk": "s"}, UpdateExpression="SET a.b = :v"),
        lambda table: table.query(KeyConditionExpression=Key("pk").eq("p") & Attr("sk").exists()),
        lambda table: table.meta.client.transact_write_items(
            TransactItems=[{"ConditionCheck": {"TableName": "table"}}]
        ),
    ],
)
def test_what_the_aggregator_does_not_use_is_not_offered(table: MemoryTable, use: Callable[[MemoryTable], Any]) -> None:
    with pytest.raises(NotOffered):
        use(table)


@pytest.mark.parametrize(
    "expressions",
    [
        {"ConditionExpression": "rev = :rev"},
        {"ConditionExpression": "attribute_exists(#a)"},
        {"ConditionExpression": "attribute_exists(pk)", "ExpressionAttributeValues": {":unused": 1}},
        {"ConditionExpression": "attribute_exists(pk)", "ExpressionAttributeNames": {"#unused": "a"}},
        {"ConditionExpression": "attribute_exists(pk)", "ExpressionAttributeValues": {}},
        {"ConditionExpression": "attribute_exists(status)"},
    ],
)
def test_expressions_with_undefined_unused_or_reserved_names_are_refused(
    table: MemoryTable, expressions: dict[str, Any]
) -> None:
    with pytest.raises(ClientError, match="ValidationException"):
        table.put_item(Item={"pk": "p", "sk": "s"}, **expressions)


def test_an_update_that_is_refused_for_one_operand_changes_nothing(
    both: tuple[MemoryTable, Any, Callable[[], None]],
) -> None:
    memory, moto, empty = both
    empty()
    key, stored = {"pk": "a", "sk": "1"}, {"pk": "a", "sk": "1", "resource": {}}
    names = {"#0": "rev", "#1": "resource"}
    for table in (memory, moto):
        table.put_item(Item=stored)
        with pytest.raises(ClientError, match="ValidationException"):
            table.update_item(
                Key=key,
                UpdateExpression="ADD #0 :one, #1 :one",
                ExpressionAttributeNames=names,
                ExpressionAttributeValues={":one": 1},
            )
        assert table.get_item(Key=key, ConsistentRead=True)["Item"] == stored
