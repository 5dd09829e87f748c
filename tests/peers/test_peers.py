"""Our verdicts on the resources that other tools judge in their own tests; docs/peers.md explains where they differ.

The sample is no part of the repository. Rows that a second tool confirms are as near to the truth as tests of others
come; where one tool stands alone, its reading may differ from ours, and the page says why.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from pillarwatch.settings import Settings
from rules.catalogue import all_checks
from template_scan.evaluation import scanned

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pillarwatch import Check

# AWS's managed rules, and the tools that follow them, ask for this everywhere; without a setting we do not.
AS_MANAGED_RULES_ASK = Settings(
    {"checks": {"api-gw-cache-enabled-and-encrypted": {"parameters": {"every_stage": True}}}}
)
NOW = datetime(2026, 11, 24, tzinfo=UTC)
PAGE = Path(__file__).parents[2] / "docs" / "peers.md"
# Practices for which the peers have another name than AWS's rule or we.
OURS = {
    "api-gw-method-authorization": "api-gw-method-authorization-required",
    "api-gw-stage-access-logging": "apigateway-stage-access-logs-enabled",
    "apigw-request-validation": "api-request-validation-enabled",
    "appsync-xray-tracing-enabled": "appsync-graphql-api-xray-enabled",
    "cloudfront-origin-access-identity-enabled": "cloudfront-s3-origin-access-control-enabled",
    "cognito-user-pool-mfa": "cognito-user-pool-mfa-enabled",
    "docdb-cluster-encrypted": "rds-storage-encrypted",
    "ecr-policy": "ecr-repository-access-restricted",
    "elasticsearch-application-logging-enabled": "opensearch-logs-to-cloudwatch",
    "elasticsearch-data-node-fault-tolerance": "opensearch-data-node-fault-tolerance",
    "elasticsearch-encrypted-at-rest": "opensearch-encrypted-at-rest",
    "elasticsearch-https-required": "opensearch-https-required",
    "elasticsearch-logs-to-cloudwatch": "opensearch-logs-to-cloudwatch",
    "elasticsearch-node-to-node-encryption-check": "opensearch-node-to-node-encryption-check",
    "event-bus-dlq": "eventbridge-rule-target-dlq-configured",
    "iam-role-administrator-access-policy-rule": "iam-policy-no-statements-with-admin-access",
    "iam-role-allows-public-assume": "iam-role-trust-policy-restricted",
    "lambda-environment-credentials": "lambda-environment-no-plaintext-secrets",
    "lambda-event-source-mapping-destination": "lambda-esm-on-failure-destination",
    "opensearch-application-logging-enabled": "opensearch-logs-to-cloudwatch",
    "rds-instance-logging-enabled": "rds-logging-enabled",
    "sqs-redrive-policy": "sqs-queue-dlq-check",
    "workspace-encryption-enabled": "workspaces-user-volume-encryption-enabled",
}
OF_TYPE = {("api-gw-stage-access-logging", "AWS::ApiGatewayV2::Stage"): "api-gwv2-access-logs-enabled"}
WORST_FIRST = ("NON_COMPLIANT", "INSUFFICIENT_DATA", "COMPLIANT", "NOT_APPLICABLE")


@cache
def check_of(practice: str, resource_type: str) -> Check | None:
    """Our check of a practice: by our id, by the name of AWS's managed rule, or by the table above."""
    checks = all_checks()
    by_rule = {check.managed_rule.lower().replace("_", "-"): check for check in checks.values() if check.managed_rule}
    named = OF_TYPE.get((practice, resource_type)) or OURS.get(practice, practice)
    return checks.get(named) or by_rule.get(practice)


def judged(row: dict[str, Any], check: Check, folder: Path) -> str:
    """What we say of the row's resource, or of what it becomes a part of; empty where we say nothing of it."""
    template = folder / "template.json"
    template.write_text(json.dumps(row["template"]))
    results = [each for each in scanned([template], AS_MANAGED_RULES_ASK, NOW).results if each.check.id == check.id]
    named = [each for each in results if row["logical_id"] in (each.logical_id, each.generated_from)]
    said = {each.verdict.compliance for each in named or results}
    return next((word for word in WORST_FIRST if word in said), "")


@pytest.fixture(scope="module")
def compared(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> list[tuple[dict[str, Any], str, str]]:
    """The rows of the sample whose practice we have, with our check's id and what we say."""

    def rows() -> Iterator[tuple[dict[str, Any], str, str]]:
        folder = tmp_path_factory.mktemp("peers")
        for line in (shared / "oracle" / "peer-verdicts-sample.jsonl").read_text().splitlines():
            row = json.loads(line)
            check = check_of(row["practice"], row["resource_type"])
            if check:
                yield row, check.id, judged(row, check, folder)

    return list(rows())


def test_where_two_tools_agree_so_do_we(compared: list[tuple[dict[str, Any], str, str]]) -> None:
    confirmed = [(row, check, said) for row, check, said in compared if row["confirmed_by"]]
    assert len(confirmed) > 50
    decided = [each for each in confirmed if each[2] in {"COMPLIANT", "NON_COMPLIANT", "NOT_APPLICABLE"}]
    differing = [(check, row["case"], said) for row, check, said in decided if said != row["expected"]]
    assert len(differing) <= max(1, len(confirmed) // 100), differing
    assert len(confirmed) - len(decided) <= len(confirmed) // 20


def test_every_other_disagreement_is_explained(compared: list[tuple[dict[str, Any], str, str]]) -> None:
    measured = Counter(
        (check, row["peer"], row["check_id"], row["expected"], said or "nothing")
        for row, check, said in compared
        if said != row["expected"]
    )
    table = re.findall(
        r"^\| `(.+?)` \| (.+?) `(.+?)` \| (\w+) \| (\w+) \| (\d+) \| (.+?) \|$", PAGE.read_text(), re.MULTILINE
    )
    explained = {(check, *rest): int(count) for check, *rest, count, _ in table}
    assert measured == explained
    assert all(len(why.split()) > 5 for *_, why in table)
