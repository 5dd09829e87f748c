"""EBS volumes, with the attribute names of the EC2 API in camelCase."""

from typing import Any

from pillarwatch import ConfigurationItem, Verdict, check, compliant_if, contains, none_of
from pillarwatch.template_resource import TemplateResource, inherited, lowered
from rules.checks.shared.machines import OLD_DISKS

ATTACHMENTS = "configuration.attachments"
ENCRYPTED = "configuration.encrypted"
TYPE = "configuration.volumeType"


@check(
    "AWS::EC2::Volume",
    best_practices={"SEC08-BP02": "the volume and its snapshots are stored unencrypted"},
    managed_rule="ENCRYPTED_VOLUMES",
    effort="M",
    severity="medium",
    fix="Replace the volume with one from an encrypted copy of its snapshot, and enable encryption by default.",
    compliant=[{ENCRYPTED: True}],
    non_compliant=[{ENCRYPTED: False}, {}],
)
def encrypted_volumes(volume: ConfigurationItem) -> Verdict:
    """EBS volumes are encrypted.

    Data on an unencrypted volume and in its snapshots is stored in clear text. Unattached volumes are evaluated too.
    """
    return compliant_if(volume.flag(ENCRYPTED), otherwise="Encrypted is false (expected true)")


@check(
    "AWS::EC2::Volume",
    best_practices={
        "PERF03-BP02": "a newer volume type is faster at the same price",
        "COST05-BP05": "a newer volume type costs less",
        "SUS05-BP01": "more storage than needed is provisioned for performance",
    },
    automation="AWSConfigRemediation-ModifyEBSVolumeType",
    effort="S",
    severity="low",
    fix="Set VolumeType to gp3, or to io2 for Multi-Attach. The volume stays attached.",
    compliant=[{TYPE: "gp3"}, {TYPE: "io2"}, {TYPE: "st1"}],
    non_compliant=[{TYPE: "gp2"}, {TYPE: "io1"}, {TYPE: "standard"}, {}],
)
def ebs_gp3_volume_type(volume: ConfigurationItem) -> Verdict:
    """EBS volumes use a current volume type.

    Volumes of type gp2, io1 and standard are slower or cost more than gp3 and io2. The default type is gp2.
    """
    kind = volume.text(TYPE, "gp2")
    return compliant_if(none_of([contains(OLD_DISKS, kind)]), otherwise=f"VolumeType is {kind} (expected gp3 or io2)")


@check(
    "AWS::EC2::Volume",
    best_practices={
        "COST04-BP03": "an unused volume is not deleted",
        "SUS02-BP03": "a volume is provisioned without an instance",
        "SUS04-BP05": "storage that no instance uses is kept",
    },
    managed_rule="EC2_VOLUME_INUSE_CHECK",
    automation="AWSConfigRemediation-DeleteUnusedEBSVolume",
    effort="S",
    live=True,
    fix="Create a snapshot if the data is needed, and delete the volume.",
    compliant=[{ATTACHMENTS: [{"instanceId": "i-1"}]}],
    non_compliant=[{ATTACHMENTS: []}, {}],
)
def ec2_volume_inuse_check(volume: ConfigurationItem) -> Verdict:
    """EBS volumes are attached to an instance.

    An unattached volume is charged like an attached volume.
    """
    return compliant_if(volume.has(ATTACHMENTS), otherwise="no instance is attached (expected one)")


def to_configuration_item(volume: TemplateResource) -> dict[str, Any]:
    """A volume. The encryption of one from a snapshot or with a KMS key alone is unknown."""
    properties = volume.properties
    configuration = lowered(properties)
    key = properties.get("KmsKeyId")
    configuration["encrypted"] = inherited(
        properties.get("Encrypted"),
        properties.get("SnapshotId", key),
        "whether the volume is encrypted depends on its snapshot or key",
    )
    return {"configuration": {name: value for name, value in configuration.items() if value is not None}}
