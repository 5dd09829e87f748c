"""Classic Load Balancers: the shape of the describe API, in camelCase. Attributes and policies are supplementary."""

from typing import Any

from pillarwatch import (
    Attributes,
    ConfigurationItem,
    Verdict,
    all_of,
    any_of,
    check,
    compliant_if,
    compliant_if_all,
    compliant_if_none,
    contains,
)
from pillarwatch.template_resource import TemplateResource, each, elements, lowered
from rules.checks.shared.load_balancers import ATTRIBUTES, elb_logging_enabled
from rules.checks.shared.networks import named_zones

CROSS_ZONE = f"{ATTRIBUTES}.crossZoneLoadBalancing.enabled"
DRAINING = f"{ATTRIBUTES}.connectionDraining.enabled"
EXCEPTION = "tags.ClassicException"
LISTENERS = "configuration.listenerDescriptions"
ADDITIONAL = f"{ATTRIBUTES}.additionalAttributes"
POLICIES = "supplementaryConfiguration.LoadBalancerPolicies"
STICKY = ("appCookieStickinessPolicies", "lbcookieStickinessPolicies")
ZONES = "configuration.availabilityZones"

ACM = "arn:aws:acm:eu-west-1:123456789012:certificate/1"
IAM = "arn:aws:iam::123456789012:server-certificate/old"


def listening(protocol: str, *policies: str, **more: str) -> dict[str, object]:
    """An example of a listener."""
    return {"listener": {"protocol": protocol, "loadBalancerPort": 443, **more}, "policyNames": list(policies)}


def negotiating(name: str, predefined: str) -> dict[str, object]:
    """An example of a policy that refers to a predefined security policy."""
    attributes = [{"attributeName": "Reference-Security-Policy", "attributeValue": predefined}]
    return {
        "policyName": name,
        "policyTypeName": "SSLNegotiationPolicyType",
        "policyAttributeDescriptions": attributes,
    }


def is_secure(listener: Attributes) -> bool:
    """Whether clients connect to a listener over TLS."""
    return contains(("https", "ssl"), listener.text("listener.protocol").lower())


def protocol_and_port(listener: Attributes) -> str:
    """The protocol and port of a listener, for annotations."""
    return f"{listener.text('listener.protocol')} {listener.text('listener.loadBalancerPort')}"


@check(
    "AWS::ElasticLoadBalancing::LoadBalancer",
    best_practices={
        "PERF04-BP04": "the load balancer supports neither routing rules nor HTTP/2",
        "PERF05-BP06": "a previous-generation load balancer is in use",
        "COST05-BP05": "each application pays for its own load balancer",
    },
    effort="M",
    severity="low",
    fix="Migrate to an Application or Network Load Balancer, or set the tag ClassicException to the reason.",
    compliant=[{EXCEPTION: "until 2026-12"}],
    non_compliant=[{}],
)
def classic_load_balancer_absent(balancer: ConfigurationItem) -> Verdict:
    """Classic Load Balancers are replaced by newer load balancers.

    A Classic Load Balancer cannot route requests by path or host, and does not support HTTP/2. The tag
    ClassicException, with a reason, allows one for a limited time.
    """
    return compliant_if(balancer.tag("ClassicException") != "", "the type is Classic (expected Application or Network)")


@check(
    "AWS::ElasticLoadBalancing::LoadBalancer",
    best_practices={"SEC09-BP02": "listeners accept unencrypted requests"},
    managed_rule="ELB_TLS_HTTPS_LISTENERS_ONLY",
    effort="M",
    fix="Set Listeners.Protocol to HTTPS or SSL. Only an Application Load Balancer can redirect HTTP to HTTPS.",
    compliant=[{LISTENERS: [listening("HTTPS"), listening("SSL")]}, {LISTENERS: [listening("ssl")]}],
    non_compliant=[{LISTENERS: [listening("HTTPS"), listening("HTTP")]}, {LISTENERS: [listening("TCP")]}],
    not_applicable=[{LISTENERS: []}, {}],
)
def elb_tls_https_listeners_only(balancer: ConfigurationItem) -> Verdict:
    """Classic Load Balancer listeners use HTTPS or SSL.

    Without TLS, anybody on the network path can read and change the requests. TCP fails too, as in the AWS Config rule.
    """
    return compliant_if_all(balancer.objects(LISTENERS), is_secure, "listeners without TLS", named=protocol_and_port)


