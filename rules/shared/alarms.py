"""Whether somebody is called when a resource is in trouble: its related CloudWatch alarms."""

from collections.abc import Sequence

from pillarwatch import Attributes, ConfigurationItem, all_of, any_of, contains
from pillarwatch.lift import TemplateResource

ALARM = "AWS::CloudWatch::Alarm"


def alarmed(resource: ConfigurationItem, dimension: str, namespace: str, *metrics: str) -> bool:
    """Whether an alarm watches one of the resource's own metrics, alone or in metric math, and calls somebody."""

    def is_its_own(metric: Attributes) -> bool:
        def names_it(found: Attributes) -> bool:
            return all_of([found.text("name") == dimension, resource.is_named(found.text("value"))])

        watched = [metric.text("namespace") == namespace, contains(metrics, metric.text("metricName"))]
        return all_of([*watched, any_of(metric.objects("dimensions"), names_it)])

    def calls(alarm: ConfigurationItem) -> bool:
        inner = alarm.objects("configuration.metrics.metricStat.metric")
        return all_of(
            [
                any_of([any_of(alarm.objects("configuration"), is_its_own), any_of(inner, is_its_own)]),
                alarm.flag("configuration.actionsEnabled", default=True),
                alarm.has("configuration.alarmActions"),
            ]
        )

    return any_of(resource.related(ALARM), calls)


def alarms_of(resource: TemplateResource) -> dict[str, Sequence[TemplateResource]]:
    """The alarms of a template that have the resource as a dimension, of their metric or of one in metric math."""
    plain = resource.attached(ALARM, "Dimensions.Value")
    return {ALARM: [*plain, *resource.attached(ALARM, "Metrics.MetricStat.Metric.Dimensions.Value")]}
