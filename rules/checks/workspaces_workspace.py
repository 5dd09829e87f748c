"""WorkSpaces. The attributes are CloudFormation's properties."""

from pillarwatch import ConfigurationItem, Verdict, any_of, check, compliant_if

MODE = "configuration.WorkspaceProperties.RunningMode"
ROOT, USER = "configuration.RootVolumeEncryptionEnabled", "configuration.UserVolumeEncryptionEnabled"


@check(
    "AWS::WorkSpaces::Workspace",
    best_practices={
        "COST06-BP03": "the WorkSpace is billed while its user is away",
        "SUS02-BP05": "the WorkSpace runs without a user",
    },
    effort="S",
    fix="Set WorkspaceProperties.RunningMode to AUTO_STOP, or add the tag AlwaysOnException with the reason.",
    compliant=[{MODE: "AUTO_STOP"}, {MODE: "ALWAYS_ON", "tags.AlwaysOnException": "trading floor"}],
    non_compliant=[{MODE: "ALWAYS_ON"}, {}],
)
def workspaces_auto_stop_running_mode(desktop: ConfigurationItem) -> Verdict:
    """WorkSpaces use the running mode AutoStop.

    In the mode AlwaysOn, a WorkSpace is billed for the whole month, also without use. AlwaysOn costs less for many
    hours of use a month: add the tag AlwaysOnException to these WorkSpaces.
    """
    mode = desktop.text(MODE, "ALWAYS_ON")
    right = any_of([mode == "AUTO_STOP", desktop.tag("AlwaysOnException") != ""])
    return compliant_if(right, otherwise=f"RunningMode is {mode} (expected AUTO_STOP)")


@check(
    "AWS::WorkSpaces::Workspace",
    best_practices={"SEC08-BP02": "the files of the user are stored unencrypted"},
    managed_rule="WORKSPACES_USER_VOLUME_ENCRYPTION_ENABLED",
    effort="L",
    severity="medium",
    fix="Create the WorkSpace again with UserVolumeEncryptionEnabled true, and copy the files.",
    compliant=[{USER: True}],
    non_compliant=[{USER: False}, {ROOT: True}, {}],
)
def workspaces_user_volume_encryption_enabled(desktop: ConfigurationItem) -> Verdict:
    """WorkSpaces have encrypted user volumes.

    Without encryption, the files of the user are readable to anybody with access to the storage. Encryption can be
    enabled only when a WorkSpace is created.
    """
    return compliant_if(desktop.flag(USER), otherwise="UserVolumeEncryptionEnabled is false (expected true)")


@check(
    "AWS::WorkSpaces::Workspace",
    best_practices={"SEC08-BP02": "the files of the operating system are stored unencrypted"},
    managed_rule="WORKSPACES_ROOT_VOLUME_ENCRYPTION_ENABLED",
    effort="L",
    severity="medium",
    fix="Create the WorkSpace again with RootVolumeEncryptionEnabled true.",
    compliant=[{ROOT: True}],
    non_compliant=[{ROOT: False}, {USER: True}, {}],
)
def workspaces_root_volume_encryption_enabled(desktop: ConfigurationItem) -> Verdict:
    """WorkSpaces have encrypted root volumes.

    Temporary files and caches on an unencrypted root volume are readable to anybody with access to the storage.
    """
    return compliant_if(desktop.flag(ROOT), otherwise="RootVolumeEncryptionEnabled is false (expected true)")
