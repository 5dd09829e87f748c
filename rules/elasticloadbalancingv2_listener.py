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
    listed,
    none_of,
)

ACM = "arn:aws:acm"
ACTIONS = "configuration.DefaultActions"
ALPN = "configuration.AlpnPolicy"
CERTIFICATES = "configuration.Certificates"
MUTUAL = "configuration.MutualAuthentication.Mode"
POLICY = "configuration.SslPolicy"
PROTOCOL = "configuration.Protocol"

MODERN = ("TLS13-1-2", "TLS13-1-3", "TLS-1-2", "FS-1-2")  # in the names of policies that refuse older versions
REDIRECT = {"Type": "redirect", "RedirectConfig": {"Protocol": "HTTPS"}}
AUTHENTICATES = ("authenticate-cognito", "authenticate-oidc", "jwt-validation")


@check(
    "AWS::ElasticLoadBalancingV2::Listener",
    best_practices={"SEC09-BP02": "the listener accepts unencrypted requests"},
    managed_rule="ELBV2_LISTENER_ENCRYPTION_IN_TRANSIT",
    effort="M",
    fix="Use HTTPS or TLS; keep port 80 only to redirect to HTTPS.",
    compliant=[{PROTOCOL: "HTTPS"}, {PROTOCOL: "TLS"}, {PROTOCOL: "HTTP", ACTIONS: [REDIRECT]}],
    non_compliant=[{PROTOCOL: "HTTP", ACTIONS: [{"Type": "forward"}]}, {PROTOCOL: "TCP"}],
    not_applicable=[{PROTOCOL: "UDP"}, {}],
)
def elbv2_listener_encryption_in_transit(listener: ConfigurationItem) -> Verdict:
    """Load balancer listeners use HTTPS or TLS.

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
    best_practices={"SEC09-BP02": "clients can connect with TLS 1.0 or 1.1"},
    managed_rule="ELBV2_PREDEFINED_SECURITY_POLICY_SSL_CHECK",
    effort="S",
    severity="medium",
    fix="Set SslPolicy to ELBSecurityPolicy-TLS13-1-2-2021-06.",
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
    """Load balancer listeners require TLS 1.2 or newer.

    A listener without a policy gets one that still accepts TLS 1.0 unless the console made it.
    """
    protocol, policy = listener.text(PROTOCOL), listener.text(POLICY, "ELBSecurityPolicy-2016-08")
    if none_of([contains(("HTTPS", "TLS"), protocol)]):
        return NOT_APPLICABLE
    modern = any_of(MODERN, lambda version: contains(policy, version))
    return compliant_if(modern, otherwise=f"security policy is {policy}")


@check(
    "AWS::ElasticLoadBalancingV2::Listener",
    best_practices={"SEC09-BP02": "clients that use http:// stay unencrypted"},
    managed_rule="ALB_HTTP_TO_HTTPS_REDIRECTION_CHECK",
    effort="S",
    severity="medium",
    same_cause_as="elbv2-listener-encryption-in-transit",
    fix="Add an HTTPS listener, then redirect to it in the default action of this one.",
    compliant=[{PROTOCOL: "HTTP", ACTIONS: [REDIRECT]}],
    non_compliant=[{PROTOCOL: "HTTP", ACTIONS: [{"Type": "forward"}]}, {PROTOCOL: "HTTP"}],
    not_applicable=[{PROTOCOL: "HTTPS"}, {}],
)
def alb_http_to_https_redirection_check(listener: ConfigurationItem) -> Verdict:
    """HTTP listeners redirect to HTTPS.

    As AWS's own rule reads it, there is nothing else that they should do.
    """
    if listener.text(PROTOCOL) != "HTTP":
        return NOT_APPLICABLE

    def redirects(action: Attributes) -> bool:
        return all_of([action.text("Type") == "redirect", action.text("RedirectConfig.Protocol") == "HTTPS"])

    kinds = listener.texts(f"{ACTIONS}.Type")
    return compliant_if(any_of(listener.objects(ACTIONS), redirects), otherwise=f"actions: {listed(kinds) or 'none'}")


@check(
    "AWS::ElasticLoadBalancingV2::Listener",
    best_practices={
        "SEC02-BP04": "the application authenticates users without the identity provider",
        "SEC03-BP01": "access is not authorized at the listener",
    },
    effort="M",
    severity="medium",
    fix="Add an action that authenticates with Cognito or OpenID Connect, or validates the token.",
    compliant=[{"tags.Audience": "browser", PROTOCOL: "HTTPS", ACTIONS: [{"Type": "authenticate-oidc"}]}],
    non_compliant=[{"tags.Audience": "browser", PROTOCOL: "HTTPS", ACTIONS: [{"Type": "forward"}]}],
    not_applicable=[{PROTOCOL: "HTTPS"}, {PROTOCOL: "TCP", "tags.Audience": "browser"}, {}],
)
def elbv2_listener_authentication_action(listener: ConfigurationItem) -> Verdict:
    """Listeners for browsers authenticate users.

    Only where the tag Audience says `browser`: an API validates tokens itself.
    """
    for_browsers = all_of([listener.tag("Audience") == "browser", listener.text(PROTOCOL) == "HTTPS"])
    kinds = listener.texts(f"{ACTIONS}.Type")
    asks = all_of([for_browsers, any_of(AUTHENTICATES, lambda kind: contains(kinds, kind))])
    return compliant_if(asks, f"DefaultActions: {listed(kinds) or 'none'} (expected sign-in)", asked=for_browsers)


@check(
    "AWS::ElasticLoadBalancingV2::Listener",
    best_practices={"PERF04-BP05": "clients that know HTTP/2 are answered in the older protocol"},
    effort="S",
    severity="low",
    fix="Set the ALPN policy HTTP2Preferred.",
    compliant=[{PROTOCOL: "TLS", ALPN: ["HTTP2Preferred"]}, {PROTOCOL: "TLS", ALPN: ["HTTP2Only"]}],
    non_compliant=[{PROTOCOL: "TLS", ALPN: ["HTTP1Only"]}, {PROTOCOL: "TLS"}],
    not_applicable=[{PROTOCOL: "HTTPS"}, {}],
)
def elbv2_alpn_http2_preferred(listener: ConfigurationItem) -> Verdict:
    """Listeners on TLS offer HTTP/2.

    Of network load balancers; an application load balancer does by itself.
    """
    if listener.text(PROTOCOL) != "TLS":
        return NOT_APPLICABLE
    policies = listener.texts(ALPN)
    offers = any_of(policies, lambda policy: contains(("HTTP2Preferred", "HTTP2Only", "HTTP2Optional"), policy))
    return compliant_if(offers, otherwise=f"ALPN policy: {listed(policies) or 'none'}")


@check(
    "AWS::ElasticLoadBalancingV2::Listener",
    best_practices={"SEC09-BP03": "machines are believed without a certificate of theirs"},
    effort="M",
    fix="Set mutual authentication to verify, with a trust store.",
    compliant=[{"tags.Audience": "machine", PROTOCOL: "HTTPS", MUTUAL: "verify"}],
    non_compliant=[
        {"tags.Audience": "machine", PROTOCOL: "HTTPS", MUTUAL: "passthrough"},
        {"tags.Audience": "machine", PROTOCOL: "HTTPS"},
    ],
    not_applicable=[{PROTOCOL: "HTTPS"}, {}],
)
def alb_mutual_tls_or_lattice_auth(listener: ConfigurationItem) -> Verdict:
    """Listeners for machines ask for their certificate.

    Only where the tag Audience says `machine`.
    """
    if any_of([listener.tag("Audience") != "machine", listener.text(PROTOCOL) != "HTTPS"]):
        return NOT_APPLICABLE
    mode = listener.text(MUTUAL, "off")
    return compliant_if(mode == "verify", otherwise=f"mutual authentication is {mode}")


@check(
    "AWS::ElasticLoadBalancingV2::Listener",
    best_practices={"SEC09-BP01": "the certificate is issued and renewed by hand"},
    managed_rule="ELBV2_ACM_CERTIFICATE_REQUIRED",
    effort="S",
    severity="medium",
    fix="Request a certificate in AWS Certificate Manager, which renews it, and name it in the listener.",
    compliant=[{PROTOCOL: "HTTPS", CERTIFICATES: [{"CertificateArn": f"{ACM}:eu-west-1:123456789012:certificate/1"}]}],
    non_compliant=[
        {PROTOCOL: "TLS", CERTIFICATES: [{"CertificateArn": "arn:aws:iam::123456789012:server-certificate/old"}]},
        {PROTOCOL: "HTTPS"},
    ],
    not_applicable=[{PROTOCOL: "HTTP"}, {}],
)
def elbv2_acm_certificate_required(listener: ConfigurationItem) -> Verdict:
    """Certificates of listeners come from AWS Certificate Manager.

    AWS's own rule fails a load balancer with any listener without one; that a listener has no TLS is another matter.
    """
    if none_of([contains(("HTTPS", "TLS"), listener.text(PROTOCOL))]):
        return NOT_APPLICABLE
    arns = listener.texts(f"{CERTIFICATES}.CertificateArn")
    managed = all_of([len(arns) > 0, all_of(arns, lambda arn: contains(arn, ":acm:"))])
    return compliant_if(managed, otherwise=f"certificates: {listed(arns) or 'none'}")
