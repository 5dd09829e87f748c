"""Lambda functions. AWS Config does not record their environment, code or logging configuration."""

from collections.abc import Sequence
from typing import Any

from pillarwatch import (
    NOT_APPLICABLE,
    ConfigurationItem,
    Statement,
    Verdict,
    all_of,
    any_of,
    check,
    compliant_if,
    compliant_if_all,
    compliant_if_none,
    contains,
    listed,
    none_of,
    surely,
)
from pillarwatch.conditions import Condition
from pillarwatch.environments import PRODUCTION
from pillarwatch.secrets import plaintext_secrets
from pillarwatch.template_resource import TemplateResource, each, lowered
from pillarwatch.unknown import Unknown
from rules.checks.shared.alarms import ALARM, alarmed, alarms_of
from rules.checks.shared.components import FUNCTION, dedicated_iam_role_per_component, sharing
from rules.checks.shared.examples import alarm, allowing
from rules.checks.shared.networks import placed, placed_subnets, several_zones
from rules.checks.shared.policies import SERVICE_DOMAINS
from rules.checks.shared.support_calendar import LAMBDA, in_standard_support
from rules.checks.shared.tags import (
    required_tags,
    resource_managed_by_iac,
    resource_owner_tag_present,
    workload_region_in_approved_list,
)

ARCHITECTURES = "configuration.architectures"
INVOCATIONS = "supplementaryConfiguration.Metrics.Invocations.Sum"
DEAD_LETTERS = "configuration.deadLetterConfig.targetArn"
INVOKED = "supplementaryConfiguration.lambda.ListFunctionEventInvokeConfigs.FunctionEventInvokeConfigs"
MEMORY = "configuration.memorySize"
POLICY = "supplementaryConfiguration.Policy"
MODIFIED = "configuration.lastModified"
PIPES = "supplementaryConfiguration.Pipes"  # names of the template's EventBridge pipes that enrich with the function
DATA_SOURCES = "supplementaryConfiguration.appsync.ListDataSources.dataSources"
RESERVED = "supplementaryConfiguration.Concurrency.reservedConcurrentExecutions"
RUNTIME = "configuration.runtime"
ANNOUNCED = "supplementaryConfiguration.health.DescribeServiceLifecycle.serviceLifecycles"
TRACING = "configuration.tracingConfig.mode"
INVOKE_CONFIG = "AWS::Lambda::EventInvokeConfig"
MAPPING = "AWS::Lambda::EventSourceMapping"

SECRETS = "supplementaryConfiguration.PlaintextSecrets"
STATED = "supplementaryConfiguration.Stated"  # which of MemorySize and Code.ZipFile the template sets
SUBNETS = "configuration.vpcConfig.subnetIds"
S3 = "s3.amazonaws.com"
OUR_ACCOUNT = {"StringEquals": {"AWS:SourceAccount": "123456789012"}}
OUR_TOPIC = {"ArnLike": {"AWS:SourceArn": "arn:aws:sns:eu-west-1:123456789012:orders"}}
SIGNATURE = "configuration.signingProfileVersionArn"
# Services that wait for the response of a function and return its error to their own caller.
SYNCHRONOUS_CALLERS = (
    "alexa-appkit.amazon.com",
    "apigateway.amazonaws.com",
    "appsync.amazonaws.com",
    "cognito-idp.amazonaws.com",
    "elasticloadbalancing.amazonaws.com",
    "lex.amazonaws.com",
    "lexv2.amazonaws.com",
)
# Condition keys of statements for callers of the function URL, who wait for the response too:
# https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html
URL_CONDITION_KEYS = ("lambda:functionurlauthtype", "lambda:invokedviafunctionurl")
TIMEOUT = "configuration.timeout"


ALIASES = "supplementaryConfiguration.lambda.ListAliases.Aliases"
APPLICATION_LEVEL = "supplementaryConfiguration.lambda.GetFunctionConfiguration.LoggingConfig.ApplicationLogLevel"
ADVICE = "supplementaryConfiguration.compute-optimizer.GetLambdaFunctionRecommendations.lambdaFunctionRecommendations"
FILTERS = "supplementaryConfiguration.logs.DescribeMetricFilters.metricFilters"
INSIGHTS = "layer:LambdaInsightsExtension"
LEVEL = "supplementaryConfiguration.lambda.GetFunctionConfiguration.Environment.Variables.LOG_LEVEL"
POWERTOOLS_LEVEL = (
    "supplementaryConfiguration.lambda.GetFunctionConfiguration.Environment.Variables.POWERTOOLS_LOG_LEVEL"
)


def called_by(service: str) -> dict[str, Any]:
    """A statement that allows a service to invoke the function."""
    return {"Effect": "Allow", "Principal": {"Service": service}, "Action": "lambda:InvokeFunction"}


@check(
    "AWS::Lambda::Function",
    best_practices={
        "OPS04-BP05": "active tracing of the function is off",
        "REL06-BP07": "requests cannot be traced through the function",
        "SUS03-BP03": "slow parts of the code cannot be identified",
    },
    managed_rule="LAMBDA_FUNCTION_XRAY_ENABLED",
    automation="AWSConfigRemediation-ConfigureLambdaFunctionXRayTracing",
    effort="S",
    severity="medium",
    fix="Set TracingConfig.Mode to Active, and allow the function's role to write to X-Ray.",
    compliant=[{TRACING: "Active"}],
    non_compliant=[{TRACING: "PassThrough"}, {}],
)
def lambda_function_xray_enabled(function: ConfigurationItem) -> Verdict:
    """Lambda functions have X-Ray active tracing enabled.

    Without active tracing, requests are traced only if an upstream service sampled them. The default is PassThrough.
    """
    mode = function.text(TRACING, "PassThrough")
    return compliant_if(mode == "Active", otherwise=f"TracingConfig.Mode is {mode} (expected Active)")


