"""Templates of appsync_graphqlapi."""

from tests.rules.checks.templates import Case, other

CASES: list[Case] = [
    ("appsync-graphql-api-xray-enabled", "COMPLIANT", {"XrayEnabled": True}, {}),
    (
        "appsync-associated-with-waf",
        "COMPLIANT",
        {},
        {"Link": other("AWS::WAFv2::WebACLAssociation", ResourceArn={"Ref": "Main"}, WebACLArn="arn")},
    ),
    ("appsync-associated-with-waf", "NON_COMPLIANT", {}, {}),
    (
        "appsync-field-level-authorization",
        "COMPLIANT",
        {},
        {
            "Schema": other(
                "AWS::AppSync::GraphQLSchema", ApiId={"Fn::GetAtt": "Main.ApiId"}, Definition="type Q @aws_iam"
            )
        },
    ),
    (
        "appsync-field-level-authorization",
        "NON_COMPLIANT",
        {},
        {
            "Schema": other(
                "AWS::AppSync::GraphQLSchema", ApiId={"Fn::GetAtt": "Main.ApiId"}, Definition="type Q { a: Int }"
            )
        },
    ),
    (
        "appsync-field-level-authorization",
        "INSUFFICIENT_DATA",
        {},
        {
            "Schema": other(
                "AWS::AppSync::GraphQLSchema", ApiId={"Fn::GetAtt": "Main.ApiId"}, DefinitionS3Location="s3://a"
            )
        },
    ),
]
