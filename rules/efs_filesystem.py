"""EFS file systems: CloudFormation's shape."""

from typing import Any

from pillarwatch import ConfigurationItem, Verdict, any_of, check, compliant_if
from pillarwatch.lift import TemplateResource, by_default

BACKUPS = "configuration.BackupPolicy.Status"
ENCRYPTED = "configuration.Encrypted"
LIFE = "configuration.LifecyclePolicies"
MODE = "configuration.ThroughputMode"


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
    best_practices={"REL09-BP03": "nothing backs up the files by itself"},
    managed_rule="EFS_AUTOMATIC_BACKUPS_ENABLED",
    effort="S",
    fix="Turn on automatic backups.",
    compliant=[{BACKUPS: "ENABLED"}],
    non_compliant=[{BACKUPS: "DISABLED"}, {}],
)
def efs_automatic_backups_enabled(system: ConfigurationItem) -> Verdict:
    """File systems are backed up by themselves.

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
