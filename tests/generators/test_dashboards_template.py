"""The dashboard of the account shows the metrics that the aggregator writes."""

from __future__ import annotations

import json

from aggregator.metrics import ACCOUNT
from generators.dashboards_template import dashboards_template
from pillarwatch.settings import Settings


def test_the_dashboard_shows_each_metric_of_the_account_with_its_dimensions() -> None:
    resources = dashboards_template(Settings())["Resources"]
    body = json.loads(resources["Dashboard"]["Properties"]["DashboardBody"]["Fn::Sub"])
    shown = {}
    for widget in body["widgets"]:
        for _, name, *dimensions in (m for m in widget["properties"].get("metrics", []) if len(m) > 1):
            shown[name] = dimensions[:-1:2]
    alarms = {alarm["Properties"]["MetricName"] for name, alarm in resources.items() if name != "Dashboard"}
    assert alarms == {"ScoreDrop"}
    assert shown == {name: dimensions for name, dimensions in ACCOUNT.items() if name not in alarms}
