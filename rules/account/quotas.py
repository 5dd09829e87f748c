"""How near the account is to its quotas."""

from pillarwatch import (
    ACCOUNT,
    NOT_APPLICABLE,
    ConfigurationItem,
    Verdict,
    all_of,
    check,
    compliant_if,
    compliant_if_none,
)

LIMIT = "configuration.lambda.GetAccountSettings.AccountLimit"


USED = "supplementaryConfiguration.Metrics.ResourceCount.Maximum"  # of a week, beside its quota


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


@check(
    ACCOUNT,
    best_practices={
        "REL01-BP01": "a quota is nearly used up, and nobody has acted",
        "REL01-BP04": "the use of quotas is not managed",
        "REL01-BP06": "there is no room between quota and peak for a failover",
    },
    effort="M",
    severity="medium",
    collector="account-quotas",
    fix="Ask for a higher quota, or spread the workload over accounts.",
    compliant=[{USED: [{"QuotaName": "Addresses", "Value": 5, "Maximum": 4}, {"QuotaName": "VPCs", "Value": 5}]}],
    non_compliant=[{USED: [{"QuotaName": "Addresses", "Value": 5, "Maximum": 4.1}]}],
    not_applicable=[{USED: []}],
)
def service_quota_utilisation_below_threshold(account: ConfigurationItem, *, most_percent: int = 80) -> Verdict:
    """Quotas of resources have room.

    Those whose use CloudWatch measures, in the week's busiest hour.
    """
    quotas = account.objects(USED)
    if not quotas:
        return NOT_APPLICABLE
    return compliant_if_none(
        quotas,
        lambda quota: quota.number("Maximum") * 100 > quota.number("Value") * most_percent,
        f"more than {most_percent} % used",
        named="QuotaName",
    )
