"""Templates as AWS Config would have recorded them, had they been deployed: what the demo feeds to the pipeline.

A deployment has values that a template lacks, so a reference becomes an ARN, and what else is
unknown a text of its own.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from pillarwatch.settings import STACK_NAME_TAG
from pillarwatch.unknown import Default, Unknown
from template_scan.configuration_items import ConfigurationItems
from template_scan.evaluation import expanded_template
from template_scan.resource_types import FRAGMENTS, config_type

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NOT_KNOWN = "said-when-deployed"
GLOBAL = ("AWS::IAM::",)  # recorded with the region "global"


class Place(NamedTuple):
    """Where the resources are said to be."""

    account: str
    region: str


def recorded_items(path: Path, stack: str, place: Place, captured_at: datetime) -> Iterator[dict[str, Any]]:
    """The items of a template's resources as the stack of a name, in the envelope of an event.

    Raises:
        UnreadableTemplate: the file is no template.
    """
    template = expanded_template(path)
    resources = {
        name: body
        for name, body in template.document["Resources"].items()
        if isinstance(body, dict) and isinstance(body.get("Type"), str)
    }
    items = ConfigurationItems({**template.document, "Resources": resources}, captured_at)
    for logical_id, body in resources.items():
        variants = items.variants(logical_id)
        if not variants.items or not config_type(body["Type"]) or body["Type"] in FRAGMENTS:
            continue
        document = variants.items[0].document
        name = logical_id if isinstance(document["resourceName"], Unknown) else document["resourceName"]
        document = _Deployed(stack, place).known({**document, "resourceName": name})
        yield _enveloped(document, f"{stack}-{logical_id}", stack, place, captured_at)


def _enveloped(
    document: dict[str, Any], resource_id: str, stack: str, place: Place, captured_at: datetime
) -> dict[str, Any]:
    kind = document["resourceType"]
    region = "global" if kind.startswith(GLOBAL) else place.region
    service = kind.split("::")[1].lower()
    return {
        **document,
        "resourceId": resource_id,
        "awsAccountId": place.account,
        "awsRegion": region,
        "ARN": f"arn:aws:{service}:{'' if region == 'global' else region}:{place.account}:{resource_id}",
        "configurationItemVersion": "1.3",
        "configurationItemStatus": "ResourceDiscovered",
        "configurationItemCaptureTime": _as_config_writes(captured_at),
        "resourceCreationTime": _as_config_writes(captured_at),
        "relationships": [],
        "tags": {STACK_NAME_TAG: stack, **document["tags"]},
    }


def _as_config_writes(time: datetime) -> str:
    return time.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


class _Deployed:
    """Puts in what a deployment would know."""

    def __init__(self, stack: str, place: Place) -> None:
        self._stack = stack
        self._place = place

    def known(self, value: Any) -> Any:
        """A document in which nothing is unknown."""
        if isinstance(value, dict):
            return {key: self.known(inner) for key, inner in value.items()}
        if isinstance(value, list):
            return [self.known(inner) for inner in value]
        if isinstance(value, Unknown):
            return self._known(value)
        return str(value) if isinstance(value, Default) else value

    def _known(self, value: Unknown) -> str:
        if value.reference and not value.reference.startswith("AWS::"):
            return f"arn:aws:pillarwatch:{self._place.region}:{self._place.account}:{self._stack}-{value.reference}"
        return "".join(NOT_KNOWN if part is None else part for part in value.parts)
