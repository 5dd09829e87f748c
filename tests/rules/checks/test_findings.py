"""Findings that stand open, as the collector asks for them."""

from __future__ import annotations

from typing import Any

from tests.rules.collectors.modelled_aws import ModelledAws
from tests.rules.collectors.test_collectors import verdicts


def said(answers: dict[tuple[str, str], Any] | None = None, refused: dict[tuple[str, str], str] | None = None) -> Any:
    """The verdicts on an account whose APIs answer otherwise than one that does everything."""
    with ModelledAws("account-findings", answers, refused) as aws:
        (found,) = list(aws.listing)
    return verdicts(found, "account-findings")


def threat(severity: float) -> dict[str, Any]:
    about = {"AccountId": "1", "Arn": "arn", "Id": "1", "Region": "r", "Resource": {}, "SchemaVersion": "2.0"}
    old = "2020-01-01T00:00:00Z"
    return {**about, "Type": "Recon:EC2/Portscan", "Severity": severity, "CreatedAt": old, "UpdatedAt": old}


def test_an_old_finding_of_guardduty_is_non_compliant() -> None:
    found = said({("guardduty", "get_findings"): {"Findings": [threat(2)]}})
    assert found["guardduty-non-archived-findings"] == "NON_COMPLIANT"


def test_where_a_service_is_off_its_findings_are_not_judged() -> None:
    off: dict[tuple[str, str], Any] = {
        ("guardduty", "list_detectors"): {"DetectorIds": []},
        ("accessanalyzer", "list_analyzers"): {"analyzers": []},
    }
    found = said(off)
    assert found["guardduty-non-archived-findings"] == "NOT_APPLICABLE"
    assert found["access-analyzer-findings-resolved"] == "NOT_APPLICABLE"


def test_findings_that_may_not_be_read_are_unknown() -> None:
    found = said(refused={("guardduty", "get_findings"): "AccessDeniedException"})
    assert found["guardduty-non-archived-findings"] == "INSUFFICIENT_DATA"


def test_session_manager_without_preferences_records_nothing() -> None:
    check = "session-manager-logging-enabled"
    assert said(refused={("ssm", "get_document"): "InvalidDocument"})[check] == "NON_COMPLIANT"
    nobody: dict[tuple[str, str], Any] = {("ssm", "describe_instance_information"): {"InstanceInformationList": []}}
    assert said(nobody)[check] == "NOT_APPLICABLE"
