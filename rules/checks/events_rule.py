"""EventBridge rules: CloudFormation's shape, without the event pattern."""

from pillarwatch import (
    NOT_APPLICABLE,
    ConfigurationItem,
    Verdict,
    all_of,
    any_of,
    check,
    compliant_if,
    compliant_if_all,
    in_json,
    none_of,
)

STATE = "configuration.State"
SCHEDULE = "configuration.ScheduleExpression"
TARGETS = "configuration.Targets"
QUEUE = "DeadLetterConfig.Arn"  # of a target
TOO_OFTEN = (
    "rate(1 minute)",
    "rate(2 minutes)",
    "rate(3 minutes)",
    "rate(4 minutes)",
    "cron(* ",
    *(f"cron({first}/{minutes} " for first in "*0" for minutes in range(1, 5)),
)
ON_THE_HOUR = ("cron(0 ", "cron(00 ")


@check(
    "AWS::Events::Rule",
    best_practices={
        "REL04-BP02": "events that cannot be delivered are discarded after the retries",
        "REL05-BP03": "no dead-letter queue receives the events after the last retry",
    },
    effort="S",
    severity="medium",
    fix="Set DeadLetterConfig.Arn of every target to an SQS queue.",
    compliant=[{TARGETS: [{"Id": "worker", "DeadLetterConfig": {"Arn": "arn:aws:sqs:eu-west-1:123456789012:failed"}}]}],
    non_compliant=[{TARGETS: [{"Id": "worker"}]}],
    not_applicable=[{}],
)
def eventbridge_rule_target_dlq_configured(rule: ConfigurationItem) -> Verdict:
    """EventBridge rule targets have a dead-letter queue.

    Without a dead-letter queue, EventBridge retries for up to 24 hours and then discards the event.
    """
    missing = "targets without DeadLetterConfig.Arn"
    return compliant_if_all(rule.objects(TARGETS), lambda target: target.has(QUEUE), missing, named="Id")


@check(
    "AWS::Events::Rule",
    best_practices={
        "OPS10-BP07": "the automation is configured but does not run",
        "SUS03-BP02": "an unused rule is kept",
    },
    effort="S",
    severity="low",
    fix="Set State to ENABLED and add a target, or delete the rule.",
    compliant=[{STATE: "ENABLED", TARGETS: [{"Arn": "arn"}]}, {TARGETS: [{"Arn": "arn"}]}],
    non_compliant=[{STATE: "DISABLED", TARGETS: [{"Arn": "arn"}]}, {STATE: "ENABLED"}, {}],
)
def events_rule_enabled_with_targets(rule: ConfigurationItem) -> Verdict:
    """EventBridge rules are enabled and have a target.

    A disabled rule, or a rule without a target, processes no events.
    """
    state = rule.text(STATE, "ENABLED")
    active = all_of([state.startswith("ENABLED"), rule.has(TARGETS)])
    return compliant_if(
        active, f"State is {state} (expected ENABLED), Targets set: {in_json(rule.has(TARGETS))} (expected true)"
    )


@check(
    "AWS::Events::Rule",
    best_practices={"SUS03-BP01": "jobs run more often than needed, or all at the same minute"},
    effort="S",
    severity="low",
    fix="Use an interval of 5 minutes or more. In a cron expression, use a minute other than 0.",
    compliant=[{SCHEDULE: "rate(5 minutes)"}, {SCHEDULE: "cron(17 3 * * ? *)"}, {SCHEDULE: "rate(1 hour)"}],
    non_compliant=[{SCHEDULE: "rate(1 minute)"}, {SCHEDULE: "cron(0/4 * * * ? *)"}, {SCHEDULE: "cron(0 3 * * ? *)"}],
    not_applicable=[{SCHEDULE: "rate(1 minute)", STATE: "DISABLED"}, {}],
)
def scheduled_jobs_off_peak(rule: ConfigurationItem) -> Verdict:
    """EventBridge schedules run every 5 minutes or less often, and not on the hour.

    Frequent schedules waste compute, and schedules on the hour start together with most other jobs. A rate expression
    starts at the creation of its rule, so the runs are not tied to the hour.
    """
    schedule = rule.text(SCHEDULE)
    if any_of([schedule == "", rule.text(STATE) == "DISABLED"]):
        return NOT_APPLICABLE
    spread = none_of([*TOO_OFTEN, *ON_THE_HOUR], schedule.startswith)
    return compliant_if(spread, f"ScheduleExpression is {schedule} (expected 5 minutes or more, not on the hour)")
