"""Classic load balancers: the describe API's camelCase. Attributes and policies are answers of their own."""

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
from pillarwatch.lift import TemplateResource, each, elements, lowered
from rules.shared.load_balancers import ATTRIBUTES, elb_logging_enabled
from rules.shared.networks import named_zones

CROSS_ZONE = f"{ATTRIBUTES}.crossZoneLoadBalancing.enabled"
DRAINS = f"{ATTRIBUTES}.connectionDraining.enabled"
EXCEPTION = "tags.ClassicException"
LISTENERS = "configuration.listenerDescriptions"
MORE = f"{ATTRIBUTES}.additionalAttributes"
POLICIES = "supplementaryConfiguration.LoadBalancerPolicies"
STICKY = ("appCookieStickinessPolicies", "lbcookieStickinessPolicies")
ZONES = "configuration.availabilityZones"

ACM = "arn:aws:acm:eu-west-1:123456789012:certificate/1"
IAM = "arn:aws:iam::123456789012:server-certificate/old"


def listening(protocol: str, *policies: str, **more: str) -> dict[str, object]:
    """An example of a listener."""
    return {"listener": {"protocol": protocol, "loadBalancerPort": 443, **more}, "policyNames": list(policies)}


def negotiating(name: str, predefined: str) -> dict[str, object]:
    """An example of a policy that takes a predefined one for its pattern."""
    attributes = [{"attributeName": "Reference-Security-Policy", "attributeValue": predefined}]
    return {
        "policyName": name,
        "policyTypeName": "SSLNegotiationPolicyType",
        "policyAttributeDescriptions": attributes,
    }


def is_secure(listener: Attributes) -> bool:
    """Whether clients talk TLS to a listener."""
    return contains(("https", "ssl"), listener.text("listener.protocol").lower())


def port(listener: Attributes) -> str:
    """A listener as an annotation names it."""
    return f"{listener.text('listener.protocol')} {listener.text('listener.loadBalancerPort')}"


@check(
    "AWS::ElasticLoadBalancing::LoadBalancer",
    best_practices={
        "PERF04-BP04": "the balancer knows neither requests nor modern protocols",
        "PERF05-BP06": "a service of the first years was never revisited",
        "COST05-BP05": "each application pays for a balancer of its own",
    },
    effort="M",
    severity="low",
    fix="Move to an Application or Network Load Balancer, or tag it with ClassicException and the reason.",
    compliant=[{EXCEPTION: "until 2026-12"}],
    non_compliant=[{}],
)
def classic_load_balancer_absent(balancer: ConfigurationItem) -> Verdict:
    """No Classic Load Balancer is left.

    Each one that exists fails, unless a tag says until when it may stay.
    """
    return compliant_if(balancer.tag("ClassicException") != "", otherwise="a Classic Load Balancer")


@check(
    "AWS::ElasticLoadBalancing::LoadBalancer",
    best_practices={"SEC09-BP02": "the listener accepts unencrypted requests"},
    managed_rule="ELB_TLS_HTTPS_LISTENERS_ONLY",
    effort="M",
    fix="Use HTTPS or SSL listeners only; a Classic Load Balancer cannot redirect, an Application Load Balancer can.",
    compliant=[{LISTENERS: [listening("HTTPS"), listening("SSL")]}, {LISTENERS: [listening("ssl")]}],
    non_compliant=[{LISTENERS: [listening("HTTPS"), listening("HTTP")]}, {LISTENERS: [listening("TCP")]}],
    not_applicable=[{LISTENERS: []}, {}],
)
def elb_tls_https_listeners_only(balancer: ConfigurationItem) -> Verdict:
    """Classic Load Balancer listeners use HTTPS or SSL.

    As AWS's own rule reads it, it is the clients' side that counts, and any other listener fails the balancer.
    """
    return compliant_if_all(balancer.objects(LISTENERS), is_secure, "in clear text", named=port)