@check(
    "AWS::Lambda::Function",
    best_practices={
        "PERF02-BP03": "memory and CPU use of a critical function are not collected",
        "OPS04-BP02": "the runtime of a critical function emits no telemetry",
        "SUS03-BP03": "memory and CPU use of the code are not measured",
    },
    effort="S",
    severity="low",
    fix="Add the LambdaInsightsExtension layer of the Region to Layers. Its metrics and logs are charged.",
    compliant=[
        {
            "tags.Criticality": "critical",
            "configuration.layers": [
                {"arn": "arn:aws:lambda:eu-west-1:580247275435:layer:LambdaInsightsExtension-Arm64:20"}
            ],
        }
    ],
    non_compliant=[{"tags.Criticality": "critical"}],
    not_applicable=[{}, {"tags.Criticality": "critical", "configuration.packageType": "Image"}],
)
def lambda_insights_enabled(function: ConfigurationItem) -> Verdict:
    """Critical Lambda functions use Lambda Insights.

    Without Lambda Insights, memory and CPU use are not collected. Applies to functions whose Criticality tag is
    critical. Container images are not judged, because they have no layers.
    """
    critical, package = function.tag("Criticality"), function.text("configuration.packageType")
    if any_of([critical != "critical", package == "Image"]):
        return NOT_APPLICABLE
    layers = function.texts("configuration.layers.arn")
    insights = any_of(layers, lambda layer: contains(layer, ":layer:LambdaInsightsExtension"))
    return compliant_if(insights, otherwise=f"Layers: {listed(layers) or 'none'} (expected LambdaInsightsExtension)")


@check(
    "AWS::Lambda::Function",
    best_practices={"REL04-BP02": "asynchronous events are discarded after the last retry"},
    managed_rule="LAMBDA_DLQ_CHECK",
    effort="S",
    severity="medium",
    collector="functions",
    fix="Set an OnFailure destination or DeadLetterConfig.TargetArn, and add an alarm on the depth of the queue.",
    compliant=[
        {DEAD_LETTERS: "arn:aws:sqs:eu-west-1:123456789012:failed"},
        {INVOKED: [{"DestinationConfig": {"OnFailure": {"Destination": "arn:aws:sqs:eu-west-1:123456789012:failed"}}}]},
    ],
    non_compliant=[
        {DEAD_LETTERS: "", INVOKED: [{"DestinationConfig": {"OnFailure": {}}, "MaximumRetryAttempts": 0}]},
        {DATA_SOURCES: [{"name": "meetings"}], INVOKED: [{"MaximumRetryAttempts": 0}], f"related.{MAPPING}": []},
        {DATA_SOURCES: [{"name": "meetings"}], POLICY: {"Statement": [called_by("s3.amazonaws.com")]}},
        {POLICY: {"Statement": [called_by("apigateway.amazonaws.com"), called_by("events.amazonaws.com")]}},
        {f"related.{MAPPING}": [{"resourceId": "1"}], POLICY: {"Statement": [called_by("s3.amazonaws.com")]}},
        {f"related.{MAPPING}": []},
    ],
    not_applicable=[
        {POLICY: {"Statement": [called_by("apigateway.amazonaws.com"), called_by("cognito-idp.amazonaws.com")]}},
        {DATA_SOURCES: [{"name": "meetings"}]},
        {PIPES: ["Enriched"]},
        {POLICY: allowing(Principal="*", Condition={"StringEquals": {"lambda:FunctionUrlAuthType": "NONE"}})},
        {POLICY: allowing(Principal="*", Condition={"Bool": {"lambda:InvokedViaFunctionUrl": "true"}})},
        {f"related.{MAPPING}": [{"resourceId": "1"}]},
        {f"related.{MAPPING}": [{"resourceId": "1"}], POLICY: {"Statement": [called_by("apigateway.amazonaws.com")]}},
    ],
)
def lambda_dlq_check(function: ConfigurationItem) -> Verdict:
    """Asynchronous Lambda functions have a dead-letter queue or an on-failure destination.

    Without a destination, Lambda discards an asynchronous event after the last retry. The check does not judge
    functions that are only invoked synchronously. Such callers are API Gateway, AppSync, function URLs, EventBridge
    Pipes, queues, streams and similar services. Waive the finding if IAM roles invoke the function synchronously,
    because no policy shows it. The AWS Config rule judges every function and accepts a dead-letter queue only.
    """
    destinations = function.texts(f"{INVOKED}.DestinationConfig.OnFailure.Destination")
    has_destination = any_of([function.has(DEAD_LETTERS), any_of(destinations, lambda destination: destination != "")])

    def waits(statement: Statement) -> bool:
        by_url = any_of(statement.conditions, lambda condition: contains(URL_CONDITION_KEYS, condition.key))
        return any_of(
            [by_url, all_of(statement.principals, lambda principal: contains(SYNCHRONOUS_CALLERS, principal))]
        )

    callers = function.statements(POLICY)
    reads = any_of(function.related(MAPPING), lambda _: True)
    called = any_of([len(callers) > 0, len(function.objects(DATA_SOURCES)) > 0, function.has(PIPES), reads])
    if all_of([none_of([has_destination, function.has(INVOKED)]), called, all_of(callers, waits)]):
        return NOT_APPLICABLE
    return compliant_if(has_destination, "neither DeadLetterConfig.TargetArn nor an OnFailure destination is set")


