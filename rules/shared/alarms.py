"""Whether somebody is called when a resource is in trouble: its related CloudWatch alarms."""

from collections.abc import Sequence

from pillarwatch import ConfigurationItem, all_of, any_of
from pillarwatch.lift import TemplateResource

ALARM = "AWS::CloudWatch::Alarm"


def alarmed(resource: ConfigurationItem, *metrics: str) -> bool:
    """Whether an alarm of the resource watches one of these metrics, alone or in metric math, and calls somebody."""

    def watches(alarm: ConfigurationItem) -> bool:
        watched = [
            alarm.text("configuration.metricName"),
            *alarm.texts("configuration.metrics.metricStat.metric.metricName"),
        ]
        return all_of(
            [
                any_of(name == metric for name in watched for metric in metrics),
                alarm.flag("configuration.actionsEnabled", default=True),
                alarm.has("configuration.alarmActions"),
            ]
        )

    return any_of(map(watches, resource.related(ALARM)))


def alarms_of(resource: TemplateResource) -> dict[str, Sequence[TemplateResource]]:
    """The alarms of a template that have the resource as a dimension, of their metric or of one in metric math."""
    plain = resource.attached(ALARM, "Dimensions.Value")
    return {ALARM: [*plain, *resource.attached(ALARM, "Metrics.MetricStat.Metric.Dimensions.Value")]}
