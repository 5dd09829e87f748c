"""Checks of the usage of quotas in the account."""

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


USED = "supplementaryConfiguration.Metrics.ResourceCount.Maximum"  # the maximum of a week, with its quota


@check(
    ACCOUNT,
    best_practices={
        "REL01-BP06": "reserved concurrency leaves too little for other Lambda functions",
        "REL01-BP01": "reserved concurrency uses most of the concurrency quota",
    },
    effort="S",
    collector="account-quotas",
    fix="Request a higher quota of concurrent executions, or lower ReservedConcurrentExecutions of functions.",
    compliant=[{f"{LIMIT}.ConcurrentExecutions": 1000, f"{LIMIT}.UnreservedConcurrentExecutions": 200}],
    non_compliant=[{f"{LIMIT}.ConcurrentExecutions": 1000, f"{LIMIT}.UnreservedConcurrentExecutions": 199}],
    not_applicable=[{LIMIT: None}],
)
def lambda_account_concurrency_headroom(account: ConfigurationItem, *, min_unreserved_percent: int = 20) -> Verdict:
    """At least 20 percent of the account's Lambda concurrency is unreserved.

    Concurrency that is reserved for one function is not available to the others, which can then be throttled.
    """
    if not account.has(LIMIT):
        return NOT_APPLICABLE
    total = account.number(f"{LIMIT}.ConcurrentExecutions")
    free = account.number(f"{LIMIT}.UnreservedConcurrentExecutions")
    enough = all_of([total > 0, free * 100 >= total * min_unreserved_percent])
    expected = f"expected {min_unreserved_percent} percent or more"
    return compliant_if(enough, f"unreserved concurrent executions: {free} of {total} ({expected})")


@check(
    ACCOUNT,
    best_practices={
        "REL01-BP01": "the usage of a quota is close to its value",
        "REL01-BP04": "a quota was not increased before its usage came close",
        "REL01-BP06": "the gap between usage and quota is too small for a failover",
    },
    effort="M",
    severity="medium",
    collector="account-quotas",
    fix="Request an increase of the quota in Service Quotas, or distribute the workload over accounts.",
    compliant=[{USED: [{"QuotaName": "Addresses", "Value": 5, "Maximum": 4}, {"QuotaName": "VPCs", "Value": 5}]}],
    non_compliant=[{USED: [{"QuotaName": "Addresses", "Value": 5, "Maximum": 4.1}]}],
    not_applicable=[{USED: []}],
)
def service_quota_utilisation_below_threshold(account: ConfigurationItem, *, most_percent: int = 80) -> Verdict:
    """The account uses 80 percent or less of its service quotas.

    When a quota is reached, no more resources can be created, which breaks scaling and failover. Only quotas with a
    usage metric in CloudWatch are judged, by the maximum of the last week.
    """
    quotas = account.objects(USED)
    if not quotas:
        return NOT_APPLICABLE
    return compliant_if_none(
        quotas,
        lambda quota: quota.number("Maximum") * 100 > quota.number("Value") * most_percent,
        f"quotas are used to more than {most_percent} percent",
        named="QuotaName",
    )