@check(
    "AWS::Lambda::Function",
    best_practices={
        "REL10-BP03": "one function can use the concurrency of all functions",
        "REL05-BP02": "the concurrency of the function has no limit",
    },
    managed_rule="LAMBDA_CONCURRENCY_CHECK",
    effort="S",
    severity="medium",
    fix="Set ReservedConcurrentExecutions to the peak concurrency of the function.",
    compliant=[{RESERVED: 10}, {RESERVED: 0}],
    non_compliant=[{"parameters.every_function": True}],
    not_applicable=[{}],
)
def lambda_concurrency_check(function: ConfigurationItem, *, every_function: bool = False) -> Verdict:
    """Lambda functions have reserved concurrency.

    Without reserved concurrency, one function can use all concurrency of the account. A reservation of zero is
    compliant. A function without it fails only if the parameter every_function is true: an account cannot reserve all
    concurrency.
    """
    # https://docs.aws.amazon.com/lambda/latest/dg/configuration-concurrency.html
    return compliant_if(function.has(RESERVED), "ReservedConcurrentExecutions is not set", required=every_function)


@check(
    "AWS::Lambda::Function",
    best_practices={
        "PERF02-BP04": "the memory size is the default or above 3008 MB",
        "COST06-BP02": "the memory size is not based on measurements",
    },
    effort="S",
    severity="low",
    fix="Measure the function at several sizes, for example with AWS Lambda Power Tuning, and set MemorySize.",
    compliant=[{MEMORY: 256}, {MEMORY: 3008}, {MEMORY: 128, STATED: ["MemorySize"]}],
    non_compliant=[{MEMORY: 128}, {MEMORY: 3009}, {}],
    not_applicable=[{STATED: ["Code.ZipFile"]}, {STATED: ["Code.ZipFile", "MemorySize"], MEMORY: 128}],
)
def lambda_memory_size_deliberate(
    function: ConfigurationItem, *, default_memory_mb: int = 128, max_memory_mb: int = 3008
) -> Verdict:
    """Lambda functions with a package have a chosen memory size of at most 3008 MB.

    With the default of 128 MB, a function gets a fraction of a CPU. Most functions are then slow, and often not
    cheaper. AWS recommends 128 MB for simple functions only. In a template, inline code and an explicit 128 MB pass.
    """
    # https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html
    memory, in_template = function.number(MEMORY, default_memory_mb), function.texts(STATED)
    if all_of([memory == default_memory_mb, contains(in_template, "Code.ZipFile")]):
        return NOT_APPLICABLE
    chosen = any_of([memory != default_memory_mb, contains(in_template, "MemorySize")])
    deliberate = all_of([chosen, memory <= max_memory_mb])
    found = f"{memory} MB" if surely(function.has(MEMORY)) else f"not set ({default_memory_mb} MB is used)"
    return compliant_if(
        deliberate, f"MemorySize is {found}; expected a measured size, not the default, of at most {max_memory_mb} MB"
    )


@check(
    "AWS::Lambda::Function",
    best_practices={
        "SUS05-BP02": "the function does not run on Graviton, which uses less energy",
        "PERF02-BP01": "the architecture with the better price-performance is not used",
        "COST05-BP05": "the same work costs less on Graviton",
    },
    effort="S",
    severity="low",
    fix="Build the package for arm64, and set Architectures to arm64. Most Python and Node.js code needs no change.",
    compliant=[{ARCHITECTURES: ["arm64"]}],
    non_compliant=[{ARCHITECTURES: ["x86_64"]}, {}],
)
def lambda_function_arm64_architecture(function: ConfigurationItem) -> Verdict:
    """Lambda functions run on Graviton (arm64).

    Graviton costs less per millisecond than x86_64, the default, and uses less energy for the same work.
    """
    architectures = function.texts(ARCHITECTURES)
    arm = contains(architectures, "arm64")
    return compliant_if(arm, otherwise=f"Architectures is {listed(architectures) or 'x86_64'} (expected arm64)")


@check(
    "AWS::Lambda::Function",
    best_practices={
        "SEC06-BP01": "AWS no longer patches the runtime",
        "SUS06-BP03": "the runtime is not kept up to date",
        "PERF05-BP06": "the function does not use the faster newer runtimes",
    },
    managed_rule="LAMBDA_FUNCTION_SETTINGS_CHECK",
    effort="M",
    collector="support-dates",
    fix="Set Runtime to the newest runtime of the language.",
    compliant=[{RUNTIME: "python3.11"}, {RUNTIME: "nodejs22.x", "judged_at": "2027-04-30T12:00:00Z"}],
    non_compliant=[
        {RUNTIME: "python3.9"},
        {RUNTIME: "nodejs22.x", "judged_at": "2027-05-01T12:00:00Z"},
        {RUNTIME: "nodejs26.x", ANNOUNCED: [{"lifecycleEvents": [{"date": "2025-06-30"}]}]},
    ],
    not_applicable=[{"configuration.packageType": "Image"}, {}],
)
def lambda_runtime_supported(function: ConfigurationItem) -> Verdict:
    """Lambda functions run on a supported runtime.

    AWS does not patch a deprecated runtime, so known vulnerabilities remain. The deprecation dates come from AWS
    Health, or from the AWS documentation where AWS Health has none. The AWS Config rule takes a list of runtimes
    instead.
    """
    runtime = function.text(RUNTIME)
    if runtime == "":
        return NOT_APPLICABLE
    lifecycles = function.objects(ANNOUNCED)
    announced = [event.text("date") for lifecycle in lifecycles for event in lifecycle.objects("lifecycleEvents")]
    return in_standard_support(function, LAMBDA, runtime, announced)


