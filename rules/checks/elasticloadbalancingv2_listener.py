"""Listeners of Application and Network Load Balancers: CloudFormation's shape."""

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
MUTUAL_AUTHENTICATION = "configuration.MutualAuthentication.Mode"
POLICY = "configuration.SslPolicy"
PROTOCOL = "configuration.Protocol"

TLS_1_2_OR_NEWER = (
    "TLS13-1-2",
    "TLS13-1-3",
    "TLS-1-2",
    "FS-1-2",
)  # in the names of security policies that reject older versions
REDIRECT = {"Type": "redirect", "RedirectConfig": {"Protocol": "HTTPS"}}
AUTHENTICATES = ("authenticate-cognito", "authenticate-oidc", "jwt-validation")


@check(
    "AWS::ElasticLoadBalancingV2::Listener",
    best_practices={"SEC09-BP02": "the listener accepts unencrypted requests"},
    managed_rule="ELBV2_LISTENER_ENCRYPTION_IN_TRANSIT",
    effort="M",
    fix="Set Protocol to HTTPS or TLS. Keep a listener on port 80 only to redirect to HTTPS.",
    compliant=[{PROTOCOL: "HTTPS"}, {PROTOCOL: "TLS"}, {PROTOCOL: "HTTP", ACTIONS: [REDIRECT]}],
    non_compliant=[{PROTOCOL: "HTTP", ACTIONS: [{"Type": "forward"}]}, {PROTOCOL: "TCP"}],
    not_applicable=[{PROTOCOL: "UDP"}, {}],
)
def elbv2_listener_encryption_in_transit(listener: ConfigurationItem) -> Verdict:
    """Load balancer listeners use HTTPS or TLS.

    Without TLS, anybody on the network path can read and change the requests. A listener that only redirects to HTTPS
    passes. Waive the finding for a TCP listener if its targets use TLS.
    """
    protocol = listener.text(PROTOCOL)
    if contains(("UDP", "GENEVE", "QUIC", ""), protocol):
        return NOT_APPLICABLE

    def redirects(action: Attributes) -> bool:
        return all_of([action.text("Type") == "redirect", action.text("RedirectConfig.Protocol") == "HTTPS"])

    secure = any_of([contains(("HTTPS", "TLS"), protocol), any_of(listener.objects(ACTIONS), redirects)])
    return compliant_if(secure, otherwise=f"Protocol is {protocol} (expected HTTPS or TLS)")


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

    TLS 1.0 and 1.1 have known weaknesses. A listener without SslPolicy accepts both, unless the console created it.
    """
    protocol, policy = listener.text(PROTOCOL), listener.text(POLICY, "ELBSecurityPolicy-2016-08")
    if none_of([contains(("HTTPS", "TLS"), protocol)]):
        return NOT_APPLICABLE
    allowed = any_of(TLS_1_2_OR_NEWER, lambda version: contains(policy, version))
    return compliant_if(allowed, otherwise=f"SslPolicy is {policy} (expected one that requires TLS 1.2)")


@check(
    "AWS::ElasticLoadBalancingV2::Listener",
    best_practices={"SEC09-BP02": "clients that use http:// are not redirected to HTTPS"},
    managed_rule="ALB_HTTP_TO_HTTPS_REDIRECTION_CHECK",
    effort="S",
    severity="medium",
    same_cause_as="elbv2-listener-encryption-in-transit",
    fix="Add an HTTPS listener, and set the default action of the HTTP listener to redirect to HTTPS.",
    compliant=[{PROTOCOL: "HTTP", ACTIONS: [REDIRECT]}],
    non_compliant=[{PROTOCOL: "HTTP", ACTIONS: [{"Type": "forward"}]}, {PROTOCOL: "HTTP"}],
    not_applicable=[{PROTOCOL: "HTTPS"}, {}],
)
def alb_http_to_https_redirection_check(listener: ConfigurationItem) -> Verdict:
    """HTTP listeners redirect to HTTPS.

    Anybody on the network path can read and change HTTP requests. Any action other than a redirect to HTTPS fails.
    """
    if listener.text(PROTOCOL) != "HTTP":
        return NOT_APPLICABLE

    def redirects(action: Attributes) -> bool:
        return all_of([action.text("Type") == "redirect", action.text("RedirectConfig.Protocol") == "HTTPS"])

    kinds = listener.texts(f"{ACTIONS}.Type")
    return compliant_if(
        any_of(listener.objects(ACTIONS), redirects),
        otherwise=f"DefaultActions: {listed(kinds) or 'none'} (expected a redirect to HTTPS)",
    )


@check(
    "AWS::ElasticLoadBalancingV2::Listener",
    best_practices={
        "SEC02-BP04": "the listener does not use an identity provider",
        "SEC03-BP01": "the listener does not check who sends a request",
    },
    effort="M",
    severity="medium",
    fix="Add a DefaultActions entry of type authenticate-cognito, authenticate-oidc or jwt-validation.",
    compliant=[{"tags.Audience": "browser", PROTOCOL: "HTTPS", ACTIONS: [{"Type": "authenticate-oidc"}]}],
    non_compliant=[{"tags.Audience": "browser", PROTOCOL: "HTTPS", ACTIONS: [{"Type": "forward"}]}],
    not_applicable=[{PROTOCOL: "HTTPS"}, {PROTOCOL: "TCP", "tags.Audience": "browser"}, {}],
)
def elbv2_listener_authentication_action(listener: ConfigurationItem) -> Verdict:
    """Listeners for browsers authenticate users.

    Unauthenticated requests reach the application. Applies to HTTPS listeners whose Audience tag is browser.
    """
    for_browsers = all_of([listener.tag("Audience") == "browser", listener.text(PROTOCOL) == "HTTPS"])
    kinds = listener.texts(f"{ACTIONS}.Type")
    signs_in = all_of([for_browsers, any_of(AUTHENTICATES, lambda kind: contains(kinds, kind))])
    return compliant_if(
        signs_in, f"DefaultActions: {listed(kinds) or 'none'} (expected sign-in)", required=for_browsers
    )


@check(
    "AWS::ElasticLoadBalancingV2::Listener",
    best_practices={"PERF04-BP05": "clients that support HTTP/2 use HTTP/1.1"},
    effort="S",
    severity="low",
    fix="Set AlpnPolicy to HTTP2Preferred.",
    compliant=[{PROTOCOL: "TLS", ALPN: ["HTTP2Preferred"]}, {PROTOCOL: "TLS", ALPN: ["HTTP2Only"]}],
    non_compliant=[{PROTOCOL: "TLS", ALPN: ["HTTP1Only"]}, {PROTOCOL: "TLS"}],
    not_applicable=[{PROTOCOL: "HTTPS"}, {}],
)
def elbv2_alpn_http2_preferred(listener: ConfigurationItem) -> Verdict:
    """TLS listeners of Network Load Balancers offer HTTP/2.

    Without an ALPN policy, clients that support HTTP/2 use HTTP/1.1, which needs more connections. On HTTPS listeners,
    Application Load Balancers support HTTP/2 by default.
    """
    if listener.text(PROTOCOL) != "TLS":
        return NOT_APPLICABLE
    policies = listener.texts(ALPN)
    offers = any_of(policies, lambda policy: contains(("HTTP2Preferred", "HTTP2Only", "HTTP2Optional"), policy))
    return compliant_if(offers, otherwise=f"AlpnPolicy is {listed(policies) or 'not set'} (expected HTTP2Preferred)")


@check(
    "AWS::ElasticLoadBalancingV2::Listener",
    best_practices={"SEC09-BP03": "client machines are not authenticated by certificate"},
    effort="M",
    fix="Set MutualAuthentication.Mode to verify, and TrustStoreArn to a trust store.",
    compliant=[{"tags.Audience": "machine", PROTOCOL: "HTTPS", MUTUAL_AUTHENTICATION: "verify"}],
    non_compliant=[
        {"tags.Audience": "machine", PROTOCOL: "HTTPS", MUTUAL_AUTHENTICATION: "passthrough"},
        {"tags.Audience": "machine", PROTOCOL: "HTTPS"},
    ],
    not_applicable=[{PROTOCOL: "HTTPS"}, {}],
)
def alb_mutual_tls_or_lattice_auth(listener: ConfigurationItem) -> Verdict:
    """Load balancer listeners whose clients are programs use mutual TLS.

    Without mutual TLS, the load balancer accepts requests from clients that do not prove their identity. Applies to
    HTTPS listeners whose Audience tag is machine.
    """
    if any_of([listener.tag("Audience") != "machine", listener.text(PROTOCOL) != "HTTPS"]):
        return NOT_APPLICABLE
    mode = listener.text(MUTUAL_AUTHENTICATION, "off")
    return compliant_if(mode == "verify", otherwise=f"MutualAuthentication.Mode is {mode} (expected verify)")


@check(
    "AWS::ElasticLoadBalancingV2::Listener",
    best_practices={"SEC09-BP01": "certificates are issued and renewed manually"},
    managed_rule="ELBV2_ACM_CERTIFICATE_REQUIRED",
    effort="S",
    severity="medium",
    fix="Request a certificate in AWS Certificate Manager, and set Certificates.CertificateArn to its ARN.",
    compliant=[{PROTOCOL: "HTTPS", CERTIFICATES: [{"CertificateArn": f"{ACM}:eu-west-1:123456789012:certificate/1"}]}],
    non_compliant=[
        {PROTOCOL: "TLS", CERTIFICATES: [{"CertificateArn": "arn:aws:iam::123456789012:server-certificate/old"}]},
        {PROTOCOL: "HTTPS"},
    ],
    not_applicable=[{PROTOCOL: "HTTP"}, {}],
)
def elbv2_acm_certificate_required(listener: ConfigurationItem) -> Verdict:
    """Load balancer listeners use certificates from AWS Certificate Manager.

    A certificate that is not in AWS Certificate Manager has to be renewed manually, and clients cannot connect after it
    expires. The check judges HTTPS and TLS listeners only.
    """
    if none_of([contains(("HTTPS", "TLS"), listener.text(PROTOCOL))]):
        return NOT_APPLICABLE
    arns = listener.texts(f"{CERTIFICATES}.CertificateArn")
    managed = all_of([len(arns) > 0, all_of(arns, lambda arn: contains(arn, ":acm:"))])
    return compliant_if(managed, otherwise=f"Certificates: {listed(arns) or 'none'} (expected from ACM)")
