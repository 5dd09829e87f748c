"""Application, Network and Gateway Load Balancers. Attributes are a list of keys and values."""

from typing import Any

from pillarwatch import NOT_APPLICABLE, ConfigurationItem, Verdict, check, compliant_if, contains
from pillarwatch.template_resource import TemplateResource, each, elements, lowered
from rules.checks.shared.latencies import api_latency_p95_target
from rules.checks.shared.load_balancers import ATTRIBUTES, attribute, elb_logging_enabled
from rules.checks.shared.origins import cloudfront_used_for_public_content
from rules.checks.shared.tags import required_tags, resource_managed_by_iac
from rules.checks.shared.vended_logs import deliveries_of

BYTES = "supplementaryConfiguration.Metrics.ProcessedBytes.Sum"
CREATED = "configuration.createdTime"
KIND = "configuration.type"
ZONES = "configuration.availabilityZones"

CROSS_ZONE = "load_balancing.cross_zone.enabled"
DESYNC = "routing.http.desync_mitigation_mode"
DROP_INVALID_HEADERS = "routing.http.drop_invalid_header_fields.enabled"
DELETION_PROTECTION = "deletion_protection.enabled"
WAF = "waf.enabled"


def setting(key: str, value: str, kind: str = "application") -> dict[str, object]:
    """An example of a load balancer with one attribute."""
    return {KIND: kind, ATTRIBUTES: [{"key": key, "value": value}]}


@check(
    "AWS::ElasticLoadBalancingV2::LoadBalancer",
    best_practices={
        "REL10-BP01": "the failure of one Availability Zone stops the load balancer",
        "REL11-BP02": "no second Availability Zone can receive the traffic",
    },
    managed_rule="ELBV2_MULTIPLE_AZ",
    effort="M",
    fix="Add a subnet in a second Availability Zone to Subnets or SubnetMappings.",
    compliant=[{ZONES: [{"subnetId": "subnet-1"}, {"subnetId": "subnet-2"}]}],
    non_compliant=[{ZONES: [{"subnetId": "subnet-1"}]}, {}],
)
def elbv2_multiple_az(balancer: ConfigurationItem, *, min_availability_zones: int = 2) -> Verdict:
    """Load balancers span several Availability Zones.

    A load balancer in one Availability Zone stops when that zone fails.
    """
    zones = balancer.objects(ZONES)
    return compliant_if(
        len(zones) >= min_availability_zones,
        otherwise=f"Availability Zones: {len(zones)} (expected {min_availability_zones})",
    )


@check(
    "AWS::ElasticLoadBalancingV2::LoadBalancer",
    best_practices={"OPS06-BP01": "one API call can delete the load balancer and its DNS name"},
    managed_rule="ELB_DELETION_PROTECTION_ENABLED",
    automation="AWSConfigRemediation-EnableELBDeletionProtection",
    effort="S",
    severity="medium",
    fix="Set the attribute deletion_protection.enabled to true.",
    compliant=[setting(DELETION_PROTECTION, "true")],
    non_compliant=[setting(DELETION_PROTECTION, "false"), {}],
)
def elb_deletion_protection_enabled(balancer: ConfigurationItem) -> Verdict:
    """Load balancers have deletion protection enabled.

    Without deletion protection, one API call deletes the load balancer. A new load balancer has another DNS name, so
    clients cannot connect until DNS records are changed.
    """
    return compliant_if(
        attribute(balancer, DELETION_PROTECTION, "false") == "true",
        otherwise=f"{DELETION_PROTECTION} is false (expected true)",
    )


@check(
    "AWS::ElasticLoadBalancingV2::LoadBalancer",
    best_practices={"SEC05-BP03": "invalid header fields are forwarded to the application"},
    managed_rule="ALB_HTTP_DROP_INVALID_HEADER_ENABLED",
    automation="AWSConfigRemediation-DropInvalidHeadersForALB",
    effort="S",
    fix="Set the attribute routing.http.drop_invalid_header_fields.enabled to true.",
    compliant=[setting(DROP_INVALID_HEADERS, "true")],
    non_compliant=[setting(DROP_INVALID_HEADERS, "false"), {KIND: "application"}],
    not_applicable=[{KIND: "network"}, {}],
)
def alb_http_drop_invalid_header_enabled(balancer: ConfigurationItem) -> Verdict:
    """Application Load Balancers drop invalid header fields.

    Invalid header fields can carry a smuggled request to the application. The default is to forward them.
    """
    if balancer.text(KIND) != "application":
        return NOT_APPLICABLE
    return compliant_if(
        attribute(balancer, DROP_INVALID_HEADERS, "false") == "true",
        otherwise=f"{DROP_INVALID_HEADERS} is false (expected true)",
    )