@check(
    "AWS::ElasticLoadBalancing::LoadBalancer",
    best_practices={"SEC09-BP02": "clients can connect with TLS 1.0 or 1.1"},
    managed_rule="ELB_PREDEFINED_SECURITY_POLICY_SSL_CHECK",
    effort="S",
    severity="medium",
    fix="Set a policy whose Reference-Security-Policy is ELBSecurityPolicy-TLS-1-2-2017-01 on the listener.",
    compliant=[
        {LISTENERS: [listening("HTTPS", "new")], POLICIES: [negotiating("new", "ELBSecurityPolicy-TLS-1-2-2017-01")]},
    ],
    non_compliant=[
        {LISTENERS: [listening("SSL", "old")], POLICIES: [negotiating("old", "ELBSecurityPolicy-2016-08")]},
        {LISTENERS: [listening("HTTPS")], POLICIES: [negotiating("new", "ELBSecurityPolicy-TLS-1-2-2017-01")]},
        {LISTENERS: [listening("HTTPS", "own")], POLICIES: [{"policyName": "own"}]},
    ],
    not_applicable=[{LISTENERS: [listening("HTTP")]}, {}],
)
def elb_predefined_security_policy_ssl_check(
    balancer: ConfigurationItem, *, predefined_policy_name: str = "ELBSecurityPolicy-TLS-1-2-2017-01"
) -> Verdict:
    """Classic Load Balancers require TLS 1.2.

    TLS 1.0 and 1.1 have known weaknesses. A listener without a policy gets ELBSecurityPolicy-2016-08, which accepts
    both. A custom policy fails the check, as it does in the AWS Config rule.
    """

    def refers(attribute: Attributes) -> bool:
        is_reference = attribute.text("attributeName") == "Reference-Security-Policy"
        return all_of([is_reference, attribute.text("attributeValue") == predefined_policy_name])

    def is_modern(listener: Attributes) -> bool:
        def applies(policy: Attributes) -> bool:
            is_of_listener = contains(listener.texts("policyNames"), policy.text("policyName"))
            return all_of([is_of_listener, any_of(policy.objects("policyAttributeDescriptions"), refers)])

        return any_of(balancer.objects(POLICIES), applies)

    otherwise = f"listeners without {predefined_policy_name}"
    return compliant_if_all(balancer.objects(LISTENERS), is_modern, otherwise, named=protocol_and_port, where=is_secure)


@check(
    "AWS::ElasticLoadBalancing::LoadBalancer",
    best_practices={"SEC09-BP01": "certificates are issued and renewed manually"},
    managed_rule="ELB_ACM_CERTIFICATE_REQUIRED",
    effort="S",
    severity="medium",
    fix="Request a certificate in AWS Certificate Manager, and set Listeners.SSLCertificateId to its ARN.",
    compliant=[{LISTENERS: [listening("HTTPS", sslcertificateId=ACM)]}],
    non_compliant=[
        {LISTENERS: [listening("HTTPS", sslcertificateId=ACM), listening("SSL", sslcertificateId=IAM)]},
        {LISTENERS: [listening("HTTPS")]},
    ],
    not_applicable=[{LISTENERS: [listening("HTTP")]}, {}],
)
def elb_acm_certificate_required(balancer: ConfigurationItem) -> Verdict:
    """Classic Load Balancers use certificates from AWS Certificate Manager.

    A certificate that is not in AWS Certificate Manager has to be renewed manually, and clients cannot connect after it
    expires. The check judges HTTPS and SSL listeners only.
    """

    def managed(listener: Attributes) -> bool:
        return contains(listener.text("listener.sslcertificateId"), ":acm:")

    return compliant_if_all(
        balancer.objects(LISTENERS), managed, "certificates not from ACM", named=protocol_and_port, where=is_secure
    )


