"""KMS keys. AWS Config also records AWS managed keys, which the account cannot change."""

from typing import Any

from pillarwatch import (
    NOT_APPLICABLE,
    ConfigurationItem,
    Verdict,
    any_of,
    check,
    compliant_if,
    compliant_if_none,
    contains,
    none_of,
)
from pillarwatch.template_resource import TemplateResource, worded
from rules.checks.shared.examples import allowing

MANAGER = "configuration.keyManager"
POLICY = "supplementaryConfiguration.Policy"
ROTATION = "supplementaryConfiguration.KeyRotationStatus"
ORIGIN = "configuration.origin"
SPEC = "configuration.keySpec"
STATE = "configuration.keyState"
USED = "supplementaryConfiguration.kms.GetKeyLastUsage.KeyLastUsage.Timestamp"
TRACKED_SINCE = "supplementaryConfiguration.kms.GetKeyLastUsage.TrackingStartDate"

PENDING_DELETION = ("PendingDeletion", "PendingReplicaDeletion")

CUSTOMER = {MANAGER: "CUSTOMER"}
SYMMETRIC = {**CUSTOMER, SPEC: "SYMMETRIC_DEFAULT"}
CALLER = {"StringEquals": {"kms:CallerAccount": "123456789012"}}


@check(
    "AWS::KMS::Key",
    best_practices={"SEC08-BP01": "the key material is never rotated"},
    managed_rule="CMK_BACKING_KEY_ROTATION_ENABLED",
    automation="AWSConfigRemediation-EnableKeyRotation",
    effort="S",
    severity="medium",
    fix="Set EnableKeyRotation to true. Data that is already encrypted stays readable.",
    compliant=[{**SYMMETRIC, ROTATION: True}],
    non_compliant=[{**SYMMETRIC, ROTATION: False}, SYMMETRIC],
    not_applicable=[
        {MANAGER: "AWS"},
        {**CUSTOMER, SPEC: "RSA_2048"},
        {**SYMMETRIC, ORIGIN: "EXTERNAL"},
        {**SYMMETRIC, ORIGIN: "AWS_CLOUDHSM"},
        {},
    ],
)
def cmk_backing_key_rotation_enabled(key: ConfigurationItem) -> Verdict:
    """Customer managed symmetric KMS keys have automatic rotation enabled.

    Without rotation, a single exposed version of the key material decrypts all data. Asymmetric keys, imported key
    material and custom key stores do not support automatic rotation and are not judged.
    """
    is_external = key.text(ORIGIN, "AWS_KMS") != "AWS_KMS"
    if any_of([key.text(MANAGER) != "CUSTOMER", key.text(SPEC) != "SYMMETRIC_DEFAULT", is_external]):
        return NOT_APPLICABLE
    return compliant_if(key.flag(ROTATION), otherwise="EnableKeyRotation is false (expected true)")


@check(
    "AWS::KMS::Key",
    best_practices={"SEC08-BP01": "data that the key encrypts will become permanently unreadable"},
    managed_rule="KMS_CMK_NOT_SCHEDULED_FOR_DELETION",
    automation="AWSConfigRemediation-CancelKeyDeletion",
    effort="S",
    live=True,
    fix="Cancel the deletion, and disable the key until you are sure that no data needs it.",
    compliant=[{**CUSTOMER, STATE: "Enabled"}, {**CUSTOMER, STATE: "Disabled"}],
    non_compliant=[{**CUSTOMER, STATE: "PendingDeletion"}, {**CUSTOMER, STATE: "PendingReplicaDeletion"}],
    not_applicable=[{MANAGER: "AWS"}, {}],
)
def kms_cmk_not_scheduled_for_deletion(key: ConfigurationItem) -> Verdict:
    """Customer managed KMS keys are not scheduled for deletion.

    Deletion of a key makes all data that it encrypted unreadable. A disabled key can be enabled again. A deleted key
    cannot be restored.
    """
    if key.text(MANAGER) != "CUSTOMER":
        return NOT_APPLICABLE
    state = key.text(STATE)
    return compliant_if(none_of([contains(PENDING_DELETION, state)]), f"KeyState is {state} (expected Enabled)")


