"""EBS volumes: the describe API's camelCase."""

from typing import Any

from pillarwatch import (
    NOT_APPLICABLE,
    ConfigurationItem,
    Verdict,
    all_of,
    any_of,
    check,
    compliant_if,
    contains,
    none_of,
)
from pillarwatch.lift import TemplateResource, inherited, lowered

ATTACHMENTS = "configuration.attachments"
ENCRYPTED = "configuration.encrypted"
IOPS = "configuration.iops"
KIND = "configuration.volumeType"
STATE = "configuration.state.value"


@check(
    "AWS::EC2::Volume",
    best_practices={"SEC08-BP02": "whoever gets the disk or a snapshot of it reads the data"},
    managed_rule="ENCRYPTED_VOLUMES",
    effort="M",
    fix="Copy a snapshot with encryption, make a volume of it, and turn on encryption by default.",
    compliant=[{ENCRYPTED: True}],
    non_compliant=[{ENCRYPTED: False}, {}],
)
def encrypted_volumes(volume: ConfigurationItem) -> Verdict:
    """Volumes are encrypted.

    AWS's own rule looks at volumes that are attached; one that is not can be attached tomorrow.
    """
    return compliant_if(volume.flag(ENCRYPTED), otherwise="not encrypted")


@check(
    "AWS::EC2::Volume",
    best_practices={
        "PERF03-BP02": "the volume is slower than a newer one of the same price",
        "COST05-BP05": "the dearer volume is kept",
        "SUS05-BP01": "speed is bought with size that nobody fills",
    },
    automation="AWSConfigRemediation-ModifyEBSVolumeType",
    effort="S",
    severity="low",
    fix="Modify the volume to gp3; it stays attached.",
    compliant=[{KIND: "gp3"}, {KIND: "io1", IOPS: 16001}, {KIND: "st1"}],
    non_compliant=[{KIND: "gp2"}, {KIND: "io1", IOPS: 16000}, {KIND: "standard"}, {}],
)
def ebs_gp3_volume_type(volume: ConfigurationItem, *, most_iops_of_gp3: int = 16_000) -> Verdict:
    """Volumes are of the current generation.

    gp3 instead of gp2, and of io1 below what gp3 can do. The API's default is gp2.
    """
    kind = volume.text(KIND, "gp2")
    slow = all_of([kind == "io1", volume.number(IOPS) <= most_iops_of_gp3])
    return compliant_if(none_of([contains(("gp2", "standard"), kind), slow]), otherwise=f"the volume is {kind}")


@check(
    "AWS::EC2::Volume",
    best_practices={
        "COST04-BP03": "a volume that nothing uses is not deleted",
        "SUS02-BP03": "a disk spins for nobody",
        "SUS04-BP05": "storage that nothing needs is kept",
    },
    managed_rule="EC2_VOLUME_INUSE_CHECK",
    automation="AWSConfigRemediation-DeleteUnusedEBSVolume",
    effort="S",
    live=True,
    fix="Keep a snapshot where the data matters, and delete the volume.",
    compliant=[{ATTACHMENTS: [{"instanceId": "i-1"}]}],
    non_compliant=[{ATTACHMENTS: []}, {}],
)
def ec2_volume_inuse_check(volume: ConfigurationItem) -> Verdict:
    """Volumes are attached to an instance.

    One that is not costs the same.
    """
    return compliant_if(volume.has(ATTACHMENTS), otherwise=f"it is {volume.text(STATE, 'attached to nothing')}")


def lift(volume: TemplateResource) -> dict[str, Any]:
    """A volume. One made of a snapshot is encrypted as that was; the account may encrypt every new one by default."""
    properties = volume.properties
    whole = lowered(properties)
    key = properties.get("KmsKeyId")
    whole["encrypted"] = inherited(
        properties.get("Encrypted"), properties.get("SnapshotId", key), "it is as its snapshot was, or as its key asks"
    )
    return {"configuration": {name: value for name, value in whole.items() if value is not None}}