@check(
    "AWS::ElasticLoadBalancing::LoadBalancer",
    best_practices={"SEC09-BP02": "requests from the load balancer to its instances are unencrypted"},
    effort="M",
    severity="medium",
    fix="Set Listeners.InstanceProtocol to HTTPS or SSL.",
    compliant=[{LISTENERS: [listening("HTTPS", instanceProtocol="HTTPS")]}],
    non_compliant=[
        {LISTENERS: [listening("HTTPS", instanceProtocol="HTTP")]},
        {LISTENERS: [listening("SSL", instanceProtocol="TCP")]},
        {LISTENERS: [listening("SSL")]},
    ],
    not_applicable=[{LISTENERS: []}, {}],
)
def clb_instance_protocol_encrypted(balancer: ConfigurationItem) -> Verdict:
    """Classic Load Balancers connect to their instances over HTTPS or SSL.

    Without TLS, anybody on the network path in the VPC can read the requests. The default is HTTP or TCP. Waive the
    finding where an instance uses TLS over TCP.
    """

    def is_encrypted(listener: Attributes) -> bool:
        return contains(("https", "ssl"), listener.text("listener.instanceProtocol").lower())

    return compliant_if_all(
        balancer.objects(LISTENERS), is_encrypted, "listeners without TLS to the instances", named=protocol_and_port
    )


@check(
    "AWS::ElasticLoadBalancing::LoadBalancer",
    best_practices={
        "REL10-BP01": "the failure of one Availability Zone stops the load balancer",
        "REL11-BP02": "no second Availability Zone can receive the traffic",
    },
    managed_rule="CLB_MULTIPLE_AZ",
    effort="M",
    fix="Add a second Availability Zone to AvailabilityZones, or a subnet in another zone to Subnets.",
    compliant=[{ZONES: ["eu-west-1a", "eu-west-1b"]}],
    non_compliant=[{ZONES: ["eu-west-1a"]}, {}],
)
def clb_multiple_az(balancer: ConfigurationItem, *, min_availability_zones: int = 2) -> Verdict:
    """Classic Load Balancers span several Availability Zones.

    A load balancer in one Availability Zone stops when that zone fails.
    """
    zones = balancer.texts(ZONES)
    return compliant_if(
        len(zones) >= min_availability_zones,
        otherwise=f"Availability Zones: {len(zones)} (expected {min_availability_zones})",
    )


@check(
    "AWS::ElasticLoadBalancing::LoadBalancer",
    best_practices={
        "PERF04-BP04": "requests are not spread evenly over all instances",
        "REL10-BP01": "requests fail in a zone without healthy instances",
    },
    managed_rule="ELB_CROSS_ZONE_LOAD_BALANCING_ENABLED",
    automation="AWSConfigRemediation-EnableCLBCrossZoneLoadBalancing",
    effort="S",
    severity="low",
    fix="Set CrossZone to true.",
    compliant=[{CROSS_ZONE: True}],
    non_compliant=[{CROSS_ZONE: False}, {}],
)
def elb_cross_zone_load_balancing_enabled(balancer: ConfigurationItem) -> Verdict:
    """Classic Load Balancers have cross-zone load balancing enabled.

    Without cross-zone load balancing, instances in a zone with few instances get more requests than the others. The
    default is on in the console, and off in the API and in CloudFormation.
    """
    return compliant_if(balancer.flag(CROSS_ZONE), otherwise="CrossZone is false (expected true)")


@check(
    "AWS::ElasticLoadBalancing::LoadBalancer",
    best_practices={"OPS06-BP03": "each deployment interrupts requests in progress"},
    automation="AWS-EnableCLBConnectionDraining",
    effort="S",
    severity="low",
    fix="Set ConnectionDrainingPolicy.Enabled to true, and Timeout to the duration of the longest request.",
    compliant=[{DRAINING: True}],
    non_compliant=[{DRAINING: False}, {}],
)
def clb_connection_draining_enabled(balancer: ConfigurationItem) -> Verdict:
    """Classic Load Balancers have connection draining enabled.

    Without connection draining, requests in progress fail when an instance is deregistered. The default is on in the
    console, and off in the API and in CloudFormation.
    """
    return compliant_if(balancer.flag(DRAINING), otherwise="ConnectionDrainingPolicy.Enabled is false (expected true)")


