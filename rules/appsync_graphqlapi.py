"""AppSync GraphQL APIs: CloudFormation's shape."""

from typing import Any

from pillarwatch import (
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
from pillarwatch.lift import TemplateResource
from pillarwatch.unknown import Unknown

LOGGING = "configuration.LogConfig"
METRICS = "configuration.EnhancedMetricsConfig.ResolverLevelMetricsBehavior"
TRACING = "configuration.XrayEnabled"


ACL = "supplementaryConfiguration.wafv2.GetWebACLForResource.WebACL.ARN"
AUTHENTICATION = "configuration.AuthenticationType"
ADDITIONAL = "configuration.AdditionalAuthenticationProviders"


DIRECTIVES = ("@aws_auth", "@aws_cognito_user_pools", "@aws_iam", "@aws_lambda", "@aws_oidc")
SCHEMA = "supplementaryConfiguration.appsync.GetIntrospectionSchema.schema"


@check(
    "AWS::AppSync::GraphQLApi",
    best_practices={
        "OPS04-BP05": "the API is not traced",
        "REL06-BP07": "requests cannot be traced through the resolvers",
    },
    managed_rule="APPSYNC_GRAPHQL_API_XRAY_ENABLED",
    effort="S",
    severity="medium",
    fix="Set XrayEnabled to true.",
    compliant=[{TRACING: True}],
    non_compliant=[{TRACING: False}, {}],
)
def appsync_graphql_api_xray_enabled(api: ConfigurationItem) -> Verdict:
    """GraphQL APIs have X-Ray tracing enabled.

    A trace shows which resolver a slow query waits for.
    """
    return compliant_if(api.flag(TRACING), otherwise="XrayEnabled is false (expected true)")


@check(
    "AWS::AppSync::GraphQLApi",
    best_practices={
        "SEC04-BP01": "access to fields is not logged",
        "OPS04-BP02": "errors of resolvers are not logged",
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
    """GraphQL APIs log requests and field errors.

    As AWS's own rule reads it: the level NONE fails, even where a role for logging is set.
    """
    level = api.text(f"{LOGGING}.FieldLogLevel", "NONE")
    logs = all_of([api.has(f"{LOGGING}.CloudWatchLogsRoleArn"), level != "NONE"])
    return compliant_if(logs, otherwise=f"field log level is {level}")


@check(
    "AWS::AppSync::GraphQLApi",
    best_practices={
        "OPS04-BP02": "resolver metrics are off",
        "PERF05-BP02": "the latency of a single resolver is not measured",
    },
    effort="S",
    severity="low",
    fix="Turn on enhanced metrics for resolvers.",
    compliant=[{METRICS: "FULL_REQUEST_RESOLVER_METRICS"}, {METRICS: "PER_RESOLVER_METRICS"}],
    non_compliant=[{}],
)
def appsync_enhanced_metrics_enabled(api: ConfigurationItem) -> Verdict:
    """GraphQL APIs publish metrics for each resolver.

    Without enhanced metrics there are only those of the API as a whole.
    """
    return compliant_if(api.has(METRICS), otherwise="EnhancedMetricsConfig is not set")


@check(
    "AWS::AppSync::GraphQLApi",
    best_practices={
        "SEC03-BP01": "the default authorization is an API key shared by all clients",
        "SEC02-BP04": "callers are not authenticated by an identity provider",
    },
    managed_rule="APPSYNC_AUTHORIZATION_CHECK",
    effort="M",
    exposed=True,
    fix="Authorize with a user pool, OpenID Connect, IAM or a function.",
    compliant=[{AUTHENTICATION: "AMAZON_COGNITO_USER_POOLS"}, {AUTHENTICATION: "AWS_IAM"}],
    non_compliant=[{AUTHENTICATION: "API_KEY"}],
    not_applicable=[{}],
)
def appsync_authorization_check(api: ConfigurationItem) -> Verdict:
    """GraphQL APIs authorize callers by an identity.

    By default, as AWS's own rule reads it; an API key may be one more way for what is public.
    """
    kind = api.text(AUTHENTICATION)
    known = none_of([contains(("", "API_KEY"), kind)])
    return compliant_if(known, otherwise="AuthenticationType is API_KEY", asked=kind != "")


@check(
    "AWS::AppSync::GraphQLApi",
    best_practices={"SEC05-BP03": "no web ACL is associated"},
    managed_rule="APPSYNC_ASSOCIATED_WITH_WAF",
    effort="S",
    collector="web-acls",
    fix="Associate a web ACL with the API.",
    compliant=[{ACL: "arn"}],
    non_compliant=[{}],
)
def appsync_associated_with_waf(api: ConfigurationItem) -> Verdict:
    """GraphQL APIs have a web ACL.

    One GraphQL query can cause as much work as a thousand requests.
    """
    return compliant_if(api.has(ACL), otherwise="no web ACL is associated")


@check(
    "AWS::AppSync::GraphQLApi",
    best_practices={
        "SEC03-BP02": "every caller can read and write every field",
        "SEC08-BP04": "fields of different sensitivity have the same authorization",
    },
    effort="M",
    severity="medium",
    collector="graphql-schemas",
    fix="Put directives such as @aws_cognito_user_pools(cognito_groups: [...]) on privileged types and fields.",
    compliant=[{SCHEMA: 'type Mutation { purge: Int @aws_auth(cognito_groups: ["Admin"]) }'}],
    non_compliant=[
        {SCHEMA: "type Mutation { purge: Int }"},
        {
            SCHEMA: "type Mutation { purge: Int }",
            AUTHENTICATION: "API_KEY",
            ADDITIONAL: [{"AuthenticationType": "AWS_IAM"}],
        },
    ],
    not_applicable=[{SCHEMA: ""}, {SCHEMA: "type Mutation { purge: Int }", AUTHENTICATION: "API_KEY"}],
)
def appsync_field_level_authorization(api: ConfigurationItem) -> Verdict:
    """GraphQL APIs authorize by type and field.

    Which of them are privileged the schema does not tell: without any directive none is. An API
    whose callers have nothing but an API key is not judged: its callers are all alike, and another check fails it.
    """
    # https://docs.aws.amazon.com/appsync/latest/devguide/security-authz.html
    schema = api.text(SCHEMA)
    keys_alone = all_of([api.text(AUTHENTICATION) == "API_KEY", none_of([api.has(ADDITIONAL)])])
    if any_of([schema == "", keys_alone]):
        return NOT_APPLICABLE
    guarded = any_of(DIRECTIVES, lambda directive: contains(schema, directive))
    return compliant_if(guarded, otherwise="no directive of authorization in the schema")


def lift(api: TemplateResource) -> dict[str, Any]:
    """An API with its web ACL, as the API of WAF would answer, and its schema."""
    schemas = [schema.properties for schema in api.attached("AWS::AppSync::GraphQLSchema", "ApiId")]
    schema = next(
        (
            each.get("Definition", Unknown("its schema lies in S3"))  # or beside the template
            for each in schemas
        ),
        None,
    )
    associations = api.attached("AWS::WAFv2::WebACLAssociation", "ResourceArn")
    acl = {"WebACL": {"ARN": associations[0].properties.get("WebACLArn")}} if associations else {}
    return {
        "configuration": api.properties,
        "supplementaryConfiguration": {
            "appsync": {"GetIntrospectionSchema": {"schema": schema}},
            "wafv2": {"GetWebACLForResource": acl},
        },
    }