@check(
    "AWS::Lambda::Function",
    best_practices={"SEC03-BP07": "the resource policy allows any principal to invoke the function"},
    managed_rule="LAMBDA_FUNCTION_PUBLIC_ACCESS_PROHIBITED",
    effort="S",
    severity="critical",
    exposed=True,
    fix="Remove the permission, or restrict its Principal, SourceArn or SourceAccount.",
    compliant=[
        {POLICY: allowing(Principal={"Service": "sns.amazonaws.com"})},
        {POLICY: allowing(Principal="*", Condition=OUR_ACCOUNT)},
        {},
    ],
    non_compliant=[
        {POLICY: allowing(Principal={"AWS": "*"})},
        {POLICY: allowing(NotPrincipal={"AWS": "arn:aws:iam::123456789012:user/x"})},
        {POLICY: allowing(Principal="*", Condition={"StringEquals": {"lambda:FunctionUrlAuthType": "NONE"}})},
    ],
)
def lambda_function_public_access_prohibited(function: ConfigurationItem) -> Verdict:
    """Lambda function policies allow named principals only.

    A policy that allows any principal lets anybody invoke the function at the account's cost. A condition on the
    callers, their account, organization or source is enough. Permissions for services are judged by
    `lambda-permission-source-restricted`.
    """
    statements = function.statements(POLICY)
    return compliant_if_none(statements, lambda found: found.admits_anybody, "any principal can use", named=entry_point)


def entry_point(statement: Statement) -> str:
    """The public entry point for annotations: the function URL, or the statement itself."""
    is_url = any_of(statement.conditions, lambda condition: contains(URL_CONDITION_KEYS, condition.key))
    return "the function URL (AuthType is NONE)" if is_url else f"{statement} (Principal is *, without a condition)"


@check(
    "AWS::Lambda::Function",
    best_practices={"SEC03-BP07": "resources of other accounts in that service can invoke the function"},
    effort="S",
    severity="medium",
    fix="Set SourceArn on the permission. For S3, also set SourceAccount.",
    compliant=[
        {POLICY: allowing(Principal={"Service": "sns.amazonaws.com"}, Condition=OUR_TOPIC)},
        {POLICY: allowing(Principal={"Service": S3}, Condition=OUR_ACCOUNT)},
        {POLICY: allowing(Principal={"AWS": "*"})},
        {},
    ],
    non_compliant=[
        {POLICY: allowing(Principal={"Service": "sns.amazonaws.com"})},
        {POLICY: allowing(Principal={"Service": S3}, Condition={"ArnLike": {"AWS:SourceArn": "arn:aws:s3:::photos"}})},
    ],
)
def lambda_permission_source_restricted(function: ConfigurationItem) -> Verdict:
    """Lambda permissions for services name a source ARN or a source account.

    Without SourceArn or SourceAccount, a resource of another account in that service can invoke the function: the
    confused deputy problem. An S3 bucket ARN has no account ID, so S3 needs SourceAccount.
    """
    return compliant_if_none(
        function.statements(POLICY),
        admits_any_source,
        "SourceArn and SourceAccount are missing for",
        named=principals_and_actions,
    )


def principals_and_actions(statement: Statement) -> str:
    """The principals and actions of a statement, for annotations."""
    return f"{statement} by {listed(statement.principals)}"


def admits_any_source(statement: Statement) -> bool:
    """Whether a statement allows a service to invoke the function for resources of any account."""
    of_s3 = contains(statement.principals, S3)

    def names_a_source(condition: Condition) -> bool:
        return all_of([condition.limits_callers, any_of([condition.key != "aws:sourcearn", none_of([of_s3])])])

    service = any_of(
        statement.principals, lambda principal: principal.endswith((".amazonaws.com", ".amazonaws.com.cn"))
    )
    return all_of([statement.allows, service, none_of(statement.conditions, names_a_source)])


@check(
    "AWS::Lambda::Function",
    best_practices={
        "OPS08-BP04": "no alarm notifies on errors of the function",
        "REL06-BP03": "errors of the function send no notification",
        "REL11-BP01": "failures of the function are not detected",
        "REL11-BP06": "errors that affect users send no notification",
    },
    effort="S",
    severity="medium",
    collector="alarms",
    fix="Create a CloudWatch alarm on Errors of the function, with AlarmActions.",
    compliant=[{f"related.{ALARM}": [alarm("FunctionName", "AWS/Lambda", "Errors")]}],
    non_compliant=[
        {f"related.{ALARM}": [alarm("FunctionName", "AWS/Lambda", "Duration")]},
        {f"related.{ALARM}": [alarm("FunctionName", "OurOwn", "Errors")]},
        {f"related.{ALARM}": [alarm("FunctionName", "AWS/Lambda", "Errors", actionsEnabled=False)]},
        {f"related.{ALARM}": []},
    ],
)
def lambda_errors_alarm_configured(function: ConfigurationItem) -> Verdict:
    """Lambda functions have an alarm on errors.

    Without an alarm, no engineer is notified when the function fails. An alarm over all functions of the account is not
    sufficient, because it hides which function fails.
    """
    notified = alarmed(function, "FunctionName", "AWS/Lambda", "Errors")
    return compliant_if(notified, otherwise="no alarm with an action watches Errors (expected one)")


