"""ACM certificates; their configuration items use the camelCase names of the DescribeCertificate API."""

from pillarwatch import NOT_APPLICABLE, ConfigurationItem, Verdict, check, compliant_if, none_of

EXPIRES = "configuration.notAfter"
KEY = "configuration.keyAlgorithm"


@check(
    "AWS::ACM::Certificate",
    best_practices={"SEC09-BP01": "the certificate is about to expire and was not renewed"},
    managed_rule="ACM_CERTIFICATE_EXPIRATION_CHECK",
    effort="S",
    live=True,
    fix="Validate the domain again so that ACM can renew the certificate, or import a new certificate.",
    compliant=[{EXPIRES: "2026-02-14T12:01:00Z"}],
    non_compliant=[{EXPIRES: "2026-02-14T11:59:00Z"}, {EXPIRES: "2025-01-01T00:00:00Z"}],
    not_applicable=[{}],
)
def acm_certificate_expiration_check(certificate: ConfigurationItem, *, days_to_expiration: int = 30) -> Verdict:
    """ACM certificates are renewed at least 30 days before they expire.

    When a certificate expires, clients refuse to connect. ACM renews eligible certificates earlier, but not imported
    ones. AWS Config runs this check only when the certificate changes, so start evaluations regularly.
    """
    if none_of([certificate.has(EXPIRES)]):
        return NOT_APPLICABLE
    left = -certificate.days_since(EXPIRES)
    expiry = f"expires in {left:.0f} days" if left >= 0 else f"expired {-left:.0f} days ago"
    return compliant_if(left > days_to_expiration, f"the certificate {expiry} (expected over {days_to_expiration})")


@check(
    "AWS::ACM::Certificate",
    best_practices={"SEC09-BP01": "the certificate's RSA key is shorter than 2048 bits"},
    managed_rule="ACM_CERTIFICATE_RSA_CHECK",
    effort="S",
    severity="medium",
    live=True,
    fix="Replace the certificate with one that has an RSA key of 2048 bits or more, or an ECDSA key.",
    compliant=[{KEY: "RSA-2048"}, {KEY: "EC-prime256v1"}],
    non_compliant=[{KEY: "RSA-1024"}, {KEY: "RSA_1024"}],
    not_applicable=[{}],
)
def acm_certificate_rsa_check(certificate: ConfigurationItem) -> Verdict:
    """ACM certificates have RSA keys of at least 2048 bits, or ECDSA keys.

    An attacker who breaks a short RSA key can impersonate the site and decrypt its traffic.
    """
    algorithm = certificate.text(KEY)
    if algorithm == "":
        return NOT_APPLICABLE
    found = f"KeyAlgorithm is {algorithm} (expected RSA_2048 or stronger)"
    return compliant_if(none_of(("1024", "512"), algorithm.endswith), otherwise=found)
