"""KMS keys. AWS's own keys are recorded too: what an account cannot change does not apply to them."""

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
from pillarwatch.lift import TemplateResource, worded
from rules.shared.examples import allowing

MANAGER = "configuration.keyManager"
POLICY = "supplementaryConfiguration.Policy"
ROTATION = "supplementaryConfiguration.KeyRotationStatus"
ORIGIN = "configuration.origin"
SPEC = "configuration.keySpec"
STATE = "configuration.keyState"
USED = "supplementaryConfiguration.kms.GetKeyLastUsage.KeyLastUsage.Timestamp"
WATCHED = "supplementaryConfiguration.kms.GetKeyLastUsage.TrackingStartDate"

DYING = ("PendingDeletion", "PendingReplicaDeletion")

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
    fix="Turn on automatic rotation; what is encrypted stays readable.",
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
    """Symmetric KMS keys of the account have automatic rotation.

    Keys that AWS manages rotate anyway; asymmetric ones cannot, nor can those whose material is imported or stands in
    a key store of one's own.
    """
    foreign = key.text(ORIGIN, "AWS_KMS") != "AWS_KMS"
    if any_of([key.text(MANAGER) != "CUSTOMER", key.text(SPEC) != "SYMMETRIC_DEFAULT", foreign]):
        return NOT_APPLICABLE
    return compliant_if(key.flag(ROTATION), otherwise="automatic rotation is off")


@check(
    "AWS::KMS::Key",
    best_practices={"SEC08-BP01": "what the key encrypts will be unreadable for good"},
    managed_rule="KMS_CMK_NOT_SCHEDULED_FOR_DELETION",
    automation="AWSConfigRemediation-CancelKeyDeletion",
    effort="S",
    live=True,
    fix="Cancel the deletion, and disable the key until it is certain that nothing needs it.",
    compliant=[{**CUSTOMER, STATE: "Enabled"}, {**CUSTOMER, STATE: "Disabled"}],
    non_compliant=[{**CUSTOMER, STATE: "PendingDeletion"}, {**CUSTOMER, STATE: "PendingReplicaDeletion"}],
    not_applicable=[{MANAGER: "AWS"}, {}],
)
def kms_cmk_not_scheduled_for_deletion(key: ConfigurationItem) -> Verdict:
    """KMS keys of the account are not about to be deleted.

    A deleted key takes the data with it: disabling can be undone, deletion cannot.
    """
    if key.text(MANAGER) != "CUSTOMER":
        return NOT_APPLICABLE
    state = key.text(STATE)
    return compliant_if(none_of([contains(DYING, state)]), otherwise=f"key state is {state}")


@check(
    "AWS::KMS::Key",
    best_practices={
        "SEC08-BP04": "any account can use the key",
        "SEC08-BP01": "the key policy allows principals outside the account's control",
    },
    managed_rule="KMS_KEY_POLICY_NO_PUBLIC_ACCESS",
    effort="S",
    severity="critical",
    exposed=True,
    fix="Name principals in the key policy, or add a condition on the caller's account, such as kms:CallerAccount.",
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

    A statement for everybody reaches beyond the account unless a condition names the callers, their account,
    organization or network.
    """
    if key.text(MANAGER) != "CUSTOMER":
        return NOT_APPLICABLE
    return compliant_if_none(key.statements(POLICY), lambda found: found.admits_anybody, "open to everybody")


@check(
    "AWS::KMS::Key",
    best_practices={
        "COST04-BP03": "a key is paid for by the month, and nothing uses it",
        "SUS02-BP03": "a key that nothing needs is kept and administered",
    },
    effort="M",
    severity="low",
    collector="keys",
    live=True,
    fix="Disable the key, wait whether anything fails, and then schedule its deletion.",
    compliant=[{**CUSTOMER, WATCHED: "2025-01-01T00:00:00Z", USED: "2025-10-17T12:01:00Z"}],
    non_compliant=[
        {**CUSTOMER, WATCHED: "2025-10-17T12:00:00Z"},
        {**CUSTOMER, WATCHED: "2025-01-01T00:00:00Z", USED: "2025-10-17T12:00:00Z"},
    ],
    not_applicable=[
        {**CUSTOMER, WATCHED: "2025-10-17T12:01:00Z"},
        {**CUSTOMER, STATE: "Disabled", WATCHED: "2025-01-01T00:00:00Z"},
        {MANAGER: "AWS"},
        {},
    ],
)
def kms_key_unused(key: ConfigurationItem, *, days: int = 90) -> Verdict:
    """KMS keys of the account are in use.

    By what KMS remembers of the last use, so a key that it has watched for less than a quarter is not judged. What an
    old key has encrypted may still be needed: therefore first disable it.
    """
    watched = key.days_since(WATCHED, default=0)
    is_on = key.text(STATE, "Enabled") == "Enabled"
    if any_of([key.text(MANAGER) != "CUSTOMER", none_of([is_on]), watched < days]):
        return NOT_APPLICABLE
    last = key.days_since(USED, default=watched)
    return compliant_if(last < days, otherwise=f"not used for {last:.0f} days")


def lift(key: TemplateResource) -> dict[str, Any]:
    """A key as DescribeKey, GetKeyPolicy and GetKeyRotationStatus tell of it."""
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
