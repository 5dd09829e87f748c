"""Applications of Resilience Hub: CloudFormation's shape."""

from pillarwatch import ConfigurationItem, Verdict, all_of, check, compliant_if, in_json

SCHEDULE = "configuration.AppAssessmentSchedule"
POLICY = "configuration.ResiliencyPolicyArn"


@check(
    "AWS::ResilienceHub::App",
    best_practices={"REL13-BP04": "what has drifted from the plan is not found"},
    effort="S",
    severity="low",
    fix="Assess the application daily, against a policy.",
    compliant=[{SCHEDULE: "Daily", POLICY: "arn"}],
    non_compliant=[{SCHEDULE: "Disabled", POLICY: "arn"}, {SCHEDULE: "Daily"}, {}],
)
def resilience_hub_app_assessed_daily(app: ConfigurationItem) -> Verdict:
    """Resilience Hub assesses the application every day.

    A change of yesterday may have cost its second zone.
    """
    schedule = app.text(SCHEDULE, "Disabled")
    right = all_of([schedule == "Daily", app.has(POLICY)])
    return compliant_if(
        right,
        otherwise=f"AppAssessmentSchedule is {schedule}, ResiliencyPolicyArn set: {in_json(app.has(POLICY))}",
    )
