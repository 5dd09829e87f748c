"""How the account uses models of Amazon Bedrock."""

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
    best_practices={"SEC05-BP03": "nothing inspects prompts and answers"},
    effort="M",
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


@check(
    ACCOUNT,
    best_practices={
        "SEC04-BP01": "what models are asked and answer is not recorded",
        "OPS04-BP02": "calls of models leave no telemetry",
    },
    effort="S",
    severity="medium",
    collector="account-models",
    fix="Turn on model invocation logging, to an encrypted log group or bucket.",
    compliant=[
        {INVOKED: [OF_MODELS], LOGGING: {"cloudWatchConfig": {"logGroupName": "g"}}},
        {INVOKED: [OF_MODELS], LOGGING: {"s3Config": {"bucketName": "b"}}},
    ],
    non_compliant=[{INVOKED: [OF_MODELS], LOGGING: {}}, {INVOKED: [OF_MODELS], LOGGING: None}],
    not_applicable=[{INVOKED: [], LOGGING: None}],
)
def bedrock_model_invocation_logging_enabled(account: ConfigurationItem) -> Verdict:
    """Invocations of Bedrock's models are logged.

    CloudTrail tells who called a model, and not what was said. Where none was invoked in two weeks, nothing could be.
    """
    if none_of([contains(account.texts(f"{INVOKED}.Namespace"), "AWS/Bedrock")]):
        return NOT_APPLICABLE
    logged = any_of([account.has(f"{LOGGING}.cloudWatchConfig"), account.has(f"{LOGGING}.s3Config")])
    return compliant_if(logged, otherwise="invocations are not logged")
