"""Templates of logs_loggroup."""

from tests.rules.checks.templates import Case

CASES: list[Case] = [
    ("cw-loggroup-retention-period-check", "COMPLIANT", {"RetentionInDays": 30}, {}),
    ("cw-loggroup-retention-period-check", "NON_COMPLIANT", {}, {}),
]
