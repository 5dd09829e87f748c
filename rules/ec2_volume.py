"""EBS volumes, with the attribute names of the EC2 API in camelCase."""

from typing import Any

from pillarwatch import ConfigurationItem, Verdict, check, compliant_if, contains, none_of
from pillarwatch.lift import TemplateResource, inherited, lowered
from rules.shared.machines import OLD_DISKS

ATTACHMENTS = "configuration.attachments"
ENCRYPTED = "configuration.encrypted"
KIND = "configuration.volumeType"


@check(
    "AWS::EC2::Volume",
    best_practices={"SEC08-BP02": "data on the disk and its snapshots is readable"},
    managed_rule="ENCRYPTED_VOLUMES",
    effort="M",
    severity="medium",
    fix="Copy a snapshot with encryption, make a volume of it, and turn on encryption by default.",
    compliant=[{ENCRYPTED: True}],
    non_compliant=[{ENCRYPTED: False}, {}],
)
def encrypted_volumes(volume: ConfigurationItem) -> Verdict:
    """EBS volumes are encrypted.

    AWS's own rule looks at volumes that are attached; one that is not can be attached tomorrow.
    """
    return compliant_if(volume.flag(ENCRYPTED), otherwise="Encrypted is false (expected true)")


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
    fix="Modify the volume to gp3, or to io2 where several instances share it; it stays attached.",
    compliant=[{KIND: "gp3"}, {KIND: "io2"}, {KIND: "st1"}],
    non_compliant=[{KIND: "gp2"}, {KIND: "io1"}, {KIND: "standard"}, {}],
)
def ebs_gp3_volume_type(volume: ConfigurationItem) -> Verdict:
    """EBS volumes are of the current generation.

    gp3 instead of gp2 and io1, whose 64,000 IOPS it can do for less. The API's default is gp2.
    """
    kind = volume.text(KIND, "gp2")
    return compliant_if(none_of([contains(OLD_DISKS, kind)]), otherwise=f"VolumeType is {kind} (expected gp3 or io2)")


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
    return compliant_if(volume.has(ATTACHMENTS), otherwise="attached to nothing")


def lift(volume: TemplateResource) -> dict[str, Any]:
    """A volume. One made of a snapshot is encrypted as that was; the account may encrypt every new one by default."""
    properties = volume.properties
    whole = lowered(properties)
    key = properties.get("KmsKeyId")
    whole["encrypted"] = inherited(
        properties.get("Encrypted"), properties.get("SnapshotId", key), "it is as its snapshot was, or as its key asks"
    )
    return {"configuration": {name: value for name, value in whole.items() if value is not None}}
