"""What CloudFormation makes of each resource type: one function per type, with the API calls that create it."""

from local_aws.resources import functions, identities, messages, monitoring, stacks, storage  # noqa: F401 - they register
from local_aws.resources.registry import MODELS

__all__ = ["MODELS"]
