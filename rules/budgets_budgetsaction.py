"""Actions of budgets: CloudFormation's shape."""

from pillarwatch import ConfigurationItem, Verdict, all_of, check, compliant_if, in_json

KIND = "configuration.ActionType"
TOLD = "configuration.Subscribers"


@check(
    "AWS::Budgets::BudgetsAction",
    best_practices={"COST02-BP05": "the budget action has no effect or no subscriber"},
    effort="M",
    severity="low",
    fix="Define the action and its subscribers.",
    compliant=[{KIND: "APPLY_IAM_POLICY", TOLD: [{"Address": "cost@example.com"}]}],
    non_compliant=[{KIND: "RUN_SSM_DOCUMENTS"}, {}],
)
def budget_actions_configured(action: ConfigurationItem) -> Verdict:
    """Budget actions have an action and subscribers.

    Whether it waits for an approval is up to the owner.
    """
    kind = action.text(KIND, "nothing")
    return compliant_if(
        all_of([action.has(KIND), action.has(TOLD)]),
        otherwise=f"ActionType is {kind}, Subscribers set: {in_json(action.has(TOLD))} (expected both)",
    )
