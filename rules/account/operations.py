"""How the account is operated."""

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
from rules.shared.organization import ALONE, MANAGEMENT, MEMBER

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
        "OPS04-BP02": "the application publishes no metrics",
        "OPS08-BP01": "there are no metrics of the workload to analyse",
        "REL06-BP01": "only AWS's own metrics are watched",
        "PERF05-BP02": "what matters to the users is not measured",
    },
    effort="M",
    severity="medium",
    collector="account-operations",
    fix="Emit metrics from the application in CloudWatch's embedded metric format, or through OpenTelemetry.",
    compliant=[{METRICS: [{"Namespace": "Shop"}]}],
    non_compliant=[{METRICS: []}],
)
def application_telemetry_emitted(account: ConfigurationItem) -> Verdict:
    """Applications emit metrics of their own.

    A namespace that is neither AWS's nor an agent's on the machines had data in the last three hours. Where telemetry
    goes to another provider, switch the check off and say so.
    """
    return compliant_if(account.has(METRICS), otherwise="no recent metric is an application's own")


def environments_of(account: ConfigurationItem) -> Sequence[str]:
    """The environments that tags of the account name, each once."""
    names = [account.environments.name_of(value) for value in account.texts(ENVIRONMENTS)]
    return list(dict.fromkeys(names))


@check(
    ACCOUNT,
    best_practices={"OPS05-BP08": "changes are tried where the users are"},
    effort="M",
    collector="account-operations",
    fix="Deploy a second environment from the same templates, and tag resources with their Environment.",
    compliant=[{ENVIRONMENTS: ["production", "development"]}],
    non_compliant=[{**ALONE, ENVIRONMENTS: ["production"]}, {ENVIRONMENTS: []}],
    not_applicable=[{**MEMBER, ENVIRONMENTS: ["production"]}],
)
def multiple_environments_exist(account: ConfigurationItem, *, least_environments: int = 2) -> Verdict:
    """Production is not the only environment.

    By the values of the tag Environment in this account. One that belongs to an organization and has a single
    environment is not judged: the others stand in accounts of their own.
    """
    found = environments_of(account)
    if all_of([account.has(MANAGEMENT), len(found) == 1]):
        return NOT_APPLICABLE
    return compliant_if(len(found) >= least_environments, otherwise=f"environments: {listed(found) or 'none'}")


@check(
    ACCOUNT,
    best_practices={
        "SEC01-BP01": "other environments share the account with production",
        "COST02-BP03": "the cost of production is not separated by account",
    },
    effort="L",
    severity="medium",
    collector="account-operations",
    fix="Move the other environments to accounts of their own, in an organizational unit of their own.",
    compliant=[{ENVIRONMENTS: ["production"]}],
    non_compliant=[{ENVIRONMENTS: ["development", "production"]}],
    not_applicable=[{ENVIRONMENTS: ["development", "staging"]}, {ENVIRONMENTS: []}],
)
def production_account_separated(account: ConfigurationItem) -> Verdict:
    """Production has an account of its own.

    By the values of the tag Environment; only where one of them is `production`. The account is the one border that
    rights, quotas and mistakes do not cross.
    """
    found = environments_of(account)
    if none_of([contains(found, PRODUCTION)]):
        return NOT_APPLICABLE
    others = [environment for environment in found if environment != PRODUCTION]
    return compliant_if(len(others) == 0, otherwise=f"beside production: {listed(others)}")


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
    """An alarm notifies on the account's estimated charges.

    Their metric exists in us-east-1 only, so only there it is asked for.
    """
    if account.region != "us-east-1":
        return NOT_APPLICABLE

    def calls(alarm: Attributes) -> bool:
        acts = [alarm.has("AlarmActions"), alarm.flag("ActionsEnabled", default=True)]
        return all_of([alarm.text("MetricName") == "EstimatedCharges", *acts])

    return compliant_if(
        any_of(account.objects(BILLING), calls), otherwise="no alarm with an action on EstimatedCharges"
    )


@check(
    ACCOUNT,
    best_practices={
        "PERF04-BP01": "nobody measures how the internet between users and workload performs",
        "PERF04-BP07": "there are no measurements from users' networks to optimize by",
    },
    effort="S",
    severity="low",
    collector="account-operations",
    fix="Create an Internet Monitor for the public VPCs and distributions.",
    compliant=[{MONITORS: [{"Status": "ACTIVE"}]}],
    non_compliant=[{MONITORS: [{"Status": "INACTIVE"}]}, {MONITORS: []}],
)
def internet_monitor_configured(account: ConfigurationItem) -> Verdict:
    """Internet Monitor measures the way from the users to the workload.

    An outage at a provider in between looks like nothing from inside AWS.
    """
    states = account.texts(f"{MONITORS}.Status")
    return compliant_if(contains(states, "ACTIVE"), otherwise=f"monitors: {listed(states) or 'none'}")


