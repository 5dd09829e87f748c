"""AppSync GraphQL APIs: CloudFormation's shape."""

from typing import Any

from pillarwatch import (
    NOT_APPLICABLE,
    ConfigurationItem,
    Verdict,
    all_of,
    check,
    compliant_if,
)
from pillarwatch.lift import TemplateResource

LOGGING = "configuration.LogConfig"
METRICS = "configuration.EnhancedMetricsConfig.ResolverLevelMetricsBehavior"
TRACING = "configuration.XrayEnabled"


ACL = "supplementaryConfiguration.wafv2.GetWebACLForResource.WebACL.ARN"
AUTHENTICATION = "configuration.AuthenticationType"


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


@check(
    "AWS::AppSync::GraphQLApi",
    best_practices={
        "SEC03-BP01": "who may ask what is decided by a key that many have",
        "SEC02-BP04": "callers have no identity of their own",
    },
    managed_rule="APPSYNC_AUTHORIZATION_CHECK",
    effort="M",
    fix="Authorize with a user pool, OpenID Connect, IAM or a function.",
    compliant=[{AUTHENTICATION: "AMAZON_COGNITO_USER_POOLS"}, {AUTHENTICATION: "AWS_IAM"}],
    non_compliant=[{AUTHENTICATION: "API_KEY"}],
    not_applicable=[{}],
)
def appsync_authorization_check(api: ConfigurationItem) -> Verdict:
    """GraphQL APIs know who asks.

    By default, as AWS's own rule reads it; an API key may be one more way for what is public.
    """
    kind = api.text(AUTHENTICATION)
    if kind == "":
        return NOT_APPLICABLE
    return compliant_if(kind != "API_KEY", otherwise="authorization is by API key")


@check(
    "AWS::AppSync::GraphQLApi",
    best_practices={"SEC05-BP03": "nothing inspects queries before they are run"},
    managed_rule="APPSYNC_ASSOCIATED_WITH_WAF",
    effort="S",
    collector="web-acls",
    fix="Associate a web ACL with the API.",
    compliant=[{ACL: "arn"}],
    non_compliant=[{}],
)
def appsync_associated_with_waf(api: ConfigurationItem) -> Verdict:
    """GraphQL APIs stand behind a web ACL.

    One query can ask for as much as a thousand.
    """
    return compliant_if(api.has(ACL), otherwise="no web ACL")


def lift(api: TemplateResource) -> dict[str, Any]:
    """An API with its web ACL, as the API of WAF would answer."""
    associations = api.attached("AWS::WAFv2::WebACLAssociation", "ResourceArn")
    acl = {"WebACL": {"ARN": associations[0].properties.get("WebACLArn")}} if associations else {}
    return {
        "configuration": api.properties,
        "supplementaryConfiguration": {"wafv2": {"GetWebACLForResource": acl}},
    }
