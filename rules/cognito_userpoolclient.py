"""Clients of Cognito user pools: CloudFormation's shape. A validity counts in a unit of its own."""

from typing import Any

from pillarwatch import (
    NOT_APPLICABLE,
    ConfigurationItem,
    Verdict,
    all_of,
    any_of,
    check,
    compliant_if,
    compliant_if_all,
    contains,
    in_json,
    listed,
    none_of,
)
from pillarwatch.lift import TemplateResource, elements
from pillarwatch.unknown import Unknown

FLOWS = "configuration.AllowedOAuthFlows"
PROVIDERS = "configuration.SupportedIdentityProviders"
NOT_OURS = ("COGNITO", "Facebook", "Google", "LoginWithAmazon", "SignInWithApple")  # none of them knows who works here
MINUTES = {"seconds": 1 / 60, "minutes": 1, "hours": 60, "days": 1440}
TOKENS = ("AccessToken", "IdToken")


REVOCATION = "configuration.EnableTokenRevocation"
EXISTENCE = "configuration.PreventUserExistenceErrors"


@check(
    "AWS::Cognito::UserPoolClient",
    best_practices={
        "SEC02-BP02": "tokens are valid for too long",
        "SEC02-BP05": "tokens are renewed too rarely",
    },
    effort="S",
    severity="medium",
    fix="Set the validity of access and id tokens to 60 minutes or less; refresh tokens renew them.",
    compliant=[
        {
            "configuration.AccessTokenValidity": 30,
            "configuration.IdTokenValidity": 60,
            "configuration.TokenValidityUnits": {"AccessToken": "minutes", "IdToken": "minutes"},
        },
        {},
    ],
    non_compliant=[
        {
            "configuration.AccessTokenValidity": 30,
            "configuration.IdTokenValidity": 61,
            "configuration.TokenValidityUnits": {"AccessToken": "minutes", "IdToken": "minutes"},
        },
        {"parameters.max_validity_minutes": 30},
    ],
)
def cognito_user_pool_client_token_validity(client: ConfigurationItem, *, max_validity_minutes: int = 60) -> Verdict:
    """App clients issue tokens that expire within an hour.

    Nobody can take back a token that is out; it counts until it expires. Without a setting that is an hour, the default
    of Cognito, which passes.
    """
    # https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-the-access-token.html

    def validity(token: str) -> float:
        unit = client.text(f"configuration.TokenValidityUnits.{token}", "hours")
        number = client.number(f"configuration.{token}Validity", 1)
        return next((number * factor for name, factor in MINUTES.items() if unit == name), number * 60)

    def short(token: str) -> bool:
        return validity(token) <= max_validity_minutes

    return compliant_if_all(TOKENS, short, "valid", named=lambda token: f"{token} {validity(token):g} minutes")


@check(
    "AWS::Cognito::UserPoolClient",
    best_practices={"SEC02-BP04": "users are not managed by the organization's identity provider"},
    effort="M",
    severity="medium",
    fix="Add the organization's SAML or OIDC provider to the pool, and name it in the client.",
    compliant=[{PROVIDERS: ["COGNITO", "Entra"]}],
    non_compliant=[
        {"parameters.every_client": True, PROVIDERS: ["COGNITO"]},
        {"parameters.every_client": True, PROVIDERS: ["COGNITO", "Facebook"]},
        {"parameters.every_client": True},
    ],
    not_applicable=[
        {"parameters.every_client": True, FLOWS: ["client_credentials"]},
        {PROVIDERS: ["COGNITO"]},
        {},
    ],
)
def cognito_federated_identity_provider_configured(client: ConfigurationItem, *, every_client: bool = False) -> Verdict:
    """App clients use the organization's identity provider.

    Who leaves the organization then loses access everywhere. An application of consumers has no such provider: set
    `every_client` where all are for the organization. A client whose only flow is for machines has no users.
    """
    flows = client.texts(FLOWS)
    if len(flows) > 0 and none_of(flows, lambda flow: flow != "client_credentials"):
        return NOT_APPLICABLE
    providers = client.texts(PROVIDERS)
    federated = any_of(providers, lambda provider: none_of([contains(NOT_OURS, provider)]))
    otherwise = f"SupportedIdentityProviders is {listed(providers) or 'not set'} (expected SAML or OIDC)"
    return compliant_if(federated, otherwise, asked=every_client)


@check(
    "AWS::Cognito::UserPoolClient",
    best_practices={"SEC02-BP05": "tokens cannot be revoked, or errors reveal which users exist"},
    effort="S",
    severity="low",
    fix="Set EnableTokenRevocation to true and PreventUserExistenceErrors to ENABLED.",
    compliant=[{REVOCATION: True, EXISTENCE: "ENABLED"}, {EXISTENCE: "ENABLED"}],
    non_compliant=[{REVOCATION: True, EXISTENCE: "LEGACY"}, {REVOCATION: False, EXISTENCE: "ENABLED"}, {}],
)
def cognito_user_pool_client_token_revocation(client: ConfigurationItem) -> Verdict:
    """App clients have token revocation and PreventUserExistenceErrors enabled.

    By default, EnableTokenRevocation is true and PreventUserExistenceErrors is LEGACY.
    """
    revokes, existence = client.flag(REVOCATION, True), client.text(EXISTENCE, "LEGACY")
    found = f"EnableTokenRevocation is {in_json(revokes)}, PreventUserExistenceErrors is {existence}"
    return compliant_if(all_of([revokes, existence == "ENABLED"]), f"{found} (expected true and ENABLED)")


def lift(client: TemplateResource) -> dict[str, Any]:
    """A client; a provider that it refers to is named by its kind, which is the name of those that are not ours."""
    named = client.names("AWS::Cognito::UserPoolIdentityProvider", "SupportedIdentityProviders")
    kinds = {provider.logical_id: provider.properties.get("ProviderType") for provider in named}

    def name(provider: Any) -> Any:
        return kinds.get(provider.reference, provider) if isinstance(provider, Unknown) else provider

    providers = [name(each) for each in elements(client.properties.get("SupportedIdentityProviders"))]
    return {"configuration": {**client.properties, "SupportedIdentityProviders": providers}}
