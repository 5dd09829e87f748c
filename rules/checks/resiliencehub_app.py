"""AWS Resilience Hub applications: CloudFormation's shape."""

from pillarwatch import ConfigurationItem, Verdict, all_of, check, compliant_if, in_json

SCHEDULE = "configuration.AppAssessmentSchedule"
POLICY = "configuration.ResiliencyPolicyArn"


@check(
    "AWS::ResilienceHub::App",
    best_practices={"REL13-BP04": "drift from the recovery plan is not detected"},
    effort="S",
    severity="low",
    fix="Set AppAssessmentSchedule to Daily, and ResiliencyPolicyArn to a policy.",
    compliant=[{SCHEDULE: "Daily", POLICY: "arn"}],
    non_compliant=[{SCHEDULE: "Disabled", POLICY: "arn"}, {SCHEDULE: "Daily"}, {}],
)
def resilience_hub_app_assessed_daily(app: ConfigurationItem) -> Verdict:
    """Resilience Hub applications are assessed daily against a resiliency policy.

    Without a daily assessment, a change that breaks the recovery objectives is found only when a recovery fails.
    """
    schedule = app.text(SCHEDULE, "Disabled")
    assessed = all_of([schedule == "Daily", app.has(POLICY)])
    return compliant_if(
        assessed,
        otherwise=f"AppAssessmentSchedule is {schedule}, ResiliencyPolicyArn set: {in_json(app.has(POLICY))}",
    )
