"""WorkSpaces: CloudFormation's shape."""

from pillarwatch import ConfigurationItem, Verdict, any_of, check, compliant_if

MODE = "configuration.WorkspaceProperties.RunningMode"
ROOT, USER = "configuration.RootVolumeEncryptionEnabled", "configuration.UserVolumeEncryptionEnabled"


@check(
    "AWS::WorkSpaces::Workspace",
    best_practices={
        "COST06-BP03": "the desktop is paid for at night",
        "SUS02-BP05": "a machine runs while its user sleeps",
    },
    effort="S",
    fix="Set the running mode to AUTO_STOP, or tag the desktop with AlwaysOnException.",
    compliant=[{MODE: "AUTO_STOP"}, {MODE: "ALWAYS_ON", "tags.AlwaysOnException": "trading floor"}],
    non_compliant=[{MODE: "ALWAYS_ON"}, {}],
)
def workspaces_auto_stop_running_mode(desktop: ConfigurationItem) -> Verdict:
    """Desktops stop when nobody uses them.

    Always on is cheaper from about half the month on: then say so in the tag.
    """
    mode = desktop.text(MODE, "ALWAYS_ON")
    right = any_of([mode == "AUTO_STOP", desktop.tag("AlwaysOnException") != ""])
    return compliant_if(right, otherwise=f"the running mode is {mode}")


@check(
    "AWS::WorkSpaces::Workspace",
    best_practices={"SEC08-BP02": "the user's files are stored unencrypted"},
    managed_rule="WORKSPACES_USER_VOLUME_ENCRYPTION_ENABLED",
    effort="L",
    severity="medium",
    fix="Recreate the WorkSpace with an encrypted user volume.",
    compliant=[{USER: True}],
    non_compliant=[{USER: False}, {ROOT: True}, {}],
)
def workspaces_user_volume_encryption_enabled(desktop: ConfigurationItem) -> Verdict:
    """WorkSpaces have encrypted user volumes.

    It is decided when the desktop is made.
    """
    return compliant_if(desktop.flag(USER), otherwise="the user volume is not encrypted")


@check(
    "AWS::WorkSpaces::Workspace",
    best_practices={"SEC08-BP02": "the files of the operating system are stored unencrypted"},
    managed_rule="WORKSPACES_ROOT_VOLUME_ENCRYPTION_ENABLED",
    effort="L",
    severity="medium",
    fix="Recreate the WorkSpace with an encrypted root volume.",
    compliant=[{ROOT: True}],
    non_compliant=[{ROOT: False}, {USER: True}, {}],
)
def workspaces_root_volume_encryption_enabled(desktop: ConfigurationItem) -> Verdict:
    """WorkSpaces have encrypted root volumes.

    What the user opens leaves its traces there as well.
    """
    return compliant_if(desktop.flag(ROOT), otherwise="the root volume is not encrypted")
