"""Methods and stages of REST APIs that templates write otherwise, and Config records like any other.

Methods may stand in an OpenAPI document, as SAM writes it; a deployment may make its stage.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cli.intrinsics import is_function, section

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cli.template import Template

API, METHOD = "AWS::ApiGateway::RestApi", "AWS::ApiGateway::Method"
DEPLOYMENT, STAGE = "AWS::ApiGateway::Deployment", "AWS::ApiGateway::Stage"
SETTINGS = ("CacheDataEncrypted", "CachingEnabled", "LoggingLevel", "ThrottlingBurstLimit", "ThrottlingRateLimit")
ANY = "x-amazon-apigateway-any-method"
VERBS = ("delete", "get", "head", "options", "patch", "post", "put", ANY)
# What API Gateway makes of the extension that tells what a security scheme is; a scheme without it is an API key.
KINDS = {"awssigv4": "AWS_IAM", "cognito_user_pools": "COGNITO_USER_POOLS", "custom": "CUSTOM"}


def with_rest_apis(template: Template) -> Template:
    """The template with the methods of its APIs' documents and the stages of its deployments, on their lines.

    Of a document that lies elsewhere, and of what an intrinsic function decides, there are none.
    """
    made: dict[str, Any] = {}
    lines, sources = dict(template.lines), dict(template.sources)
    for logical_id, body in template.document["Resources"].items():
        for name, resource in _made(body) if isinstance(body, dict) else ():
            if body["Type"] == DEPLOYMENT and logical_id in template.sources:
                continue  # SAM's deployments name a stage that nobody asked for, beside the one that was asked for
            condition = {"Condition": body["Condition"]} if "Condition" in body else {}
            api = {"RestApiId": {"Ref": logical_id}} if body["Type"] == API else {}
            resource["Properties"] |= api
            made[f"{logical_id} {name}"] = {**resource, **condition}
            lines[f"{logical_id} {name}"] = template.lines.get(logical_id, 1)
            sources[f"{logical_id} {name}"] = template.sources.get(logical_id, logical_id)
    if not made:
        return template
    document = {**template.document, "Resources": {**template.document["Resources"], **made}}
    return template._replace(document=document, lines=lines, sources=sources)


def _made(body: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    properties = section(body, "Properties")
    if body.get("Type") == API:
        for name, method in _methods(section(properties, "Body")):
            yield name, {"Type": METHOD, "Properties": method}
    described = section(properties, "StageDescription")
    if body.get("Type") == DEPLOYMENT and "StageName" in properties and not any(map(is_function, described)):
        yield "stage", {"Type": STAGE, "Properties": _stage(properties)}


def _stage(deployment: dict[str, Any]) -> dict[str, Any]:
    """The stage that a deployment makes: what it says of all methods is a setting for all of them."""
    described = section(deployment, "StageDescription")
    of_all = {"ResourcePath": "/*", "HttpMethod": "*", **{key: described[key] for key in SETTINGS if key in described}}
    of_some = described.get("MethodSettings")
    return {
        **{key: described[key] for key in ("AccessLogSetting", "CacheClusterEnabled", "Tags") if key in described},
        "CanarySetting": deployment.get("DeploymentCanarySettings"),
        "MethodSettings": [of_all, *(of_some if isinstance(of_some, list) else [])],
        "RestApiId": deployment.get("RestApiId"),
        "StageName": deployment["StageName"],
        "TracingEnabled": described.get("TracingEnabled"),
    }


def _methods(document: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """What each method is called by a person, and its properties."""
    for path in section(document, "paths"):
        operations = section(section(document, "paths"), path)
        for key in VERBS:
            operation = operations.get(key)
            if not isinstance(operation, dict):
                continue
            security = operation.get("security", document.get("security", []))
            if isinstance(security, list) and not any(map(is_function, _schemes(security))):
                verb = "ANY" if key == ANY else key.upper()
                validator = "x-amazon-apigateway-request-validator"
                yield (
                    f"{verb} {path}",
                    {
                        "HttpMethod": verb,
                        "AuthorizationType": _authorization(document, operation, security),
                        "RequestValidatorId": operation.get(validator, document.get(validator)),
                    },
                )


def _authorization(document: dict[str, Any], operation: dict[str, Any], security: list[Any]) -> Any:
    """How an operation authorizes: by the first scheme that does, or as its own extension says."""
    schemes = section(document, "securityDefinitions") or section(section(document, "components"), "securitySchemes")
    for name in _schemes(security):
        kind = section(schemes, name).get("x-amazon-apigateway-authtype")
        if kind is not None:
            return KINDS.get(kind.lower(), "CUSTOM") if isinstance(kind, str) else kind
    return section(operation, "x-amazon-apigateway-auth").get("type", "NONE")


def _schemes(security: list[Any]) -> Iterator[str]:
    """The names of the schemes that an operation asks for."""
    return (name for requirement in security if isinstance(requirement, dict) for name in requirement)