@check(
    "AWS::Lambda::Function",
    best_practices={"PERF05-BP02": "long durations are noticed only when the function times out"},
    effort="S",
    severity="medium",
    collector="alarms",
    same_cause_as="lambda-errors-alarm-configured",
    fix="Create a CloudWatch alarm on the p95 of Duration at 80 % of Timeout, with AlarmActions.",
    compliant=[{f"related.{ALARM}": [alarm("FunctionName", "AWS/Lambda", "Duration")]}],
    non_compliant=[{f"related.{ALARM}": [alarm("FunctionName", "AWS/Lambda", "Errors")]}, {f"related.{ALARM}": []}],
)
def lambda_duration_alarm_configured(function: ConfigurationItem) -> Verdict:
    """Lambda functions have an alarm on duration.

    Without an alarm, a function that becomes slower is noticed only when it times out.
    """
    notified = alarmed(function, "FunctionName", "AWS/Lambda", "Duration")
    return compliant_if(notified, otherwise="no alarm with an action watches Duration (expected one)")


@check(
    "AWS::Lambda::Function",
    best_practices={
        "REL05-BP03": "records that cannot be processed are discarded",
        "REL04-BP02": "failed records are not kept for a later retry",
    },
    effort="S",
    severity="medium",
    collector="event-sources",
    fix="Set DestinationConfig.OnFailure on the event source mapping, and MaximumRetryAttempts if it is not set.",
    compliant=[
        {
            f"related.{MAPPING}": [
                {
                    "configuration.StartingPosition": "LATEST",
                    "configuration.DestinationConfig.OnFailure.Destination": "arn:aws:sqs:eu-west-1:1:failed",
                }
            ]
        }
    ],
    non_compliant=[
        {f"related.{MAPPING}": [{"configuration.StartingPosition": "LATEST", "configuration.EventSourceArn": "arn"}]}
    ],
    not_applicable=[
        {f"related.{MAPPING}": []},
        {f"related.{MAPPING}": [{"configuration.BatchSize": 10}]},
        {
            f"related.{MAPPING}": [
                {
                    "configuration.StartingPosition": "LATEST",
                    "configuration.DocumentDBEventSourceConfig.DatabaseName": "orders",
                }
            ]
        },
    ],
)
def lambda_esm_on_failure_destination(function: ConfigurationItem) -> Verdict:
    """Stream event source mappings have an on-failure destination.

    Without a destination, records of a stream that fail after the retries are lost. Queues are not judged, because they
    have their own dead-letter queue. Amazon DocumentDB is not judged, because Lambda accepts no destination for it.
    """

    def reads_a_stream(mapping: ConfigurationItem) -> bool:
        document_db = mapping.has("configuration.DocumentDBEventSourceConfig")
        return all_of([mapping.has("configuration.StartingPosition"), none_of([document_db])])

    def name(mapping: ConfigurationItem) -> str:
        attempts = mapping.number("configuration.MaximumRetryAttempts", -1)
        age = mapping.number("configuration.MaximumRecordAgeInSeconds", -1)
        retries = f"MaximumRetryAttempts is {attempts}, MaximumRecordAgeInSeconds is {age}"
        return f"{listed([mapping.text('configuration.EventSourceArn')])} ({retries})"

    return compliant_if_all(
        function.related(MAPPING),
        lambda mapping: mapping.has("configuration.DestinationConfig.OnFailure.Destination"),
        "no OnFailure destination",
        named=name,
        where=reads_a_stream,
    )


@check(
    "AWS::Lambda::Function",
    best_practices={"SUS03-BP01": "the function is invoked for every single record"},
    effort="S",
    severity="low",
    collector="event-sources",
    fix="Set BatchSize above 1, and MaximumBatchingWindowInSeconds to the delay that the workload accepts.",
    compliant=[{f"related.{MAPPING}": [{"configuration.BatchSize": 10}]}],
    non_compliant=[{f"related.{MAPPING}": [{"configuration.BatchSize": 1, "configuration.EventSourceArn": "arn"}]}],
    not_applicable=[{f"related.{MAPPING}": []}],
)
def lambda_esm_batching_configured(function: ConfigurationItem) -> Verdict:
    """Event source mappings have a batch size above 1.

    With a batch size of 1, Lambda invokes the function for each record. The default is 10 for queues, 100 for streams.
    """

    def batches(mapping: ConfigurationItem) -> bool:
        return mapping.number("configuration.BatchSize", 10) > 1

    return compliant_if_all(function.related(MAPPING), batches, "BatchSize is 1", named="configuration.EventSourceArn")


@check(
    "AWS::Lambda::Function",
    best_practices={"SEC05-BP01": "the function runs outside the network layers of the workload"},
    managed_rule="LAMBDA_INSIDE_VPC",
    automation="AWSConfigRemediation-MoveLambdaToVPC",
    effort="M",
    severity="low",
    fix="Set VpcConfig to private subnets and security groups of the VPC with the data.",
    compliant=[{SUBNETS: ["subnet-1"]}],
    non_compliant=[{"parameters.every_function": True, SUBNETS: []}, {"parameters.every_function": True}],
    not_applicable=[{SUBNETS: []}, {}],
)
def lambda_inside_vpc(function: ConfigurationItem, *, every_function: bool = False) -> Verdict:
    """Lambda functions are attached to a VPC.

    Outside a VPC, no security group limits the connections of the function. Only functions that use private resources
    need a VPC. A function without a VPC therefore fails only if the parameter every_function is true.
    """
    # https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html
    return compliant_if(function.has(SUBNETS), "VpcConfig is not set (expected subnets)", required=every_function)


