"""EC2 instances: the describe API's camelCase."""

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
from pillarwatch.lift import TemplateResource, elements, inherited, lowered, worded
from pillarwatch.unknown import Unknown
from rules.shared.literals import secrets_of_user_data, template_holds_no_literal_secret
from rules.shared.machines import NOT_OPTIMIZABLE, OPTIMIZABLE, PREVIOUS
from rules.shared.tags import required_tags, resource_managed_by_iac, resource_owner_tag_present

ARCHITECTURE = "configuration.architecture"
CHANGED = "configurationItemCaptureTime"
ENDPOINT = "configuration.metadataOptions.httpEndpoint"
KEY = "configuration.keyName"
KIND = "configuration.instanceType"
MONITORING = "configuration.monitoring.state"
OPTIMIZED = "configuration.ebsOptimized"
PATCHES = "supplementaryConfiguration.ssm.DescribeInstancePatchStates.InstancePatchStates"
PLATFORM = "configuration.platform"
PROFILE = "configuration.iamInstanceProfile"
PUBLIC = "configuration.publicIpAddress"
RECOVERY = "configuration.maintenanceOptions.autoRecovery"
STATE = "configuration.state.name"
TOKENS = "configuration.metadataOptions.httpTokens"
VOLUMES = "supplementaryConfiguration.ec2.DescribeVolumes.Volumes"
UNPATCHED = ("MissingCount", "FailedCount", "InstalledPendingRebootCount", "InstalledRejectedCount")


@check(
    "AWS::EC2::Instance",
    best_practices={"SEC08-BP02": "volumes of the instance are stored unencrypted"},
    effort="M",
    severity="medium",
    fix="Set Encrypted to true for each volume in BlockDeviceMappings.",
    compliant=[{VOLUMES: [{"Encrypted": True}]}],
    non_compliant=[{VOLUMES: [{"Encrypted": True}, {"Encrypted": False}]}, {VOLUMES: [{}]}],
    not_applicable=[{VOLUMES: []}, {}],
)
def ec2_instance_ebs_volumes_encrypted(instance: ConfigurationItem) -> Verdict:
    """EC2 instances in templates have encrypted EBS volumes.

    A deployed volume has an item of its own, which encrypted-volumes judges. A volume of which nothing is said is
    unencrypted, unless the account encrypts by default. What a volume takes over from a snapshot is not known.
    """

    def is_encrypted(volume: Attributes) -> bool:
        return volume.flag("Encrypted")

    def device(volume: Attributes) -> str:
        return volume.text("Attachments.Device", "unnamed")

    return compliant_if_all(instance.objects(VOLUMES), is_encrypted, "unencrypted", named=device)


@check(
    "AWS::EC2::Instance",
    best_practices={"SEC06-BP02": "a server-side request forgery can read the instance's credentials"},
    managed_rule="EC2_IMDSV2_CHECK",
    automation="AWSConfigRemediation-EnforceEC2InstanceIMDSv2",
    effort="S",
    fix="Set MetadataOptions.HttpTokens to required.",
    compliant=[{TOKENS: "required"}, {TOKENS: "optional", ENDPOINT: "disabled"}],
    non_compliant=[{TOKENS: "optional", ENDPOINT: "enabled"}, {TOKENS: "optional"}, {}],
)
def ec2_imdsv2_check(instance: ConfigurationItem) -> Verdict:
    """EC2 instances require IMDSv2.

    Version 1 answers to anybody who can make the server send a request. What neither the instance nor its template says
    is optional, unless the image or the account's default says otherwise. Where the endpoint is off nobody gets any.
    """
    tokens = instance.text(TOKENS, "optional")
    safe = any_of([tokens == "required", instance.text(ENDPOINT, "enabled") == "disabled"])
    return compliant_if(safe, otherwise=f"MetadataOptions.HttpTokens is {tokens} (expected required)")


@check(
    "AWS::EC2::Instance",
    best_practices={"SEC05-BP01": "the instance has a public address instead of a private subnet"},
    managed_rule="EC2_INSTANCE_NO_PUBLIC_IP",
    effort="M",
    exposed=True,
    fix="Put the instance into a private subnet, behind a load balancer.",
    compliant=[{}],
    non_compliant=[{PUBLIC: "203.0.113.7"}],
)
def ec2_instance_no_public_ip(instance: ConfigurationItem) -> Verdict:
    """EC2 instances have no public IP address.

    A template that does not say leaves it to the subnet, which it may not have.
    """
    return compliant_if(none_of([instance.has(PUBLIC)]), otherwise=f"public address: {instance.text(PUBLIC)}")


