"""Annotations name the property and the value that were found, in AWS's words."""

import re

import pytest

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


MAPPING = "related.AWS::Lambda::EventSourceMapping"
STREAM = {
    "configuration.StartingPosition": "LATEST",
    "configuration.EventSourceArn": "arn:aws:kinesis:eu-west-1:1:orders",
}


@pytest.mark.parametrize(
    ("check_id", "attributes", "annotation"),
    [
        (
            "cloudfront-cache-ttl-configured",
            {"configuration.distributionConfig.defaultCacheBehavior": {"defaultTTL": 600, "maxTTL": 900}},
            "DefaultTTL is 600, MaxTTL is 900 (expected 86400 seconds or more)",
        ),
        (
            "cognito-user-pool-client-token-revocation",
            {"configuration.EnableTokenRevocation": True},
            "EnableTokenRevocation is true, PreventUserExistenceErrors is LEGACY (expected true and ENABLED)",
        ),
        ("lambda-memory-size-deliberate", {}, "MemorySize is not set (128 MB is used); expected a measured size"),
        ("lambda-memory-size-deliberate", {"configuration.memorySize": 4096}, "MemorySize is 4096 MB; expected"),
        (
            "lambda-esm-on-failure-destination",
            {MAPPING: [{**STREAM, "configuration.MaximumRetryAttempts": 2}]},
            "(MaximumRetryAttempts is 2, MaximumRecordAgeInSeconds is -1)",
        ),
    ],
)
def test_an_annotation_names_the_values_that_decide(
    check_id: str, attributes: dict[str, object], annotation: str
) -> None:
    judged = all_checks()[check_id]
    verdict = judged.judge(example_item(judged, attributes))
    assert verdict.compliance == "NON_COMPLIANT"
    assert annotation in verdict.annotation