@check(
    "AWS::Lambda::Function",
    best_practices={"REL10-BP01": "all subnets of the function are in one Availability Zone"},
    managed_rule="LAMBDA_VPC_MULTI_AZ_CHECK",
    effort="S",
    severity="medium",
    collector="functions",
    fix="Add a subnet in a second Availability Zone to VpcConfig.SubnetIds.",
    compliant=[{SUBNETS: ["subnet-1", "subnet-2"], **placed("eu-west-1a", "eu-west-1b")}],
    non_compliant=[{SUBNETS: ["subnet-1"]}, {SUBNETS: ["subnet-1", "subnet-2"], **placed("eu-west-1a", "eu-west-1a")}],
    not_applicable=[{SUBNETS: []}, {}],
)
def lambda_vpc_multi_az_check(function: ConfigurationItem, *, min_availability_zones: int = 2) -> Verdict:
    """Lambda functions in a VPC have subnets in several Availability Zones.

    If all subnets are in one Availability Zone, the function cannot run when that zone fails.
    """
    if none_of([function.has(SUBNETS)]):
        return NOT_APPLICABLE
    return several_zones(function, function.texts(SUBNETS), min_availability_zones)


@check(
    "AWS::Lambda::Function",
    best_practices={
        "SEC06-BP04": "the origin of the deployed code is not verified",
        "SEC11-BP06": "packages are not signed, so changes after the build are not detected",
    },
    effort="M",
    severity="low",
    live=True,
    fix="Set CodeSigningConfigArn, and sign the package in the deployment pipeline.",
    compliant=[{SIGNATURE: "arn:aws:signer:eu-west-1:123456789012:/signing-profiles/release/1"}],
    non_compliant=[{}],
    not_applicable=[{"configuration.packageType": "Image"}],
)
def lambda_code_signing_configured(function: ConfigurationItem) -> Verdict:
    """Lambda functions use code signing.

    Without code signing, Lambda deploys code that was changed after the build. Container images are not judged.
    """
    if function.text("configuration.packageType") == "Image":
        return NOT_APPLICABLE
    return compliant_if(function.has(SIGNATURE), otherwise="SigningProfileVersionArn is not set (expected a signature)")


@check(
    "AWS::Lambda::Function",
    best_practices={"REL05-BP05": "a call that does not return blocks until the timeout"},
    effort="S",
    severity="medium",
    fix="Set Timeout above the longest normal duration, for example to the p99 of Duration plus 50 %.",
    compliant=[{TIMEOUT: 300}, {}],
    non_compliant=[{TIMEOUT: 301}, {TIMEOUT: 900}],
)
def lambda_function_timeout_bounded(function: ConfigurationItem, *, most_seconds: int = 300) -> Verdict:
    """Lambda functions have a timeout of at most 5 minutes.

    With a long timeout, a call that does not return blocks the function and is billed until the timeout ends.
    """
    seconds = function.number(TIMEOUT, 3)
    return compliant_if(seconds <= most_seconds, f"Timeout is {seconds} seconds (expected at most {most_seconds})")


@check(
    "AWS::Lambda::Function",
    best_practices={
        "OPS06-BP03": "a new version receives all traffic at once",
        "OPS06-BP01": "no published version exists for a rollback",
    },
    effort="M",
    collector="functions",
    live=True,
    fix="Publish versions, create an alias with FunctionVersion, and invoke the function through the alias.",
    compliant=[{"tags.Environment": "production", ALIASES: [{"FunctionVersion": "$LATEST"}, {"FunctionVersion": "7"}]}],
    non_compliant=[
        {"tags.Environment": "production", ALIASES: [{"FunctionVersion": "$LATEST"}]},
        {"tags.Environment": "production", ALIASES: []},
    ],
    not_applicable=[{"tags.Environment": "test", ALIASES: []}, {ALIASES: []}],
)
def lambda_production_alias_in_use(function: ConfigurationItem) -> Verdict:
    """Production Lambda functions have an alias for a published version.

    Without an alias, a new version gets all traffic at once and cannot be rolled back quickly. Applies to functions
    whose Environment tag is production.
    """
    if function.environment != PRODUCTION:
        return NOT_APPLICABLE
    versioned = any_of(function.texts(f"{ALIASES}.FunctionVersion"), lambda version: version != "$LATEST")
    return compliant_if(versioned, otherwise="no alias has a published FunctionVersion (expected one)")


@check(
    "AWS::Lambda::Function",
    best_practices={
        "PERF02-BP04": "the memory size does not match the measured use",
        "COST06-BP02": "the memory size is not based on usage data",
        "SUS05-BP01": "the function has more memory than it uses",
    },
    effort="S",
    collector="functions",
    live=True,
    fix="Set MemorySize to the recommendation of Compute Optimizer.",
    compliant=[{ADVICE: [{"finding": "Optimized"}]}],
    non_compliant=[{ADVICE: [{"finding": "NotOptimized"}]}],
    not_applicable=[{ADVICE: [{"finding": "Unavailable"}]}, {ADVICE: []}],
)
def lambda_memory_right_sized(function: ConfigurationItem) -> Verdict:
    """Lambda functions have the memory size that Compute Optimizer recommends.

    Unused memory is billed, and too little memory makes the function slow. Compute Optimizer needs 50 invocations in
    two weeks.
    """
    findings = function.texts(f"{ADVICE}.finding")
    if none_of(findings, lambda finding: contains(("Optimized", "NotOptimized"), finding)):
        return NOT_APPLICABLE
    return compliant_if(
        none_of([contains(findings, "NotOptimized")]),
        otherwise="Compute Optimizer finding is NotOptimized (expected Optimized)",
    )


