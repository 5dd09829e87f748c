"""What the tests of the local AWS share: a running one, and small applications to deploy on it."""

from collections.abc import Callable, Iterator
from pathlib import Path
from textwrap import dedent
from typing import Any

import boto3
import pytest

from local_aws import LocalAws, Stack

TOY = Path(__file__).parent / "toy"
HEAD = """
Transform: AWS::Serverless-2016-10-31
Globals: {Function: {CodeUri: ., Runtime: python3.13}}
"""


@pytest.fixture
def aws() -> Iterator[LocalAws]:
    with LocalAws() as running:
        yield running


@pytest.fixture
def client() -> Callable[[str], Any]:
    """A test's own client, as the CLI would make one."""

    def make(service: str) -> Any:
        kinds: Any = boto3
        return kinds.client(service, region_name="eu-west-1")

    return make


@pytest.fixture
def deploy_toy(aws: LocalAws, tmp_path: Path) -> Callable[..., Stack]:
    """Deploy the toy application, with texts of its template replaced."""

    def deploy(*changes: tuple[str, str]) -> Stack:
        template = (TOY / "template.yaml").read_text().replace("src/", str(TOY / "src"))
        for old, new in changes:
            assert template.count(old) == 1, old
            template = template.replace(old, new)
        path = tmp_path / "template.yaml"
        path.write_text(template)
        return aws.deploy(path)

    return deploy


@pytest.fixture
def deploy(aws: LocalAws, tmp_path: Path) -> Callable[..., Stack]:
    """Deploy a template given as text, with modules of Python beside it."""

    def deploy(template: str, parameters: dict[str, str] | None = None, **modules: str) -> Stack:
        for name, source in modules.items():
            (tmp_path / f"{name}.py").write_text(dedent(source))
        path = tmp_path / "template.yaml"
        path.write_text(HEAD + dedent(template))
        return aws.deploy(path, parameters, stack_name="test")

    return deploy
