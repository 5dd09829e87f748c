"""Cognito app clients; items use the property names of CloudFormation. Each token validity has its own unit."""

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
from pillarwatch.template_resource import TemplateResource, elements
from pillarwatch.unknown import Unknown

FLOWS = "configuration.AllowedOAuthFlows"
PROVIDERS = "configuration.SupportedIdentityProviders"
PUBLIC_PROVIDERS = ("COGNITO", "Facebook", "Google", "LoginWithAmazon", "SignInWithApple")  # not the organization's
MINUTES_PER_UNIT = {"seconds": 1 / 60, "minutes": 1, "hours": 60, "days": 1440}
TOKENS = ("AccessToken", "IdToken")


REVOCATION = "configuration.EnableTokenRevocation"
EXISTENCE_ERRORS = "configuration.PreventUserExistenceErrors"


@check(
    "AWS::Cognito::UserPoolClient",
    best_practices={
        "SEC02-BP02": "tokens are valid for too long",
        "SEC02-BP05": "tokens are not renewed often enough",
    },
    effort="S",
    severity="medium",
    fix="Set AccessTokenValidity and IdTokenValidity to 60 minutes or less. Refresh tokens renew them.",
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
    """Cognito app clients issue tokens that expire within an hour.

    An attacker can use a stolen access or ID token until it expires. The default validity is one hour.
    """
    # https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-the-access-token.html

    def validity(token: str) -> float:
        unit = client.text(f"configuration.TokenValidityUnits.{token}", "hours")
        number = client.number(f"configuration.{token}Validity", 1)
        return next((number * factor for name, factor in MINUTES_PER_UNIT.items() if unit == name), number * 60)

    def short(token: str) -> bool:
        return validity(token) <= max_validity_minutes

    too_long = f"valid for more than {max_validity_minutes} minutes"
    return compliant_if_all(TOKENS, short, too_long, named=lambda token: f"{token} {validity(token):g} minutes")


@check(
    "AWS::Cognito::UserPoolClient",
    best_practices={"SEC02-BP04": "users do not sign in with the organization's identity provider"},
    effort="M",
    severity="medium",
    fix="Add the organization's SAML or OIDC provider to the user pool and to SupportedIdentityProviders.",
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
    """Cognito app clients use the organization's identity provider.

    Without this provider, people who leave the organization keep their access until their user is deleted. Consumer
    applications have no such provider, so a client can fail only if the parameter `every_client` is true. The check
    does not apply to clients with only the flow client_credentials, because they have no users.
    """
    flows = client.texts(FLOWS)
    if len(flows) > 0 and none_of(flows, lambda flow: flow != "client_credentials"):
        return NOT_APPLICABLE
    providers = client.texts(PROVIDERS)
    federated = any_of(providers, lambda provider: none_of([contains(PUBLIC_PROVIDERS, provider)]))
    otherwise = f"SupportedIdentityProviders is {listed(providers) or 'not set'} (expected SAML or OIDC)"
    return compliant_if(federated, otherwise, required=every_client)


@check(
    "AWS::Cognito::UserPoolClient",
    best_practices={"SEC02-BP05": "tokens cannot be revoked, or errors reveal which users exist"},
    effort="S",
    severity="low",
    fix="Set EnableTokenRevocation to true and PreventUserExistenceErrors to ENABLED.",
    compliant=[{REVOCATION: True, EXISTENCE_ERRORS: "ENABLED"}, {EXISTENCE_ERRORS: "ENABLED"}],
    non_compliant=[
        {REVOCATION: True, EXISTENCE_ERRORS: "LEGACY"},
        {REVOCATION: False, EXISTENCE_ERRORS: "ENABLED"},
        {},
    ],
)
def cognito_user_pool_client_token_revocation(client: ConfigurationItem) -> Verdict:
    """Cognito app clients enable token revocation and PreventUserExistenceErrors.

    Without these settings, stolen refresh tokens stay valid, or error messages reveal which users exist. By default,
    EnableTokenRevocation is true and PreventUserExistenceErrors is LEGACY.
    """
    revokes, existence = client.flag(REVOCATION, True), client.text(EXISTENCE_ERRORS, "LEGACY")
    found = f"EnableTokenRevocation is {in_json(revokes)}, PreventUserExistenceErrors is {existence}"
    return compliant_if(all_of([revokes, existence == "ENABLED"]), f"{found} (expected true and ENABLED)")


def to_configuration_item(client: TemplateResource) -> dict[str, Any]:
    """The configuration item of a client; a provider of the template is named by its type, such as Google or SAML."""
    named = client.names("AWS::Cognito::UserPoolIdentityProvider", "SupportedIdentityProviders")
    kinds = {provider.logical_id: provider.properties.get("ProviderType") for provider in named}

    def name(provider: Any) -> Any:
        return kinds.get(provider.reference, provider) if isinstance(provider, Unknown) else provider

    providers = [name(each) for each in elements(client.properties.get("SupportedIdentityProviders"))]
    return {"configuration": {**client.properties, "SupportedIdentityProviders": providers}}
