"""The packages as they are shipped, AWS's runtime interface client, and AWS: moto's server and what moto lacks."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import warnings
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar
from urllib.request import Request, urlopen

import boto3
import pytest

from generators.flat_template import flat_template
from generators.lambda_package import build
from generators.runtime_python import runtime, runtime_python
from tests.runtime.runtime_api import Function, LoopbackHandler, LoopbackServer, started

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # that the extra `server` may be missing
    from moto.server import ThreadedMotoServer

REGION = "eu-west-1"
CREDENTIALS = {"AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "x", "AWS_SESSION_TOKEN": "x"}
BUILT_BY = {"rules": "rules", "aggregator": "aggregator", "dashboards": "dashboards"}  # package by a handler's folder


class ConfigAndCloudFormation(LoopbackServer):
    """What moto lacks: AWS Config's evaluations, and the URL where CloudFormation waits for a custom resource."""

    def __init__(self) -> None:
        super().__init__(_ConfigHandler)
        self.requests: list[tuple[str, Any]] = []  # operation, or PUT and the path, with the document

    def named(self, operation: str) -> list[Any]:
        return [document for name, document in self.requests if name == operation]


class _ConfigHandler(LoopbackHandler):
    server: ConfigAndCloudFormation
    answers: ClassVar[dict[str, Any]] = {
        "PutEvaluations": {"FailedEvaluations": []},
        "GetComplianceDetailsByConfigRule": {"EvaluationResults": []},
        "StartConfigRulesEvaluation": {},
    }

    def do_POST(self) -> None:  # noqa: N802 - http.server's name
        operation = self.headers["X-Amz-Target"].rpartition(".")[2]
        self.server.requests.append((operation, json.loads(self.body())))
        answer = json.dumps(self.answers[operation]).encode()
        self.reply(200, answer, {"Content-Type": "application/x-amz-json-1.1"})

    def do_PUT(self) -> None:  # noqa: N802 - http.server's name
        self.server.requests.append((f"PUT {self.path}", json.loads(self.body())))
        self.reply(200)


class World:
    """AWS with the resources of our template that the functions use."""

    def __init__(self, endpoint: str, config: ConfigAndCloudFormation, template: dict[str, Any]) -> None:
        self.config = config
        self.endpoint = endpoint
        table = template["Table"]["Properties"]
        schema = ("BillingMode", "AttributeDefinitions", "KeySchema", "GlobalSecondaryIndexes")
        self.client("dynamodb").create_table(TableName="table", **{key: table[key] for key in schema})
        self.client("events").create_event_bus(Name="pillarwatch")
        self._received_url = self._queue("received")
        self.client("events").put_rule(
            Name="all", EventBusName="pillarwatch", EventPattern=json.dumps({"source": ["pillarwatch"]})
        )
        target = {"Id": "received", "Arn": f"arn:aws:sqs:{REGION}:123456789012:received"}
        self.client("events").put_targets(Rule="all", EventBusName="pillarwatch", Targets=[target])
        topic = self.client("sns").create_topic(Name="alerts")["TopicArn"]
        self._mails = self._queue("mails")
        self.client("sns").subscribe(
            TopicArn=topic, Protocol="sqs", Endpoint=f"arn:aws:sqs:{REGION}:123456789012:mails"
        )
        self.named = {
            "Table": "table",
            "EventBus": "pillarwatch",
            "AlertsTopic": topic,
            "ListingQueue": self._queue("listing"),
        }

    def client(self, service: str) -> Any:
        return boto3.client(
            service,  # type: ignore[call-overload]  # any service
            region_name=REGION,
            endpoint_url=self.endpoint,
            **{name.lower(): value for name, value in CREDENTIALS.items()},
        )

    def events(self) -> list[dict[str, Any]]:
        """The events that were put on the bus since the last call, in EventBridge's envelope."""
        return self._received(self._received_url)

    def mails(self) -> list[dict[str, Any]]:
        """The messages that were published since the last call."""
        return self._received(self._mails)

    def variables(self, properties: dict[str, Any]) -> dict[str, str]:
        """A function's variables, as the template says, with the resources of this world."""
        values = properties.get("Environment", {}).get("Variables", {})
        return {key: self.named[value["Ref"]] if isinstance(value, dict) else value for key, value in values.items()}

    def received(self, logical_id: str) -> list[dict[str, Any]]:
        """The messages in a queue of the template since the last call."""
        return self._received(self.named[logical_id])

    def _queue(self, name: str) -> str:
        return str(self.client("sqs").create_queue(QueueName=name)["QueueUrl"])

    def _received(self, queue: str) -> list[dict[str, Any]]:
        found = []
        while messages := self.client("sqs").receive_message(QueueUrl=queue, MaxNumberOfMessages=10).get("Messages"):
            for message in messages:
                found.append(json.loads(message["Body"]))
                self.client("sqs").delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])
        return found


