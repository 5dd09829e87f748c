"""Backup plans; their configuration items use the property names of CloudFormation."""

from pillarwatch import (
    Attributes,
    ConfigurationItem,
    Verdict,
    all_of,
    any_of,
    check,
    compliant_if,
    compliant_if_all,
    contains,
    listed,
    none_of,
)

RULES = "configuration.BackupPlan.BackupPlanRule"
COPIES = f"{RULES}.CopyActions.DestinationBackupVaultArn"
DELETE_AFTER = "Lifecycle.DeleteAfterDays"
MOVE_TO_COLD = "Lifecycle.MoveToColdStorageAfterDays"
DAILY = (" * * ? *)", " ? * * *)", "/1 * ? *)", " ? * 1-7 *)", " ? * MON-SUN *)", " ? * SUN-SAT *)")
DAILY_RATES = ("rate(1 day", "rate(1 hour", *(f"rate({hours} hours" for hours in range(2, 25)))


def copying_to(*regions: str) -> dict[str, object]:
    """An example of a plan that copies backups to the given Regions."""
    vaults = [f"arn:aws:backup:{region}:123456789012:backup-vault:copies" for region in regions]
    return {RULES: [{"CopyActions": [{"DestinationBackupVaultArn": vault} for vault in vaults]}]}


@check(
    "AWS::Backup::BackupPlan",
    best_practices={"REL13-BP02": "no backup is copied to another Region"},
    effort="M",
    severity="medium",
    fix="Add a copy action to a vault in another Region. Copies and the transfer between Regions are charged.",
    compliant=[copying_to("eu-central-1"), copying_to("eu-west-1", "eu-central-1")],
    non_compliant=[copying_to("eu-west-1"), {RULES: [{"RuleName": "daily"}]}, {}],
)
def backup_plan_cross_region_copy(plan: ConfigurationItem) -> Verdict:
    """Backup plans copy backups to another Region.

    If a Region fails, its backups are unavailable. A copy to another account in the same Region does not help.
    """
    copies = plan.texts(COPIES)
    regions = [vault.partition(":backup:")[2].partition(":")[0] for vault in copies]
    several = any_of(regions, lambda one: any_of(regions, lambda other: one != other))  # then one is another Region
    in_other_region = any_of([several, any_of(regions, lambda region: region != plan.region)])
    return compliant_if(in_other_region, f"copies: {listed(copies) or 'none'} (expected one in another Region)")


@check(
    "AWS::Backup::BackupPlan",
    best_practices={"REL09-BP03": "backups are not taken daily or are deleted too early"},
    managed_rule="BACKUP_PLAN_MIN_FREQUENCY_AND_MIN_RETENTION_CHECK",
    effort="S",
    fix="Set a daily ScheduleExpression, and Lifecycle.DeleteAfterDays to 35 or more.",
    compliant=[
        {RULES: [{"ScheduleExpression": "cron(0 5 * * ? *)", "Lifecycle": {"DeleteAfterDays": 35}}]},
        {RULES: [{"ScheduleExpression": "cron(0 5 1/1 * ? *)"}]},
        {RULES: [{"EnableContinuousBackup": True, "Lifecycle": {"DeleteAfterDays": 35}}]},
    ],
    non_compliant=[
        {RULES: [{"ScheduleExpression": "cron(0 5 * * ? *)", "Lifecycle": {"DeleteAfterDays": 34}}]},
        {RULES: [{"ScheduleExpression": "cron(0 5 ? * 1 *)", "Lifecycle": {"DeleteAfterDays": 35}}]},
        {RULES: [{"ScheduleExpression": "cron(0 5 1 * ? *)", "Lifecycle": {"DeleteAfterDays": 35}}]},
        {},
    ],
)
def backup_plan_min_frequency_and_min_retention_check(
    plan: ConfigurationItem, *, required_retention_days: int = 35
) -> Verdict:
    """Backup plans take backups daily and keep them for at least 35 days.

    Data that changed after the last backup is lost, and an error that is found after the retention period cannot be
    undone. A rule without DeleteAfterDays keeps backups forever, and passes.
    """

    def daily(rule: Attributes) -> bool:
        schedule = rule.text("ScheduleExpression", "cron(0 5 ? * * *)")
        every_day = any_of(DAILY, schedule.endswith)
        return any_of([rule.flag("EnableContinuousBackup"), every_day, any_of(DAILY_RATES, schedule.startswith)])

    def kept_long_enough(rule: Attributes) -> bool:
        return any_of([rule.number(DELETE_AFTER) >= required_retention_days, none_of([rule.has(DELETE_AFTER)])])

    rules = plan.objects(RULES)
    sufficient = any_of(rules, lambda rule: all_of([daily(rule), kept_long_enough(rule)]))
    found = f"none of {len(rules)} rules" if rules else "no rule"
    return compliant_if(sufficient, f"{found} takes daily backups and keeps them for {required_retention_days} days")


@check(
    "AWS::Backup::BackupPlan",
    best_practices={
        "COST04-BP05": "backups are never deleted, or old ones stay in warm storage",
        "SUS04-BP02": "old backups are not moved to cold storage",
    },
    effort="S",
    severity="low",
    fix="Set DeleteAfterDays, and MoveToColdStorageAfterDays if backups are kept for 120 days or longer.",
    compliant=[
        {RULES: [{"Lifecycle": {"DeleteAfterDays": 119}}]},
        {RULES: [{"Lifecycle": {"DeleteAfterDays": 120, "MoveToColdStorageAfterDays": 30}}]},
    ],
    non_compliant=[
        {RULES: [{"RuleName": "yearly", "Lifecycle": {"DeleteAfterDays": 120}}]},
        {RULES: [{"RuleName": "daily"}]},
    ],
    not_applicable=[{}],
)
def backup_lifecycle_cold_storage(plan: ConfigurationItem, *, least_cold_days: int = 120) -> Verdict:
    """Backup plans delete old backups, and move long-lived ones to cold storage.

    Backups that are never deleted cost more each month, and warm storage costs more than cold storage. Cold storage is
    charged for at least 90 days. The check therefore requires cold storage only for backups that are kept for 120 days
    or longer.
    """

    def ends_and_moves(rule: Attributes) -> bool:
        days = rule.number(DELETE_AFTER)
        return all_of([days > 0, any_of([days < least_cold_days, rule.has(MOVE_TO_COLD)])])

    missing = "DeleteAfterDays or MoveToColdStorageAfterDays is not set"
    return compliant_if_all(plan.objects(RULES), ends_and_moves, missing, named="RuleName")
