"""Which examples of a check show that nothing stands in an item."""

from typing import Any

import pytest

from pillarwatch.example import is_bare


@pytest.mark.parametrize(
    "example",
    [{}, {"configuration.a": 0}, {"configuration.a": []}, {"configuration.a": None, "resourceType": "AWS::A::B"}],
)
def test_an_example_without_values_shows_an_empty_item(example: dict[str, Any]) -> None:
    assert is_bare(example)


@pytest.mark.parametrize("path", ["configuration.a", "supplementaryConfiguration.a", "tags.a"])
@pytest.mark.parametrize("value", [False, 1, "a", [{}]])
def test_an_example_with_a_value_anywhere_shows_no_empty_item(path: str, value: Any) -> None:
    assert not is_bare({"resourceType": "AWS::A::B", path: value})
