"""Which paths AWS publishes of the types that we judge: facts for the test over all checks, never needed at run time.

    python -m generators.config_schema_paths DIRECTORY [TYPE...]

DIRECTORY is ``config/properties/resource-types`` of https://github.com/awslabs/aws-config-resource-schema. Of a type
that is missing there, or that Config does not record, the properties are CloudFormation's, from cfn-lint's schemas.
It writes ``tests/rules/checks/published_paths.json``: everything anew, or these types into it.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pillarwatch import ACCOUNT
from pillarwatch.root import ROOT
from rules.catalogue import resource_types

if TYPE_CHECKING:
    from collections.abc import Iterator

RELATED = (  # read, never judged
    "AWS::ApplicationAutoScaling::ScalableTarget",
    "AWS::ApplicationAutoScaling::ScalingPolicy",
    "AWS::Lambda::EventSourceMapping",
)
FACTS = ROOT / "tests" / "rules" / "checks" / "published_paths.json"
DEPTH = 8  # a CloudFormation schema may name itself


def main() -> None:
    """Write the facts as JSON, one list per type."""
    if not sys.argv[1:] or not Path(sys.argv[1]).is_dir():
        sys.exit(__doc__)
    directory, types = Path(sys.argv[1]), sys.argv[2:]
    facts = json.loads(FACTS.read_text(encoding="utf-8")) if types else {}
    for name in types or {*resource_types(), *RELATED} - {ACCOUNT}:
        facts[name] = sorted(recorded(directory, name) or described(name))
        if not facts[name]:
            sys.stderr.write(f"nothing is published of {name}: what checks read of it needs evidence\n")
    FACTS.write_text(json.dumps(dict(sorted(facts.items())), indent=1) + "\n", encoding="utf-8")


def recorded(directory: Path, resource_type: str) -> list[str]:
    """The paths that AWS Config publishes of a type; none where its file is missing."""
    file = directory / f"{resource_type.replace('::', '__')}.properties.json"
    if not file.exists():
        file = directory / f"{resource_type}.properties.json"
    if not file.exists():
        return []
    return [path for path in json.loads(file.read_text()) if path.partition(".")[0].lower().endswith("configuration")]


def described(resource_type: str) -> list[str]:
    """The paths of a type's CloudFormation properties, as an item has them; none where it is no resource there."""
    from cfnlint.schema import ResourceNotFoundError  # noqa: PLC0415 - slow to load, and rarely needed
    from cfnlint.schema.manager import PROVIDER_SCHEMA_MANAGER  # noqa: PLC0415

    try:
        schema: dict[str, Any] = PROVIDER_SCHEMA_MANAGER.get_resource_schema("us-east-1", resource_type).schema
    except ResourceNotFoundError:
        return []
    return sorted(set(_paths(schema, schema, "configuration", DEPTH)))


def _paths(schema: dict[str, Any], node: dict[str, Any], path: str, depth: int) -> Iterator[str]:
    while "$ref" in node:
        node = schema["definitions"][node["$ref"].rsplit("/", 1)[-1]]
    if "items" in node:
        yield from _paths(schema, node["items"], path, depth)
    elif depth and node.get("properties"):
        for name, inner in node["properties"].items():
            yield from _paths(schema, inner, f"{path}.{name}", depth - 1)
    else:
        yield path


if __name__ == "__main__":
    main()
