"""How near the account is to its quotas."""

from pillarwatch import ACCOUNT, NOT_APPLICABLE, ConfigurationItem, Verdict, all_of, check, compliant_if

LIMIT = "configuration.lambda.GetAccountSettings.AccountLimit"


@check(
    ACCOUNT,
    best_practices={
        "REL01-BP06": "reserved concurrency leaves the other functions no headroom",
        "REL01-BP01": "the quota that all functions share is used up",
    },
    effort="S",
    collector="account-quotas",
    fix="Ask for a higher quota of concurrent executions, or reserve less.",
    compliant=[{f"{LIMIT}.ConcurrentExecutions": 1000, f"{LIMIT}.UnreservedConcurrentExecutions": 200}],
    non_compliant=[{f"{LIMIT}.ConcurrentExecutions": 1000, f"{LIMIT}.UnreservedConcurrentExecutions": 199}],
    not_applicable=[{LIMIT: None}],
)
def lambda_account_concurrency_headroom(account: ConfigurationItem, *, min_unreserved_percent: int = 20) -> Verdict:
    """Functions without reserved concurrency have headroom.

    What is reserved for one function is taken from all others, also while it rests.
    """
    if not account.has(LIMIT):
        return NOT_APPLICABLE
    total = account.number(f"{LIMIT}.ConcurrentExecutions")
    free = account.number(f"{LIMIT}.UnreservedConcurrentExecutions")
    enough = all_of([total > 0, free * 100 >= total * min_unreserved_percent])
    return compliant_if(enough, otherwise=f"{free} of {total} executions are unreserved")
