"""EC2 instances, with the attribute names of the EC2 API in camelCase."""

from collections.abc import Sequence
from typing import Any

from pillarwatch import (
    NOT_APPLICABLE,
    Attributes,
    ConfigurationItem,
    Verdict,
    all_of,
    any_of,
    check,
    compliant_if,
    compliant_if_all,
    compliant_if_none,
    contains,
    none_of,
)
from pillarwatch.template_resource import TemplateResource, elements, inherited, lowered, worded
from pillarwatch.unknown import Unknown
from rules.checks.shared.literals import secrets_of_user_data, template_holds_no_literal_secret
from rules.checks.shared.machines import NOT_OPTIMIZABLE, OPTIMIZABLE, PREVIOUS
from rules.checks.shared.tags import required_tags, resource_managed_by_iac, resource_owner_tag_present

ARCHITECTURE = "configuration.architecture"
CAPTURED = "configurationItemCaptureTime"
ENDPOINT = "configuration.metadataOptions.httpEndpoint"
KEY = "configuration.keyName"
TYPE = "configuration.instanceType"
MONITORING = "configuration.monitoring.state"
OPTIMIZED = "configuration.ebsOptimized"
PATCH_STATES = "supplementaryConfiguration.ssm.DescribeInstancePatchStates.InstancePatchStates"
PLATFORM = "configuration.platform"
PROFILE = "configuration.iamInstanceProfile"
PUBLIC_IP = "configuration.publicIpAddress"
RECOVERY = "configuration.maintenanceOptions.autoRecovery"
STATE = "configuration.state.name"
TOKENS = "configuration.metadataOptions.httpTokens"
VOLUMES = "supplementaryConfiguration.ec2.DescribeVolumes.Volumes"
OPEN_PATCHES = ("MissingCount", "FailedCount", "InstalledPendingRebootCount", "InstalledRejectedCount")


@check(
    "AWS::EC2::Instance",
    best_practices={"SEC08-BP02": "volumes of the instance are stored unencrypted"},
    effort="M",
    severity="medium",
    fix="Set Ebs.Encrypted to true for each volume in BlockDeviceMappings. The change replaces the instance.",
    compliant=[{VOLUMES: [{"Encrypted": True}]}],
    non_compliant=[{VOLUMES: [{"Encrypted": True}, {"Encrypted": False}]}, {VOLUMES: [{}]}],
    not_applicable=[{VOLUMES: []}, {}],
)
def ec2_instance_ebs_volumes_encrypted(instance: ConfigurationItem) -> Verdict:
    """EC2 instances in templates have encrypted EBS volumes.

    Data on an unencrypted volume and in its snapshots is stored in clear text. A volume without the setting is
    unencrypted unless the account encrypts volumes by default. For deployed volumes, see the check encrypted-volumes.
    """

    def is_encrypted(volume: Attributes) -> bool:
        return volume.flag("Encrypted")

    def device(volume: Attributes) -> str:
        return volume.text("Attachments.Device", "unnamed")

    return compliant_if_all(instance.objects(VOLUMES), is_encrypted, "Encrypted is false (expected true)", named=device)


@check(
    "AWS::EC2::Instance",
    best_practices={"SEC06-BP02": "a server-side request forgery can read the instance's credentials"},
    managed_rule="EC2_IMDSV2_CHECK",
    automation="AWSConfigRemediation-EnforceEC2InstanceIMDSv2",
    effort="S",
    fix="Set MetadataOptions.HttpTokens to required. Requests that use IMDSv1 then fail.",
    compliant=[{TOKENS: "required"}, {TOKENS: "optional", ENDPOINT: "disabled"}],
    non_compliant=[{TOKENS: "optional", ENDPOINT: "enabled"}, {TOKENS: "optional"}, {}],
)
def ec2_imdsv2_check(instance: ConfigurationItem) -> Verdict:
    """EC2 instances require IMDSv2.

    With IMDSv1, a server-side request forgery can read the credentials of the instance role. Tokens are optional unless
    the image or the account requires them. An instance with a disabled metadata endpoint is compliant.
    """
    tokens = instance.text(TOKENS, "optional")
    protected = any_of([tokens == "required", instance.text(ENDPOINT, "enabled") == "disabled"])
    return compliant_if(protected, otherwise=f"MetadataOptions.HttpTokens is {tokens} (expected required)")


