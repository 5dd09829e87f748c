"""Checks of application metrics, environments, billing alarms, support, changes and idle resources of the account."""

from collections.abc import Sequence

from pillarwatch import (
    ACCOUNT,
    NOT_APPLICABLE,
    Attributes,
    ConfigurationItem,
    Verdict,
    all_of,
    any_of,
    check,
    compliant_if,
    compliant_if_none,
    contains,
    listed,
    none_of,
)
from pillarwatch.environments import PRODUCTION
from rules.checks.shared.organization import ALONE, MANAGEMENT, MEMBER

BILLING = "configuration.cloudwatch.DescribeAlarms.MetricAlarms"
ENVIRONMENTS = "configuration.resourcegroupstaggingapi.GetTagValues.TagValues"
COUNTS = "configuration.config.GetDiscoveredResourceCounts.resourceCounts"
IDLE = "configuration.compute-optimizer.GetIdleRecommendations.idleRecommendations"
METRICS = "configuration.cloudwatch.ListMetrics.Metrics"
MONITORS = "configuration.internetmonitor.ListMonitors.Monitors"
SUPPORT = "configuration.support.DescribeSeverityLevels"

MANAGED = ("AWS::AppRunner::Service", "AWS::ECS::Service", "AWS::Lambda::Function")
CALLS = {"MetricName": "EstimatedCharges", "AlarmActions": ["arn"], "ActionsEnabled": True}


UPDATES = "configuration.cloudtrail.LookupEvents.Events"


@check(
    ACCOUNT,
    best_practices={
        "OPS04-BP02": "no application publishes custom metrics",
        "OPS08-BP01": "no custom metrics of the workload can be analyzed",
        "REL06-BP01": "only metrics of AWS services are monitored",
        "PERF05-BP02": "the performance that users experience is not measured",
    },
    effort="M",
    severity="medium",
    collector="account-operations",
    fix="Publish metrics from the application in the CloudWatch embedded metric format or through OpenTelemetry.",
    compliant=[{METRICS: [{"Namespace": "Shop"}]}],
    non_compliant=[{METRICS: []}],
)
def application_telemetry_emitted(account: ConfigurationItem) -> Verdict:
    """The account has recent custom metrics of an application.

    Metrics of AWS services do not show whether an application works for its users. The check requires a custom
    namespace with data in the last three hours. Disable the check if the metrics go to another monitoring tool.
    """
    return compliant_if(account.has(METRICS), otherwise="custom metrics in the last 3 hours: 0 (expected 1 or more)")


def environments_of(account: ConfigurationItem) -> Sequence[str]:
    """The different environments in the values of the account's tag Environment."""
    names = [account.environments.name_of(value) for value in account.texts(ENVIRONMENTS)]
    return list(dict.fromkeys(names))


@check(
    ACCOUNT,
    best_practices={"OPS05-BP08": "changes cannot be tested in an environment other than production"},
    effort="M",
    collector="account-operations",
    fix="Deploy a second environment from the same templates, and set the tag Environment on its resources.",
    compliant=[{ENVIRONMENTS: ["production", "development"]}],
    non_compliant=[{**ALONE, ENVIRONMENTS: ["production"]}, {ENVIRONMENTS: []}],
    not_applicable=[{**MEMBER, ENVIRONMENTS: ["production"]}],
)
def multiple_environments_exist(account: ConfigurationItem, *, least_environments: int = 2) -> Verdict:
    """The account has two environments or more.

    Without a second environment, changes are tested on the users. The values of the tag Environment are counted.
    Accounts of an organization with one environment are not judged, because the other environments can be in other
    accounts.
    """
    found = environments_of(account)
    if all_of([account.has(MANAGEMENT), len(found) == 1]):
        return NOT_APPLICABLE
    otherwise = f"values of the tag Environment: {listed(found) or 'none'} (expected {least_environments} or more)"
    return compliant_if(len(found) >= least_environments, otherwise)


