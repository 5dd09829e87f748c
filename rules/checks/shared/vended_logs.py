"""Deliveries of vended logs: the logs of a resource that names no log destination in its own properties.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/AWS-logs-and-resource-policy.html: a delivery source names the
resource, a delivery names the source and a destination.
"""

from typing import Any

from pillarwatch.template_resource import TemplateResource

DELIVERIES = "supplementaryConfiguration.logs.DescribeDeliveries.deliveries"


def deliveries_of(resource: TemplateResource) -> dict[str, Any]:
    """The deliveries of a template's resource in the shape of DescribeDeliveries, by service and operation."""
    sources = resource.attached("AWS::Logs::DeliverySource", "ResourceArn")
    found = [each for source in sources for each in source.attached("AWS::Logs::Delivery", "DeliverySourceName")]
    return {"logs": {"DescribeDeliveries": {"deliveries": [{"id": each.logical_id} for each in found]}}}
