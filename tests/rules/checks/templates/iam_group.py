"""Templates of iam_group."""

from tests.rules.checks.templates import Case
from tests.rules.checks.templates._identities import identity_cases

CASES: list[Case] = identity_cases("Groups")
