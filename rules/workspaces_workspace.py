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
    best_practices={"SEC08-BP02": "what people work on lies on the disk as it is"},
    managed_rule="WORKSPACES_USER_VOLUME_ENCRYPTION_ENABLED",
    effort="L",
    severity="medium",
    fix="Make the desktop anew with an encrypted user volume.",
    compliant=[{USER: True}],
    non_compliant=[{USER: False}, {ROOT: True}, {}],
)
def workspaces_user_volume_encryption_enabled(desktop: ConfigurationItem) -> Verdict:
    """Desktops encrypt the volume of their user.

    It is decided when the desktop is made.
    """
    return compliant_if(desktop.flag(USER), otherwise="the user volume is not encrypted")


@check(
    "AWS::WorkSpaces::Workspace",
    best_practices={"SEC08-BP02": "caches, page files and profiles on the system's disk are readable"},
    managed_rule="WORKSPACES_ROOT_VOLUME_ENCRYPTION_ENABLED",
    effort="L",
    severity="medium",
    fix="Make the desktop anew with an encrypted root volume.",
    compliant=[{ROOT: True}],
    non_compliant=[{ROOT: False}, {USER: True}, {}],
)
def workspaces_root_volume_encryption_enabled(desktop: ConfigurationItem) -> Verdict:
    """Desktops encrypt the volume of their operating system.

    What the user opens leaves its traces there as well.
    """
    return compliant_if(desktop.flag(ROOT), otherwise="the root volume is not encrypted")
