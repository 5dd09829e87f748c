"""Guardrails, invocation logging and invocations of Amazon Bedrock models.

The item's ``configuration`` holds the API responses by service and operation. A path names its call:
``configuration.bedrock.ListGuardrails.guardrails``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pillarwatch import ACCOUNT
from pillarwatch.unknown import Unknown
from rules.collectors import collector

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rules.collectors import Aws, Listed


@collector(
    ACCOUNT,
    actions=("bedrock:GetModelInvocationLoggingConfiguration", "bedrock:ListGuardrails", "cloudwatch:ListMetrics"),
)
def account_models(aws: Aws) -> Iterator[Listed]:
    """Guardrails, logging, and whether models were invoked: ListMetrics returns metrics with data in two weeks."""
    invoked: Any = []
    for namespace in ("AWS/Bedrock", "AWS/Bedrock/Guardrails"):
        found = aws.every("cloudwatch:ListMetrics", "Metrics", most=1, Namespace=namespace, MetricName="Invocations")
        invoked = found if isinstance(found, Unknown) or isinstance(invoked, Unknown) else [*invoked, *found]
    configuration = {
        "bedrock": {
            "GetModelInvocationLoggingConfiguration": aws.ask("bedrock:GetModelInvocationLoggingConfiguration"),
            "ListGuardrails": {"guardrails": aws.every("bedrock:ListGuardrails", "guardrails")},
        },
        "cloudwatch": {"ListMetrics": {"Metrics": invoked}},
    }
    yield aws.listed(ACCOUNT, aws.account, configuration)