@check(
    "AWS::ElasticLoadBalancing::LoadBalancer",
    best_practices={"SEC05-BP03": "ambiguous requests are forwarded to the instances"},
    managed_rule="CLB_DESYNC_MODE_CHECK",
    automation="AWS-UpdateCLBDesyncMitigationMode",
    effort="S",
    live=True,
    fix="Set the attribute elb.http.desyncmitigationmode to defensive or strictest.",
    compliant=[{ADDITIONAL: [{"key": "elb.http.desyncmitigationmode", "value": "strictest"}]}, {ADDITIONAL: []}, {}],
    non_compliant=[{ADDITIONAL: [{"key": "elb.http.desyncmitigationmode", "value": "monitor"}]}],
)
def clb_desync_mode_check(balancer: ConfigurationItem) -> Verdict:
    """Classic Load Balancers use desync mitigation mode defensive or strictest.

    In the mode monitor, ambiguous requests can carry a smuggled request to an instance. The default is defensive.
    """

    def only_monitors(attribute: Attributes) -> bool:
        is_mode = attribute.text("key") == "elb.http.desyncmitigationmode"
        return all_of([is_mode, attribute.text("value") == "monitor"])

    return compliant_if_none(balancer.objects(ADDITIONAL), only_monitors, "desync mitigation mode", named="value")


@check(
    "AWS::ElasticLoadBalancing::LoadBalancer",
    best_practices={
        "REL05-BP06": "sessions are stored on one instance and lost with it",
        "PERF04-BP04": "requests are routed by session instead of by load",
    },
    effort="M",
    severity="low",
    fix="Store sessions outside the instances, and remove the stickiness policy from the listener.",
    compliant=[
        {f"configuration.policies.{STICKY[0]}": [{"policyName": "sticky"}], LISTENERS: [listening("HTTP")]},
        {},
    ],
    non_compliant=[
        {f"configuration.policies.{name}": [{"policyName": "sticky"}], LISTENERS: [listening("HTTP", "sticky")]}
        for name in STICKY
    ],
)
def clb_stickiness_disabled(balancer: ConfigurationItem) -> Verdict:
    """Classic Load Balancers have no stickiness policy.

    With sticky sessions, users lose their sessions when an instance stops, and load is not spread evenly.
    """
    policies = [name for kind in STICKY for name in balancer.texts(f"configuration.policies.{kind}.policyName")]
    used = balancer.texts(f"{LISTENERS}.policyNames")
    return compliant_if_none(policies, lambda name: contains(used, name), "stickiness policies of listeners")


def to_configuration_item(balancer: TemplateResource) -> dict[str, Any]:
    """The configuration of a load balancer. A policy applies to a listener by its name or by the port."""
    properties = balancer.properties
    policies = properties.get("Policies")

    def described(listener: Any) -> Any:
        if not isinstance(listener, dict):
            return listener
        at = [
            policy.get("PolicyName")
            for policy in elements(policies)
            if str(listener.get("LoadBalancerPort")) in map(str, elements(policy.get("LoadBalancerPorts")))
        ]
        return {
            "listener": lowered(listener, {"SSLCertificateId": "sslcertificateId"}),
            "policyNames": [*elements(listener.get("PolicyNames")), *at],
        }

    subnets = properties.get("Subnets")  # a load balancer has at most one subnet in each Availability Zone
    zones = (
        named_zones(properties["AvailabilityZones"])
        if "AvailabilityZones" in properties
        else each(subnets, lambda one: one)
    )
    return {
        "configuration": {
            "loadBalancerName": properties.get("LoadBalancerName", balancer.logical_id),
            "scheme": properties.get("Scheme", "internet-facing"),
            "availabilityZones": zones,
            "listenerDescriptions": each(properties.get("Listeners"), described),
            "policies": {
                "appCookieStickinessPolicies": lowered(properties.get("AppCookieStickinessPolicy")),
                "lbcookieStickinessPolicies": lowered(properties.get("LBCookieStickinessPolicy")),
            },
        },
        "supplementaryConfiguration": {
            "LoadBalancerAttributes": {
                "accessLog": lowered(properties.get("AccessLoggingPolicy")),
                "connectionDraining": lowered(properties.get("ConnectionDrainingPolicy")),
                "crossZoneLoadBalancing": {"enabled": properties.get("CrossZone")},
            },
            "LoadBalancerPolicies": lowered(policies, POLICY_NAMES),
        },
    }


POLICY_NAMES = {
    "PolicyType": "policyTypeName",
    "Attributes": "policyAttributeDescriptions",
    "Name": "attributeName",
    "Value": "attributeValue",
}
