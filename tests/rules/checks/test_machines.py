"""Machines' patches and documents, as the collectors list them."""

from __future__ import annotations

from tests.rules.collectors.account_answers import ACCOUNT_ID
from tests.rules.collectors.test_collectors import DENIED, Fake, verdicts


def test_patches_belong_to_their_instance() -> None:
    fake = Fake("patches")
    ids = ("i-1", "i-2", "i-3")
    about = {
        "PatchGroup": "web",
        "BaselineId": "pb-0123456789abcdef0",
        "OperationEndTime": 0,
        "OperationStartTime": 0,
        "Operation": "Scan",
    }
    for number, missing in enumerate((0, 2)):  # two pages of items, and no state of the third
        state = {**about, "InstanceId": ids[number], "MissingCount": missing}
        fake.answers("ssm", "describe_instance_patch_states", {"InstancePatchStates": [state]})
    fake.refuses("ssm", "describe_instance_patch_states", DENIED)
    fake.records("AWS::EC2::Instance", *({"resourceId": each, "configuration": {}} for each in ids))
    check = "ec2-managedinstance-patch-compliance-status-check"
    assert [verdicts(each, "patches")[check] for each in fake.listed()] == [
        "COMPLIANT",
        "NON_COMPLIANT",
        "INSUFFICIENT_DATA",
    ]


def test_documents_have_the_accounts_they_are_shared_with() -> None:
    fake = Fake("documents")
    names = ("public", "shared", "gone", "denied")
    fake.answers("ssm", "list_documents", {"DocumentIdentifiers": [{"Name": name} for name in names]})
    fake.answers("ssm", "describe_document_permission", {"AccountIds": [ACCOUNT_ID], "NextToken": "1"})
    fake.answers("ssm", "describe_document_permission", {"AccountIds": ["all"]})
    fake.answers("ssm", "describe_document_permission", {"AccountIds": [ACCOUNT_ID]})
    fake.refuses("ssm", "describe_document_permission", "InvalidDocument")
    fake.refuses("ssm", "describe_document_permission", DENIED)
    said = [verdicts(each, "documents")["ssm-document-not-public"] for each in fake.listed()]
    assert said == ["NON_COMPLIANT", "COMPLIANT", "INSUFFICIENT_DATA"]