@check(
    ACCOUNT,
    best_practices={"OPS07-BP06": "nobody at AWS answers when production is down"},
    effort="M",
    collector="account-organization",
    fix="Subscribe the account to Business Support+ or better.",
    compliant=[{f"{SUPPORT}.severityLevels": [{"code": "urgent"}]}],
    non_compliant=[{f"{SUPPORT}.severityLevels": []}, {SUPPORT: None}],
)
def support_plan_adequate(account: ConfigurationItem) -> Verdict:
    """The account has a support plan with which AWS answers at any hour.

    Plans below Business have no API, which is how one tells.
    """
    return compliant_if(account.has(f"{SUPPORT}.severityLevels"), otherwise="the account's plan has no support API")


@check(
    ACCOUNT,
    best_practices={"OPS06-BP02": "what a change will do is seen when it is done"},
    effort="M",
    severity="low",
    collector="account-operations",
    fix="Deploy by change sets, as `aws cloudformation deploy`, SAM and the CDK do.",
    compliant=[{UPDATES: []}],
    non_compliant=[{UPDATES: [{"EventName": "UpdateStack", "Username": "anna"}]}],
)
def cloudformation_changes_via_change_set(account: ConfigurationItem) -> Verdict:
    """Stacks are changed by change sets.

    No UpdateStack within the week: it changes a stack without showing first what it will do. What CloudFormation does
    to nested stacks by itself does not count.
    """
    return compliant_if_none(account.objects(UPDATES), lambda _: True, "UpdateStack by", named="Username")


@check(
    ACCOUNT,
    best_practices={
        "COST04-BP03": "resources that nobody uses are not decommissioned",
        "SUS03-BP02": "components that do nothing are not removed",
        "SUS02-BP03": "assets that nobody uses are kept running",
        "COST06-BP02": "the measured use does not decide on size and number",
    },
    effort="S",
    collector="account-operations",
    fix="Take a snapshot where data matters, and delete what is idle.",
    compliant=[{IDLE: []}],
    non_compliant=[{IDLE: [{"resourceId": "vol-1", "finding": "Unattached"}]}],
)
def idle_resources_compute_optimizer(account: ConfigurationItem) -> Verdict:
    """Compute Optimizer finds no idle resource.

    Instances, groups, volumes, services, databases, gateways and tables that did nothing for two weeks.
    """
    return compliant_if_none(account.objects(IDLE), lambda _: True, "idle", named="resourceId")


@check(
    ACCOUNT,
    best_practices={
        "SUS05-BP03": "servers of one's own run where AWS would share them",
        "SEC01-BP05": "operating systems are left to the team to secure",
        "PERF02-BP01": "servers are chosen before managed compute is considered",
        "COST05-BP05": "servers are paid for while they wait",
    },
    effort="L",
    severity="low",
    collector="account-operations",
    fix="Move what can be moved to Lambda or to ECS on Fargate.",
    compliant=[
        {COUNTS: [{"resourceType": "AWS::EC2::Instance", "count": 3}, {"resourceType": MANAGED[2], "count": 3}]},
    ],
    non_compliant=[
        {COUNTS: [{"resourceType": "AWS::EC2::Instance", "count": 4}, {"resourceType": MANAGED[2], "count": 3}]},
    ],
    not_applicable=[{COUNTS: []}],
)
def managed_compute_share(account: ConfigurationItem, *, least_percent: int = 50) -> Verdict:
    """Compute runs for the most part on services that AWS manages.

    Functions and services against instances, by number, as AWS Config has found them in the region.
    """

    def found(*types: str) -> float:
        counts = account.objects(COUNTS)
        return sum(count.number("count") for count in counts if contains(types, count.text("resourceType")))

    servers, managed = found("AWS::EC2::Instance"), found(*MANAGED)
    if servers + managed == 0:
        return NOT_APPLICABLE
    enough = managed * 100 >= (servers + managed) * least_percent
    return compliant_if(enough, otherwise=f"{servers} instances, {managed} functions and services")
