"""Templates of stepfunctions_statemachine."""

from tests.rules.checks.templates import Case

TASK = {"Type": "Task", "Retry": [{"ErrorEquals": ["States.ALL"]}], "Catch": [{"ErrorEquals": ["States.ALL"]}]}

CASES: list[Case] = [
    ("step-functions-state-machine-tracing-enabled", "COMPLIANT", {"TracingConfiguration": {"Enabled": True}}, {}),
    ("step-functions-retry-and-catch-defined", "COMPLIANT", {"Definition": {"States": {"Work": TASK}}}, {}),
    (
        "step-functions-retry-and-catch-defined",
        "NON_COMPLIANT",
        {"DefinitionString": '{"States": {"Work": {"Type": "Task"}}}'},
        {},
    ),
    (
        "step-functions-retry-and-catch-defined",
        "NON_COMPLIANT",
        {"DefinitionString": {"Fn::Sub": '{"States": {"Work": {"Type": "Task", "Resource": "${AWS::Region}"}}}'}},
        {},
    ),
    ("step-functions-retry-and-catch-defined", "INSUFFICIENT_DATA", {"DefinitionS3Location": {"Bucket": "b"}}, {}),
]
