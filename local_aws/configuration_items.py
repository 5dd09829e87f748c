"""Configuration items as AWS Config sends them and as its API answers them."""

import json
from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

Item = dict[str, Any]

# Documents that AWS Config records as text. IAM's are URL-encoded, the others plain JSON.
AS_JSON: dict[str, tuple[str, ...]] = {
    "AWS::Elasticsearch::Domain": ("configuration.accessPolicies",),
    "AWS::KMS::Key": ("supplementaryConfiguration.Policy",),
    "AWS::Lambda::Function": ("supplementaryConfiguration.Policy",),
    "AWS::S3::Bucket": (
        "supplementaryConfiguration.AccessControlList",
        "supplementaryConfiguration.BucketPolicy.policyText",
    ),
    "AWS::SNS::Topic": (
        "configuration.DeliveryPolicy",
        "configuration.EffectiveDeliveryPolicy",
        "configuration.Policy",
    ),
    "AWS::SQS::Queue": ("configuration.Policy", "configuration.RedriveAllowPolicy", "configuration.RedrivePolicy"),
}
AS_URL: dict[str, tuple[str, ...]] = {
    "AWS::IAM::Group": ("configuration.groupPolicyList.policyDocument",),
    "AWS::IAM::Policy": ("configuration.policyVersionList.document",),
    "AWS::IAM::Role": ("configuration.assumeRolePolicyDocument", "configuration.rolePolicyList.policyDocument"),
    "AWS::IAM::User": ("configuration.userPolicyList.policyDocument",),
}
DELETED = {"ResourceDeleted", "ResourceDeletedNotRecorded"}
# The event's names -> the API's.
API_NAMES = {
    "awsAccountId": "accountId",
    "ARN": "arn",
    "configurationItemVersion": "version",
    "configurationStateMd5Hash": "configurationItemMD5Hash",
}
SUMMARY = (
    "configurationItemVersion", "configurationItemCaptureTime", "configurationStateId", "awsAccountId",
    "configurationItemStatus", "resourceType", "resourceId", "resourceName", "ARN", "awsRegion", "availabilityZone",
    "configurationStateMd5Hash", "resourceCreationTime",
)  # fmt: skip


def instant(moment: datetime) -> str:
    """A time as AWS Config writes it."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def raw(item: Item) -> Item:
    """The item with its documents as the text that AWS Config records."""
    item = deepcopy(item)
    for paths, encode in ((AS_JSON, json.dumps), (AS_URL, lambda value: quote(json.dumps(value), safe=""))):
        for path in paths.get(item["resourceType"], ()):
            _encode(item, path.split("."), encode)
    return item


def _encode(node: Any, path: list[str], encode: Callable[[Any], str]) -> None:
    for element in node if isinstance(node, list) else [node]:
        if not isinstance(element, dict) or element.get(path[0]) is None:
            continue
        if len(path) > 1:
            _encode(element[path[0]], path[1:], encode)
        elif not isinstance(element[path[0]], str):
            element[path[0]] = encode(element[path[0]])


def api_form(item: Item) -> Item:
    """A raw item as GetResourceConfigHistory answers it: documents within strings."""
    answer = {API_NAMES.get(key, key): value for key, value in item.items() if key != "configurationItemDiff"}
    moment = datetime.fromisoformat(item["configurationItemCaptureTime"])
    answer |= {
        "configuration": json.dumps(item["configuration"]),
        "supplementaryConfiguration": {
            key: value if isinstance(value, str) else json.dumps(value)
            for key, value in item["supplementaryConfiguration"].items()
        },
        "configurationStateId": str(item["configurationStateId"]),
        "configurationItemCaptureTime": moment,
        "relationships": [
            {("relationshipName" if key == "name" else key): value for key, value in each.items() if value is not None}
            for each in item["relationships"]
        ],
    }
    if item.get("resourceCreationTime"):
        answer["resourceCreationTime"] = datetime.fromisoformat(item["resourceCreationTime"])
    return {key: value for key, value in answer.items() if value is not None}


def query_form(item: Item) -> Item:
    """A raw item as an advanced query answers it: tags are a list, values are not text again."""
    row = {API_NAMES.get(key, key): value for key, value in item.items()}
    row["tags"] = [{"tag": f"{key}={value}", "key": key, "value": value} for key, value in item["tags"].items()]
    return row


def difference(before: Item | None, after: Item) -> dict[str, Any]:
    """configurationItemDiff: what changed, under AWS Config's upper-cased dotted names."""
    if before is None:
        return {"changedProperties": {}, "changeType": "CREATE"}
    deleted = after["configurationItemStatus"] in DELETED
    changed = {}
    for key, old, new in _changes("", _comparable(before), _comparable(after)):
        kind = "CREATE" if old is None else "DELETE" if new is None else "UPDATE"
        changed[key] = {"previousValue": old, "updatedValue": new, "changeType": kind}
    return {"changedProperties": changed, "changeType": "DELETE" if deleted else "UPDATE"}


def _comparable(item: Item) -> dict[str, Any]:
    tags = [{"key": key, "value": value} for key, value in item["tags"].items()]
    return {
        "Configuration": item["configuration"],
        **{f"SupplementaryConfiguration.{key}": value for key, value in item["supplementaryConfiguration"].items()},
        **{f"Relationships.{index}": value for index, value in enumerate(item["relationships"])},
        **{f"Tags.{index}": value for index, value in enumerate(tags)},
    }


def _changes(prefix: str, old: Any, new: Any) -> Iterator[tuple[str, Any, Any]]:
    if isinstance(old, list) and isinstance(new, list):
        old, new = dict(enumerate(old)), dict(enumerate(new))
    if not (isinstance(old, Mapping) and isinstance(new, Mapping)):
        if old != new:
            yield prefix, old, new
        return
    for key in dict.fromkeys((*old, *new)):
        name = str(key)[:1].upper() + str(key)[1:]
        yield from _changes(f"{prefix}.{name}" if prefix else name, old.get(key), new.get(key))