@check(
    "AWS::EC2::Instance",
    best_practices={"SEC05-BP01": "the instance has a public IP address"},
    managed_rule="EC2_INSTANCE_NO_PUBLIC_IP",
    effort="M",
    exposed=True,
    fix="Set AssociatePublicIpAddress to false, and place the instance in a private subnet behind a load balancer.",
    compliant=[{}],
    non_compliant=[{PUBLIC_IP: "203.0.113.7"}],
)
def ec2_instance_no_public_ip(instance: ConfigurationItem) -> Verdict:
    """EC2 instances have no public IP address.

    An instance with a public IP address can be reached from the internet if its security groups allow it. In a template
    without AssociatePublicIpAddress, the subnet decides.
    """
    return compliant_if(
        none_of([instance.has(PUBLIC_IP)]), otherwise=f"PublicIpAddress is {instance.text(PUBLIC_IP)} (expected none)"
    )


@check(
    "AWS::EC2::Instance",
    best_practices={"SEC02-BP02": "without an IAM role, software on the instance needs long-term access keys"},
    managed_rule="EC2_INSTANCE_PROFILE_ATTACHED",
    automation="AWS-AttachIAMToInstance",
    effort="S",
    severity="medium",
    fix="Set IamInstanceProfile to a profile with an IAM role that grants only the required permissions.",
    compliant=[{f"{PROFILE}.arn": "arn:aws:iam::123456789012:instance-profile/web"}],
    non_compliant=[{}],
)
def ec2_instance_profile_attached(instance: ConfigurationItem) -> Verdict:
    """EC2 instances have an instance profile.

    Without an instance profile, software on the instance needs long-term access keys to call AWS services.
    """
    return compliant_if(instance.has(PROFILE), otherwise="IamInstanceProfile is not set (expected a profile)")


@check(
    "AWS::EC2::Instance",
    best_practices={"SEC06-BP03": "users sign in to the instance with a long-term key"},
    managed_rule="EC2_NO_AMAZON_KEY_PAIR",
    effort="M",
    severity="low",
    fix="Remove KeyName, and use Session Manager. The change replaces the instance.",
    compliant=[{}],
    non_compliant=[{KEY: "operations"}],
)
def ec2_no_amazon_key_pair(instance: ConfigurationItem) -> Verdict:
    """EC2 instances have no key pair.

    A private key can be shared or stolen. Session Manager authenticates IAM users without keys or open ports.
    """
    return compliant_if(none_of([instance.has(KEY)]), otherwise=f"KeyName is {instance.text(KEY)} (expected none)")


@check(
    "AWS::EC2::Instance",
    best_practices={
        "PERF02-BP03": "short peaks are not visible in five-minute metrics",
        "REL06-BP01": "alarms on five-minute metrics react late",
    },
    managed_rule="EC2_INSTANCE_DETAILED_MONITORING_ENABLED",
    automation="AWS-ConfigureCloudWatchOnEC2Instance",
    effort="S",
    severity="low",
    fix="Set Monitoring to true. Detailed monitoring is charged per metric.",
    compliant=[{MONITORING: "enabled"}],
    non_compliant=[{MONITORING: "disabled"}, {}],
)
def ec2_instance_detailed_monitoring_enabled(instance: ConfigurationItem) -> Verdict:
    """EC2 instances have detailed monitoring enabled.

    Basic monitoring publishes metrics every five minutes, so alarms react late. Detailed monitoring publishes them
    every minute.
    """
    state = instance.text(MONITORING, "disabled")
    return compliant_if(state == "enabled", otherwise=f"Monitoring is {state} (expected enabled)")


@check(
    "AWS::EC2::Instance",
    best_practices={
        "REL11-BP03": "an instance on failed hardware is not recovered automatically",
        "REL10-BP02": "recovery of the instance in a single location is manual",
    },
    effort="S",
    severity="medium",
    live=True,
    fix="Set MaintenanceOptions.AutoRecovery to default.",
    compliant=[{RECOVERY: "default"}, {}],
    non_compliant=[{RECOVERY: "disabled"}],
)
def ec2_auto_recovery_enabled(instance: ConfigurationItem) -> Verdict:
    """EC2 instances have automatic recovery enabled.

    An instance on failed hardware stays impaired until it is recovered manually. The default enables automatic
    recovery.
    """
    recovery = instance.text(RECOVERY, "default")
    return compliant_if(recovery == "default", otherwise=f"AutoRecovery is {recovery} (expected default)")


