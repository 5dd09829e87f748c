"""Application, network and gateway load balancers. Attributes are a list of keys and values."""

from typing import Any

from pillarwatch import NOT_APPLICABLE, ConfigurationItem, Verdict, check, compliant_if, contains
from pillarwatch.lift import TemplateResource, each, elements, lowered
from rules.shared.latencies import api_latency_p95_target
from rules.shared.load_balancers import ATTRIBUTES, attribute, elb_logging_enabled
from rules.shared.origins import cloudfront_used_for_public_content
from rules.shared.tags import required_tags, resource_managed_by_iac
from rules.shared.vended_logs import deliveries_of

BYTES = "supplementaryConfiguration.Metrics.ProcessedBytes.Sum"
CREATED = "configuration.createdTime"
KIND = "configuration.type"
ZONES = "configuration.availabilityZones"

CROSS_ZONE = "load_balancing.cross_zone.enabled"
DESYNC = "routing.http.desync_mitigation_mode"
DROPS = "routing.http.drop_invalid_header_fields.enabled"
PROTECTION = "deletion_protection.enabled"
WAF = "waf.enabled"


def setting(key: str, value: str, kind: str = "application") -> dict[str, object]:
    """An example of a load balancer with one attribute."""
    return {KIND: kind, ATTRIBUTES: [{"key": key, "value": value}]}


@check(
    "AWS::ElasticLoadBalancingV2::LoadBalancer",
    best_practices={
        "REL10-BP01": "one Availability Zone takes the entry of the workload with it",
        "REL11-BP02": "there is no healthy zone to fail over to",
    },
    managed_rule="ELBV2_MULTIPLE_AZ",
    effort="M",
    fix="Add a subnet in a second Availability Zone.",
    compliant=[{ZONES: [{"subnetId": "subnet-1"}, {"subnetId": "subnet-2"}]}],
    non_compliant=[{ZONES: [{"subnetId": "subnet-1"}]}, {}],
)
def elbv2_multiple_az(balancer: ConfigurationItem, *, min_availability_zones: int = 2) -> Verdict:
    """Load balancers stand in several Availability Zones.

    A load balancer has one subnet per zone.
    """
    zones = balancer.objects(ZONES)
    return compliant_if(
        len(zones) >= min_availability_zones,
        otherwise=f"Availability Zones: {len(zones)} (expected {min_availability_zones})",
    )


@check(
    "AWS::ElasticLoadBalancingV2::LoadBalancer",
    best_practices={"OPS06-BP01": "one call deletes the load balancer and its DNS name"},
    managed_rule="ELB_DELETION_PROTECTION_ENABLED",
    automation="AWSConfigRemediation-EnableELBDeletionProtection",
    effort="S",
    severity="medium",
    fix="Turn on deletion protection.",
    compliant=[setting(PROTECTION, "true")],
    non_compliant=[setting(PROTECTION, "false"), {}],
)
def elb_deletion_protection_enabled(balancer: ConfigurationItem) -> Verdict:
    """Load balancers have deletion protection.

    A new one has another address, and nobody finds it until every name points there.
    """
    return compliant_if(attribute(balancer, PROTECTION, "false") == "true", otherwise="deletion protection is off")


@check(
    "AWS::ElasticLoadBalancingV2::LoadBalancer",
    best_practices={"SEC05-BP03": "invalid header fields reach the application"},
    managed_rule="ALB_HTTP_DROP_INVALID_HEADER_ENABLED",
    automation="AWSConfigRemediation-DropInvalidHeadersForALB",
    effort="S",
    fix="Set routing.http.drop_invalid_header_fields.enabled to true.",
    compliant=[setting(DROPS, "true")],
    non_compliant=[setting(DROPS, "false"), {KIND: "application"}],
    not_applicable=[{KIND: "network"}, {}],
)
def alb_http_drop_invalid_header_enabled(balancer: ConfigurationItem) -> Verdict:
    """Application Load Balancers drop invalid header fields.

    By such headers one request can be smuggled inside another. They are passed on by default.
    """
    if balancer.text(KIND) != "application":
        return NOT_APPLICABLE
    return compliant_if(attribute(balancer, DROPS, "false") == "true", otherwise="invalid headers are passed on")


