"""Parts of the examples of checks that several resource types use."""

from typing import Any


def allowing(*actions: str, on: str = "*", **elements: object) -> dict[str, Any]:
    """A policy document with one statement that allows actions on a resource."""
    action = {"Action": list(actions)} if actions else {}
    return {"Statement": [{"Effect": "Allow", **action, "Resource": on, **elements}]}


def alarm(dimension: str, namespace: str, metric: str, **more: object) -> dict[str, Any]:
    """An alarm with an action on a metric of the example's resource."""
    watched = {"namespace": namespace, "metricName": metric, "dimensions": [{"name": dimension, "value": "example"}]}
    return {"configuration": {**watched, "alarmActions": ["arn:aws:sns:eu-west-1:123456789012:on-call"], **more}}