@check(
    "AWS::Lambda::Function",
    best_practices={
        "PERF02-BP03": "the duration of cold starts is not collected",
        "PERF05-BP02": "cold starts are hidden in the average duration",
        "OPS04-BP02": "the initialization of the function is not measured",
    },
    effort="S",
    severity="low",
    collector="functions",
    live=True,
    fix="Set TracingConfig.Mode to Active, add the Lambda Insights layer, or add a metric filter on Init Duration.",
    compliant=[
        {FILTERS: [], "configuration.tracingConfig.mode": "Active"},
        {
            FILTERS: [],
            "configuration.layers": [{"arn": "arn:aws:lambda:eu-west-1:580247275435:layer:LambdaInsightsExtension:38"}],
        },
        {FILTERS: [{"filterPattern": '[..., label="Init Duration"]'}]},
    ],
    non_compliant=[{FILTERS: [{"filterPattern": "ERROR"}], "configuration.tracingConfig.mode": "PassThrough"}, {}],
)
def lambda_cold_start_monitored(function: ConfigurationItem) -> Verdict:
    """The cold starts of Lambda functions are measured.

    Without a measurement, slow cold starts are hidden in the average duration. X-Ray, Lambda Insights or a metric
    filter on Init Duration is enough.
    """
    measured = any_of(
        [
            function.text("configuration.tracingConfig.mode") == "Active",
            any_of(function.texts("configuration.layers.arn"), lambda arn: contains(arn, INSIGHTS)),
            any_of(function.texts(f"{FILTERS}.filterPattern"), lambda pattern: contains(pattern, "Init Duration")),
        ]
    )
    return compliant_if(measured, otherwise="no X-Ray tracing, Lambda Insights or filter on Init Duration")


@check(
    "AWS::Lambda::Function",
    best_practices={"SEC04-BP01": "debug or information logs are written in production"},
    effort="S",
    severity="medium",
    collector="functions",
    fix="Set LoggingConfig.ApplicationLogLevel, or the variable LOG_LEVEL, to WARN or ERROR.",
    compliant=[
        {"tags.Environment": "production", APPLICATION_LEVEL: "WARN"},
        {"tags.Environment": "production", LEVEL: "error"},
    ],
    non_compliant=[
        {"tags.Environment": "production", APPLICATION_LEVEL: "INFO"},
        {"tags.Environment": "production", LEVEL: "DEBUG"},
        {"tags.Environment": "production", POWERTOOLS_LEVEL: "INFO", APPLICATION_LEVEL: "ERROR"},
    ],
    not_applicable=[
        {"tags.Environment": "test", LEVEL: "DEBUG"},
        {"tags.Environment": "production", LEVEL: None},
        {},
    ],
)
def production_log_level_restricted(function: ConfigurationItem) -> Verdict:
    """Production Lambda functions log warnings and errors only.

    Debug and information logs can contain personal data and increase cost. Applies to functions whose Environment tag
    is production, if LoggingConfig or an environment variable sets a log level.
    """
    levels = [level for level in map(function.text, (APPLICATION_LEVEL, LEVEL, POWERTOOLS_LEVEL)) if level != ""]
    if function.environment != PRODUCTION or not levels:
        return NOT_APPLICABLE
    return compliant_if_all(
        levels,
        lambda level: contains(("WARN", "WARNING", "ERROR", "CRITICAL", "FATAL"), level.upper()),
        "log levels below WARN",
    )


@check(
    "AWS::Lambda::Function",
    best_practices={"SEC02-BP03": "secrets are readable in the function's configuration"},
    effort="M",
    collector="functions",
    fix="Store the secret in AWS Secrets Manager and read it at run time. Replace access keys by the function's role.",
    compliant=[{SECRETS: []}, {}],
    non_compliant=[{SECRETS: ["AWS_ACCESS_KEY_ID"]}],
)
def lambda_environment_no_plaintext_secrets(function: ConfigurationItem) -> Verdict:
    """The environment variables of Lambda functions contain no secrets.

    Anybody who may read the function's configuration can read its variables. The check finds names such as DB_PASSWORD
    and values that look like AWS keys, private keys or tokens. Dynamic references fail too, because CloudFormation
    resolves them to plain text. The name or ARN of a secret passes.
    """
    return compliant_if_none(function.texts(SECRETS), lambda name: name != "", "variables with plaintext secrets")


@check(
    "AWS::Lambda::Function",
    best_practices={
        "SUS03-BP02": "code that is never invoked is kept and patched",
        "COST04-BP03": "unused functions are not decommissioned",
    },
    automation="AWSConfigRemediation-DeleteLambdaFunction",
    effort="S",
    severity="low",
    collector="usage",
    live=True,
    fix="Delete the function, its role and its log group.",
    compliant=[{INVOCATIONS: 1, MODIFIED: "2025-01-01T00:00:00.000+0000"}],
    non_compliant=[{INVOCATIONS: 0, MODIFIED: "2025-10-17T12:00:00.000+0000"}, {}],
    not_applicable=[{INVOCATIONS: 0, MODIFIED: "2025-10-17T12:01:00.000+0000"}],
)
def lambda_function_unused(function: ConfigurationItem, *, days: int = 90) -> Verdict:
    """Lambda functions were invoked within 90 days.

    An unused function still needs patches, and its permissions can be misused. Functions that were modified within 90
    days are not judged.
    """
    if function.days_since(MODIFIED, default=days) < days:
        return NOT_APPLICABLE
    return compliant_if(function.number(INVOCATIONS) > 0, otherwise=f"Invocations is 0 for {days} days")


