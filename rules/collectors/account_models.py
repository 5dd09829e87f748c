"""How the account uses models of Amazon Bedrock.

An item's ``configuration`` holds the answers as the APIs give them, under service and operation: the path
``configuration.bedrock.ListGuardrails.guardrails`` names the call to repeat by hand.
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
    """Guardrails, logs, and whether models and guardrails were invoked in two weeks: so long are metrics listed."""
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
