"""EFS file systems, with CloudFormation's attribute names."""

from typing import Any

from pillarwatch import (
    ConfigurationItem,
    Statement,
    Verdict,
    all_of,
    any_of,
    check,
    compliant_if,
    compliant_if_none,
    contains,
    none_of,
)
from pillarwatch.conditions import Condition
from pillarwatch.template_resource import TemplateResource, by_default
from rules.checks.shared.examples import allowing
from rules.checks.shared.resource_policies import ANY_ORGANIZATION, ANY_PRINCIPAL, ONE_ACCOUNT, ONE_ORGANIZATION

POLICY = "configuration.FileSystemPolicy"
BACKUPS = "configuration.BackupPolicy.Status"
ENCRYPTED = "configuration.Encrypted"
LIFECYCLE = "configuration.LifecyclePolicies"
MODE = "configuration.ThroughputMode"
# A client in the network of a mount target: https://docs.aws.amazon.com/efs/latest/ug/access-control-block-public-access.html
VIA_MOUNT_TARGET = "elasticfilesystem:accessedviamounttarget"


@check(
    "AWS::EFS::FileSystem",
    best_practices={
        "SEC03-BP07": "the file system policy allows any principal",
        "SEC08-BP04": "access to the files is not limited to specific principals",
    },
    effort="S",
    severity="high",
    fix="Name principals in FileSystemPolicy, or add a condition on elasticfilesystem:AccessedViaMountTarget.",
    compliant=[
        {POLICY: ONE_ACCOUNT},
        {POLICY: ONE_ORGANIZATION},
        {
            POLICY: allowing(
                "*", Principal="*", Condition={"Bool": {"elasticfilesystem:AccessedViaMountTarget": "true"}}
            )
        },
        {},
    ],
    non_compliant=[{POLICY: ANY_PRINCIPAL}, {POLICY: ANY_ORGANIZATION}],
)
def efs_file_system_policy_no_public_access(system: ConfigurationItem) -> Verdict:
    """EFS file system policies do not allow public access.

    A public policy lets any principal read and write files. A condition on elasticfilesystem:AccessedViaMountTarget
    limits access to clients in the network, so EFS does not treat such a policy as public.
    """

    def is_open(statement: Statement) -> bool:
        return all_of([statement.admits_anybody, none_of(statement.conditions, requires_mount_target)])

    return compliant_if_none(
        system.statements(POLICY), is_open, "statements allow any principal without a limiting condition"
    )


def requires_mount_target(condition: Condition) -> bool:
    """Whether a condition limits access to clients that use a mount target."""
    wanted = contains([value.lower() for value in condition.values], "true")
    return all_of(
        [condition.operator == "bool", condition.key == VIA_MOUNT_TARGET, wanted, none_of([condition.if_missing])]
    )


@check(
    "AWS::EFS::FileSystem",
    best_practices={"SEC08-BP02": "files are stored unencrypted"},
    managed_rule="EFS_ENCRYPTED_CHECK",
    effort="L",
    severity="medium",
    fix="Create a file system with Encrypted set to true, and copy the files to it.",
    compliant=[{ENCRYPTED: True}],
    non_compliant=[{ENCRYPTED: False}, {}],
)
def efs_encrypted_check(system: ConfigurationItem) -> Verdict:
    """EFS file systems are encrypted.

    Files of an unencrypted file system are stored in clear text. Encryption can be enabled only at creation.
    """
    return compliant_if(system.flag(ENCRYPTED), otherwise="Encrypted is false (expected true)")


@check(
    "AWS::EFS::FileSystem",
    best_practices={"REL09-BP03": "the file system has no automatic backup"},
    managed_rule="EFS_AUTOMATIC_BACKUPS_ENABLED",
    effort="S",
    fix="Set BackupPolicy.Status to ENABLED. Backup storage is charged.",
    compliant=[{BACKUPS: "ENABLED"}],
    non_compliant=[{BACKUPS: "DISABLED"}, {}],
)
def efs_automatic_backups_enabled(system: ConfigurationItem) -> Verdict:
    """EFS file systems have automatic backups enabled.

    Without backups, deleted and overwritten files cannot be restored. By default, the API enables backups only for One
    Zone file systems.
    """
    status = system.text(BACKUPS, "DISABLED")
    return compliant_if(status == "ENABLED", otherwise=f"BackupPolicy.Status is {status} (expected ENABLED)")


@check(
    "AWS::EFS::FileSystem",
    best_practices={
        "PERF03-BP02": "throughput does not follow the load",
        "COST06-BP03": "unused throughput is charged",
    },
    effort="S",
    severity="low",
    fix="Set ThroughputMode to elastic. Elastic throughput is charged by the amount of data transferred.",
    compliant=[{MODE: "elastic"}, {MODE: "bursting"}, {}],
    non_compliant=[{MODE: "provisioned"}],
)
def efs_throughput_mode_elastic(system: ConfigurationItem) -> Verdict:
    """EFS file systems use elastic or bursting throughput.

    Provisioned throughput is charged even if it is not used, and it does not follow the load.
    """
    mode = system.text(MODE, "bursting")
    return compliant_if(mode != "provisioned", otherwise=f"ThroughputMode is {mode} (expected elastic or bursting)")


@check(
    "AWS::EFS::FileSystem",
    best_practices={
        "SUS04-BP02": "rarely used files stay in Standard storage",
        "COST05-BP05": "rarely used files are charged at the Standard price",
        "SUS04-BP03": "no lifecycle policy manages the files",
    },
    effort="S",
    fix="Set LifecyclePolicies.TransitionToIA, for example to AFTER_30_DAYS. Reads from that class are charged.",
    compliant=[{LIFECYCLE: [{"TransitionToIA": "AFTER_30_DAYS"}]}],
    non_compliant=[{LIFECYCLE: [{"TransitionToPrimaryStorageClass": "AFTER_1_ACCESS"}]}, {}],
)
def efs_lifecycle_policy_configured(system: ConfigurationItem) -> Verdict:
    """EFS file systems move rarely used files to Infrequent Access.

    Rarely used files cost more in Standard storage than in Infrequent Access. With TransitionToPrimaryStorageClass, a
    file returns to Standard storage when it is read.
    """
    moves = any_of(system.objects(LIFECYCLE), lambda policy: policy.has("TransitionToIA"))
    return compliant_if(moves, otherwise="LifecyclePolicies has no TransitionToIA (expected one)")


def to_configuration_item(system: TemplateResource) -> dict[str, Any]:
    """A file system. A One Zone file system has automatic backups by default."""
    properties = system.properties
    if "AvailabilityZoneName" in properties:
        properties.setdefault("BackupPolicy", {"Status": by_default("ENABLED", "for One Zone")})
    return {"configuration": properties}
