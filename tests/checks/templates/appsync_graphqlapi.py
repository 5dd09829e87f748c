"""Templates of appsync_graphqlapi."""

from tests.checks.templates import Case

CASES: list[Case] = [
    ("appsync-graphql-api-xray-enabled", "COMPLIANT", {"XrayEnabled": True}, {}),
]