@pytest.fixture(scope="session")
def python() -> Path:
    """The Python of the functions' runtime."""
    found = runtime_python()
    if found is None:
        pytest.skip(f"there is no {runtime()} to run the Lambda packages with")
    return found


@pytest.fixture(scope="session")
def client(python: Path, root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A Python of the runtime in an environment with the runtime interface client as locked, and nothing else."""
    environment = tmp_path_factory.mktemp("client")
    uv, locked = Path(sys.executable).with_name("uv"), environment / "requirements.txt"
    subprocess.run([python, "-m", "venv", "--without-pip", environment], check=True)
    export: list[str | Path] = [
        uv,
        "export",
        "--frozen",
        "--quiet",
        "--no-emit-project",
        "--only-group",
        "lambda-runtime",
    ]
    subprocess.run([*export, "--output-file", str(locked)], check=True, cwd=root, stdout=subprocess.DEVNULL)
    inside = environment / "bin/python"
    subprocess.run([uv, "pip", "install", "--quiet", "--python", inside, "--requirement", locked], check=True)
    return inside


@pytest.fixture(scope="session")
def package(python: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:  # noqa: ARG001 - skips
    """Builds a package once."""

    @cache
    def built(name: str) -> Path:
        folder = tmp_path_factory.mktemp("packages") / name
        build(name, folder)
        return folder

    return built


@pytest.fixture
def world(root: Path) -> Iterator[World]:
    """An account of its own for each test."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    try:
        urlopen(Request(f"http://{host}:{port}/moto-api/reset", method="POST")).close()
        with ConfigAndCloudFormation() as config:
            yield World(f"http://{host}:{port}", config, flat_template(root / "template.yaml")["Resources"])
    finally:
        server.stop()


@pytest.fixture
def function(
    world: World, package: Callable[[str], Path], client: Path, root: Path, tmp_path: Path
) -> Iterator[Callable[..., Function]]:
    """Starts a function of the template by its logical id, with other variables if given; all end with the test."""
    resources = flat_template(root / "template.yaml")["Resources"]
    running: list[Function] = []

    def start(logical_id: str, **variables: str) -> Function:
        properties = resources[logical_id]["Properties"]
        environment = {
            "PATH": os.environ["PATH"],
            "TZ": ":UTC",
            **CREDENTIALS,
            "AWS_REGION": REGION,
            "AWS_DEFAULT_REGION": REGION,
            "AWS_LAMBDA_FUNCTION_NAME": logical_id,
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "512",
            "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
            "AWS_ENDPOINT_URL": world.endpoint,
            "AWS_ENDPOINT_URL_CONFIG_SERVICE": f"http://{world.config.address}",
            **world.variables(properties),
            **variables,
        }
        folder = package(BUILT_BY[properties["Handler"].partition(".")[0]])
        running.append(started(client, folder, properties["Handler"], environment, tmp_path / f"{logical_id}.log"))
        return running[-1]

    yield start
    for each in running:
        each.__exit__()
