"""Clients of Cognito user pools: CloudFormation's shape. A validity counts in a unit of its own."""

from pillarwatch import (
    ConfigurationItem,
    Verdict,
    all_of,
    any_of,
    check,
    compliant_if,
    compliant_if_all,
    listed,
)

PROVIDERS = "configuration.SupportedIdentityProviders"
MINUTES = {"seconds": 1 / 60, "minutes": 1, "hours": 60, "days": 1440}
TOKENS = ("AccessToken", "IdToken")


REVOCATION = "configuration.EnableTokenRevocation"
EXISTENCE = "configuration.PreventUserExistenceErrors"


@check(
    "AWS::Cognito::UserPoolClient",
    best_practices={
        "SEC02-BP02": "a stolen token opens the application for hours",
        "SEC02-BP05": "credentials are renewed too seldom",
    },
    effort="S",
    severity="medium",
    fix="Set the validity of access and id tokens to 30 minutes; refresh tokens renew them.",
    compliant=[
        {
            "configuration.AccessTokenValidity": 30,
            "configuration.IdTokenValidity": 30,
            "configuration.TokenValidityUnits": {"AccessToken": "minutes", "IdToken": "minutes"},
        }
    ],
    non_compliant=[
        {
            "configuration.AccessTokenValidity": 30,
            "configuration.IdTokenValidity": 31,
            "configuration.TokenValidityUnits": {"AccessToken": "minutes", "IdToken": "minutes"},
        },
        {},
    ],
)
def cognito_user_pool_client_token_validity(client: ConfigurationItem, *, max_validity_minutes: int = 30) -> Verdict:
    """Tokens of Cognito clients expire soon.

    Nobody can take back a token that is out; it counts until it expires. Without a setting that is an hour.
    """

    def validity(token: str) -> float:
        unit = client.text(f"configuration.TokenValidityUnits.{token}", "hours")
        number = client.number(f"configuration.{token}Validity", 1)
        return next((number * factor for name, factor in MINUTES.items() if unit == name), number * 60)

    def short(token: str) -> bool:
        return validity(token) <= max_validity_minutes

    return compliant_if_all(TOKENS, short, "valid", named=lambda token: f"{token} {validity(token):g} minutes")


@check(
    "AWS::Cognito::UserPoolClient",
    best_practices={"SEC02-BP04": "users live here alone, unknown to the identity provider of the organization"},
    effort="M",
    fix="Add the organization's SAML or OIDC provider to the pool, and name it in the client.",
    compliant=[{PROVIDERS: ["COGNITO", "Entra"]}],
    non_compliant=[{PROVIDERS: ["COGNITO"]}, {}],
)
def cognito_federated_identity_provider_configured(client: ConfigurationItem) -> Verdict:
    """Users of Cognito clients sign in with their organization's identity provider.

    Who leaves the organization then loses access everywhere. Waive it for an application of consumers.
    """
    providers = client.texts(PROVIDERS)
    federated = any_of(providers, lambda provider: provider != "COGNITO")
    return compliant_if(federated, otherwise=f"identity providers: {listed(providers) or 'none'}")


@check(
    "AWS::Cognito::UserPoolClient",
    best_practices={"SEC02-BP05": "a stolen token works until it expires"},
    effort="S",
    severity="low",
    fix="Turn on token revocation, and have errors not tell whether a user exists.",
    compliant=[{REVOCATION: True, EXISTENCE: "ENABLED"}],
    non_compliant=[{REVOCATION: True, EXISTENCE: "LEGACY"}, {REVOCATION: False, EXISTENCE: "ENABLED"}, {}],
)
def cognito_user_pool_client_token_revocation(client: ConfigurationItem) -> Verdict:
    """Tokens can be revoked, and errors do not tell who has an account.

    A new client revokes by default; what a template leaves out we take for off, as Cognito's API does on update.
    """
    revokes, hides = client.flag(REVOCATION), client.text(EXISTENCE, "LEGACY") == "ENABLED"
    return compliant_if(all_of([revokes, hides]), otherwise=f"revocation: {revokes}, users hidden: {hides}")
