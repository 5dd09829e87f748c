"""Templates of iam_group."""

from tests.checks.templates import Case
from tests.checks.templates._identities import identity_cases

CASES: list[Case] = identity_cases("Groups")
