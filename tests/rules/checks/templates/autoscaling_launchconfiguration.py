"""Templates of autoscaling_launchconfiguration."""

from tests.rules.checks.templates import Case

CASES: list[Case] = [
    (
        "template-holds-no-literal-secret",
        "NON_COMPLIANT",
        {"UserData": {"Fn::Base64": {"Fn::Sub": "API_KEY='abc123def456' ./start ${AWS::Region}"}}},
        {},
    ),
    ("template-holds-no-literal-secret", "COMPLIANT", {"UserData": {"Fn::Base64": "./start --password=$PASSWORD"}}, {}),
]