@check(
    "AWS::ElasticLoadBalancing::LoadBalancer",
    best_practices={"SEC09-BP02": "clients can connect with TLS 1.0 or 1.1"},
    managed_rule="ELB_PREDEFINED_SECURITY_POLICY_SSL_CHECK",
    effort="S",
    severity="medium",
    fix="Give the listener a policy with the predefined ELBSecurityPolicy-TLS-1-2-2017-01.",
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

    By the one predefined policy that does; a listener without any gets ELBSecurityPolicy-2016-08. As AWS's own rule
    reads it, a policy of one's own fails, whatever it allows.
    """

    def refers(attribute: Attributes) -> bool:
        refers = attribute.text("attributeName") == "Reference-Security-Policy"
        return all_of([refers, attribute.text("attributeValue") == predefined_policy_name])

    def is_modern(listener: Attributes) -> bool:
        def governs(policy: Attributes) -> bool:
            is_its_own = contains(listener.texts("policyNames"), policy.text("policyName"))
            return all_of([is_its_own, any_of(policy.objects("policyAttributeDescriptions"), refers)])

        return any_of(balancer.objects(POLICIES), governs)

    otherwise = f"without {predefined_policy_name}"
    return compliant_if_all(balancer.objects(LISTENERS), is_modern, otherwise, named=port, where=is_secure)


@check(
    "AWS::ElasticLoadBalancing::LoadBalancer",
    best_practices={"SEC09-BP01": "the certificate is issued and renewed by hand"},
    managed_rule="ELB_ACM_CERTIFICATE_REQUIRED",
    effort="S",
    severity="medium",
    fix="Request a certificate in AWS Certificate Manager, which renews it, and name it in the listener.",
    compliant=[{LISTENERS: [listening("HTTPS", sslcertificateId=ACM)]}],
    non_compliant=[
        {LISTENERS: [listening("HTTPS", sslcertificateId=ACM), listening("SSL", sslcertificateId=IAM)]},
        {LISTENERS: [listening("HTTPS")]},
    ],
    not_applicable=[{LISTENERS: [listening("HTTP")]}, {}],
)
def elb_acm_certificate_required(balancer: ConfigurationItem) -> Verdict:
    """Certificates of Classic Load Balancers come from AWS Certificate Manager.

    A balancer without a listener by HTTPS or SSL has none, which is another check's matter.
    """

    def managed(listener: Attributes) -> bool:
        return contains(listener.text("listener.sslcertificateId"), ":acm:")

    return compliant_if_all(balancer.objects(LISTENERS), managed, "not of ACM", named=port, where=is_secure)


@check(
    "AWS::ElasticLoadBalancing::LoadBalancer",
    best_practices={"SEC09-BP02": "requests go on in clear text behind the load balancer"},
    effort="M",
    severity="medium",
    fix="Talk HTTPS or SSL to the instances.",
    compliant=[{LISTENERS: [listening("HTTPS", instanceProtocol="HTTPS")]}],
    non_compliant=[
        {LISTENERS: [listening("HTTPS", instanceProtocol="HTTP")]},
        {LISTENERS: [listening("SSL", instanceProtocol="TCP")]},
        {LISTENERS: [listening("SSL")]},
    ],
    not_applicable=[{LISTENERS: []}, {}],
)
def clb_instance_protocol_encrypted(balancer: ConfigurationItem) -> Verdict:
    """Classic Load Balancers talk to their instances by TLS.

    Without a word they talk HTTP or TCP. TCP fails although an instance may speak TLS over it: waive it there.
    """

    def secret(listener: Attributes) -> bool:
        return contains(("https", "ssl"), listener.text("listener.instanceProtocol").lower())

    return compliant_if_all(balancer.objects(LISTENERS), secret, "in clear text to the instances", named=port)


@check(
    "AWS::ElasticLoadBalancing::LoadBalancer",
    best_practices={
        "REL10-BP01": "one Availability Zone takes the entry of the workload with it",
        "REL11-BP02": "there is no healthy zone to fail over to",
    },
    managed_rule="CLB_MULTIPLE_AZ",
    effort="M",
    fix="Add a second Availability Zone, or a subnet in one.",
    compliant=[{ZONES: ["eu-west-1a", "eu-west-1b"]}],
    non_compliant=[{ZONES: ["eu-west-1a"]}, {}],
)
def clb_multiple_az(balancer: ConfigurationItem, *, min_availability_zones: int = 2) -> Verdict:
    """Classic Load Balancers stand in several Availability Zones.

    In a VPC a subnet stands for a zone: a balancer has one per zone.
    """
    zones = balancer.texts(ZONES)
    return compliant_if(
        len(zones) >= min_availability_zones,
        otherwise=f"Availability Zones: {len(zones)} (expected {min_availability_zones})",
    )


@check(
    "AWS::ElasticLoadBalancing::LoadBalancer",
    best_practices={
        "PERF04-BP04": "a zone with few instances gets as much as one with many",
        "REL10-BP01": "a zone without a healthy instance answers nobody",
    },
    managed_rule="ELB_CROSS_ZONE_LOAD_BALANCING_ENABLED",
    automation="AWSConfigRemediation-EnableCLBCrossZoneLoadBalancing",
    effort="S",
    severity="low",
    fix="Turn on cross-zone load balancing, which costs nothing here.",
    compliant=[{CROSS_ZONE: True}],
    non_compliant=[{CROSS_ZONE: False}, {}],
)
def elb_cross_zone_load_balancing_enabled(balancer: ConfigurationItem) -> Verdict:
    """Classic Load Balancers spread requests over the instances of all zones.

    On where the console made the balancer, off where the API or a template did.
    """
    return compliant_if(balancer.flag(CROSS_ZONE), otherwise="requests stay in their zone")


@check(
    "AWS::ElasticLoadBalancing::LoadBalancer",
    best_practices={"OPS06-BP03": "every deployment cuts off the requests of the instances that leave"},
    automation="AWS-EnableCLBConnectionDraining",
    effort="S",
    severity="low",
    fix="Turn on connection draining, for as long as the longest request takes.",
    compliant=[{DRAINS: True}],
    non_compliant=[{DRAINS: False}, {}],
)
def clb_connection_draining_enabled(balancer: ConfigurationItem) -> Verdict:
    """Classic Load Balancers let an instance that leaves finish its requests.

    On where the console made the balancer, off where the API or a template did.
    """
    return compliant_if(balancer.flag(DRAINS), otherwise="connection draining is off")


@check(
    "AWS::ElasticLoadBalancing::LoadBalancer",
    best_practices={"SEC05-BP03": "ambiguous requests are passed on and only counted"},
    managed_rule="CLB_DESYNC_MODE_CHECK",
    automation="AWS-UpdateCLBDesyncMitigationMode",
    effort="S",
    live=True,
    fix="Set elb.http.desyncmitigationmode to defensive or strictest.",
    compliant=[{MORE: [{"key": "elb.http.desyncmitigationmode", "value": "strictest"}]}, {MORE: []}, {}],
    non_compliant=[{MORE: [{"key": "elb.http.desyncmitigationmode", "value": "monitor"}]}],
)
def clb_desync_mode_check(balancer: ConfigurationItem) -> Verdict:
    """Classic Load Balancers defend their instances against request smuggling.

    The default, defensive, does, and no template can say otherwise.
    """

    def looks_on(attribute: Attributes) -> bool:
        is_it = attribute.text("key") == "elb.http.desyncmitigationmode"
        return all_of([is_it, attribute.text("value") == "monitor"])

    return compliant_if_none(balancer.objects(MORE), looks_on, "desync mitigation mode", named="value")


@check(
    "AWS::ElasticLoadBalancing::LoadBalancer",
    best_practices={
        "REL05-BP06": "sessions stand in one instance and are lost with it",
        "PERF04-BP04": "requests go where the session is, not where there is room",
    },
    effort="M",
    severity="low",
    fix="Keep sessions in a store of their own, and take the stickiness policy off the listener.",
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
    """Any instance behind a Classic Load Balancer can answer any request.

    A stickiness policy of a listener hides that the application keeps state.
    """
    policies = [name for kind in STICKY for name in balancer.texts(f"configuration.policies.{kind}.policyName")]
    used = balancer.texts(f"{LISTENERS}.policyNames")
    return compliant_if_none(policies, lambda name: contains(used, name), "sticky by")


def lift(balancer: TemplateResource) -> dict[str, Any]:
    """A balancer with its listeners, attributes and policies; a policy is a listener's by its name or by its port."""
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

    subnets = properties.get("Subnets")  # one of a zone: the load balancer takes no two of one
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