@check(
    "AWS::ElasticLoadBalancingV2::LoadBalancer",
    best_practices={"SEC05-BP03": "ambiguous requests are forwarded to the targets"},
    managed_rule="ALB_DESYNC_MODE_CHECK",
    automation="AWS-UpdateALBDesyncMitigationMode",
    effort="S",
    fix="Set the attribute routing.http.desync_mitigation_mode to defensive or strictest.",
    compliant=[setting(DESYNC, "strictest"), setting(DESYNC, "defensive"), {KIND: "application"}],
    non_compliant=[setting(DESYNC, "monitor")],
    not_applicable=[{KIND: "network"}, {}],
)
def alb_desync_mode_check(balancer: ConfigurationItem) -> Verdict:
    """Application Load Balancers use desync mitigation mode defensive or strictest.

    In the mode monitor, ambiguous requests can carry a smuggled request to a target. The default is defensive.
    """
    if balancer.text(KIND) != "application":
        return NOT_APPLICABLE
    mode = attribute(balancer, DESYNC, "defensive")
    return compliant_if(contains(("defensive", "strictest"), mode), f"{DESYNC} is {mode} (expected defensive)")


@check(
    "AWS::ElasticLoadBalancingV2::LoadBalancer",
    best_practices={"SEC05-BP03": "no web ACL filters the requests to the load balancer"},
    managed_rule="ALB_WAF_ENABLED",
    effort="S",
    fix="Associate an AWS WAF web ACL with the core rule set and a rate-based rule. AWS WAF is charged per request.",
    compliant=[setting(WAF, "true")],
    non_compliant=[setting(WAF, "false"), {KIND: "application"}],
    not_applicable=[{KIND: "network"}, {}],
)
def alb_waf_enabled(balancer: ConfigurationItem) -> Verdict:
    """Application Load Balancers have a web ACL.

    Without a web ACL, exploits such as SQL injection, and floods of requests, reach the application. Waive the finding
    for an internal load balancer that only known clients can reach.
    """
    if balancer.text(KIND) != "application":
        return NOT_APPLICABLE
    return compliant_if(attribute(balancer, WAF, "false") == "true", "no web ACL is associated (expected one)")


@check(
    "AWS::ElasticLoadBalancingV2::LoadBalancer",
    best_practices={
        "PERF04-BP04": "traffic is not spread evenly over all targets",
        "REL10-BP01": "connections fail in a zone without healthy targets",
    },
    managed_rule="NLB_CROSS_ZONE_LOAD_BALANCING_ENABLED",
    automation="AWSConfigRemediation-EnableNLBCrossZoneLoadBalancing",
    effort="S",
    severity="low",
    fix="Set load_balancing.cross_zone.enabled to true. Traffic between Availability Zones is charged.",
    compliant=[setting(CROSS_ZONE, "true", "network")],
    non_compliant=[setting(CROSS_ZONE, "false", "network"), {KIND: "network"}],
    not_applicable=[{KIND: "application"}, {}],
)
def nlb_cross_zone_load_balancing_enabled(balancer: ConfigurationItem) -> Verdict:
    """Network Load Balancers have cross-zone load balancing enabled.

    Without cross-zone load balancing, targets in a zone with few targets get more traffic than the others. The default
    is off. Application Load Balancers have it on by default.
    """
    if balancer.text(KIND) != "network":
        return NOT_APPLICABLE
    spread = attribute(balancer, CROSS_ZONE, "false") == "true"
    return compliant_if(spread, otherwise=f"{CROSS_ZONE} is false (expected true)")


@check(
    "AWS::ElasticLoadBalancingV2::LoadBalancer",
    best_practices={
        "COST04-BP03": "an unused load balancer is billed by the hour",
        "SUS03-BP02": "the load balancer runs without traffic",
    },
    effort="S",
    collector="usage",
    live=True,
    fix="Delete the load balancer.",
    compliant=[{BYTES: 1, CREATED: "2025-12-01T00:00:00.000Z"}],
    non_compliant=[{BYTES: 0, CREATED: "2026-01-01T12:00:00.000Z"}, {}],
    not_applicable=[{BYTES: 0, CREATED: "2026-01-01T12:01:00.000Z"}],
)
def load_balancer_idle(balancer: ConfigurationItem, *, days: int = 14) -> Verdict:
    """Load balancers process traffic.

    An unused load balancer is billed by the hour. Load balancers younger than two weeks are not judged.
    """
    if balancer.days_since(CREATED, default=days) < days:
        return NOT_APPLICABLE
    return compliant_if(balancer.number(BYTES) > 0, otherwise=f"ProcessedBytes is 0 for {days} days")


def to_configuration_item(balancer: TemplateResource) -> dict[str, Any]:
    """The configuration of a load balancer. The attribute waf.enabled is true where a web ACL is associated."""
    properties = balancer.properties
    subnets = properties.get("Subnets", properties.get("SubnetMappings"))
    attributes = lowered(elements(properties.get("LoadBalancerAttributes")))
    if any(balancer.attached(f"AWS::{waf}::WebACLAssociation", "ResourceArn") for waf in ("WAFv2", "WAFRegional")):
        attributes.append({"key": WAF, "value": "true"})
    return {
        "configuration": {
            "loadBalancerName": properties.get("Name", balancer.logical_id),
            "scheme": properties.get("Scheme", "internet-facing"),
            "type": properties.get("Type", "application"),
            "availabilityZones": each(subnets, lambda subnet: {"subnetId": subnet}),
        },
        "supplementaryConfiguration": {
            "LoadBalancerAttributes": attributes,
            **deliveries_of(balancer),
        },
    }
