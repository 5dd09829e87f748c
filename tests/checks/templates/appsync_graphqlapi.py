"""Templates of appsync_graphqlapi."""

from tests.checks.templates import Case, other

CASES: list[Case] = [
    ("appsync-graphql-api-xray-enabled", "COMPLIANT", {"XrayEnabled": True}, {}),
    (
        "appsync-associated-with-waf",
        "COMPLIANT",
        {},
        {"Link": other("AWS::WAFv2::WebACLAssociation", ResourceArn={"Ref": "Main"}, WebACLArn="arn")},
    ),
    ("appsync-associated-with-waf", "NON_COMPLIANT", {}, {}),
]