@check(
    "AWS::KMS::Key",
    best_practices={
        "SEC08-BP04": "any AWS account can use the key",
        "SEC08-BP01": "the key policy allows principals outside the organization",
    },
    managed_rule="KMS_KEY_POLICY_NO_PUBLIC_ACCESS",
    effort="S",
    severity="critical",
    exposed=True,
    fix="Name principals in KeyPolicy, or add a condition on the account of the caller, such as kms:CallerAccount.",
    compliant=[
        {**CUSTOMER, POLICY: allowing(Principal={"AWS": "arn:aws:iam::123456789012:root"})},
        {**CUSTOMER, POLICY: allowing(Principal="*", Condition=CALLER)},
        CUSTOMER,
    ],
    non_compliant=[
        {**CUSTOMER, POLICY: allowing(Principal={"AWS": "*"})},
        {**CUSTOMER, POLICY: allowing(NotPrincipal={"AWS": "arn:aws:iam::123456789012:user/x"})},
        {**CUSTOMER, POLICY: allowing(Principal="*", Condition={"Bool": {"aws:SecureTransport": "true"}})},
    ],
    not_applicable=[{MANAGER: "AWS"}, {}],
)
def kms_key_policy_no_public_access(key: ConfigurationItem) -> Verdict:
    """KMS key policies allow named principals only.

    A key policy that allows any principal lets other AWS accounts use the key. A condition on the callers, their
    account, their organization or their network prevents this.
    """
    if key.text(MANAGER) != "CUSTOMER":
        return NOT_APPLICABLE
    return compliant_if_none(
        key.statements(POLICY), lambda statement: statement.admits_anybody, "statements for any principal"
    )


@check(
    "AWS::KMS::Key",
    best_practices={
        "COST04-BP03": "unused keys are billed every month",
        "SUS02-BP03": "unused keys are kept and administered",
    },
    effort="M",
    severity="low",
    collector="keys",
    live=True,
    fix="Disable the key, wait until you are sure that nothing fails, and then schedule its deletion.",
    compliant=[{**CUSTOMER, TRACKED_SINCE: "2025-01-01T00:00:00Z", USED: "2025-10-17T12:01:00Z"}],
    non_compliant=[
        {**CUSTOMER, TRACKED_SINCE: "2025-10-17T12:00:00Z"},
        {**CUSTOMER, TRACKED_SINCE: "2025-01-01T00:00:00Z", USED: "2025-10-17T12:00:00Z"},
    ],
    not_applicable=[
        {**CUSTOMER, TRACKED_SINCE: "2025-10-17T12:01:00Z"},
        {**CUSTOMER, STATE: "Disabled", TRACKED_SINCE: "2025-01-01T00:00:00Z"},
        {MANAGER: "AWS"},
        {},
    ],
)
def kms_key_unused(key: ConfigurationItem, *, days: int = 90) -> Verdict:
    """Customer managed KMS keys were used within 90 days.

    An unused key is billed every month. Disable it first, because data that it encrypted may still be needed. Keys that
    AWS KMS has tracked for less than 90 days are not judged.
    """
    tracked_days = key.days_since(TRACKED_SINCE, default=0)
    enabled = key.text(STATE, "Enabled") == "Enabled"
    if any_of([key.text(MANAGER) != "CUSTOMER", none_of([enabled]), tracked_days < days]):
        return NOT_APPLICABLE
    last = key.days_since(USED, default=tracked_days)
    return compliant_if(last < days, otherwise=f"the key was not used for {last:.0f} days (expected less than {days})")


def to_configuration_item(key: TemplateResource) -> dict[str, Any]:
    """The configuration of a key, as DescribeKey, GetKeyPolicy and GetKeyRotationStatus return it."""
    properties = key.properties
    return {
        "configuration": {
            "keyManager": "CUSTOMER",
            "keySpec": properties.get("KeySpec", "SYMMETRIC_DEFAULT"),
            "origin": properties.get("Origin", "AWS_KMS"),
            "keyState": worded(properties.get("Enabled", True), "Enabled", "Disabled"),
        },
        "supplementaryConfiguration": {
            "KeyRotationStatus": properties.get("EnableKeyRotation"),
            "Policy": properties.get("KeyPolicy"),
        },
    }
