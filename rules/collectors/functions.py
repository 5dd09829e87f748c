"""Lambda functions with the attributes that AWS Config does not record."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pillarwatch.secrets import plaintext_secrets
from pillarwatch.unknown import Unknown
from rules.collectors import collector, completed
from rules.collectors._event_source_mappings import MAPPING, by_function
from rules.collectors._subnets import all_subnets, named

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from rules.collectors import Aws, Listed

FUNCTION = "AWS::Lambda::Function"
DELETED = ("ResourceNotFoundException",)
# Only the log level of the environment is kept, because other variables can contain secrets.
LEVELS = ("LOG_LEVEL", "POWERTOOLS_LOG_LEVEL")
KEPT = "Functions[].{FunctionName: FunctionName, LoggingConfig: LoggingConfig, Environment: Environment}"


@collector(
    FUNCTION,
    actions=(
        "appsync:ListDataSources",
        "appsync:ListGraphqlApis",
        "compute-optimizer:GetLambdaFunctionRecommendations",
        "config:SelectResourceConfig",
        "ec2:DescribeSubnets",
        "lambda:ListAliases",
        "lambda:ListEventSourceMappings",
        "lambda:ListFunctionEventInvokeConfigs",
        "lambda:ListFunctions",
        "logs:DescribeMetricFilters",
    ),
)
def functions(aws: Aws) -> Iterator[Listed]:
    """Lambda functions with their triggers, failure handling, logging, recommendations and names of secrets."""
    sources = _data_sources(aws)
    subnets = all_subnets(aws)
    recommendations = aws.every("compute-optimizer:GetLambdaFunctionRecommendations", "lambdaFunctionRecommendations")
    mappings = aws.every("lambda:ListEventSourceMappings", "EventSourceMappings")
    read_by = None if isinstance(mappings, Unknown) else by_function(mappings)
    filters = aws.every("logs:DescribeMetricFilters", "metricFilters")
    configurations = _configurations(aws)
    for item in aws.recorded(FUNCTION):
        name = item["resourceName"]
        if isinstance(configurations, Unknown):
            levels = secrets = configurations
        elif name in configurations:
            levels, secrets = configurations[name]
        else:
            continue  # deleted since it was recorded
        aliases = aws.every("lambda:ListAliases", "Aliases", absent=DELETED, FunctionName=name)
        invoked = aws.every(
            "lambda:ListFunctionEventInvokeConfigs", "FunctionEventInvokeConfigs", absent=DELETED, FunctionName=name
        )
        if aliases is None or invoked is None:
            continue
        logs = f"/aws/lambda/{name}"
        if not isinstance(levels, Unknown):
            logs = (levels["LoggingConfig"] or {}).get("LogGroup") or logs
        answers = {
            "PlaintextSecrets": secrets,
            "appsync": {
                "ListDataSources": {
                    "dataSources": _where(
                        sources,
                        lambda each: f"{each['lambdaConfig']['lambdaFunctionArn']}:".startswith(f"{item['arn']}:"),  # noqa: B023
                    )
                }
            },
            "compute-optimizer": {
                "GetLambdaFunctionRecommendations": {
                    "lambdaFunctionRecommendations": _where(
                        recommendations,
                        lambda each: f"{each['functionArn']}:".startswith(f"{item['arn']}:"),  # noqa: B023
                    )
                }
            },
            "ec2": {"DescribeSubnets": {"Subnets": named(subnets, _subnets(item))}},
            "lambda": {
                "GetFunctionConfiguration": levels,
                "ListAliases": {"Aliases": aliases},
                "ListFunctionEventInvokeConfigs": {"FunctionEventInvokeConfigs": invoked},
            },
            "logs": {
                "DescribeMetricFilters": {
                    "metricFilters": _where(filters, lambda each: each["logGroupName"] == logs)  # noqa: B023
                }
            },
        }
        yield completed(item, answers, {} if read_by is None else {MAPPING: read_by.get(item["arn"], [])})


def _subnets(item: dict[str, Any]) -> list[str]:
    return ((item.get("configuration") or {}).get("vpcConfig") or {}).get("subnetIds") or []


def _configurations(aws: Aws) -> Any:
    """The logging configuration, log level and names of secrets of GetFunctionConfiguration, by function name.

    ListFunctions returns them for 50 functions at once. An environment that Lambda cannot decrypt is unknown.
    """
    functions = aws.every("lambda:ListFunctions", KEPT)
    if isinstance(functions, Unknown):
        return functions
    found: dict[str, tuple[dict[str, Any], Any]] = {}
    for function in functions:
        environment = function["Environment"] or {}
        variables = environment.get("Variables")
        levels: Any = {"Variables": {level: (variables or {}).get(level) for level in LEVELS}}
        secrets: Any = plaintext_secrets(variables)
        if error := environment.get("Error"):
            levels = secrets = Unknown(f"the environment cannot be read: {error.get('ErrorCode') or 'no reason given'}")
        found[function["FunctionName"]] = (
            {"LoggingConfig": function["LoggingConfig"], "Environment": levels},
            secrets,
        )
    return found


def _data_sources(aws: Aws) -> Any:
    """The data sources of all GraphQL APIs that are Lambda functions."""
    apis = aws.every("appsync:ListGraphqlApis", "graphqlApis")
    if isinstance(apis, Unknown):
        return apis
    found: list[dict[str, Any]] = []
    for api in apis or []:
        sources = aws.every("appsync:ListDataSources", "dataSources", absent=("NotFoundException",), apiId=api["apiId"])
        if isinstance(sources, Unknown):
            return sources
        found.extend(source for source in sources or [] if source.get("lambdaConfig"))
    return found


def _where(found: Any, wanted: Callable[[dict[str, Any]], bool]) -> Any:
    return found if isinstance(found, Unknown) else [each for each in found if wanted(each)]
