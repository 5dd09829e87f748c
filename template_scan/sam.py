"""The SAM transform, offline: what CloudFormation would make of ``AWS::Serverless::*``, and from which resource.

aws-sam-translator is imported only here: importing it takes longer than scanning a template.
"""

from __future__ import annotations

import logging
import sys
from contextlib import contextmanager
from functools import cache
from importlib import import_module
from types import ModuleType, SimpleNamespace
from typing import TYPE_CHECKING, Any

from template_scan.reading import Template, UnreadableTemplate, section

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

TRANSFORM = "AWS::Serverless-2016-10-31"
SOURCE = "PillarwatchSource"  # the key under Metadata by which a generated resource names its source

# The transform wants uploaded code, which a template in a repository does not have yet.
UPLOADED = "s3://bucket/key"
IMAGE = "123456789012.dkr.ecr.us-east-1.amazonaws.com/image:tag"
STAND_IN = "pillarwatch"  # begins a text in place of a value that the transform wants to know
MACRO = "x-pillarwatch-macro"  # the key of a macro that completes a document
UPLOADS = {
    "AWS::Serverless::Api": "DefinitionUri",
    "AWS::Serverless::Function": "CodeUri",
    "AWS::Serverless::HttpApi": "DefinitionUri",
    "AWS::Serverless::LayerVersion": "ContentUri",
    "AWS::Serverless::StateMachine": "DefinitionUri",
}
# Modules that the translator imports to call AWS and to validate its own policy templates, which a scan does not need.
# Importing them takes half as long again as importing the rest.
UNUSED = (
    "boto3",
    "botocore.client",
    "botocore.config",
    "botocore.exceptions",
    "jsonschema",
    "jsonschema.exceptions",
)
# Modules of models with which the translator validates properties of rare types. Making the models takes as long as all
# the rest.
RARELY_USED = tuple(
    f"samtranslator.internal.schema_source.aws_serverless_{name}"
    for name in ("capacity_provider", "function", "graphqlapi", "microvmimage", "networkconnector")
)
# What one of the resources asks for by the way, and no resource of the file is the source of.
IMPLIED = {
    "ServerlessRestApi": "Events",
    "ServerlessHttpApi": "Events",
    "ServerlessDeploymentApplication": "DeploymentPreference",
    "CodeDeployServiceRole": "DeploymentPreference",
}


class Untransformable(UnreadableTemplate):
    """The SAM transform refuses the template, as CloudFormation would."""


def needs_sam(document: dict[str, Any]) -> bool:
    """Whether the template asks for the transform, and has something to be transformed."""
    transforms = document.get("Transform")
    return TRANSFORM in (transforms if isinstance(transforms, list) else [transforms]) and any(
        isinstance(body, dict) and (str(body.get("Type")).startswith("AWS::Serverless::") or "Connectors" in body)
        for body in section(document, "Resources").values()
    )


def without_sam(template: Template) -> Template:
    """The template after the transform; ``sources`` says from which resource each generated one comes.

    Raises:
        Untransformable: the transform refuses it.
    """
    logging.getLogger("samtranslator").setLevel(logging.CRITICAL)
    translate = _translate()
    from samtranslator.model.exceptions import InvalidDocumentException  # noqa: PLC0415

    stand_ins = _prepare(template.document)
    try:
        document = translate(template.document)
    except InvalidDocumentException as error:
        reasons = " ".join(f"{cause.message}" for cause in error.causes) or error.message
        raise Untransformable(template.file, f"the SAM transform refuses it: {reasons}") from None
    except Exception as error:  # noqa: BLE001 - the transform trips over some malformed resources
        raise Untransformable(template.file, f"the SAM transform failed: {type(error).__name__}: {error}") from None
    transforms = template.document.get("Transform")
    if isinstance(transforms, list):  # the others stay: a macro may change what is judged
        document["Transform"] = [each for each in transforms if each != TRANSFORM]
    document["Resources"] = _restored(document["Resources"], stand_ins)
    sources = _sources(document["Resources"], template)
    lines = dict(template.lines)
    for logical_id, source in sources.items():
        lines.setdefault(logical_id, template.lines.get(source, 1))
    return template._replace(document=document, lines=lines, sources=sources)


@cache
def _translate() -> Callable[[dict[str, Any]], dict[str, Any]]:
    """The transform of a document, loaded once. What it finds out of itself for each template, it finds out once."""
    with _stand_ins(_Unused, UNUSED), _stand_ins(_LoadedOnUse, RARELY_USED):
        from samtranslator.parser.parser import Parser  # noqa: PLC0415
        from samtranslator.sdk.resource import SamResourceType  # noqa: PLC0415
        from samtranslator.translator import translator  # noqa: PLC0415

    translator.make_policy_template_for_function_plugin = cache(translator.make_policy_template_for_function_plugin)
    translator.ResourceTypeResolver = cache(translator.ResourceTypeResolver)
    SamResourceType.has_value = frozenset(kind.value for kind in SamResourceType).__contains__
    # Only the region of the session is used. Without one, boto3 would look for a configuration of this machine.
    session = SimpleNamespace(region_name="us-east-1")

    def translate(document: dict[str, Any]) -> dict[str, Any]:
        translated: dict[str, Any] = translator.Translator({}, Parser(), boto_session=session).translate(
            document, parameter_values={}, passthrough_metadata=True, get_managed_policy_map=dict
        )
        return translated

    return translate


class _Unused(ModuleType):
    """Stands for a module of which only names are needed: for annotations, and for errors that are not raised.

    Calling one does nothing, which is how ``jsonschema.validate`` accepts the policy templates.
    """

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return type(name, (Exception,), {})


