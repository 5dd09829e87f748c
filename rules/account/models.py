"""How the account uses models of Amazon Bedrock."""

from pillarwatch import (
    ACCOUNT,
    NOT_APPLICABLE,
    ConfigurationItem,
    Verdict,
    all_of,
    check,
    compliant_if,
    contains,
    none_of,
)

GUARDRAILS = "configuration.bedrock.ListGuardrails.guardrails"
INVOKED = "configuration.cloudwatch.ListMetrics.Metrics"
OF_GUARDRAILS, OF_MODELS = {"Namespace": "AWS/Bedrock/Guardrails"}, {"Namespace": "AWS/Bedrock"}


@check(
    ACCOUNT,
    best_practices={
        "SEC03-BP05": "no guardrail limits what models are asked and answer",
        "SEC05-BP03": "nothing inspects prompts and answers",
    },
    effort="M",
    severity="high",
    collector="account-models",
    fix="Pass a guardrail with every invocation, and deny bedrock:InvokeModel without bedrock:GuardrailIdentifier.",
    compliant=[{GUARDRAILS: [{"status": "READY"}], INVOKED: [OF_MODELS, OF_GUARDRAILS]}],
    non_compliant=[
        {GUARDRAILS: [{"status": "READY"}], INVOKED: [OF_MODELS]},
        {GUARDRAILS: [{"status": "FAILED"}], INVOKED: [OF_MODELS, OF_GUARDRAILS]},
        {GUARDRAILS: [], INVOKED: [OF_MODELS]},
    ],
    not_applicable=[{GUARDRAILS: [], INVOKED: []}],
)
def bedrock_guardrail_enforced_on_invocation(account: ConfigurationItem) -> Verdict:
    """Where models are invoked, guardrails are too.

    Judged by CloudWatch's metrics of two weeks: one invocation of a guardrail shows that they are in use, not that none
    is missing.
    """
    invoked = account.texts(f"{INVOKED}.Namespace")
    if none_of([contains(invoked, "AWS/Bedrock")]):
        return NOT_APPLICABLE
    ready = contains(account.texts(f"{GUARDRAILS}.status"), "READY")
    return compliant_if(
        all_of([ready, contains(invoked, "AWS/Bedrock/Guardrails")]), otherwise="models are invoked without a guardrail"
    )
