"""Methods and stages of REST APIs that templates write otherwise, and Config records like any other.

Methods may stand in an OpenAPI document, as SAM writes it; a deployment may make its stage.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from template_scan.reading import is_function, section

if TYPE_CHECKING:
    from collections.abc import Iterator

    from template_scan.reading import Template

API, METHOD = "AWS::ApiGateway::RestApi", "AWS::ApiGateway::Method"
DEPLOYMENT, STAGE = "AWS::ApiGateway::Deployment", "AWS::ApiGateway::Stage"
SETTINGS = ("CacheDataEncrypted", "CachingEnabled", "LoggingLevel", "ThrottlingBurstLimit", "ThrottlingRateLimit")
ANY = "x-amazon-apigateway-any-method"
VERBS = ("delete", "get", "head", "options", "patch", "post", "put", ANY)
# What API Gateway makes of the extension that says what a security scheme is; a scheme without it is an API key.
KINDS = {"awssigv4": "AWS_IAM", "cognito_user_pools": "COGNITO_USER_POOLS", "custom": "CUSTOM"}


def with_rest_apis(template: Template) -> Template:
    """The template with the methods of its APIs' documents and the stages of its deployments, on their lines.

    Of a document that lies elsewhere there are none. One behind ``Fn::If`` has a condition of its own.
    """
    made: dict[str, Any] = {}
    conditions: dict[str, Any] = {}
    lines, sources = dict(template.lines), dict(template.sources)
    for logical_id, body in template.document["Resources"].items():
        for name, resource, decisions in _made(body) if isinstance(body, dict) else ():
            if body["Type"] == DEPLOYMENT and logical_id in template.sources:
                continue  # SAM's deployments name a stage that is not in the template, beside the one that is
            full_name = f"{logical_id} {name}"
            while full_name in made:  # the other branch of a condition
                full_name += " otherwise"
            api = {"RestApiId": {"Ref": logical_id}} if body["Type"] == API else {}
            resource["Properties"] |= api
            made[full_name] = resource
            if decisions:
                own = [{"Condition": body["Condition"]}] if "Condition" in body else []
                conditions[full_name] = {"Fn::And": [*own, *decisions]}
                resource["Condition"] = full_name
            elif "Condition" in body:
                resource["Condition"] = body["Condition"]
            lines[full_name] = template.lines.get(logical_id, 1)
            sources[full_name] = template.sources.get(logical_id, logical_id)
    if not made:
        return template
    document = {
        **template.document,
        "Conditions": {**section(template.document, "Conditions"), **conditions},
        "Resources": {**template.document["Resources"], **made},
    }
    return template._replace(document=document, lines=lines, sources=sources)


def _made(body: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any], list[Any]]]:
    """The name, the resource and the decisions on which it depends of what a resource makes."""
    properties = section(body, "Properties")
    if body.get("Type") == API:
        for document, decisions in _branches(properties.get("Body")):
            for name, method, more in _methods(document):
                yield name, {"Type": METHOD, "Properties": method}, [*decisions, *more]
    described = section(properties, "StageDescription")
    if body.get("Type") == DEPLOYMENT and "StageName" in properties and not any(map(is_function, described)):
        yield "stage", {"Type": STAGE, "Properties": _stage(properties)}, []


def _branches(value: Any) -> Iterator[tuple[dict[str, Any], list[Any]]]:
    """The objects that a value may be, each with the expressions that have to hold; none that is a function's."""
    match value:
        case {"Fn::If": [str() as condition, yes, no]}:
            holds = {"Condition": condition}
            for branch, expression in ((yes, holds), (no, {"Fn::Not": [holds]})):
                for inner, decisions in _branches(branch):
                    yield inner, [expression, *decisions]
        case dict() if not any(map(is_function, value)):
            yield value, []


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


def _methods(document: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any], list[Any]]]:
    """What each method is called by a person, its properties, and the decisions on which it depends."""
    for paths, decisions in _branches(document.get("paths")):
        for path, item in paths.items():
            for operations, more in _branches(item):
                for key in VERBS:
                    for operation, last in _branches(operations.get(key)):
                        if (method := _method(document, key, operation)) is not None:
                            yield f"{method['HttpMethod']} {path}", method, [*decisions, *more, *last]


def _method(document: dict[str, Any], key: str, operation: dict[str, Any]) -> dict[str, Any] | None:
    """The properties of a method; None where an intrinsic function decides how it authorizes."""
    security = operation.get("security", document.get("security", []))
    if not isinstance(security, list) or any(map(is_function, _schemes(security))):
        return None
    validator = "x-amazon-apigateway-request-validator"
    return {
        "HttpMethod": "ANY" if key == ANY else key.upper(),
        "AuthorizationType": _authorization(document, operation, security),
        "RequestValidatorId": operation.get(validator, document.get(validator)),
    }


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
