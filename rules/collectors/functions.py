"""Functions with what AWS Config does not record of them."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from pillarwatch.secrets import plaintext_secrets
from pillarwatch.unknown import Unknown
from rules.collectors import collector, completed
from rules.collectors._subnets import all_subnets, named

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from rules.collectors import Aws, Listed

FUNCTION = "AWS::Lambda::Function"
MAPPING = "AWS::Lambda::EventSourceMapping"
GONE = ("ResourceNotFoundException",)
# What is kept of the environment is the level alone: other variables may hold what nobody should read.
LEVELS = (
    "{LoggingConfig: LoggingConfig, Environment: {Variables: {LOG_LEVEL: Environment.Variables.LOG_LEVEL,"
    " POWERTOOLS_LOG_LEVEL: Environment.Variables.POWERTOOLS_LOG_LEVEL}}, variables: Environment.Variables}"
)


@collector(
    FUNCTION,
    actions=(
        "appsync:ListDataSources",
        "appsync:ListGraphqlApis",
        "compute-optimizer:GetLambdaFunctionRecommendations",
        "config:SelectResourceConfig",
        "ec2:DescribeSubnets",
        "lambda:GetFunctionConfiguration",
        "lambda:ListAliases",
        "lambda:ListEventSourceMappings",
        "lambda:ListFunctionEventInvokeConfigs",
        "logs:DescribeMetricFilters",
    ),
)
def functions(aws: Aws) -> Iterator[Listed]:
    """Lambda functions with what calls them, how they fail and log, recommendations and names of secrets."""
    sources = _data_sources(aws)
    subnets = all_subnets(aws)
    recommendations = aws.every("compute-optimizer:GetLambdaFunctionRecommendations", "lambdaFunctionRecommendations")
    mappings = mappings_by_function(aws)
    filters = aws.every("logs:DescribeMetricFilters", "metricFilters")
    for item in aws.recorded(FUNCTION):
        name = item["resourceName"]
        levels = aws.ask("lambda:GetFunctionConfiguration", LEVELS, absent=GONE, FunctionName=name)
        aliases = aws.every("lambda:ListAliases", "Aliases", absent=GONE, FunctionName=name)
        invoked = aws.every(
            "lambda:ListFunctionEventInvokeConfigs", "FunctionEventInvokeConfigs", absent=GONE, FunctionName=name
        )
        if levels is None or aliases is None or invoked is None:
            continue  # it is gone since it was recorded
        logs, secrets = f"/aws/lambda/{name}", levels
        if not isinstance(levels, Unknown):
            logs = (levels["LoggingConfig"] or {}).get("LogGroup") or logs
            secrets = plaintext_secrets(levels.pop("variables"))
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
        related = mappings if isinstance(mappings, Unknown) else mappings.get(item["arn"], [])
        yield completed(item, answers, {} if isinstance(related, Unknown) else {MAPPING: related})


def mappings_by_function(aws: Aws) -> Any:
    """The event source mappings of every function, those of its versions and aliases included, by its ARN."""
    found = aws.every("lambda:ListEventSourceMappings", "EventSourceMappings")
    if isinstance(found, Unknown):
        return found
    mappings: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for mapping in found:
        function = ":".join(mapping["FunctionArn"].split(":")[:7])
        mappings[function].append({"resourceType": MAPPING, "configuration": mapping})
    return mappings


def _subnets(item: dict[str, Any]) -> list[str]:
    return ((item.get("configuration") or {}).get("vpcConfig") or {}).get("subnetIds") or []


def _data_sources(aws: Aws) -> Any:
    """What of all GraphQL APIs is answered by a function."""
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
