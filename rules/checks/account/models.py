"""Checks of the invocation of Amazon Bedrock models."""

from pillarwatch import (
    ACCOUNT,
    NOT_APPLICABLE,
    ConfigurationItem,
    Verdict,
    all_of,
    any_of,
    check,
    compliant_if,
    contains,
    none_of,
)

GUARDRAILS = "configuration.bedrock.ListGuardrails.guardrails"
LOGGING = "configuration.bedrock.GetModelInvocationLoggingConfiguration.loggingConfig"
INVOKED = "configuration.cloudwatch.ListMetrics.Metrics"
OF_GUARDRAILS, OF_MODELS = {"Namespace": "AWS/Bedrock/Guardrails"}, {"Namespace": "AWS/Bedrock"}


@check(
    ACCOUNT,
    best_practices={"SEC05-BP03": "no guardrail inspects prompts and model responses"},
    effort="M",
    collector="account-models",
    fix="Name a guardrail in each invocation, and deny bedrock:InvokeModel without bedrock:GuardrailIdentifier.",
    compliant=[{GUARDRAILS: [{"status": "READY"}], INVOKED: [OF_MODELS, OF_GUARDRAILS]}],
    non_compliant=[
        {GUARDRAILS: [{"status": "READY"}], INVOKED: [OF_MODELS]},
        {GUARDRAILS: [{"status": "FAILED"}], INVOKED: [OF_MODELS, OF_GUARDRAILS]},
        {GUARDRAILS: [], INVOKED: [OF_MODELS]},
    ],
    not_applicable=[{GUARDRAILS: [], INVOKED: []}],
)
def bedrock_guardrail_enforced_on_invocation(account: ConfigurationItem) -> Verdict:
    """Amazon Bedrock models are invoked with guardrails.

    Without a guardrail, harmful content and personal data in prompts and responses are not filtered. The check passes
    if CloudWatch has a metric of a guardrail invocation, so single invocations without a guardrail are not found.
    Applies to accounts with model invocations in the last two weeks.
    """
    invoked = account.texts(f"{INVOKED}.Namespace")
    if none_of([contains(invoked, "AWS/Bedrock")]):
        return NOT_APPLICABLE
    ready = contains(account.texts(f"{GUARDRAILS}.status"), "READY")
    return compliant_if(
        all_of([ready, contains(invoked, "AWS/Bedrock/Guardrails")]), "models are invoked without a READY guardrail"
    )


@check(
    ACCOUNT,
    best_practices={
        "SEC04-BP01": "prompts and model responses are not logged",
        "OPS04-BP02": "model invocations are not logged",
    },
    effort="S",
    severity="medium",
    collector="account-models",
    fix="Enable model invocation logging to an encrypted log group or bucket. The logs contain the prompts.",
    compliant=[
        {INVOKED: [OF_MODELS], LOGGING: {"cloudWatchConfig": {"logGroupName": "g"}}},
        {INVOKED: [OF_MODELS], LOGGING: {"s3Config": {"bucketName": "b"}}},
    ],
    non_compliant=[{INVOKED: [OF_MODELS], LOGGING: {}}, {INVOKED: [OF_MODELS], LOGGING: None}],
    not_applicable=[{INVOKED: [], LOGGING: None}],
)
def bedrock_model_invocation_logging_enabled(account: ConfigurationItem) -> Verdict:
    """The account has Amazon Bedrock model invocation logging enabled.

    Without invocation logging, misuse of a model cannot be investigated, because CloudTrail does not record prompts and
    responses. Applies to accounts with model invocations in the last two weeks.
    """
    if none_of([contains(account.texts(f"{INVOKED}.Namespace"), "AWS/Bedrock")]):
        return NOT_APPLICABLE
    logged = any_of([account.has(f"{LOGGING}.cloudWatchConfig"), account.has(f"{LOGGING}.s3Config")])
    return compliant_if(logged, otherwise="loggingConfig has no log group and no bucket (expected one)")
