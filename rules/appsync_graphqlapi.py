"""AppSync GraphQL APIs: CloudFormation's shape."""

from pillarwatch import ConfigurationItem, Verdict, all_of, check, compliant_if

LOGGING = "configuration.LogConfig"
METRICS = "configuration.EnhancedMetricsConfig.ResolverLevelMetricsBehavior"
TRACING = "configuration.XrayEnabled"


@check(
    "AWS::AppSync::GraphQLApi",
    best_practices={
        "OPS04-BP05": "traces begin only behind the API",
        "REL06-BP07": "a request cannot be followed through its resolvers",
    },
    managed_rule="APPSYNC_GRAPHQL_API_XRAY_ENABLED",
    effort="S",
    severity="medium",
    fix="Turn on X-Ray tracing of the API.",
    compliant=[{TRACING: True}],
    non_compliant=[{TRACING: False}, {}],
)
def appsync_graphql_api_xray_enabled(api: ConfigurationItem) -> Verdict:
    """GraphQL APIs trace their requests with X-Ray.

    A trace shows which resolver a slow query waits for.
    """
    return compliant_if(api.flag(TRACING), otherwise="tracing is off")


@check(
    "AWS::AppSync::GraphQLApi",
    best_practices={
        "SEC04-BP01": "who called which field is not recorded",
        "OPS04-BP02": "resolvers leave no record of their errors",
    },
    managed_rule="APPSYNC_LOGGING_ENABLED",
    automation="AWS-EnableAppSyncGraphQLApiLogging",
    effort="S",
    severity="medium",
    fix="Give AppSync a role that writes to CloudWatch Logs and set the field log level to ERROR or ALL.",
    compliant=[{f"{LOGGING}.CloudWatchLogsRoleArn": "arn", f"{LOGGING}.FieldLogLevel": "ERROR"}],
    non_compliant=[{f"{LOGGING}.CloudWatchLogsRoleArn": "arn", f"{LOGGING}.FieldLogLevel": "NONE"}, {}],
)
def appsync_logging_enabled(api: ConfigurationItem) -> Verdict:
    """GraphQL APIs log their requests and the errors of their fields.

    As AWS's own rule reads it: the level NONE fails, even where a role for logging is set.
    """
    level = api.text(f"{LOGGING}.FieldLogLevel", "NONE")
    logs = all_of([api.has(f"{LOGGING}.CloudWatchLogsRoleArn"), level != "NONE"])
    return compliant_if(logs, otherwise=f"field log level is {level}")


@check(
    "AWS::AppSync::GraphQLApi",
    best_practices={
        "OPS04-BP02": "metrics do not tell one resolver from another",
        "PERF05-BP02": "the slow resolver hides in the average of all",
    },
    effort="S",
    severity="low",
    fix="Turn on enhanced metrics for resolvers.",
    compliant=[{METRICS: "FULL_REQUEST_RESOLVER_METRICS"}, {METRICS: "PER_RESOLVER_METRICS"}],
    non_compliant=[{}],
)
def appsync_enhanced_metrics_enabled(api: ConfigurationItem) -> Verdict:
    """GraphQL APIs measure their resolvers.

    Without enhanced metrics there are only those of the API as a whole.
    """
    return compliant_if(api.has(METRICS), otherwise="no metrics of resolvers")
