"""Methods of REST APIs that stand in an OpenAPI document, as SAM writes it: Config records each like any other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cli.intrinsics import section

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cli.template import Template

API, METHOD = "AWS::ApiGateway::RestApi", "AWS::ApiGateway::Method"
ANY = "x-amazon-apigateway-any-method"
VERBS = ("delete", "get", "head", "options", "patch", "post", "put", ANY)
# What API Gateway makes of the extension that tells what a security scheme is; a scheme without it is an API key.
KINDS = {"awssigv4": "AWS_IAM", "cognito_user_pools": "COGNITO_USER_POOLS", "custom": "CUSTOM"}


def with_methods(template: Template) -> Template:
    """The template with the methods of its APIs' documents, on the lines of the APIs.

    Of a document that lies elsewhere, and of what an intrinsic function decides, there are none.
    """
    methods: dict[str, Any] = {}
    lines, sources = dict(template.lines), dict(template.sources)
    for api, body in template.document["Resources"].items():
        if not isinstance(body, dict) or body.get("Type") != API:
            continue
        for name, properties in _methods(section(section(body, "Properties"), "Body")):
            method = {"Type": METHOD, "Properties": {"RestApiId": {"Ref": api}, **properties}}
            methods[f"{api} {name}"] = {**method, "Condition": body["Condition"]} if "Condition" in body else method
            lines[f"{api} {name}"] = template.lines.get(api, 1)
            sources[f"{api} {name}"] = template.sources.get(api, api)
    if not methods:
        return template
    resources = {**template.document["Resources"], **methods}
    return template._replace(document={**template.document, "Resources": resources}, lines=lines, sources=sources)


def _methods(document: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """What each method is called by a person, and its properties."""
    for path in section(document, "paths"):
        operations = section(section(document, "paths"), path)
        for key in VERBS:
            operation = operations.get(key)
            if not isinstance(operation, dict):
                continue
            security = operation.get("security", document.get("security", []))
            if isinstance(security, list):
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
    for name in (name for requirement in security if isinstance(requirement, dict) for name in requirement):
        kind = section(schemes, name).get("x-amazon-apigateway-authtype")
        if kind is not None:
            return KINDS.get(str(kind).lower(), "CUSTOM")
    return section(operation, "x-amazon-apigateway-auth").get("type", "NONE")
