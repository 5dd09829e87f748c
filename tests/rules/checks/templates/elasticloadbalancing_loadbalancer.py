"""Templates of elasticloadbalancing_loadbalancer."""

from typing import Any

from tests.rules.checks.templates import Case, other


def listener(protocol: str = "HTTPS", **properties: Any) -> dict[str, Any]:
    return {"Listeners": [{"LoadBalancerPort": 443, "InstancePort": 80, "Protocol": protocol, **properties}]}


def policy(predefined: str, **properties: Any) -> dict[str, Any]:
    attributes = [{"Name": "Reference-Security-Policy", "Value": predefined}]
    return {
        "Policies": [
            {"PolicyName": "its", "PolicyType": "SSLNegotiationPolicyType", "Attributes": attributes, **properties}
        ]
    }


MODERN, OLD = "ELBSecurityPolicy-TLS-1-2-2017-01", "ELBSecurityPolicy-2016-08"
NAMED = listener(PolicyNames=["its"])
CERTIFICATE = {"Certificate": other("AWS::CertificateManager::Certificate", DomainName="example.com")}
COOKIE = {"AppCookieStickinessPolicy": [{"PolicyName": "its", "CookieName": "SESSION"}]}

CASES: list[Case] = [
    *(
        (
            "clb-multiple-az",
            verdict,
            {"AvailabilityZones": [{"Fn::Select": [place, {"Fn::GetAZs": ""}]} for place in places]},
            {},
        )
        for verdict, places in (("COMPLIANT", ("0", "1")), ("NON_COMPLIANT", ("1", "1")))
    ),
    ("elb-logging-enabled", "COMPLIANT", {"AccessLoggingPolicy": {"Enabled": True, "S3BucketName": "logs"}}, {}),
    ("elb-logging-enabled", "NON_COMPLIANT", {"AccessLoggingPolicy": {"Enabled": False, "S3BucketName": "logs"}}, {}),
    ("elb-tls-https-listeners-only", "COMPLIANT", listener("ssl"), {}),
    ("elb-tls-https-listeners-only", "NON_COMPLIANT", listener("HTTP"), {}),
    ("elb-predefined-security-policy-ssl-check", "COMPLIANT", {**NAMED, **policy(MODERN)}, {}),
    ("elb-predefined-security-policy-ssl-check", "NON_COMPLIANT", {**NAMED, **policy(OLD)}, {}),
    ("elb-predefined-security-policy-ssl-check", "NON_COMPLIANT", {**listener(), **policy(MODERN)}, {}),
    (
        "elb-predefined-security-policy-ssl-check",
        "COMPLIANT",
        {**listener(), **policy(MODERN, LoadBalancerPorts=["443"])},
        {},
    ),
    ("elb-acm-certificate-required", "COMPLIANT", listener(SSLCertificateId={"Ref": "Certificate"}), CERTIFICATE),
    (
        "elb-acm-certificate-required",
        "NON_COMPLIANT",
        listener(SSLCertificateId="arn:aws:iam::1:server-certificate"),
        {},
    ),
    ("clb-instance-protocol-encrypted", "COMPLIANT", listener(InstanceProtocol="HTTPS"), {}),
    ("clb-instance-protocol-encrypted", "NON_COMPLIANT", listener(), {}),
    ("clb-multiple-az", "COMPLIANT", {"Subnets": ["subnet-1", "subnet-2"]}, {}),
    ("clb-multiple-az", "NON_COMPLIANT", {"AvailabilityZones": ["eu-west-1a"]}, {}),
    ("clb-multiple-az", "COMPLIANT", {"AvailabilityZones": {"Fn::GetAZs": ""}}, {}),
    ("clb-multiple-az", "NON_COMPLIANT", {"AvailabilityZones": [{"Fn::Select": [0, {"Fn::GetAZs": ""}]}]}, {}),
    ("elb-cross-zone-load-balancing-enabled", "COMPLIANT", {"CrossZone": "true"}, {}),
    ("elb-cross-zone-load-balancing-enabled", "NON_COMPLIANT", {"CrossZone": False}, {}),
    ("clb-connection-draining-enabled", "COMPLIANT", {"ConnectionDrainingPolicy": {"Enabled": True}}, {}),
    ("clb-connection-draining-enabled", "NON_COMPLIANT", {"ConnectionDrainingPolicy": {"Enabled": False}}, {}),
    ("clb-stickiness-disabled", "COMPLIANT", {**listener(), **COOKIE}, {}),
    ("clb-stickiness-disabled", "NON_COMPLIANT", {**NAMED, **COOKIE}, {}),
]