@check(
    "AWS::EC2::Instance",
    best_practices={"SEC02-BP02": "without a role software on the instance needs long-term access keys"},
    managed_rule="EC2_INSTANCE_PROFILE_ATTACHED",
    automation="AWS-AttachIAMToInstance",
    effort="S",
    severity="medium",
    fix="Attach an instance profile with the rights that the instance needs.",
    compliant=[{f"{PROFILE}.arn": "arn:aws:iam::123456789012:instance-profile/web"}],
    non_compliant=[{}],
)
def ec2_instance_profile_attached(instance: ConfigurationItem) -> Verdict:
    """EC2 instances have an instance profile.

    Without one, whoever needs AWS from there brings an access key.
    """
    return compliant_if(instance.has(PROFILE), otherwise="IamInstanceProfile is not set")


@check(
    "AWS::EC2::Instance",
    best_practices={"SEC06-BP03": "users sign in to the instance with a long-term key"},
    managed_rule="EC2_NO_AMAZON_KEY_PAIR",
    effort="M",
    severity="low",
    fix="Launch without a key pair, and reach the machine through Session Manager.",
    compliant=[{}],
    non_compliant=[{KEY: "operations"}],
)
def ec2_no_amazon_key_pair(instance: ConfigurationItem) -> Verdict:
    """EC2 instances have no key pair.

    Session Manager knows who it was, and needs no open port.
    """
    return compliant_if(none_of([instance.has(KEY)]), otherwise=f"key pair {instance.text(KEY)}")


@check(
    "AWS::EC2::Instance",
    best_practices={
        "PERF02-BP03": "short peaks are not visible in five-minute metrics",
        "REL06-BP01": "alarms react minutes late",
    },
    managed_rule="EC2_INSTANCE_DETAILED_MONITORING_ENABLED",
    automation="AWS-ConfigureCloudWatchOnEC2Instance",
    effort="S",
    severity="low",
    fix="Turn on detailed monitoring.",
    compliant=[{MONITORING: "enabled"}],
    non_compliant=[{MONITORING: "disabled"}, {}],
)
def ec2_instance_detailed_monitoring_enabled(instance: ConfigurationItem) -> Verdict:
    """EC2 instances have detailed monitoring enabled.

    Instead of every five.
    """
    state = instance.text(MONITORING, "disabled")
    return compliant_if(state == "enabled", otherwise=f"Monitoring is {state} (expected enabled)")


@check(
    "AWS::EC2::Instance",
    best_practices={
        "REL11-BP03": "an instance on broken hardware waits for somebody",
        "REL10-BP02": "nothing recovers the component that stands in one place",
    },
    effort="S",
    severity="medium",
    live=True,
    fix="Set automatic recovery to its default.",
    compliant=[{RECOVERY: "default"}, {}],
    non_compliant=[{RECOVERY: "disabled"}],
)
def ec2_auto_recovery_enabled(instance: ConfigurationItem) -> Verdict:
    """Instances move away from broken hardware by themselves.

    They do unless somebody turns it off.
    """
    recovery = instance.text(RECOVERY, "default")
    return compliant_if(recovery == "default", otherwise=f"automatic recovery is {recovery}")


@check(
    "AWS::EC2::Instance",
    best_practices={
        "SUS05-BP02": "the old machine does less with the same energy",
        "PERF02-BP01": "an older type was kept where a newer one does more",
        "COST06-BP02": "the type was not compared with what newer ones cost",
    },
    automation="AWS-ResizeInstance",
    effort="M",
    fix="Resize the instance to a current generation.",
    compliant=[{KIND: "m7i.large"}, {KIND: "t3.micro"}],
    non_compliant=[{KIND: "m4.large"}, {KIND: "t2.micro"}],
    not_applicable=[{}],
)
def ec2_instance_current_generation(instance: ConfigurationItem) -> Verdict:
    """Instances are of a current generation.

    A previous one costs more for less.
    """
    kind = instance.text(KIND)
    if kind == "":
        return NOT_APPLICABLE
    return compliant_if(none_of(PREVIOUS, kind.startswith), otherwise=f"InstanceType is {kind} (expected a newer one)")


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
    fix="Build for arm64 and move to a Graviton family, or tag the instance with ProcessorException and the reason.",
    compliant=[{ARCHITECTURE: "arm64"}, {ARCHITECTURE: "x86_64", "tags.ProcessorException": "vendor's binary"}],
    non_compliant=[{ARCHITECTURE: "x86_64"}],
    not_applicable=[{ARCHITECTURE: "x86_64", PLATFORM: "windows"}, {ARCHITECTURE: "x86_64_mac"}, {}],
)
def ec2_instance_graviton_preferred(instance: ConfigurationItem) -> Verdict:
    """Linux instances run on Graviton (arm64).

    A template names an image, and not what the image was built for.
    """
    architecture = instance.text(ARCHITECTURE)
    windows = instance.text(PLATFORM).lower() == "windows"
    if any_of([architecture == "", windows, architecture.endswith("_mac")]):
        return NOT_APPLICABLE
    right = any_of([architecture.startswith("arm64"), instance.tag("ProcessorException") != ""])
    return compliant_if(right, otherwise=f"the architecture is {architecture}")