@check(
    "AWS::ElasticLoadBalancingV2::LoadBalancer",
    best_practices={"SEC05-BP03": "ambiguous requests are passed on and only counted"},
    managed_rule="ALB_DESYNC_MODE_CHECK",
    automation="AWS-UpdateALBDesyncMitigationMode",
    effort="S",
    fix="Set routing.http.desync_mitigation_mode to defensive or strictest.",
    compliant=[setting(DESYNC, "strictest"), setting(DESYNC, "defensive"), {KIND: "application"}],
    non_compliant=[setting(DESYNC, "monitor")],
    not_applicable=[{KIND: "network"}, {}],
)
def alb_desync_mode_check(balancer: ConfigurationItem) -> Verdict:
    """Application load balancers defend their targets against request smuggling.

    The default, defensive, does.
    """
    if balancer.text(KIND) != "application":
        return NOT_APPLICABLE
    mode = attribute(balancer, DESYNC, "defensive")
    return compliant_if(contains(("defensive", "strictest"), mode), otherwise=f"desync mitigation mode is {mode}")


@check(
    "AWS::ElasticLoadBalancingV2::LoadBalancer",
    best_practices={"SEC05-BP03": "no web ACL is associated"},
    managed_rule="ALB_WAF_ENABLED",
    effort="S",
    fix="Associate a web ACL with AWS's core rule set and a rate limit.",
    compliant=[setting(WAF, "true")],
    non_compliant=[setting(WAF, "false"), {KIND: "application"}],
    not_applicable=[{KIND: "network"}, {}],
)
def alb_waf_enabled(balancer: ConfigurationItem) -> Verdict:
    """Application Load Balancers have a web ACL.

    As AWS's own rule reads it, internal ones too: waive it for those that only known callers reach.
    """
    if balancer.text(KIND) != "application":
        return NOT_APPLICABLE
    return compliant_if(attribute(balancer, WAF, "false") == "true", otherwise="no web ACL is associated")


@check(
    "AWS::ElasticLoadBalancingV2::LoadBalancer",
    best_practices={
        "PERF04-BP04": "a zone with few targets gets as much as one with many",
        "REL10-BP01": "a zone without a healthy target answers nobody",
    },
    managed_rule="NLB_CROSS_ZONE_LOAD_BALANCING_ENABLED",
    automation="AWSConfigRemediation-EnableNLBCrossZoneLoadBalancing",
    effort="S",
    severity="low",
    fix="Set load_balancing.cross_zone.enabled to true; traffic between zones is paid for.",
    compliant=[setting(CROSS_ZONE, "true", "network")],
    non_compliant=[setting(CROSS_ZONE, "false", "network"), {KIND: "network"}],
    not_applicable=[{KIND: "application"}, {}],
)
def nlb_cross_zone_load_balancing_enabled(balancer: ConfigurationItem) -> Verdict:
    """Network load balancers spread requests over the targets of all zones.

    It is off by default. An application load balancer always does.
    """
    if balancer.text(KIND) != "network":
        return NOT_APPLICABLE
    spread = attribute(balancer, CROSS_ZONE, "false") == "true"
    return compliant_if(spread, otherwise=f"{CROSS_ZONE} is false (expected true)")


@check(
    "AWS::ElasticLoadBalancingV2::LoadBalancer",
    best_practices={
        "COST04-BP03": "it is paid for by the hour, and nobody comes",
        "SUS03-BP02": "it balances the load of nobody",
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
    """Load balancers carry traffic.

    Within two weeks, so a younger one is not judged. Redirects and fixed answers count, health checks do not.
    """
    if balancer.days_since(CREATED, default=days) < days:
        return NOT_APPLICABLE
    return compliant_if(balancer.number(BYTES) > 0, otherwise=f"nothing was processed for {days} days")


def lift(balancer: TemplateResource) -> dict[str, Any]:
    """A load balancer with its attributes, of which one says whether a web ACL is associated."""
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
