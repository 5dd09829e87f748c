"""The domain: configuration items, checks, verdicts, best practices, scores and settings.

It runs everywhere, in Lambda too, and needs the standard library alone. Every other folder may import it.
"""

from pillarwatch.check import (
    COMPLIANT,
    NOT_APPLICABLE,
    Check,
    Verdict,
    check,
    compliant_if,
    compliant_if_all,
    compliant_if_none,
    in_json,
    listed,
    stated,
)
from pillarwatch.configuration_item import ACCOUNT, Attributes, ConfigurationItem
from pillarwatch.policy import Statement
from pillarwatch.unknown import all_of, any_of, contains, none_of, surely

__all__ = [
    "ACCOUNT",
    "COMPLIANT",
    "NOT_APPLICABLE",
    "Attributes",
    "Check",
    "ConfigurationItem",
    "Statement",
    "Verdict",
    "all_of",
    "any_of",
    "check",
    "compliant_if",
    "compliant_if_all",
    "compliant_if_none",
    "contains",
    "in_json",
    "listed",
    "none_of",
    "stated",
    "surely",
]
