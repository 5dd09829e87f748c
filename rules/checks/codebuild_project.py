"""CodeBuild projects; their configuration items use the camelCase names of BatchGetProjects."""

from typing import Any

from pillarwatch import (
    NOT_APPLICABLE,
    Attributes,
    ConfigurationItem,
    Verdict,
    all_of,
    any_of,
    check,
    compliant_if,
    compliant_if_none,
    contains,
    none_of,
)
from pillarwatch.secrets import plaintext_secrets
from pillarwatch.template_resource import TemplateResource, lowered

ARM = ("ARM_CONTAINER", "ARM_EC2", "ARM_LAMBDA_CONTAINER")
CACHE = "configuration.cache.type"
TYPE = "configuration.environment.type"
DEFAULT_LOG_STATUS = {  # the status of each log if it is not set
    "configuration.logsConfig.cloudWatchLogs.status": "ENABLED",
    "configuration.logsConfig.s3Logs.status": "DISABLED",
}
CLOUDWATCH, S3 = DEFAULT_LOG_STATUS
MINUTES = "configuration.timeoutInMinutes"
VARIABLES = "configuration.environment.environmentVariables"
KEYS = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")


@check(
    "AWS::CodeBuild::Project",
    best_practices={
        "SEC02-BP03": "the secret is readable in the project's configuration",
        "SEC11-BP07": "the build pipeline has a secret in its configuration",
    },
    managed_rule="CODEBUILD_PROJECT_ENVVAR_AWSCRED_CHECK",
    automation="AWSConfigRemediation-DeleteAccessKeysFromCodeBuildProject",
    effort="S",
    fix="Use the project's role instead of access keys. Read secrets from Secrets Manager or Parameter Store.",
    compliant=[{VARIABLES: [{"name": KEYS[0], "type": "SECRETS_MANAGER"}]}, {VARIABLES: [{"name": "STAGE"}]}, {}],
    non_compliant=[
        {VARIABLES: [{"name": KEYS[0], "type": "PLAINTEXT"}]},
        {VARIABLES: [{"name": KEYS[1]}]},
        {VARIABLES: [{"name": "API_TOKEN", "value": "0f1e2d3c4b5a"}]},
    ],
)
def codebuild_project_envvar_awscred_check(project: ConfigurationItem) -> Verdict:
    """CodeBuild projects have no secrets in plaintext environment variables.

    Any principal that can view the project can read plaintext variables. AWS's managed rule detects only access keys.
    This check also detects tokens and passwords by name and value.
    """

    def is_secret(variable: Attributes) -> bool:
        name = variable.text("name")
        secret: Any = any_of(plaintext_secrets({name: variable.text("value")}), lambda found: found == name)
        return all_of([variable.text("type", "PLAINTEXT") == "PLAINTEXT", any_of([contains(KEYS, name), secret])])

    return compliant_if_none(project.objects(VARIABLES), is_secret, "secrets in plain text", named="name")


@check(
    "AWS::CodeBuild::Project",
    best_practices={
        "SEC04-BP01": "builds are not logged",
        "SEC11-BP07": "the pipeline cannot be assessed without build logs",
    },
    managed_rule="CODEBUILD_PROJECT_LOGGING_ENABLED",
    effort="S",
    severity="low",
    fix="Set LogsConfig.CloudWatchLogs.Status or LogsConfig.S3Logs.Status to ENABLED.",
    compliant=[{CLOUDWATCH: "ENABLED"}, {S3: "ENABLED", CLOUDWATCH: "DISABLED"}, {S3: "DISABLED"}, {}],
    non_compliant=[{CLOUDWATCH: "DISABLED"}, {CLOUDWATCH: "DISABLED", S3: "DISABLED"}],
)
def codebuild_project_logging_enabled(project: ConfigurationItem) -> Verdict:
    """CodeBuild projects have logging enabled.

    Without logs, failed or manipulated builds cannot be investigated. CloudWatch logs are enabled by default, so only a
    project with disabled logs fails.
    """
    logged = any_of(DEFAULT_LOG_STATUS, lambda path: project.text(path, DEFAULT_LOG_STATUS[path]) == "ENABLED")
    return compliant_if(logged, otherwise="CloudWatchLogs and S3Logs are DISABLED (expected one)")


@check(
    "AWS::CodeBuild::Project",
    best_practices={"SUS06-BP04": "a build that hangs keeps its environment running"},
    effort="S",
    fix="Set TimeoutInMinutes to 60 or less.",
    compliant=[{MINUTES: 60}, {}],
    non_compliant=[{MINUTES: 61}],
)
def codebuild_project_timeout_bounded(project: ConfigurationItem, *, most_minutes: int = 60) -> Verdict:
    """CodeBuild projects have a build timeout of at most one hour.

    A build that hangs runs until its timeout, and each minute is charged. The default is one hour.
    """
    minutes = project.number(MINUTES, 60)
    return compliant_if(minutes <= most_minutes, f"TimeoutInMinutes is {minutes} (expected {most_minutes} or less)")


@check(
    "AWS::CodeBuild::Project",
    best_practices={"SUS06-BP04": "each build repeats work that a cache could save"},
    effort="S",
    fix="Set Cache.Type to S3 or LOCAL.",
    compliant=[{CACHE: "LOCAL"}, {CACHE: "S3"}],
    non_compliant=[{CACHE: "NO_CACHE"}, {}],
)
def codebuild_cache_enabled(project: ConfigurationItem) -> Verdict:
    """CodeBuild projects have a build cache.

    Without a cache, each build downloads the same packages, and builds the same image layers, again.
    """
    kind = project.text(CACHE, "NO_CACHE")
    return compliant_if(kind != "NO_CACHE", otherwise="Cache.Type is NO_CACHE (expected S3 or LOCAL)")


@check(
    "AWS::CodeBuild::Project",
    best_practices={
        "SUS05-BP02": "the build does not run on Graviton, which uses less energy",
        "COST05-BP05": "the same build costs less on Graviton",
    },
    effort="S",
    fix="Set Environment.Type to ARM_CONTAINER with an arm64 image, or add the tag ProcessorException with a reason.",
    severity="low",
    compliant=[{TYPE: "ARM_CONTAINER"}, {TYPE: "LINUX_CONTAINER", "tags.ProcessorException": "x86 target"}],
    non_compliant=[{TYPE: "LINUX_CONTAINER"}],
    not_applicable=[{TYPE: "WINDOWS_SERVER_2022_CONTAINER"}, {}],
)
def codebuild_arm_environment(project: ConfigurationItem) -> Verdict:
    """CodeBuild projects build on Graviton (arm64).

    Builds on x86 cost more and use more energy. The check does not apply to Windows, GPU and macOS environments.
    """
    kind = project.text(TYPE)
    linux = contains((*ARM, "LINUX_CONTAINER", "LINUX_EC2", "LINUX_LAMBDA_CONTAINER"), kind)
    right = all_of([linux, any_of([contains(ARM, kind), project.tag("ProcessorException") != ""])])
    return compliant_if(right, otherwise=f"Environment.Type is {kind} (expected ARM_CONTAINER)", required=linux)


def to_configuration_item(project: TemplateResource) -> dict[str, Any]:
    """The configuration item of a project."""
    return {"configuration": lowered(project.properties)}
