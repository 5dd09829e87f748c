"""The deployed pipeline: our real template in the local AWS."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from local_aws import LocalAws
from tests.pipeline.deployment import ACCOUNT, REGION, Deployment


@pytest.fixture
def deploy(root: Path) -> Iterator[Callable[..., Deployment]]:
    """Deploy a template, by default ours; everything ends with the test."""
    with LocalAws(region=REGION, account=ACCOUNT) as aws:

        def made(template: Path = root / "template.yaml") -> Deployment:
            return Deployment(aws, template)

        yield made


@pytest.fixture
def deployed(deploy: Callable[..., Deployment]) -> Deployment:
    """Our template, deployed."""
    return deploy()
