"""How the account is operated."""

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
)

BILLING = "configuration.cloudwatch.DescribeAlarms.MetricAlarms"
ENVIRONMENTS = "configuration.resourcegroupstaggingapi.GetTagValues.TagValues"
GURU = "configuration.devops-guru.GetResourceCollection"
METRICS = "configuration.cloudwatch.ListMetrics.Metrics"
MONITORS = "configuration.internetmonitor.ListMonitors.Monitors"
STACKS = f"{GURU}.ResourceCollection.CloudFormation.StackNames"
SUPPORT = "configuration.support.DescribeSeverityLevels"

CALLS = {"MetricName": "EstimatedCharges", "AlarmActions": ["arn"], "ActionsEnabled": True}


UPDATES = "configuration.cloudtrail.LookupEvents.Events"


@check(
    ACCOUNT,
    best_practices={
        "OPS04-BP02": "the application tells nothing about itself",
        "OPS08-BP01": "there are no metrics of the workload to analyse",
        "REL06-BP01": "only AWS's own metrics are watched",
        "PERF05-BP02": "what matters to the users is not measured",
    },
    effort="M",
    collector="account-operations",
    fix="Emit metrics from the application in CloudWatch's embedded metric format, or through OpenTelemetry.",
    compliant=[{METRICS: [{"Namespace": "Shop"}]}],
    non_compliant=[{METRICS: []}],
)
def application_telemetry_emitted(account: ConfigurationItem) -> Verdict:
    """Applications measure themselves.

    A namespace that is not AWS's had data in the last three hours. Where telemetry goes to another provider, switch the
    check off and say so.
    """
    return compliant_if(account.has(METRICS), otherwise="every recent metric is AWS's own")


@check(
    ACCOUNT,
    best_practices={
        "OPS05-BP08": "changes are tried where the users are",
        "SEC01-BP01": "production is not told apart from the rest",
    },
    effort="M",
    collector="account-operations",
    fix="Deploy a second environment from the same templates, and tag resources with their Environment.",
    compliant=[{ENVIRONMENTS: ["production", "development"]}],
    non_compliant=[{ENVIRONMENTS: ["production"]}, {ENVIRONMENTS: []}],
)
def multiple_environments_exist(account: ConfigurationItem, *, least_environments: int = 2) -> Verdict:
    """Production is not the only environment.

    By the values of the tag Environment in this account; where each environment has an account of its own, set
    `least_environments` to 1.
    """
    found = account.texts(ENVIRONMENTS)
    return compliant_if(len(found) >= least_environments, otherwise=f"environments: {listed(found) or 'none'}")


@check(
    ACCOUNT,
    best_practices={"COST01-BP06": "nobody hears of charges before the invoice"},
    automation="AWS-EnableCWAlarm",
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
    """An alarm tells of the account's estimated charges.

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
        "OPS08-BP01": "nothing learns what is usual and tells what is not",
        "REL06-BP06": "metrics are reviewed by nobody and by nothing",
        "PERF05-BP06": "hints on performance are not collected",
    },
    effort="S",
    severity="low",
    collector="account-operations",
    fix="Have DevOps Guru analyse the workload's stacks.",
    compliant=[{STACKS: ["shop"]}],
    non_compliant=[{STACKS: []}, {GURU: None}],
)
def devops_guru_enabled(account: ConfigurationItem) -> Verdict:
    """DevOps Guru learns how the workload's stacks behave.

    It tells of what is unusual before a threshold that somebody guessed is passed.
    """
    return compliant_if(account.has(STACKS), otherwise="no stack is analysed")


@check(
    ACCOUNT,
    best_practices={
        "PERF04-BP01": "nobody measures how the internet between users and workload performs",
        "PERF04-BP07": "the network's metrics do not reach the users",
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
    fix="Subscribe the account to Business support or better.",
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
    best_practices={
        "OPS06-BP02": "what a change will do is seen when it is done",
        "REL08-BP05": "stacks are changed by hand",
    },
    effort="M",
    severity="low",
    collector="account-operations",
    fix="Deploy by change sets, as `aws cloudformation deploy`, SAM and the CDK do.",
    compliant=[{UPDATES: []}],
    non_compliant=[{UPDATES: [{"EventName": "UpdateStack", "Username": "anna"}]}],
)
def cloudformation_changes_via_change_set(account: ConfigurationItem) -> Verdict:
    """Stacks are changed by change sets.

    No UpdateStack within the week: it changes a stack without showing first what it will do.
    """
    return compliant_if_none(account.objects(UPDATES), lambda _: True, "UpdateStack by", named="Username")
