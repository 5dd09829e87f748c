"""Listeners of load balancers: CloudFormation's shape."""

from pillarwatch import (
    NOT_APPLICABLE,
    Attributes,
    ConfigurationItem,
    Verdict,
    all_of,
    any_of,
    check,
    compliant_if,
    contains,
    none_of,
)

ACTIONS = "configuration.DefaultActions"
POLICY = "configuration.SslPolicy"
PROTOCOL = "configuration.Protocol"

MODERN = ("TLS13-1-2", "TLS13-1-3", "TLS-1-2", "FS-1-2")  # in the names of policies that refuse older versions
REDIRECT = {"Type": "redirect", "RedirectConfig": {"Protocol": "HTTPS"}}


@check(
    "AWS::ElasticLoadBalancingV2::Listener",
    best_practices={"SEC09-BP02": "requests travel in clear text"},
    managed_rule="ELBV2_LISTENER_ENCRYPTION_IN_TRANSIT",
    effort="M",
    fix="Listen by HTTPS or TLS, and let port 80 only redirect.",
    compliant=[{PROTOCOL: "HTTPS"}, {PROTOCOL: "TLS"}, {PROTOCOL: "HTTP", ACTIONS: [REDIRECT]}],
    non_compliant=[{PROTOCOL: "HTTP", ACTIONS: [{"Type": "forward"}]}, {PROTOCOL: "TCP"}],
    not_applicable=[{PROTOCOL: "UDP"}, {}],
)
def elbv2_listener_encryption_in_transit(listener: ConfigurationItem) -> Verdict:
    """Load balancers listen by TLS.

    A listener that does nothing but redirect to HTTPS is fine. TCP fails although a target behind it may speak TLS:
    waive it there.
    """
    protocol = listener.text(PROTOCOL)
    if contains(("UDP", "GENEVE", "QUIC", ""), protocol):
        return NOT_APPLICABLE

    def redirects(action: Attributes) -> bool:
        return all_of([action.text("Type") == "redirect", action.text("RedirectConfig.Protocol") == "HTTPS"])

    secure = any_of([contains(("HTTPS", "TLS"), protocol), any_of(listener.objects(ACTIONS), redirects)])
    return compliant_if(secure, otherwise=f"protocol is {protocol}")


@check(
    "AWS::ElasticLoadBalancingV2::Listener",
    best_practices={"SEC09-BP02": "viewers may connect by protocols that are broken"},
    managed_rule="ELBV2_PREDEFINED_SECURITY_POLICY_SSL_CHECK",
    effort="S",
    fix="Choose ELBSecurityPolicy-TLS13-1-2-2021-06.",
    compliant=[
        {PROTOCOL: "HTTPS", POLICY: "ELBSecurityPolicy-TLS13-1-2-2021-06"},
        {PROTOCOL: "TLS", POLICY: "ELBSecurityPolicy-FS-1-2-Res-2020-10"},
    ],
    non_compliant=[
        {PROTOCOL: "HTTPS", POLICY: "ELBSecurityPolicy-2016-08"},
        {PROTOCOL: "HTTPS", POLICY: "ELBSecurityPolicy-TLS13-1-0-2021-06"},
        {PROTOCOL: "HTTPS"},
    ],
    not_applicable=[{PROTOCOL: "HTTP"}, {}],
)
def elbv2_predefined_security_policy_ssl_check(listener: ConfigurationItem) -> Verdict:
    """Load balancers refuse everything below TLS 1.2.

    A listener without a policy gets one that still accepts TLS 1.0 unless the console made it.
    """
    protocol, policy = listener.text(PROTOCOL), listener.text(POLICY, "ELBSecurityPolicy-2016-08")
    if none_of([contains(("HTTPS", "TLS"), protocol)]):
        return NOT_APPLICABLE
    modern = any_of(MODERN, lambda version: contains(policy, version))
    return compliant_if(modern, otherwise=f"security policy is {policy}")
