"""What policies that AWS manages grant at large, as `rules/checks/shared/aws_managed_policies.json` keeps it.

``python -m generators.managed_policies`` writes the file from the documents that moto has of IAM's ListPolicies
and GetPolicyVersion (https://github.com/getmoto/moto/blob/master/moto/iam/aws_managed_policies.py). AWS describes the
policies in https://docs.aws.amazon.com/aws-managed-policy/latest/reference/policy-list.html.
"""

from __future__ import annotations

import json
from typing import Any

from pillarwatch import Statement, any_of
from rules.checks.shared.policies import DATA_ACTIONS, ESCALATIONS, MANAGED_POLICIES


def at_large(documents: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """By name of a policy, what of its statements a check may fail: whole services, and actions on every resource."""
    return {name: _statements(policy["Document"]) for name, policy in sorted(documents.items())}


def _statements(document: dict[str, Any]) -> list[dict[str, Any]]:
    found = document["Statement"]
    reduced = (_reduced(statement) for statement in (found if isinstance(found, list) else [found]))
    return [statement for statement in reduced if statement]


def _reduced(statement: dict[str, Any]) -> dict[str, Any] | None:
    read = Statement(statement)
    if statement["Effect"] != "Allow":
        return None
    if "NotAction" in statement:
        return {key: statement[key] for key in ("NotAction", "Resource", "Condition") if key in statement}
    actions = [each for each in read.actions if _matters(each, statement)]
    if not actions:
        return None
    return {
        "Action": actions,
        **{key: statement[key] for key in ("Resource", "NotResource", "Condition") if key in statement},
    }


def _matters(action: str, statement: dict[str, Any]) -> bool:
    alone = Statement({**statement, "Action": action})
    return any_of([alone.covers_a_service, alone.covers_at_large(*DATA_ACTIONS), alone.covers_at_large(*ESCALATIONS)])


def main() -> None:
    """Write the file."""
    from moto.iam.aws_managed_policies import aws_managed_policies_data  # noqa: PLC0415 - for development only

    found = at_large(json.loads(aws_managed_policies_data))
    lines = [f"{json.dumps(name)}: {json.dumps(statements)}" for name, statements in found.items()]
    MANAGED_POLICIES.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
