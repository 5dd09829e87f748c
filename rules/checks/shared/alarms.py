"""The CloudWatch alarms on a resource's metrics."""

from collections.abc import Sequence

from pillarwatch import Attributes, ConfigurationItem, all_of, any_of, contains
from pillarwatch.template_resource import TemplateResource

ALARM = "AWS::CloudWatch::Alarm"
METRICS = ("configuration", "configuration.metrics.metricStat.metric")  # the alarm's metric, those in metric math


def alarmed(resource: ConfigurationItem, dimension: str, namespace: str, *metrics: str) -> bool:
    """Whether an alarm with an enabled alarm action watches one of the metrics, alone or in metric math."""

    def is_of_resource(metric: Attributes) -> bool:
        def names_resource(found: Attributes) -> bool:
            return all_of([found.text("name") == dimension, resource.is_named(found.text("value"))])

        watched = [metric.text("namespace") == namespace, contains(metrics, metric.text("metricName"))]
        return all_of([*watched, any_of(metric.objects("dimensions"), names_resource)])

    def notifies(alarm: ConfigurationItem) -> bool:
        return all_of(
            [
                any_of([any_of(alarm.objects(path), is_of_resource) for path in METRICS]),
                alarm.flag("configuration.actionsEnabled", default=True),
                alarm.has("configuration.alarmActions"),
            ]
        )

    return any_of(resource.related(ALARM), notifies)


def alarms_of(resource: TemplateResource) -> dict[str, Sequence[TemplateResource]]:
    """The alarms of a template with the resource as a dimension of their metric, or of a metric in metric math."""
    plain = resource.attached(ALARM, "Dimensions.Value")
    return {ALARM: [*plain, *resource.attached(ALARM, "Metrics.MetricStat.Metric.Dimensions.Value")]}