@check(
    "AWS::EC2::Instance",
    best_practices={
        "PERF02-BP02": "disk and network share one way out",
        "PERF03-BP02": "the volumes do not reach their speed",
    },
    managed_rule="EBS_OPTIMIZED_INSTANCE",
    effort="S",
    severity="low",
    fix="Turn on EBS optimization, or take a type that always has it.",
    compliant=[{KIND: "c3.xlarge", OPTIMIZED: True}, {KIND: "m7i.large"}, {KIND: "m4.large", OPTIMIZED: False}],
    non_compliant=[{KIND: "c3.xlarge", OPTIMIZED: False}, {KIND: "m3.xlarge"}],
    not_applicable=[{KIND: "t2.micro", OPTIMIZED: False}, {KIND: "c3.large"}, {}],
)
def ebs_optimized_instance(instance: ConfigurationItem) -> Verdict:
    """Instances have a way of their own to their volumes.

    As AWS's own rule reads it, types that always have one are right, and types that cannot have one do not apply. A
    type that is not told is m1.small.
    """
    kind, optimized = instance.text(KIND, "m1.small"), instance.flag(OPTIMIZED)
    can = contains(OPTIMIZABLE, kind)
    if all_of([none_of([can, optimized]), kind.startswith(NOT_OPTIMIZABLE)]):
        return NOT_APPLICABLE
    return compliant_if(any_of([optimized, none_of([can])]), otherwise=f"{kind} is not EBS-optimized")


@check(
    "AWS::EC2::Instance",
    best_practices={
        "PERF04-BP02": "the network card is an older, slower one",
        "PERF02-BP02": "the machine's network speed is not reached",
    },
    automation="AWSSupport-MigrateXenToNitroLinux",
    effort="M",
    severity="low",
    live=True,
    fix="Turn on enhanced networking, best by moving to a type of the Nitro system.",
    compliant=[{"configuration.enaSupport": True}],
    non_compliant=[{"configuration.enaSupport": False}, {}],
)
def ec2_ena_enabled(instance: ConfigurationItem) -> Verdict:
    """Instances have the Elastic Network Adapter.

    Every type of the Nitro system has it where the image knows the driver; what older types may have is slower.
    """
    return compliant_if(instance.flag("configuration.enaSupport"), otherwise="no Elastic Network Adapter")


@check(
    "AWS::EC2::Instance",
    best_practices={
        "PERF02-BP02": "the machine cannot use what newer hardware offers",
        "PERF05-BP06": "the kind of virtualization was never revisited",
    },
    managed_rule="EC2_PARAVIRTUAL_INSTANCE_CHECK",
    effort="M",
    severity="low",
    live=True,
    fix="Move to an image with hardware virtualization.",
    compliant=[{"configuration.virtualizationType": "hvm"}, {}],
    non_compliant=[{"configuration.virtualizationType": "paravirtual"}],
)
def ec2_paravirtual_instance_check(instance: ConfigurationItem) -> Verdict:
    """Instances use hardware virtualization.

    Paravirtual images run on types of the past only.
    """
    kind = instance.text("configuration.virtualizationType", "hvm")
    return compliant_if(kind != "paravirtual", otherwise="virtualization is paravirtual")


