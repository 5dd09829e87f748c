"""Checks of launch templates and of launch configurations, their predecessor."""

from pillarwatch import (
    Attributes,
    ConfigurationItem,
    Verdict,
    any_of,
    check,
    compliant_if,
    compliant_if_none,
    contains,
    none_of,
)
from pillarwatch.unknown import Unknown
from rules.checks.shared.machines import OLD_DISKS

CONFIGURATION = "AWS::AutoScaling::LaunchConfiguration"
TEMPLATE = "AWS::EC2::LaunchTemplate"
OF_CONFIGURATION = {"resourceType": CONFIGURATION}

DISKS = {
    TEMPLATE: "configuration.LaunchTemplateData.BlockDeviceMappings.Ebs",
    CONFIGURATION: "configuration.blockDeviceMappings.ebs",
}
KIND = {TEMPLATE: "VolumeType", CONFIGURATION: "volumeType"}
MAPPINGS = {
    TEMPLATE: "configuration.LaunchTemplateData.BlockDeviceMappings",
    CONFIGURATION: "configuration.blockDeviceMappings",
}
EBS = {TEMPLATE: ("Ebs", "Encrypted", "SnapshotId"), CONFIGURATION: ("ebs", "encrypted", "snapshotId")}
TOKENS = {
    TEMPLATE: "configuration.LaunchTemplateData.MetadataOptions.HttpTokens",
    CONFIGURATION: "configuration.metadataOptions.httpTokens",
}
ENDPOINT = {
    TEMPLATE: "configuration.LaunchTemplateData.MetadataOptions.HttpEndpoint",
    CONFIGURATION: "configuration.metadataOptions.httpEndpoint",
}


def disk(kind: str) -> dict[str, object]:
    """An example of a launch template with one volume of a type."""
    return {
        "configuration.LaunchTemplateData.BlockDeviceMappings": [{"DeviceName": "xvda", "Ebs": {"VolumeType": kind}}]
    }


@check(
    TEMPLATE,
    CONFIGURATION,
    best_practices={
        "PERF03-BP02": "new instances have volumes of a slower generation",
        "COST05-BP05": "new volumes are of a more expensive type",
    },
    effort="S",
    severity="low",
    fix="Set Ebs.VolumeType of each block device mapping to gp3.",
    compliant=[
        disk("gp3"),
        {**OF_CONFIGURATION, "configuration.blockDeviceMappings": [{"ebs": {"volumeType": "gp3"}}]},
        OF_CONFIGURATION,
        {},
    ],
    non_compliant=[
        disk("gp2"),
        {**OF_CONFIGURATION, "configuration.blockDeviceMappings": [{"ebs": {"volumeType": "standard"}}]},
    ],
)
def launch_template_gp3(source: ConfigurationItem) -> Verdict:
    """Launch templates and launch configurations use current-generation EBS volumes.

    New volumes of type gp2, io1 or standard are slower or more expensive than gp3. Volumes that are not listed take
    their type from the AMI and are not judged.
    """
    types = source.texts(f"{DISKS[source.resource_type]}.{KIND[source.resource_type]}")
    return compliant_if_none(types, lambda kind: contains(OLD_DISKS, kind), "VolumeType is outdated (expected gp3)")


@check(
    TEMPLATE,
    CONFIGURATION,
    best_practices={
        "SEC06-BP02": "a server-side request forgery can read the credentials of new instances",
    },
    managed_rule="AUTOSCALING_LAUNCHCONFIG_REQUIRES_IMDSV2",
    effort="S",
    fix="Set MetadataOptions.HttpTokens to required. Software on the instance has to support IMDSv2.",
    compliant=[
        {TOKENS[TEMPLATE]: "required"},
        {ENDPOINT[TEMPLATE]: "disabled"},
        {**OF_CONFIGURATION, TOKENS[CONFIGURATION]: "required"},
    ],
    non_compliant=[{TOKENS[TEMPLATE]: "optional"}, {}, OF_CONFIGURATION],
)
def autoscaling_launchconfig_requires_imdsv2(source: ConfigurationItem) -> Verdict:
    """Launch templates and launch configurations require IMDSv2.

    With IMDSv1, a server-side request forgery in an application can read the credentials of the instance's role. A
    disabled metadata endpoint (HttpEndpoint) is compliant too. The AWS managed rule judges launch configurations only.
    """
    tokens = source.text(TOKENS[source.resource_type], "optional")
    off = source.text(ENDPOINT[source.resource_type], "enabled") == "disabled"
    return compliant_if(any_of([tokens == "required", off]), otherwise=f"HttpTokens is {tokens} (expected required)")


def volume(**ebs: object) -> dict[str, object]:
    """An example of a launch template with one volume."""
    return {MAPPINGS[TEMPLATE]: [{"DeviceName": "xvdb", "Ebs": ebs}]}


@check(
    TEMPLATE,
    CONFIGURATION,
    best_practices={"SEC08-BP02": "new instances have unencrypted volumes"},
    managed_rule="EC2_LAUNCH_TEMPLATES_EBS_VOLUME_ENCRYPTED",
    effort="S",
    severity="medium",
    fix="Set Ebs.Encrypted of each block device mapping to true.",
    compliant=[
        volume(Encrypted=True),
        {MAPPINGS[TEMPLATE]: [{"DeviceName": "xvdc", "VirtualName": "ephemeral0"}]},
        OF_CONFIGURATION,
        {},
    ],
    non_compliant=[
        volume(Encrypted=False),
        volume(VolumeSize=20),
        {**OF_CONFIGURATION, MAPPINGS[CONFIGURATION]: [{"deviceName": "xvdb", "ebs": {"volumeSize": 20}}]},
    ],
)
def ec2_launch_templates_ebs_volume_encrypted(source: ConfigurationItem) -> Verdict:
    """Launch templates and launch configurations encrypt EBS volumes.

    The data on an unencrypted volume and in its snapshots is readable without a key. A volume without the property
    Encrypted is non-compliant, although encryption by default of the account may encrypt the volume. If the volume is
    created from a snapshot, the encryption is unknown.
    """
    ebs, encrypted, snapshot = EBS[source.resource_type]

    def is_unencrypted(mapping: Attributes) -> bool:
        if not mapping.objects(ebs):
            return False
        stated = mapping.has(f"{ebs}.{encrypted}")
        if not stated and mapping.has(f"{ebs}.{snapshot}"):
            return Unknown("whether the snapshot of the volume is encrypted")  # type: ignore[return-value]
        return none_of([mapping.flag(f"{ebs}.{encrypted}")])

    name = "DeviceName" if source.resource_type == TEMPLATE else "deviceName"
    mappings, otherwise = source.objects(MAPPINGS[source.resource_type]), "Ebs.Encrypted is not true (expected true)"
    return compliant_if_none(mappings, is_unencrypted, otherwise, named=name)
