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
from pillarwatch.lift import TemplateResource, by_default
from rules.shared.examples import allowing
from rules.shared.resource_policies import EVERYBODY, FIXED, IN_NAME, NAMED

POLICY = "configuration.FileSystemPolicy"
BACKUPS = "configuration.BackupPolicy.Status"
ENCRYPTED = "configuration.Encrypted"
LIFE = "configuration.LifecyclePolicies"
MODE = "configuration.ThroughputMode"


# A client in the network: https://docs.aws.amazon.com/efs/latest/ug/access-control-block-public-access.html
MOUNTED = "elasticfilesystem:accessedviamounttarget"


@check(
    "AWS::EFS::FileSystem",
    best_practices={
        "SEC03-BP07": "the resource policy allows any principal",
        "SEC08-BP04": "access to the files is not limited to who needs it",
    },
    effort="S",
    severity="high",
    fix="Name principals in the file system policy, or add the condition elasticfilesystem:AccessedViaMountTarget.",
    compliant=[
        {POLICY: NAMED},
        {POLICY: FIXED},
        {
            POLICY: allowing(
                "*", Principal="*", Condition={"Bool": {"elasticfilesystem:AccessedViaMountTarget": "true"}}
            )
        },
        {},
    ],
    non_compliant=[{POLICY: EVERYBODY}, {POLICY: IN_NAME}],
)
def efs_file_system_policy_no_public_access(system: ConfigurationItem) -> Verdict:
    """EFS file system policies are not open to everybody.

    As EFS itself decides it: a condition on the mount target limits access to clients in the network.
    """

    def is_open(statement: Statement) -> bool:
        return all_of([statement.admits_anybody, none_of(statement.conditions, by_mount_target)])

    return compliant_if_none(system.statements(POLICY), is_open, "open to everybody")


def by_mount_target(condition: Condition) -> bool:
    """Whether only clients that use a mount target meet a condition."""
    wanted = contains([value.lower() for value in condition.values], "true")
    return all_of([condition.operator == "bool", condition.key == MOUNTED, wanted, none_of([condition.if_missing])])


@check(
    "AWS::EFS::FileSystem",
    best_practices={"SEC08-BP02": "files lie on the disk as they are"},
    managed_rule="EFS_ENCRYPTED_CHECK",
    effort="L",
    severity="medium",
    fix="Make an encrypted file system, and copy the files.",
    compliant=[{ENCRYPTED: True}],
    non_compliant=[{ENCRYPTED: False}, {}],
)
def efs_encrypted_check(system: ConfigurationItem) -> Verdict:
    """File systems are encrypted.

    It is decided when they are made.
    """
    return compliant_if(system.flag(ENCRYPTED), otherwise="Encrypted is false (expected true)")


@check(
    "AWS::EFS::FileSystem",
    best_practices={"REL09-BP03": "the file system has no automatic backup"},
    managed_rule="EFS_AUTOMATIC_BACKUPS_ENABLED",
    effort="S",
    fix="Turn on automatic backups.",
    compliant=[{BACKUPS: "ENABLED"}],
    non_compliant=[{BACKUPS: "DISABLED"}, {}],
)
def efs_automatic_backups_enabled(system: ConfigurationItem) -> Verdict:
    """File systems have automatic backups enabled.

    The console turns it on, the API only for a file system of one zone.
    """
    status = system.text(BACKUPS, "DISABLED")
    return compliant_if(status == "ENABLED", otherwise=f"BackupPolicy.Status is {status} (expected ENABLED)")


@check(
    "AWS::EFS::FileSystem",
    best_practices={
        "PERF03-BP02": "throughput is what somebody guessed",
        "COST06-BP03": "throughput is paid for while nobody reads",
    },
    effort="S",
    severity="low",
    fix="Switch to elastic throughput.",
    compliant=[{MODE: "elastic"}, {MODE: "bursting"}, {}],
    non_compliant=[{MODE: "provisioned"}],
)
def efs_throughput_mode_elastic(system: ConfigurationItem) -> Verdict:
    """The throughput of file systems follows their use.

    Bursting, the default, does within bounds.
    """
    mode = system.text(MODE, "bursting")
    return compliant_if(mode != "provisioned", otherwise=f"throughput is {mode}")


@check(
    "AWS::EFS::FileSystem",
    best_practices={
        "SUS04-BP02": "files that nobody opens stay on storage made for hot ones",
        "COST05-BP05": "cold files are paid for as hot ones",
        "SUS04-BP03": "the life of files is left to nobody",
    },
    effort="S",
    fix="Set a transition to infrequent access.",
    compliant=[{LIFE: [{"TransitionToIA": "AFTER_30_DAYS"}]}],
    non_compliant=[{LIFE: [{"TransitionToPrimaryStorageClass": "AFTER_1_ACCESS"}]}, {}],
)
def efs_lifecycle_policy_configured(system: ConfigurationItem) -> Verdict:
    """File systems move what nobody opens to colder storage.

    It comes back when it is read, if that is said too.
    """
    moves = any_of(system.objects(LIFE), lambda policy: policy.has("TransitionToIA"))
    return compliant_if(moves, otherwise="LifecyclePolicies has no TransitionToIA")


def lift(system: TemplateResource) -> dict[str, Any]:
    """A file system; one of a single zone is backed up unless it says otherwise."""
    properties = system.properties
    if "AvailabilityZoneName" in properties:
        properties.setdefault("BackupPolicy", {"Status": by_default("ENABLED", "for one zone")})
    return {"configuration": properties}
