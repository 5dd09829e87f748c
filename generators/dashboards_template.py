"""The template of the dashboard and of the pillars' alarms, from the settings (``dashboards/pillars.yaml``).

Dashboard body: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from aggregator.metrics import ACCOUNT, ALL, NAMESPACE
from pillarwatch.framework import PILLARS

if TYPE_CHECKING:
    from pillarwatch.settings import Settings

ACCOUNT_SCOPE = "account/${AWS::AccountId}"
PERIOD = 300  # seconds; the aggregator's tick re-emits every metric once in it
COLUMNS = 24  # the width of a dashboard
NUMBERS = {  # metrics by the titles of their widgets
    "Open incidents": "IncidentOpen",
    "Open P0 checks": "P0Open",
    "Lapsed waivers": "WaiversLapsed",
    "Lapsed attestations": "AttestationsLapsed",
}


def dashboards_template(settings: Settings) -> dict[str, Any]:
    """A CloudFormation template: one dashboard, and for each pillar an alarm on the drop of its score."""
    threshold = settings.score["drop_threshold"]
    alarms = {_logical_id(pillar): _alarm(pillar, threshold) for pillar in PILLARS}
    body = {
        "start": "-PT24H",
        "widgets": [
            _text(
                0,
                "# Pillarwatch\nScores of this account, 0 to 100, and the share of each pillar that is evaluated.",
            ),
            *(_score(position, pillar) for position, pillar in enumerate(PILLARS)),
            _lines(6, 0, "Scores", "Score"),
            _lines(6, 1, "Coverage", "Coverage"),
            *(_numbers(12, position, title, name) for position, (title, name) in enumerate(NUMBERS.items())),
            _workloads(18),
            _alarms(24),
        ],
    }
    return {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Description": "Pillarwatch: the overview dashboard, and an alarm for each pillar (generated)",
        "Parameters": {
            "Prefix": {"Type": "String", "Description": "Names the dashboard and the alarms"},
            "AlarmsTopicArn": {"Type": "String", "Description": "Where the alarms publish"},
        },
        "Resources": {
            "Dashboard": {
                "Type": "AWS::CloudWatch::Dashboard",
                "Properties": {"DashboardName": {"Ref": "Prefix"}, "DashboardBody": {"Fn::Sub": json.dumps(body)}},
            },
            **alarms,
        },
    }


def _alarm(pillar: str, threshold: float) -> dict[str, Any]:
    return {
        "Type": "AWS::CloudWatch::Alarm",
        "Properties": {
            "AlarmName": {"Fn::Sub": f"${{Prefix}}-{pillar}"},
            "AlarmDescription": f"A score of {_title(pillar)} is {threshold:g} or more points below its 24-hour high."
            " Runbook: docs/deploy.md, Alarms.",
            "Namespace": NAMESPACE,
            "MetricName": "ScoreDrop",
            "Dimensions": [{"Name": "Pillar", "Value": pillar}],
            "Statistic": "Maximum",
            "Period": PERIOD,
            "EvaluationPeriods": 1,
            "Threshold": threshold,
            "ComparisonOperator": "GreaterThanOrEqualToThreshold",
            "TreatMissingData": "ignore",  # between two ticks nothing has changed
            "AlarmActions": [{"Ref": "AlarmsTopicArn"}],
            "OKActions": [{"Ref": "AlarmsTopicArn"}],
            "Tags": [{"Key": "Workload", "Value": "pillarwatch"}],
        },
    }


def _widget(kind: str, x: int, y: int, width: int, height: int, properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": kind, "x": x, "y": y, "width": width, "height": height, "properties": properties}


def _metric(name: str, pillar: str) -> list[Any]:
    return [NAMESPACE, name, "Scope", ACCOUNT_SCOPE, "Pillar", pillar, {"label": _title(pillar)}]


def _text(y: int, markdown: str) -> dict[str, Any]:
    return _widget("text", 0, y, COLUMNS, 2, {"markdown": markdown})


def _score(position: int, pillar: str) -> dict[str, Any]:
    width = COLUMNS // len(PILLARS)
    properties = {
        "view": "gauge",
        "title": _title(pillar),
        "region": "${AWS::Region}",
        "metrics": [_metric("Score", pillar)],
        "stat": "Minimum",
        "period": PERIOD,
        "yAxis": {"left": {"min": 0, "max": 100}},
    }
    return _widget("metric", position * width, 2, width, 4, properties)


def _lines(y: int, column: int, title: str, metric: str) -> dict[str, Any]:
    width = COLUMNS // 2
    properties = {
        "view": "timeSeries",
        "title": title,
        "region": "${AWS::Region}",
        "metrics": [_metric(metric, pillar) for pillar in PILLARS],
        "stat": "Minimum",
        "period": PERIOD,
        "yAxis": {"left": {"min": 0, "max": 100}},
    }
    return _widget("metric", column * width, y, width, 6, properties)


def _numbers(y: int, position: int, title: str, metric: str) -> dict[str, Any]:
    """A count of the account by pillar; of incidents, whether any scope has one."""
    width = COLUMNS // len(NUMBERS)
    of_all_scopes = ACCOUNT[metric] == ALL
    properties = {
        "view": "timeSeries",
        "title": title,
        "region": "${AWS::Region}",
        "metrics": [
            [NAMESPACE, metric, "Pillar", pillar, {"label": _title(pillar)}]
            if of_all_scopes
            else _metric(metric, pillar)
            for pillar in PILLARS
        ],
        "stat": "Maximum",
        "period": PERIOD,
        "yAxis": {"left": {"min": 0}},
    }
    return _widget("metric", position * width, y, width, 6, properties)


def _workloads(y: int) -> dict[str, Any]:
    search = "SEARCH('{Pillarwatch,Scope,Pillar} MetricName=\"Score\" workload', 'Minimum', " + f"{PERIOD})"
    properties = {
        "view": "timeSeries",
        "title": "Workloads",
        "region": "${AWS::Region}",
        "metrics": [[{"expression": search, "label": ""}]],
        "yAxis": {"left": {"min": 0, "max": 100}},
    }
    return _widget("metric", 0, y, COLUMNS, 6, properties)


def _alarms(y: int) -> dict[str, Any]:
    arn = "arn:${AWS::Partition}:cloudwatch:${AWS::Region}:${AWS::AccountId}:alarm:${Prefix}-"
    properties = {"title": "A pillar dropped", "alarms": [f"{arn}{pillar}" for pillar in PILLARS]}
    return _widget("alarm", 0, y, COLUMNS, 3, properties)


def _title(pillar: str) -> str:
    return pillar.replace("-", " ").capitalize()


def _logical_id(pillar: str) -> str:
    return pillar.replace("-", " ").title().replace(" ", "") + "Alarm"
