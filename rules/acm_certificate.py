"""Certificates of ACM: the describe API's camelCase."""

from pillarwatch import NOT_APPLICABLE, ConfigurationItem, Verdict, check, compliant_if, none_of

EXPIRES = "configuration.notAfter"
KEY = "configuration.keyAlgorithm"


@check(
    "AWS::ACM::Certificate",
    best_practices={"SEC09-BP01": "the certificate runs out and nobody renews it"},
    managed_rule="ACM_CERTIFICATE_EXPIRATION_CHECK",
    effort="S",
    live=True,
    fix="Validate the domain so that ACM can renew, or import a new certificate.",
    compliant=[{EXPIRES: "2026-02-14T12:01:00Z"}],
    non_compliant=[{EXPIRES: "2026-02-14T11:59:00Z"}, {EXPIRES: "2025-01-01T00:00:00Z"}],
    not_applicable=[{}],
)
def acm_certificate_expiration_check(certificate: ConfigurationItem, *, days_to_expiration: int = 30) -> Verdict:
    """Certificates are renewed a month before they run out.

    AWS's own rule warns two weeks ahead; what ACM can renew by itself it has renewed earlier. Days pass without a
    change: judge on schedule too.
    """
    if none_of([certificate.has(EXPIRES)]):
        return NOT_APPLICABLE
    left = -certificate.days_since(EXPIRES)
    return compliant_if(left > days_to_expiration, otherwise=f"it expires in {left:.0f} days")


@check(
    "AWS::ACM::Certificate",
    best_practices={"SEC09-BP01": "the key is short enough to be broken"},
    managed_rule="ACM_CERTIFICATE_RSA_CHECK",
    effort="S",
    severity="medium",
    live=True,
    fix="Issue a new certificate with a longer key.",
    compliant=[{KEY: "RSA-2048"}, {KEY: "EC-prime256v1"}],
    non_compliant=[{KEY: "RSA-1024"}, {KEY: "RSA_1024"}],
    not_applicable=[{}],
)
def acm_certificate_rsa_check(certificate: ConfigurationItem) -> Verdict:
    """Certificates have keys of 2,048 bits or more.

    Or elliptic ones, which are stronger at less.
    """
    algorithm = certificate.text(KEY)
    if algorithm == "":
        return NOT_APPLICABLE
    return compliant_if(none_of(("1024", "512"), algorithm.endswith), otherwise=f"the key is {algorithm}")
