"""Templates of cognito_userpoolclient."""

from tests.rules.checks.templates import Case, other

CASES: list[Case] = [
    (
        "cognito-federated-identity-provider-configured",
        verdict,
        {"SupportedIdentityProviders": ["COGNITO", {"Ref": "Provider"}]},
        {"Provider": other("AWS::Cognito::UserPoolIdentityProvider", ProviderName="x", ProviderType=kind)},
    )
    for verdict, kind in (("COMPLIANT", "SAML"), ("COMPLIANT", "OIDC"), ("NOT_APPLICABLE", "Google"))
]