@check(
    "AWS::EC2::Instance",
    best_practices={
        "SUS05-BP02": "the older instance type consumes more energy for the same work",
        "PERF02-BP01": "a newer instance type offers better performance",
        "COST06-BP02": "a newer instance type has better price-performance",
    },
    automation="AWS-ResizeInstance",
    effort="M",
    fix="Set InstanceType to a current-generation type. The instance restarts. Its image needs ENA and NVMe drivers.",
    compliant=[{TYPE: "m7i.large"}, {TYPE: "t3.micro"}],
    non_compliant=[{TYPE: "m4.large"}, {TYPE: "t2.micro"}],
    not_applicable=[{}],
)
def ec2_instance_current_generation(instance: ConfigurationItem) -> Verdict:
    """EC2 instances use a current-generation instance type.

    A previous-generation type costs more and consumes more energy for the same work.
    """
    kind = instance.text(TYPE)
    if kind == "":
        return NOT_APPLICABLE
    return compliant_if(
        none_of(PREVIOUS, kind.startswith), otherwise=f"InstanceType is {kind} (expected a current type)"
    )


@check(
    "AWS::EC2::Instance",
    best_practices={
        "SUS05-BP02": "the instance does not run on Graviton, which uses less energy",
        "PERF02-BP01": "the processor with the better price-performance is not used",
        "COST05-BP05": "the same work costs less on Graviton",
    },
    effort="L",
    severity="low",
    live=True,
    fix="Build for arm64 and use a Graviton instance type, or add a ProcessorException tag with the reason.",
    compliant=[{ARCHITECTURE: "arm64"}, {ARCHITECTURE: "x86_64", "tags.ProcessorException": "vendor's binary"}],
    non_compliant=[{ARCHITECTURE: "x86_64"}],
    not_applicable=[{ARCHITECTURE: "x86_64", PLATFORM: "windows"}, {ARCHITECTURE: "x86_64_mac"}, {}],
)
def ec2_instance_graviton_preferred(instance: ConfigurationItem) -> Verdict:
    """Linux EC2 instances run on Graviton (arm64).

    x86 instances usually cost more and consume more energy for the same work than Graviton instances. A
    ProcessorException tag documents why an instance stays on x86.
    """
    architecture = instance.text(ARCHITECTURE)
    windows = instance.text(PLATFORM).lower() == "windows"
    if any_of([architecture == "", windows, architecture.endswith("_mac")]):
        return NOT_APPLICABLE
    accepted = any_of([architecture.startswith("arm64"), instance.tag("ProcessorException") != ""])
    return compliant_if(accepted, otherwise=f"Architecture is {architecture} (expected arm64)")


@check(
    "AWS::EC2::Instance",
    best_practices={
        "PERF02-BP02": "disk traffic and network traffic share bandwidth",
        "PERF03-BP02": "the volumes do not reach their performance",
    },
    managed_rule="EBS_OPTIMIZED_INSTANCE",
    effort="S",
    severity="low",
    fix="Set EbsOptimized to true, or use an instance type that is always EBS-optimized.",
    compliant=[{TYPE: "c3.xlarge", OPTIMIZED: True}, {TYPE: "m7i.large"}, {TYPE: "m4.large", OPTIMIZED: False}],
    non_compliant=[{TYPE: "c3.xlarge", OPTIMIZED: False}, {TYPE: "m3.xlarge"}],
    not_applicable=[{TYPE: "t2.micro", OPTIMIZED: False}, {TYPE: "c3.large"}, {}],
)
def ebs_optimized_instance(instance: ConfigurationItem) -> Verdict:
    """EC2 instances are EBS-optimized.

    Without EBS optimization, disk and network traffic share bandwidth. Types that are always EBS-optimized are
    compliant, and types that do not support EBS optimization are not evaluated. An instance without a type is an
    m1.small.
    """
    kind, optimized = instance.text(TYPE, "m1.small"), instance.flag(OPTIMIZED)
    optional = contains(OPTIMIZABLE, kind)
    if all_of([none_of([optional, optimized]), kind.startswith(NOT_OPTIMIZABLE)]):
        return NOT_APPLICABLE
    return compliant_if(
        any_of([optimized, none_of([optional])]), otherwise=f"EbsOptimized is false on {kind} (expected true)"
    )