@check(
    "AWS::EC2::Instance",
    best_practices={
        "COST04-BP03": "an instance that nobody misses is not decommissioned",
        "SUS02-BP03": "volumes of a stopped machine are kept for nobody",
    },
    managed_rule="EC2_STOPPED_INSTANCE",
    automation="AWS-TerminateEC2Instance",
    effort="S",
    severity="low",
    live=True,
    fix="Keep an image, and terminate the instance.",
    compliant=[{STATE: "running"}, {STATE: "stopped", CHANGED: "2025-12-16T12:00:00.000Z"}],
    non_compliant=[{STATE: "stopped", CHANGED: "2025-12-16T11:59:00.000Z"}],
    not_applicable=[{}],
)
def ec2_stopped_instance(instance: ConfigurationItem, *, allowed_days: int = 30) -> Verdict:
    """Stopped instances are terminated within a month.

    Their volumes and addresses are paid for all the same. The last item before it rests is that of its stopping; days
    pass without a change, so judge on schedule too.
    """
    state = instance.text(STATE)
    if state == "":
        return NOT_APPLICABLE
    days = instance.days_since(CHANGED)
    rests = all_of([state == "stopped", days > allowed_days])
    return compliant_if(none_of([rests]), otherwise=f"stopped for {days:.0f} days")


@check(
    "AWS::EC2::Instance",
    best_practices={
        "SEC06-BP01": "known vulnerabilities of the machine stay open",
        "OPS05-BP05": "patches of the baseline are missing",
        "SEC06-BP05": "patches do not reach the machine by themselves",
    },
    managed_rule="EC2_MANAGEDINSTANCE_PATCH_COMPLIANCE_STATUS_CHECK",
    automation="AWS-PatchInstanceWithRollback",
    effort="S",
    collector="patches",
    live=True,
    fix="Install the patches in a maintenance window, and reboot where they ask for it.",
    compliant=[{PATCHES: [{"MissingCount": 0, "FailedCount": 0, "InstalledCount": 7, "NotApplicableCount": 9}]}],
    non_compliant=[{PATCHES: [{count: 1}]} for count in UNPATCHED],
    not_applicable=[{PATCHES: []}, {}],
)
def ec2_managedinstance_patch_compliance_status_check(instance: ConfigurationItem) -> Verdict:
    """Instances have the patches that their baseline asks for.

    As Patch Manager counts it, one that waits for a reboot is not there yet. Where it has never scanned nothing is
    judged.
    """

    def open_patches(state: Attributes) -> bool:
        return any_of(UNPATCHED, lambda count: state.number(count) > 0)

    states = instance.objects(PATCHES)
    if not states:
        return NOT_APPLICABLE
    return compliant_if_none(states, open_patches, "patches", named=counted)


def counted(state: Attributes) -> str:
    """What is open, as an annotation names it."""
    return ", ".join(f"{count.removesuffix('Count')} {state.number(count):.0f}" for count in UNPATCHED)


def lift(instance: TemplateResource) -> dict[str, Any]:
    """An instance, with what its launch template in this template gives it."""
    properties = instance.properties
    kind = "AWS::EC2::LaunchTemplate"
    by_id = instance.names(kind, "LaunchTemplate.LaunchTemplateId")
    templates = [*by_id, *instance.names(kind, "LaunchTemplate.LaunchTemplateName")]
    data: Any = {}
    for template in templates:
        data = template.properties.get("LaunchTemplateData", {})
    elsewhere = Unknown("its launch template is not in this template") if "LaunchTemplate" in properties else None

    def given(key: str) -> Any:
        of_template = data.get(key) if isinstance(data, dict) else data
        return properties.get(key, of_template if templates else elsewhere)

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
    """The volumes of block device mappings; instance stores and devices that are left out are none."""
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
    """The public address: an Elastic IP address, or one that an interface asks for, else as the subnet has it."""
    addresses = [instance.attached(f"AWS::EC2::{kind}", "InstanceId") for kind in ("EIP", "EIPAssociation")]
    if any(addresses):
        return Unknown("an Elastic IP address is attached", present=True)
    if isinstance(interfaces, Unknown):
        return Unknown(interfaces.why)
    # https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_InstanceNetworkInterfaceSpecification.html: eth0 alone
    first = [each for each in interfaces or () if isinstance(each, dict) and str(each.get("DeviceIndex", 0)) == "0"]
    asked = [each.get("AssociatePublicIpAddress") for each in first]
    if not any(each is not None for each in asked):
        subnet = "AWS::EC2::Subnet"
        subnets = [
            *instance.names(subnet, "SubnetId"),
            *instance.names(subnet, "NetworkInterfaces.SubnetId"),
            *(each for one in templates for each in one.names(subnet, "LaunchTemplateData.NetworkInterfaces.SubnetId")),
        ]
        asked = [each.properties.get("MapPublicIpOnLaunch", False) for each in subnets]
    known = [each for each in asked if not isinstance(each, Unknown)]
    if any(each in (True, "true") for each in known):
        return Unknown("assigned at launch", present=True)
    if known and len(known) == len(asked) and all(each in (False, "false") for each in known):
        return None
    return Unknown("whether it has a public address depends on its subnet")