@check(
    ACCOUNT,
    best_practices={
        "SEC01-BP01": "other environments share the account with production",
        "COST02-BP03": "the cost of production is not separated by account",
    },
    effort="L",
    severity="medium",
    collector="account-operations",
    fix="Move the other environments to separate accounts in a separate organizational unit.",
    compliant=[{ENVIRONMENTS: ["production"]}],
    non_compliant=[{ENVIRONMENTS: ["development", "production"]}],
    not_applicable=[{ENVIRONMENTS: ["development", "staging"]}, {ENVIRONMENTS: []}],
)
def production_account_separated(account: ConfigurationItem) -> Verdict:
    """Production accounts contain no other environment.

    In a shared account, a mistake, a permission or a used-up quota of another environment can affect production. The
    values of the tag Environment name the environments. Applies to accounts with the environment production.
    """
    found = environments_of(account)
    if none_of([contains(found, PRODUCTION)]):
        return NOT_APPLICABLE
    others = [environment for environment in found if environment != PRODUCTION]
    return compliant_if(len(others) == 0, f"environments besides production: {listed(others)} (expected none)")


@check(
    ACCOUNT,
    best_practices={"COST01-BP06": "charges are noticed only on the invoice"},
    effort="S",
    severity="low",
    collector="account-operations",
    fix="Create an alarm with an action on AWS/Billing EstimatedCharges in us-east-1.",
    compliant=[{"awsRegion": "us-east-1", BILLING: [CALLS]}],
    non_compliant=[
        {"awsRegion": "us-east-1", BILLING: [{**CALLS, "AlarmActions": []}]},
        {"awsRegion": "us-east-1", BILLING: [{**CALLS, "ActionsEnabled": False}]},
    ],
    not_applicable=[{BILLING: []}],
)
def billing_estimated_charges_alarm_configured(account: ConfigurationItem) -> Verdict:
    """The account has an alarm on its estimated charges.

    Without this alarm, unexpected charges are noticed only on the invoice. Applies to the Region us-east-1, because
    only this Region has the metric.
    """
    if account.region != "us-east-1":
        return NOT_APPLICABLE

    def notifies(alarm: Attributes) -> bool:
        action = [alarm.has("AlarmActions"), alarm.flag("ActionsEnabled", default=True)]
        return all_of([alarm.text("MetricName") == "EstimatedCharges", *action])

    otherwise = "alarms with an action on EstimatedCharges: 0 (expected 1 or more)"
    return compliant_if(any_of(account.objects(BILLING), notifies), otherwise)


@check(
    ACCOUNT,
    best_practices={
        "PERF04-BP01": "the performance of the internet between users and workload is not measured",
        "PERF04-BP07": "no measurements from the users' networks are available",
    },
    effort="S",
    severity="low",
    collector="account-operations",
    fix="Create an Internet Monitor monitor for the public VPCs, load balancers and distributions. The use is billed.",
    compliant=[{MONITORS: [{"Status": "ACTIVE"}]}],
    non_compliant=[{MONITORS: [{"Status": "INACTIVE"}]}, {MONITORS: []}],
)
def internet_monitor_configured(account: ConfigurationItem) -> Verdict:
    """The account has an active CloudWatch Internet Monitor monitor.

    Without a monitor, an internet outage between users and AWS does not appear in the metrics of the workload.
    """
    states = account.texts(f"{MONITORS}.Status")
    otherwise = f"the status of Internet Monitor monitors is {listed(states) or 'none'} (expected ACTIVE)"
    return compliant_if(contains(states, "ACTIVE"), otherwise)


@check(
    ACCOUNT,
    best_practices={"OPS07-BP06": "the support plan includes no fast response to production outages"},
    effort="M",
    collector="account-organization",
    fix="Change the support plan of the account to Business Support+ or higher. The plans have a monthly price.",
    compliant=[{f"{SUPPORT}.severityLevels": [{"code": "urgent"}]}],
    non_compliant=[{f"{SUPPORT}.severityLevels": []}, {SUPPORT: None}],
)
def support_plan_adequate(account: ConfigurationItem) -> Verdict:
    """The account has a support plan with technical support at any hour.

    Without such a plan, AWS gives no technical support in an outage. The check passes if the account can use the
    AWS Support API, which lower plans do not include.
    """
    otherwise = "the support plan has no AWS Support API (expected Business Support+ or higher)"
    return compliant_if(account.has(f"{SUPPORT}.severityLevels"), otherwise)


