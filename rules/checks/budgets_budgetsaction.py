"""AWS Budgets actions; their configuration items use the property names of CloudFormation."""

from pillarwatch import ConfigurationItem, Verdict, all_of, check, compliant_if, in_json

ACTION_TYPE = "configuration.ActionType"
SUBSCRIBERS = "configuration.Subscribers"


@check(
    "AWS::Budgets::BudgetsAction",
    best_practices={"COST02-BP05": "the budget action has no effect or no subscriber"},
    effort="M",
    severity="low",
    fix="Set ActionType and Subscribers.",
    compliant=[{ACTION_TYPE: "APPLY_IAM_POLICY", SUBSCRIBERS: [{"Address": "cost@example.com"}]}],
    non_compliant=[{ACTION_TYPE: "RUN_SSM_DOCUMENTS"}, {}],
)
def budget_actions_configured(action: ConfigurationItem) -> Verdict:
    """Budget actions have an action type and subscribers.

    A budget action without a type does not limit the cost, and without subscribers it sends no notification. Actions
    that need an approval pass too.
    """
    action_type = action.text(ACTION_TYPE, "not set")
    return compliant_if(
        all_of([action.has(ACTION_TYPE), action.has(SUBSCRIBERS)]),
        otherwise=f"ActionType is {action_type}, Subscribers set: {in_json(action.has(SUBSCRIBERS))} (expected both)",
    )
