"""The functions that create resources, by resource type."""

from functools import partial

from local_aws.deployer import Model, Resource, register

MODELS: dict[str, Model] = {}
model = partial(register, MODELS)


def tags_of(resource: Resource, key: str = "Key", value: str = "Value") -> list[dict[str, str]]:
    """The tags of a resource, under the names that a service's API has for key and value."""
    return [{key: tag["Key"], value: str(tag["Value"])} for tag in resource.properties.one("Tags", [])]
