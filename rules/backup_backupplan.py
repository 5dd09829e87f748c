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


@check(
    "AWS::Backup::BackupPlan",
    best_practices={
        "REL13-BP02": "no copy is where the disaster is not",
        "REL09-BP01": "backups stand beside what they back up",
    },
    effort="M",
    severity="medium",
    fix="Add a copy action to a vault in another region or account.",
    compliant=[
        {RULES: [{"CopyActions": [{"DestinationBackupVaultArn": "arn:aws:backup:eu-central-1:1:backup-vault:b"}]}]}
    ],
    non_compliant=[{RULES: [{"RuleName": "daily"}]}, {}],
)
def backup_plan_cross_region_copy(plan: ConfigurationItem) -> Verdict:
    """Backup plans copy to another vault.

    In which region it is its ARN tells; the same region in another account helps against deletion only.
    """
    copies = plan.texts(COPIES)
    here = f":backup:{plan.region}:{plan.account}:"
    elsewhere = any_of(copies, lambda vault: none_of([contains(vault, here)]))
    return compliant_if(elsewhere, otherwise=f"copies: {listed(copies) or 'none'}")


@check(
    "AWS::Backup::BackupPlan",
    best_practices={
        "REL09-BP03": "backups are rarer or shorter-lived than a mistake needs to be found",
        "COST04-BP05": "how long backups live was not decided",
    },
    managed_rule="BACKUP_PLAN_MIN_FREQUENCY_AND_MIN_RETENTION_CHECK",
    effort="S",
    fix="Back up daily, and keep the backups for 35 days or more.",
    compliant=[
        {RULES: [{"ScheduleExpression": "cron(0 5 * * ? *)", "Lifecycle": {"DeleteAfterDays": 35}}]},
        {RULES: [{"EnableContinuousBackup": True, "Lifecycle": {"DeleteAfterDays": 35}}]},
    ],
    non_compliant=[
        {RULES: [{"ScheduleExpression": "cron(0 5 * * ? *)", "Lifecycle": {"DeleteAfterDays": 34}}]},
        {RULES: [{"ScheduleExpression": "cron(0 5 ? * 1 *)", "Lifecycle": {"DeleteAfterDays": 35}}]},
        {},
    ],
)
def backup_plan_min_frequency_and_min_retention_check(plan: ConfigurationItem, *, least_days: int = 35) -> Verdict:
    """Backup plans back up every day, and keep it for five weeks.

    A rule without an end keeps for ever, which is long enough here and a question of cost elsewhere.
    """

    def daily(rule: Attributes) -> bool:
        schedule = rule.text("ScheduleExpression", "cron(0 5 ? * * *)")
        every_day = any_of(("* * ? *)", "? * * *)", "1 * ? *)"), schedule.endswith)
        return any_of([rule.flag("EnableContinuousBackup"), every_day, schedule.startswith(("rate(1 d", "rate(12 h"))])

    def kept(rule: Attributes) -> bool:
        return any_of([rule.number(LIFE) >= least_days, none_of([rule.has(LIFE)])])

    rules = plan.objects(RULES)
    right = any_of(rules, lambda rule: all_of([daily(rule), kept(rule)]))
    return compliant_if(right, otherwise=f"none of {len(rules)} rules is daily and keeps {least_days} days")


@check(
    "AWS::Backup::BackupPlan",
    best_practices={
        "COST04-BP05": "backups are kept for ever",
        "SUS04-BP08": "old backups stay on storage made for new ones",
        "SUS04-BP02": "nothing moves backups that nobody reads",
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
