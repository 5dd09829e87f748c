"""Annotations name the property and the value that were found, in AWS's words."""

import re

from pillarwatch.example import example_item, example_parameters
from rules.catalogue import all_checks

MISLEADING = re.compile(
    r"\b(True|False|None)\b"  # Python's words for what AWS writes as true, false and null
    r"|\bnone of 0\b"  # there is none: say so
    r"|\bnot told\b|\(0: never\)|^off: |\bDISABLED KMS\b"
)


def test_no_example_has_an_annotation_that_misleads() -> None:
    found = {
        check.id: annotation
        for check in all_checks().values()
        for example in check.non_compliant
        if MISLEADING.search(
            annotation := check.judge(example_item(check, example), example_parameters(example)).annotation
        )
    }
    assert found == {}


def test_a_failing_example_says_why() -> None:
    for check in all_checks().values():
        for example in check.non_compliant:
            verdict = check.judge(example_item(check, example), example_parameters(example))
            assert verdict.annotation.strip(), check.id
