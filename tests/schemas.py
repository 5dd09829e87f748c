"""The schemas of the published events. A fake event bus checks each entry that it receives against them."""

from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING, Any

from jsonschema import Draft202012Validator, FormatChecker

from tests.conftest import ROOT

if TYPE_CHECKING:
    from collections.abc import Mapping

SCHEMAS = {
    "Evaluation Requested": "evaluation-requested",
    "Expiry Notice": "expiry-notice",
    "Listing Complete": "listing-complete",
    "Pillar Score Dropped": "pillar-score",
    "Pillar Score Recovered": "pillar-score",
    "Resource Evaluated": "resource-evaluated",
    "Rule Retired": "rule-retired",
    "Scopes Due": "scopes-due",
}


class SchemaViolation(BaseException):
    """An event does not conform to its published schema. No handler catches it as an error of AWS."""


@cache
def validator(detail_type: str) -> Any:
    """The validator of an event's detail.

    Raises:
        KeyError: the detail type has no published schema.
    """
    schema = json.loads((ROOT / "docs" / f"{SCHEMAS[detail_type]}.schema.json").read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema, format_checker=FormatChecker())


def check_entry(entry: Mapping[str, Any]) -> None:
    """Check an entry of PutEvents.

    Raises:
        SchemaViolation: its detail does not conform to the schema of its detail type.
    """
    for error in validator(entry["DetailType"]).iter_errors(json.loads(entry["Detail"])):
        raise SchemaViolation(f"{entry['DetailType']}: {error.json_path}: {error.message}")
