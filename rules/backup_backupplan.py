"""Backup plans: CloudFormation's shape, with rules as the item names them."""

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
LIFE = "Lifecycle.DeleteAfterDays"
COLD = "Lifecycle.MoveToColdStorageAfterDays"
DAILY = (" * * ? *)", " ? * * *)", "/1 * ? *)", " ? * 1-7 *)", " ? * MON-SUN *)", " ? * SUN-SAT *)")
DAILY_RATES = ("rate(1 day", "rate(1 hour", *(f"rate({hours} hours" for hours in range(2, 25)))


def copying_to(*regions: str) -> dict[str, object]:
    """An example of a plan with a copy in each of some regions."""
    vaults = [f"arn:aws:backup:{region}:123456789012:backup-vault:copies" for region in regions]
    return {RULES: [{"CopyActions": [{"DestinationBackupVaultArn": vault} for vault in vaults]}]}


@check(
    "AWS::Backup::BackupPlan",
    best_practices={"REL13-BP02": "no copy is where the disaster is not"},
    effort="M",
    severity="medium",
    fix="Add a copy action to a vault in another region.",
    compliant=[copying_to("eu-central-1"), copying_to("eu-west-1", "eu-central-1")],
    non_compliant=[copying_to("eu-west-1"), {RULES: [{"RuleName": "daily"}]}, {}],
)
def backup_plan_cross_region_copy(plan: ConfigurationItem) -> Verdict:
    """Backup plans copy to a vault in another region.

    Another account in the same region helps against deletion only.
    """
    copies = plan.texts(COPIES)
    regions = [vault.partition(":backup:")[2].partition(":")[0] for vault in copies]
    in_two = any_of(regions, lambda one: any_of(regions, lambda other: one != other))  # so one of them is not this one
    elsewhere = any_of([in_two, any_of(regions, lambda region: region != plan.region)])
    return compliant_if(elsewhere, otherwise=f"copies: {listed(copies) or 'none'}")


@check(
    "AWS::Backup::BackupPlan",
    best_practices={"REL09-BP03": "backups are rarer or shorter-lived than a mistake needs to be found"},
    managed_rule="BACKUP_PLAN_MIN_FREQUENCY_AND_MIN_RETENTION_CHECK",
    effort="S",
    fix="Back up daily, and keep the backups for 35 days or more.",
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
    """Backup plans back up every day, and keep it for five weeks.

    A rule without an end keeps for ever, which is long enough here and a question of cost elsewhere.
    """

    def daily(rule: Attributes) -> bool:
        schedule = rule.text("ScheduleExpression", "cron(0 5 ? * * *)")
        every_day = any_of(DAILY, schedule.endswith)
        return any_of([rule.flag("EnableContinuousBackup"), every_day, any_of(DAILY_RATES, schedule.startswith)])

    def kept(rule: Attributes) -> bool:
        return any_of([rule.number(LIFE) >= required_retention_days, none_of([rule.has(LIFE)])])

    rules = plan.objects(RULES)
    right = any_of(rules, lambda rule: all_of([daily(rule), kept(rule)]))
    return compliant_if(
        right, otherwise=f"{len(rules)} rules, and none is daily and keeps {required_retention_days} days"
    )


@check(
    "AWS::Backup::BackupPlan",
    best_practices={
        "COST04-BP05": "backups have no end, or old ones the price of new ones",
        "SUS04-BP02": "nothing moves old backups off storage made for new ones",
    },
    effort="S",
    severity="low",
    fix="Set when backups are deleted, and move those that live four months or longer to cold storage.",
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
    """Backups end, and the old ones are kept cold.

    Cold storage is paid for ninety days at least, so it pays for what lives longer.
    """

    def right(rule: Attributes) -> bool:
        days = rule.number(LIFE)
        return all_of([days > 0, any_of([days < least_cold_days, rule.has(COLD)])])

    return compliant_if_all(plan.objects(RULES), right, "without an end, or kept warm", named="RuleName")
