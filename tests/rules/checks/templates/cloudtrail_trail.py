"""Templates of cloudtrail_trail."""

from tests.rules.checks.templates import Case

CASES: list[Case] = [
    ("cloud-trail-log-file-validation-enabled", "COMPLIANT", {"EnableLogFileValidation": True}, {}),
    ("cloud-trail-encryption-enabled", "COMPLIANT", {"KMSKeyId": "key"}, {}),
    ("multi-region-cloudtrail-enabled", "COMPLIANT", {"IsMultiRegionTrail": True}, {}),
    ("multi-region-cloudtrail-enabled", "NON_COMPLIANT", {}, {}),
    ("multi-region-cloudtrail-enabled", "NON_COMPLIANT", {"IsMultiRegionTrail": True, "IsLogging": False}, {}),
    (
        "multi-region-cloudtrail-enabled",
        "NON_COMPLIANT",
        {"IsMultiRegionTrail": True, "EventSelectors": [{"ReadWriteType": "WriteOnly"}]},
        {},
    ),
    (
        "multi-region-cloudtrail-enabled",
        "INSUFFICIENT_DATA",
        {"IsMultiRegionTrail": True, "EventSelectors": {"Fn::ImportValue": "selectors"}},
        {},
    ),
]
