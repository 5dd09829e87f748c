"""CodeBuild projects: the describe API's camelCase."""

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
from pillarwatch.lift import TemplateResource, lowered
from pillarwatch.secrets import plaintext_secrets

ARM = ("ARM_CONTAINER", "ARM_EC2", "ARM_LAMBDA_CONTAINER")
CACHE = "configuration.cache.type"
KIND = "configuration.environment.type"
LOGS = {  # with the status where nothing is said
    "configuration.logsConfig.cloudWatchLogs.status": "ENABLED",
    "configuration.logsConfig.s3Logs.status": "DISABLED",
}
CLOUDWATCH, S3 = LOGS
MINUTES = "configuration.timeoutInMinutes"
VARIABLES = "configuration.environment.environmentVariables"
KEYS = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")


@check(
    "AWS::CodeBuild::Project",
    best_practices={
        "SEC02-BP03": "the secret is readable in the project's configuration",
        "SEC11-BP07": "an assessment of the pipeline would have found the key",
    },
    managed_rule="CODEBUILD_PROJECT_ENVVAR_AWSCRED_CHECK",
    automation="AWSConfigRemediation-DeleteAccessKeysFromCodeBuildProject",
    effort="S",
    fix="Give the project's role what it needs, and take other secrets from Secrets Manager or Parameter Store.",
    compliant=[{VARIABLES: [{"name": KEYS[0], "type": "SECRETS_MANAGER"}]}, {VARIABLES: [{"name": "STAGE"}]}, {}],
    non_compliant=[
        {VARIABLES: [{"name": KEYS[0], "type": "PLAINTEXT"}]},
        {VARIABLES: [{"name": KEYS[1]}]},
        {VARIABLES: [{"name": "API_TOKEN", "value": "0f1e2d3c4b5a"}]},
    ],
)
def codebuild_project_envvar_awscred_check(project: ConfigurationItem) -> Verdict:
    """CodeBuild projects have no secrets in plaintext environment variables.

    AWS's own rule checks access keys alone. Tokens and passwords count as well, by the names and the values by which
    they are found in functions and tasks.
    """

    def plain(variable: Attributes) -> bool:
        name = variable.text("name")
        secret: Any = any_of(plaintext_secrets({name: variable.text("value")}), lambda found: found == name)
        return all_of([variable.text("type", "PLAINTEXT") == "PLAINTEXT", any_of([contains(KEYS, name), secret])])

    return compliant_if_none(project.objects(VARIABLES), plain, "in plain text", named="name")


@check(
    "AWS::CodeBuild::Project",
    best_practices={
        "SEC04-BP01": "builds are not logged",
        "SEC11-BP07": "there is no build log to assess the pipeline with",
    },
    managed_rule="CODEBUILD_PROJECT_LOGGING_ENABLED",
    effort="S",
    severity="low",
    fix="Turn on logs to CloudWatch or S3.",
    compliant=[{CLOUDWATCH: "ENABLED"}, {S3: "ENABLED", CLOUDWATCH: "DISABLED"}, {S3: "DISABLED"}, {}],
    non_compliant=[{CLOUDWATCH: "DISABLED"}, {CLOUDWATCH: "DISABLED", S3: "DISABLED"}],
)
def codebuild_project_logging_enabled(project: ConfigurationItem) -> Verdict:
    """CodeBuild projects have logging enabled.

    As AWS's own rule reads it, only a project that switched its logs off fails: CodeBuild logs to CloudWatch unless
    told not to.
    """
    on = any_of(LOGS, lambda path: project.text(path, LOGS[path]) == "ENABLED")
    return compliant_if(on, otherwise="no log is enabled")


@check(
    "AWS::CodeBuild::Project",
    best_practices={"SUS06-BP04": "a build that hangs keeps its environment running"},
    effort="S",
    fix="Set the timeout to an hour or less.",
    compliant=[{MINUTES: 60}, {}],
    non_compliant=[{MINUTES: 61}],
)
def codebuild_project_timeout_bounded(project: ConfigurationItem, *, most_minutes: int = 60) -> Verdict:
    """CodeBuild builds have a timeout of at most one hour.

    An hour is the default.
    """
    minutes = project.number(MINUTES, 60)
    return compliant_if(minutes <= most_minutes, otherwise=f"the timeout is {minutes} minutes")


@check(
    "AWS::CodeBuild::Project",
    best_practices={"SUS06-BP04": "builds do not reuse a cache"},
    effort="S",
    fix="Turn on a local cache, or one in S3.",
    compliant=[{CACHE: "LOCAL"}, {CACHE: "S3"}],
    non_compliant=[{CACHE: "NO_CACHE"}, {}],
)
def codebuild_cache_enabled(project: ConfigurationItem) -> Verdict:
    """CodeBuild projects have a cache.

    Of layers, sources or packages.
    """
    kind = project.text(CACHE, "NO_CACHE")
    return compliant_if(kind != "NO_CACHE", otherwise="no cache")


@check(
    "AWS::CodeBuild::Project",
    best_practices={
        "SUS05-BP02": "the build does not run on Graviton, which uses less energy",
        "COST05-BP05": "the same build costs less on Graviton",
    },
    effort="S",
    fix="Build in an ARM environment, or tag the project with ProcessorException and the reason.",
    severity="low",
    compliant=[{KIND: "ARM_CONTAINER"}, {KIND: "LINUX_CONTAINER", "tags.ProcessorException": "x86 target"}],
    non_compliant=[{KIND: "LINUX_CONTAINER"}],
    not_applicable=[{KIND: "WINDOWS_SERVER_2022_CONTAINER"}, {}],
)
def codebuild_arm_environment(project: ConfigurationItem) -> Verdict:
    """CodeBuild builds run on Graviton (arm64).

    What is built for x86 says so in a tag. Windows, GPUs and macOS do not apply.
    """
    kind = project.text(KIND)
    linux = contains((*ARM, "LINUX_CONTAINER", "LINUX_EC2", "LINUX_LAMBDA_CONTAINER"), kind)
    right = all_of([linux, any_of([contains(ARM, kind), project.tag("ProcessorException") != ""])])
    return compliant_if(right, otherwise=f"Environment.Type is {kind} (expected ARM)", asked=linux)


def lift(project: TemplateResource) -> dict[str, Any]:
    """A project."""
    return {"configuration": lowered(project.properties)}