@check(
    "AWS::EC2::Instance",
    best_practices={
        "PERF04-BP02": "the instance does not use enhanced networking",
        "PERF02-BP02": "network performance of the instance is limited",
    },
    automation="AWSSupport-MigrateXenToNitroLinux",
    effort="M",
    severity="low",
    live=True,
    fix="Enable ENA support, or use an instance type of the Nitro System.",
    compliant=[{"configuration.enaSupport": True}],
    non_compliant=[{"configuration.enaSupport": False}, {}],
)
def ec2_ena_enabled(instance: ConfigurationItem) -> Verdict:
    """EC2 instances have the Elastic Network Adapter (ENA) enabled.

    Without ENA, network bandwidth and packet rates are lower and latency is higher. Every instance type of the Nitro
    System supports ENA, but the image needs the ENA driver.
    """
    return compliant_if(instance.flag("configuration.enaSupport"), otherwise="EnaSupport is false (expected true)")


@check(
    "AWS::EC2::Instance",
    best_practices={
        "PERF02-BP02": "the instance cannot use features of newer hardware",
        "PERF05-BP06": "the virtualization type was not updated",
    },
    managed_rule="EC2_PARAVIRTUAL_INSTANCE_CHECK",
    effort="M",
    severity="low",
    live=True,
    fix="Launch the instance from an image with hardware virtualization (HVM).",
    compliant=[{"configuration.virtualizationType": "hvm"}, {}],
    non_compliant=[{"configuration.virtualizationType": "paravirtual"}],
)
def ec2_paravirtual_instance_check(instance: ConfigurationItem) -> Verdict:
    """EC2 instances use hardware virtualization.

    Paravirtual images run on previous-generation instance types only, so the instance cannot use newer hardware.
    """
    kind = instance.text("configuration.virtualizationType", "hvm")
    return compliant_if(kind != "paravirtual", otherwise="VirtualizationType is paravirtual (expected hvm)")


@check(
    "AWS::EC2::Instance",
    best_practices={
        "COST04-BP03": "a stopped instance is not decommissioned",
        "SUS02-BP03": "volumes of a stopped instance are kept without use",
    },
    managed_rule="EC2_STOPPED_INSTANCE",
    automation="AWS-TerminateEC2Instance",
    effort="S",
    severity="low",
    live=True,
    fix="Create an image if the data is needed, and terminate the instance.",
    compliant=[{STATE: "running"}, {STATE: "stopped", CAPTURED: "2025-12-16T12:00:00.000Z"}],
    non_compliant=[{STATE: "stopped", CAPTURED: "2025-12-16T11:59:00.000Z"}],
    not_applicable=[{}],
)
def ec2_stopped_instance(instance: ConfigurationItem, *, allowed_days: int = 30) -> Verdict:
    """Stopped EC2 instances are terminated within 30 days.

    The volumes and Elastic IP addresses of a stopped instance are still charged. The time begins with the last recorded
    change. Evaluate this check on a schedule too, because a stopped instance does not change.
    """
    state = instance.text(STATE)
    if state == "":
        return NOT_APPLICABLE
    overdue = all_of([state == "stopped", instance.days_since(CAPTURED) > allowed_days])
    otherwise = f"stopped since {instance.text(CAPTURED)} (expected at most {allowed_days} days)"
    return compliant_if(none_of([overdue]), otherwise)


@check(
    "AWS::EC2::Instance",
    best_practices={
        "SEC06-BP01": "known vulnerabilities of the instance are not patched",
        "OPS05-BP05": "patches of the baseline are missing",
        "SEC06-BP05": "automated patching does not keep the instance at its baseline",
    },
    managed_rule="EC2_MANAGEDINSTANCE_PATCH_COMPLIANCE_STATUS_CHECK",
    automation="AWS-PatchInstanceWithRollback",
    effort="S",
    collector="patches",
    live=True,
    fix="Install the patches in a maintenance window, and reboot if they require it.",
    compliant=[{PATCH_STATES: [{"MissingCount": 0, "FailedCount": 0, "InstalledCount": 7, "NotApplicableCount": 9}]}],
    non_compliant=[{PATCH_STATES: [{count: 1}]} for count in OPEN_PATCHES],
    not_applicable=[{PATCH_STATES: []}, {}],
)
def ec2_managedinstance_patch_compliance_status_check(instance: ConfigurationItem) -> Verdict:
    """EC2 instances have the patches of their patch baseline.

    A missing patch leaves known vulnerabilities open. The check also fails for failed patches, for installed patches
    that are rejected, and for patches that wait for a reboot. Instances without a Patch Manager scan are not evaluated.
    """

    def open_patches(state: Attributes) -> bool:
        return any_of(OPEN_PATCHES, lambda count: state.number(count) > 0)

    states = instance.objects(PATCH_STATES)
    if not states:
        return NOT_APPLICABLE
    return compliant_if_none(states, open_patches, "patches are open (expected 0 of each)", named=open_counts)