@check(
    ACCOUNT,
    best_practices={"OPS06-BP02": "the effect of stack updates is not reviewed before deployment"},
    effort="M",
    severity="low",
    collector="account-operations",
    fix="Update stacks with change sets. `aws cloudformation deploy`, SAM and the CDK use change sets.",
    compliant=[{UPDATES: []}],
    non_compliant=[{UPDATES: [{"EventName": "UpdateStack", "Username": "anna"}]}],
)
def cloudformation_changes_via_change_set(account: ConfigurationItem) -> Verdict:
    """CloudFormation stacks are updated with change sets.

    An UpdateStack call changes a stack without a preview, so an unintended replacement or deletion is noticed too late.
    The check reads the calls of the last week. It ignores updates of nested stacks by CloudFormation.
    """
    return compliant_if_none(account.objects(UPDATES), lambda _: True, "UpdateStack was called by", named="Username")


@check(
    ACCOUNT,
    best_practices={
        "COST04-BP03": "idle resources are not decommissioned",
        "SUS03-BP02": "idle components are not removed",
        "SUS02-BP03": "unused assets are kept running",
        "COST06-BP02": "the number of resources is not based on their measured use",
    },
    effort="S",
    collector="account-operations",
    fix="Create snapshots of the data that must be kept, and delete the idle resources.",
    compliant=[{IDLE: []}],
    non_compliant=[{IDLE: [{"resourceId": "vol-1", "finding": "Unattached"}]}],
)
def idle_resources_compute_optimizer(account: ConfigurationItem) -> Verdict:
    """The account has no idle resources in Compute Optimizer.

    Idle instances, volumes, services and databases are billed although no workload uses them.
    """
    return compliant_if_none(account.objects(IDLE), lambda _: True, "idle resources", named="resourceId")


@check(
    ACCOUNT,
    best_practices={
        "SUS05-BP03": "most compute runs on EC2 instances instead of managed services",
        "SEC01-BP05": "the team has to secure the operating systems of EC2 instances",
        "PERF02-BP01": "EC2 instances are used for most of the compute",
        "COST05-BP05": "EC2 instances are billed while they wait for work",
    },
    effort="L",
    severity="low",
    collector="account-operations",
    fix="Move suitable workloads from EC2 instances to Lambda or to ECS on Fargate.",
    compliant=[
        {COUNTS: [{"resourceType": "AWS::EC2::Instance", "count": 3}, {"resourceType": MANAGED[2], "count": 3}]},
    ],
    non_compliant=[
        {COUNTS: [{"resourceType": "AWS::EC2::Instance", "count": 4}, {"resourceType": MANAGED[2], "count": 3}]},
    ],
    not_applicable=[{COUNTS: []}],
)
def managed_compute_share(account: ConfigurationItem, *, least_percent: int = 50) -> Verdict:
    """The account runs at least half of its compute on managed services.

    The team has to patch, scale and pay for EC2 instances even when they wait for work. The check compares the number
    of Lambda functions, ECS services and App Runner services with the number of instances. It uses the resources that
    AWS Config records in the Region.
    """

    def number_of(*types: str) -> float:
        counts = account.objects(COUNTS)
        return sum(count.number("count") for count in counts if contains(types, count.text("resourceType")))

    instances, managed = number_of("AWS::EC2::Instance"), number_of(*MANAGED)
    if instances + managed == 0:
        return NOT_APPLICABLE
    enough = managed * 100 >= (instances + managed) * least_percent
    expected = f"expected {least_percent} percent managed or more"
    return compliant_if(enough, f"{instances} EC2 instances, {managed} functions and services ({expected})")
