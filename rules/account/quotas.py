"""How near the account is to its quotas."""

from pillarwatch import ACCOUNT, ConfigurationItem, Verdict, check, compliant_if

LIMIT = "configuration.lambda.GetAccountSettings.AccountLimit"


@check(
    ACCOUNT,
    best_practices={
        "REL01-BP06": "reserved concurrency leaves the other functions no headroom",
        "REL01-BP01": "the quota that all functions share is used up",
    },
    effort="S",
    severity="medium",
    collector="account",
    live=True,
    fix="Ask for a higher quota of concurrent executions, or reserve less.",
    compliant=[{f"{LIMIT}.ConcurrentExecutions": 1000, f"{LIMIT}.UnreservedConcurrentExecutions": 200}],
    non_compliant=[{f"{LIMIT}.ConcurrentExecutions": 1000, f"{LIMIT}.UnreservedConcurrentExecutions": 199}],
)
def lambda_account_concurrency_headroom(account: ConfigurationItem, *, percent: int = 20) -> Verdict:
    """Functions without reserved concurrency have headroom.

    What is reserved for one function is taken from all others, also while it rests.
    """
    total = account.number(f"{LIMIT}.ConcurrentExecutions")
    free = account.number(f"{LIMIT}.UnreservedConcurrentExecutions")
    return compliant_if(free * 100 >= total * percent, otherwise=f"{free} of {total} executions are unreserved")