class _LoadedOnUse(_Unused):
    """Stands for a module that is imported when something of it is used, after the modules that name it in annotations.

    ``importlib.util.LazyLoader`` of Python 3.11 imports it at once: the import system itself reads ``__spec__``.
    """

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") or sys.modules.get(self.__name__) is self:
            return super().__getattr__(name)
        return getattr(import_module(self.__name__), name)


@contextmanager
def _stand_ins(kind: type[_Unused], modules: tuple[str, ...]) -> Iterator[None]:
    """Import something with stand-ins for modules that it names; those that are imported already, are used."""
    missing = [name for name in modules if name not in sys.modules]
    sys.modules |= {name: kind(name) for name in missing}
    try:
        yield
    finally:
        for name in missing:
            del sys.modules[name]


def _prepare(document: dict[str, Any]) -> dict[str, Any]:
    """Make the document one that the transform can do without a deployment; what stands in it for what else."""
    stand_ins: dict[str, Any] = {}
    for logical_id, resource in section(document, "Resources").items():
        if not isinstance(resource, dict) or not str(resource.get("Type")).startswith("AWS::Serverless::"):
            continue
        metadata = section(resource, "Metadata")
        resource["Metadata"] = {**metadata, SOURCE: logical_id}
        if not isinstance(resource.get("Properties", {}), dict | None):
            continue
        properties = resource["Properties"] = section(resource, "Properties")
        _upload(resource["Type"], properties)
        _stand_in(logical_id, properties, document, stand_ins)
        if resource["Type"] == "AWS::Serverless::Application":  # the transform would ask the repository for it
            resource["Type"] = "AWS::CloudFormation::Stack"
            resource["Properties"] = {"Tags": properties.get("Tags"), "TemplateURL": "https://example.com/template"}
    for kind, properties in section(document, "Globals").items():
        if isinstance(properties, dict) and (upload := UPLOADS.get(f"AWS::Serverless::{kind}")) in properties:
            properties[upload] = UPLOADED
        if isinstance(properties, dict):
            _stand_in(kind, properties, document, stand_ins)
    return stand_ins


def _stand_in(name: str, properties: dict[str, Any], document: dict[str, Any], stand_ins: dict[str, Any]) -> None:
    """Replace what CloudFormation resolves before the transform: given parameters, and documents from elsewhere."""
    alias = properties.get("AutoPublishAlias")
    if _is_left_open(alias, document):
        stand_in = properties["AutoPublishAlias"] = f"{STAND_IN}{name}"
        stand_ins[stand_in] = alias
    if _is_left_open(properties.get("AutoPublishCodeSha256"), document):
        del properties["AutoPublishCodeSha256"]  # it only decides whether there is a new version
    body = properties.get("DefinitionBody")
    if isinstance(body, dict) and "Fn::Transform" in body:
        version = (
            {"openapi": "3.0.1"} if "HttpApi" in str(section(document, "Resources").get(name)) else {"swagger": "2.0"}
        )
        properties["DefinitionBody"] = {**version, "info": {"title": name}, "paths": {}, MACRO: body["Fn::Transform"]}


def _is_left_open(value: Any, document: dict[str, Any]) -> bool:
    """Whether it is a parameter that only a deployment gives."""
    name = value.get("Ref") if isinstance(value, dict) else None
    parameter = section(document, "Parameters").get(name) if isinstance(name, str) else None
    return isinstance(parameter, dict) and "Default" not in parameter


def _restored(part: Any, stand_ins: dict[str, Any]) -> Any:
    """What the transform made, with what was replaced before."""
    if isinstance(part, dict):
        restored = {key: _restored(value, stand_ins) for key, value in part.items()}
        if MACRO in restored:
            restored["Fn::Transform"] = restored.pop(MACRO)
        return restored
    if isinstance(part, list):
        return [_restored(element, stand_ins) for element in part]
    return stand_ins.get(part, part) if isinstance(part, str) else part


def _upload(resource_type: str, properties: dict[str, Any]) -> None:
    upload = UPLOADS.get(resource_type, "")
    if properties.get(upload) is not None:
        properties[upload] = UPLOADED
    if resource_type == "AWS::Serverless::Function":
        if properties.get("PackageType") == "Image":
            properties["ImageUri"] = properties.get("ImageUri") or IMAGE  # `sam build` writes it
        elif "InlineCode" not in properties:
            properties["CodeUri"] = UPLOADED


def _sources(resources: dict[str, Any], template: Template) -> dict[str, str]:
    """The source of every generated resource: as its metadata says, or as its name begins, or what implies it."""
    sources: dict[str, str] = {}
    for logical_id, resource in resources.items():
        source = section(resource, "Metadata").pop(SOURCE, None)
        if source is not None:
            sources[str(logical_id)] = str(source)
    originals = section(template.document, "Resources")
    for logical_id in resources:
        if logical_id not in sources and logical_id not in template.lines:
            prefix = max((name for name in template.lines if logical_id.startswith(name)), key=len, default="")
            sources[str(logical_id)] = prefix or _implying(logical_id, originals)
    return sources


def _implying(logical_id: str, originals: dict[str, Any]) -> str:
    wanted = next((name for implied, name in IMPLIED.items() if logical_id.startswith(implied)), "")
    serverless = [name for name, body in originals.items() if str(body.get("Type")).startswith("AWS::Serverless::")]
    asking = [name for name in serverless if wanted in section(originals[name], "Properties")]
    return next(iter([*asking, *serverless]), "")
