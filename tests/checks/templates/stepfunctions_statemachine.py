"""Templates of stepfunctions_statemachine."""

from tests.checks.templates import Case

CASES: list[Case] = [
    ("step-functions-state-machine-tracing-enabled", "COMPLIANT", {"TracingConfiguration": {"Enabled": True}}, {}),
]