def related(function: TemplateResource) -> dict[str, Sequence[TemplateResource]]:
    """The function's alarms, its event source mappings, and the components that share its role."""
    mappings = [each for one in qualified(function) for each in one.attached(MAPPING, "FunctionName")]
    return {MAPPING: mappings, **alarms_of(function), **sharing(function, FUNCTION, "Role")}


def qualified(function: TemplateResource) -> list[TemplateResource]:
    """The function, its aliases and its versions: event source mappings and permissions can name each of them."""
    kinds = ("AWS::Lambda::Alias", "AWS::Lambda::Version")
    return [function, *(each for kind in kinds for each in function.attached(kind, "FunctionName"))]


def to_configuration_item(function: TemplateResource) -> dict[str, Any]:
    """The configuration of a function with its permissions."""
    properties = function.properties
    environment = properties.get("Environment")
    variables = environment.get("Variables") if isinstance(environment, dict) else environment
    permissions = [
        each for one in qualified(function) for each in one.attached("AWS::Lambda::Permission", "FunctionName")
    ]
    subnets = placed_subnets(function, "VpcConfig.SubnetIds")
    invoked = [each for one in qualified(function) for each in one.attached(INVOKE_CONFIG, "FunctionName")]
    resolved = [
        each
        for one in qualified(function)
        for each in one.attached("AWS::AppSync::DataSource", "LambdaConfig.LambdaFunctionArn")
    ]
    pipes = [each.logical_id for one in qualified(function) for each in one.attached("AWS::Pipes::Pipe", "Enrichment")]
    return {
        "configuration": {
            **{
                key[:1].lower() + key[1:]: lowered(properties[key])
                for key in (
                    "Architectures",
                    "MemorySize",
                    "PackageType",
                    "Runtime",
                    "Timeout",
                    "TracingConfig",
                    "VpcConfig",
                )
                if key in properties
            },
            "functionName": properties.get("FunctionName", function.logical_id),
            "role": properties.get("Role"),
            "deadLetterConfig": lowered(properties.get("DeadLetterConfig")),
            "layers": each(properties.get("Layers"), lambda layer: {"arn": layer}),
        },
        "supplementaryConfiguration": {
            "Concurrency": {"reservedConcurrentExecutions": properties.get("ReservedConcurrentExecutions")},
            "Policy": {"Statement": [statement(permission.properties) for permission in permissions]},
            "PlaintextSecrets": plaintext_secrets(variables),
            "Stated": stated_of(properties),
            "Pipes": pipes,
            "appsync": {
                "ListDataSources": {"dataSources": [{"name": each.properties.get("Name")} for each in resolved]}
            },
            "ec2": {"DescribeSubnets": {"Subnets": subnets}},
            "lambda": {
                "ListFunctionEventInvokeConfigs": {"FunctionEventInvokeConfigs": [each.properties for each in invoked]},
                "GetFunctionConfiguration": {
                    "Environment": environment,
                    "LoggingConfig": properties.get("LoggingConfig"),
                },
            },
        },
    }


def stated_of(properties: dict[str, Any]) -> Any:
    """Which of MemorySize and Code.ZipFile a template sets; a recorded function has a size and no inline code."""
    code = properties.get("Code")
    if isinstance(code, Unknown):
        return code
    stated = ["MemorySize"] if "MemorySize" in properties else []
    return [*stated, "Code.ZipFile"] if isinstance(code, dict) and "ZipFile" in code else stated


def statement(permission: dict[str, Any]) -> dict[str, Any]:
    """The policy statement that Lambda creates from a permission."""
    conditions = {
        condition: permission[name]
        for name, condition in {
            "SourceArn": "AWS:SourceArn",
            "SourceAccount": "AWS:SourceAccount",
            "PrincipalOrgID": "aws:PrincipalOrgID",
            "EventSourceToken": "lambda:EventSourceToken",
            "FunctionUrlAuthType": "lambda:FunctionUrlAuthType",
        }.items()
        if name in permission
    }
    by_url = permission.get("InvokedViaFunctionUrl")
    return {
        "Effect": "Allow",
        "Principal": principal(permission.get("Principal")),
        "Action": permission.get("Action"),
        "Condition": {
            **({"StringEquals": conditions} if conditions else {}),
            **({"Bool": {"lambda:InvokedViaFunctionUrl": by_url}} if by_url is not None else {}),
        },
    }


def principal(named: Any) -> Any:
    """The principal as Lambda writes it: any, a service, an account (the ARN of its root), a user or a role."""
    if isinstance(named, Unknown) and named.reference == "AWS::AccountId":
        return {"AWS": Unknown(named.why, present=True, parts=("arn:aws:iam::", None, ":root"))}
    if named is None or (isinstance(named, str) and named == "*"):
        return named
    service = isinstance(named, str) and named.endswith(SERVICE_DOMAINS)
    return {"Service" if service else "AWS": named}
