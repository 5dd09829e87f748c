"""What instances are launched from: launch templates, and launch configurations before them."""

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
from rules.shared.machines import OLD_DISKS

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
    """An example of a launch template with one disk."""
    return {
        "configuration.LaunchTemplateData.BlockDeviceMappings": [{"DeviceName": "xvda", "Ebs": {"VolumeType": kind}}]
    }


@check(
    TEMPLATE,
    CONFIGURATION,
    best_practices={
        "PERF03-BP02": "every new instance has a slower disk than it could",
        "COST05-BP05": "every new disk is of the dearer kind",
    },
    effort="S",
    severity="low",
    fix="Set the volume type gp3.",
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
    """Instances are launched with disks of the current generation.

    Disks that are not mentioned come from the image.
    """
    kind = source.resource_type
    return compliant_if_none(
        source.texts(f"{DISKS[kind]}.{KIND[kind]}"), lambda disk: contains(OLD_DISKS, disk), "old kinds of disks"
    )


@check(
    TEMPLATE,
    CONFIGURATION,
    best_practices={
        "SEC06-BP02": "a server-side request forgery can read the credentials of new instances",
    },
    managed_rule="AUTOSCALING_LAUNCHCONFIG_REQUIRES_IMDSV2",
    effort="S",
    fix="Set MetadataOptions.HttpTokens to required.",
    compliant=[
        {TOKENS[TEMPLATE]: "required"},
        {ENDPOINT[TEMPLATE]: "disabled"},
        {**OF_CONFIGURATION, TOKENS[CONFIGURATION]: "required"},
    ],
    non_compliant=[{TOKENS[TEMPLATE]: "optional"}, {}, OF_CONFIGURATION],
)
def autoscaling_launchconfig_requires_imdsv2(source: ConfigurationItem) -> Verdict:
    """Launch templates and launch configurations require IMDSv2.

    Judged on launch templates as well as on the launch configurations of AWS's own rule. Where the endpoint is off
    nobody gets any.
    """
    tokens = source.text(TOKENS[source.resource_type], "optional")
    off = source.text(ENDPOINT[source.resource_type], "enabled") == "disabled"
    return compliant_if(any_of([tokens == "required", off]), otherwise=f"tokens are {tokens}")


def volume(**ebs: object) -> dict[str, object]:
    """An example of a launch template with one volume."""
    return {MAPPINGS[TEMPLATE]: [{"DeviceName": "xvdb", "Ebs": ebs}]}


@check(
    TEMPLATE,
    CONFIGURATION,
    best_practices={"SEC08-BP02": "every new instance has volumes that are stored unencrypted"},
    managed_rule="EC2_LAUNCH_TEMPLATES_EBS_VOLUME_ENCRYPTED",
    effort="S",
    severity="medium",
    fix="Set Encrypted to true for each volume of the launch template.",
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
    """Instances are launched with encrypted EBS volumes.

    A volume of which nothing is said is unencrypted, unless the account encrypts by default. What a volume takes over
    from a snapshot is not known.
    """
    ebs, encrypted, snapshot = EBS[source.resource_type]

    def is_unencrypted(mapping: Attributes) -> bool:
        if not mapping.objects(ebs):
            return False
        said = mapping.has(f"{ebs}.{encrypted}")
        if not said and mapping.has(f"{ebs}.{snapshot}"):
            return Unknown("whether its snapshot is encrypted")  # type: ignore[return-value]
        return none_of([mapping.flag(f"{ebs}.{encrypted}")])

    name = "DeviceName" if source.resource_type == TEMPLATE else "deviceName"
    return compliant_if_none(source.objects(MAPPINGS[source.resource_type]), is_unencrypted, "unencrypted", named=name)
