"""AppSync GraphQL APIs; their configuration items use the property names of CloudFormation."""

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
from pillarwatch.template_resource import TemplateResource
from pillarwatch.unknown import Unknown

LOGGING = "configuration.LogConfig"
METRICS = "configuration.EnhancedMetricsConfig.ResolverLevelMetricsBehavior"
TRACING = "configuration.XrayEnabled"


WEB_ACL = "supplementaryConfiguration.wafv2.GetWebACLForResource.WebACL.ARN"
AUTH_TYPE = "configuration.AuthenticationType"
ADDITIONAL_TYPES = "configuration.AdditionalAuthenticationProviders"


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
    """AppSync GraphQL APIs have X-Ray tracing enabled.

    Without traces, the resolver that delays a slow query is hard to find.
    """
    return compliant_if(api.flag(TRACING), otherwise="XrayEnabled is false (expected true)")


@check(
    "AWS::AppSync::GraphQLApi",
    best_practices={
        "SEC04-BP01": "requests to fields are not logged",
        "OPS04-BP02": "errors of resolvers are not logged",
    },
    managed_rule="APPSYNC_LOGGING_ENABLED",
    automation="AWS-EnableAppSyncGraphQLApiLogging",
    effort="S",
    severity="medium",
    fix="Set LogConfig.CloudWatchLogsRoleArn to a role for CloudWatch Logs, and FieldLogLevel to ERROR or ALL.",
    compliant=[{f"{LOGGING}.CloudWatchLogsRoleArn": "arn", f"{LOGGING}.FieldLogLevel": "ERROR"}],
    non_compliant=[{f"{LOGGING}.CloudWatchLogsRoleArn": "arn", f"{LOGGING}.FieldLogLevel": "NONE"}, {}],
)
def appsync_logging_enabled(api: ConfigurationItem) -> Verdict:
    """AppSync GraphQL APIs have field-level logging enabled.

    Without field-level logs, failed requests and errors of resolvers cannot be investigated.
    """
    level = api.text(f"{LOGGING}.FieldLogLevel", "NONE")
    logs = all_of([api.has(f"{LOGGING}.CloudWatchLogsRoleArn"), level != "NONE"])
    return compliant_if(logs, otherwise=f"FieldLogLevel is {level} (expected ERROR or ALL, and a role)")


@check(
    "AWS::AppSync::GraphQLApi",
    best_practices={
        "OPS04-BP02": "the API does not publish metrics for each resolver",
        "PERF05-BP02": "the latency of a single resolver is not measured",
    },
    effort="S",
    severity="low",
    fix="Set ResolverLevelMetricsBehavior in EnhancedMetricsConfig. CloudWatch charges for the additional metrics.",
    compliant=[{METRICS: "FULL_REQUEST_RESOLVER_METRICS"}, {METRICS: "PER_RESOLVER_METRICS"}],
    non_compliant=[{}],
)
def appsync_enhanced_metrics_enabled(api: ConfigurationItem) -> Verdict:
    """AppSync GraphQL APIs publish metrics for each resolver.

    Without enhanced metrics, the metrics of the API do not show which resolver fails or is slow.
    """
    return compliant_if(api.has(METRICS), "ResolverLevelMetricsBehavior is not set (expected PER_RESOLVER_METRICS)")


@check(
    "AWS::AppSync::GraphQLApi",
    best_practices={
        "SEC03-BP01": "the default authorization is an API key shared by all clients",
        "SEC02-BP04": "callers are not authenticated by an identity provider",
    },
    managed_rule="APPSYNC_AUTHORIZATION_CHECK",
    effort="M",
    exposed=True,
    fix="Set AuthenticationType to AMAZON_COGNITO_USER_POOLS, OPENID_CONNECT, AWS_IAM or AWS_LAMBDA.",
    compliant=[{AUTH_TYPE: "AMAZON_COGNITO_USER_POOLS"}, {AUTH_TYPE: "AWS_IAM"}],
    non_compliant=[{AUTH_TYPE: "API_KEY"}],
    not_applicable=[{}],
)
def appsync_authorization_check(api: ConfigurationItem) -> Verdict:
    """AppSync GraphQL APIs do not use an API key as the default authorization.

    All clients share an API key, and it does not identify the caller. API keys as an additional provider are accepted.
    """
    mode = api.text(AUTH_TYPE)
    identified = none_of([contains(("", "API_KEY"), mode)])
    return compliant_if(identified, otherwise="AuthenticationType is API_KEY (expected another)", required=mode != "")


@check(
    "AWS::AppSync::GraphQLApi",
    best_practices={"SEC05-BP03": "no web ACL is associated"},
    managed_rule="APPSYNC_ASSOCIATED_WITH_WAF",
    effort="S",
    collector="web-acls",
    fix="Associate a web ACL with the AWS core rule set (AWSManagedRulesCommonRuleSet) and a rate-based rule.",
    compliant=[{WEB_ACL: "arn"}],
    non_compliant=[{}],
)
def appsync_associated_with_waf(api: ConfigurationItem) -> Verdict:
    """AppSync GraphQL APIs have an associated web ACL.

    Without a web ACL, known attacks and request floods reach the resolvers.
    """
    return compliant_if(api.has(WEB_ACL), otherwise="no web ACL is associated (expected one)")


@check(
    "AWS::AppSync::GraphQLApi",
    best_practices={
        "SEC03-BP02": "every caller can read and write every field",
        "SEC08-BP04": "fields of different sensitivity have the same authorization",
    },
    effort="M",
    severity="medium",
    collector="graphql-schemas",
    fix="Add directives such as @aws_cognito_user_pools(cognito_groups: [...]) to privileged types and fields.",
    compliant=[{SCHEMA: 'type Mutation { purge: Int @aws_auth(cognito_groups: ["Admin"]) }'}],
    non_compliant=[
        {SCHEMA: "type Mutation { purge: Int }"},
        {
            SCHEMA: "type Mutation { purge: Int }",
            AUTH_TYPE: "API_KEY",
            ADDITIONAL_TYPES: [{"AuthenticationType": "AWS_IAM"}],
        },
    ],
    not_applicable=[{SCHEMA: ""}, {SCHEMA: "type Mutation { purge: Int }", AUTH_TYPE: "API_KEY"}],
)
def appsync_field_level_authorization(api: ConfigurationItem) -> Verdict:
    """AppSync GraphQL schemas authorize access to types and fields with directives.

    Without directives, every authenticated caller can use every type and field. The check cannot know which fields are
    privileged, so it passes if the schema has at least one directive. The check does not apply to APIs that accept only
    an API key, because all their callers have the same permissions.
    """
    # https://docs.aws.amazon.com/appsync/latest/devguide/security-authz.html
    schema = api.text(SCHEMA)
    only_api_key = all_of([api.text(AUTH_TYPE) == "API_KEY", none_of([api.has(ADDITIONAL_TYPES)])])
    if any_of([schema == "", only_api_key]):
        return NOT_APPLICABLE
    restricted = any_of(DIRECTIVES, lambda directive: contains(schema, directive))
    return compliant_if(restricted, otherwise="the schema has no authorization directive (expected one)")


def to_configuration_item(api: TemplateResource) -> dict[str, Any]:
    """The configuration item of an API with its web ACL, as GetWebACLForResource returns it, and its schema."""
    schemas = [schema.properties for schema in api.attached("AWS::AppSync::GraphQLSchema", "ApiId")]
    schema = next(
        (
            each.get("Definition", Unknown("the schema is in S3"))  # or in a file beside the template
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