def open_counts(state: Attributes) -> str:
    """The open patches per count, for annotations."""
    return ", ".join(f"{count.removesuffix('Count')} {state.number(count):.0f}" for count in OPEN_PATCHES)


def to_configuration_item(instance: TemplateResource) -> dict[str, Any]:
    """An instance, with the settings of its launch template if that is in the same template."""
    properties = instance.properties
    kind = "AWS::EC2::LaunchTemplate"
    by_id = instance.names(kind, "LaunchTemplate.LaunchTemplateId")
    templates = [*by_id, *instance.names(kind, "LaunchTemplate.LaunchTemplateName")]
    data: Any = {}
    for template in templates:
        data = template.properties.get("LaunchTemplateData", {})
    external = Unknown("its launch template is not in this template") if "LaunchTemplate" in properties else None

    def given(key: str) -> Any:
        of_template = data.get(key) if isinstance(data, dict) else data
        return properties.get(key, of_template if templates else external)

    monitoring = given("Monitoring")
    if isinstance(monitoring, dict):
        monitoring = monitoring.get("Enabled")
    metadata = given("MetadataOptions")
    profile = given("IamInstanceProfile")
    configuration = {
        "instanceType": given("InstanceType"),
        "ebsOptimized": given("EbsOptimized"),
        "keyName": given("KeyName"),
        "metadataOptions": lowered(metadata),
        "monitoring": {"state": worded(monitoring, "enabled", "disabled")},
        "iamInstanceProfile": profile if profile is None or isinstance(profile, Unknown) else {"arn": profile},
        "publicIpAddress": _public(instance, templates, given("NetworkInterfaces")),
    }
    return {
        "configuration": {key: value for key, value in configuration.items() if value is not None},
        "supplementaryConfiguration": {
            "PlaintextSecrets": secrets_of_user_data(properties.get("UserData")),
            "ec2": {"DescribeVolumes": {"Volumes": _volumes(given("BlockDeviceMappings"))}},
        },
    }


def _volumes(mappings: Any) -> Any:
    """The EBS volumes of block device mappings, without instance store volumes and suppressed devices."""
    if isinstance(mappings, Unknown):
        return mappings
    return [
        each if isinstance(each, Unknown) else _volume(each.get("DeviceName"), each.get("Ebs"))
        for each in elements(mappings)
        if isinstance(each, Unknown) or (isinstance(each, dict) and each.get("Ebs") is not None)
    ]


def _volume(device: Any, ebs: Any) -> Any:
    if not isinstance(ebs, dict):
        return ebs
    encrypted = inherited(ebs.get("Encrypted"), ebs.get("SnapshotId"), "whether its snapshot is encrypted")
    return {"Attachments": {"Device": device}, "Encrypted": encrypted}


def _public(instance: TemplateResource, templates: Sequence[TemplateResource], interfaces: Any) -> Any:
    """The public address: an Elastic IP address, or else the setting of the interface, or else that of the subnet."""
    addresses = [instance.attached(f"AWS::EC2::{kind}", "InstanceId") for kind in ("EIP", "EIPAssociation")]
    if any(addresses):
        return Unknown("an Elastic IP address is attached", present=True)
    if isinstance(interfaces, Unknown):
        return Unknown(interfaces.why)
    # https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_InstanceNetworkInterfaceSpecification.html: eth0 alone
    first = [each for each in interfaces or () if isinstance(each, dict) and str(each.get("DeviceIndex", 0)) == "0"]
    assigned = [each.get("AssociatePublicIpAddress") for each in first]
    if not any(each is not None for each in assigned):
        subnet = "AWS::EC2::Subnet"
        subnets = [
            *instance.names(subnet, "SubnetId"),
            *instance.names(subnet, "NetworkInterfaces.SubnetId"),
            *(each for one in templates for each in one.names(subnet, "LaunchTemplateData.NetworkInterfaces.SubnetId")),
        ]
        assigned = [each.properties.get("MapPublicIpOnLaunch", False) for each in subnets]
    known = [each for each in assigned if not isinstance(each, Unknown)]
    if any(each in (True, "true") for each in known):
        return Unknown("assigned at launch", present=True)
    if known and len(known) == len(assigned) and all(each in (False, "false") for each in known):
        return None
    return Unknown("whether it has a public address depends on its subnet")
