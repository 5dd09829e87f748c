"""AWS Lambda's Runtime API on loopback, and functions that run behind it under AWS's own runtime interface client.

https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
"""

from __future__ import annotations

import json
import subprocess
import threading
import time
import uuid
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from queue import Empty, Queue
from typing import TYPE_CHECKING, Any, NamedTuple, Self

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

LONGEST = 120  # seconds until an invocation that does not answer fails its test
INVOCATION = "/2018-06-01/runtime/invocation/"


class FunctionFailed(Exception):
    """The function answered an error, or its process ended."""


class Answer(NamedTuple):
    """How one invocation ended: ``response``, or ``error`` with AWS's error document."""

    kind: str
    document: Any


class LoopbackServer(ThreadingHTTPServer):
    """A server on a free port of this machine, which serves from ``with`` on."""

    daemon_threads = True

    def __init__(self, handler: type[BaseHTTPRequestHandler]) -> None:
        super().__init__(("127.0.0.1", 0), handler)
        self.address = f"127.0.0.1:{self.server_port}"

    def __enter__(self) -> Self:
        threading.Thread(target=self.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.shutdown()
        self.server_close()


class LoopbackHandler(BaseHTTPRequestHandler):
    """Reads and answers; without a log."""

    protocol_version = "HTTP/1.1"

    def body(self) -> bytes:
        return self.rfile.read(int(self.headers.get("Content-Length") or 0))

    def reply(self, status: int, body: bytes = b"", headers: Mapping[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in {**(headers or {}), "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


class RuntimeApi(LoopbackServer):
    """The Runtime API of one function."""

    def __init__(self, arn: str, timeout: int) -> None:
        super().__init__(_RuntimeApiHandler)
        self.arn = arn
        self.timeout_seconds = timeout
        self.events: Queue[str] = Queue()
        self.answers: Queue[Answer] = Queue()


class _RuntimeApiHandler(LoopbackHandler):
    server: RuntimeApi

    def do_GET(self) -> None:
        assert self.path == f"{INVOCATION}next"
        event = self.server.events.get()
        headers = {
            "Content-Type": "application/json",
            "Lambda-Runtime-Aws-Request-Id": str(uuid.uuid4()),
            "Lambda-Runtime-Deadline-Ms": str(int((time.time() + self.server.timeout_seconds) * 1000)),
            "Lambda-Runtime-Invoked-Function-Arn": self.server.arn,
            "Lambda-Runtime-Trace-Id": "Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700;Parent=9a9197af755a6419;Sampled=0",
        }
        self.reply(200, event.encode(), headers)

    def do_POST(self) -> None:
        kind = self.path.rpartition("/")[2]  # response or error, of an invocation or of the start
        document = json.loads(self.body() or b"null")
        self.reply(202, b"{}")
        self.server.answers.put(Answer(kind, document))


@dataclass
class Function:
    """A function's process, from its cold start to the end of the ``with``."""

    process: subprocess.Popen[bytes]
    api: RuntimeApi
    log_file: Path

    def invoke(self, event: Any) -> Any:
        """What the handler returns.

        Raises:
            FunctionFailed: it raised, or its process ended.
        """
        self.api.events.put(json.dumps(event))
        deadline = time.monotonic() + LONGEST
        while time.monotonic() < deadline:
            try:
                kind, document = self.api.answers.get(timeout=0.2)
            except Empty:
                if self.process.poll() is not None:
                    raise FunctionFailed(f"the process ended with {self.process.returncode}: {self.log}") from None
                continue
            if kind == "error":
                raise FunctionFailed(f"{document}\n{self.log}")
            return document
        raise FunctionFailed(f"no answer in {LONGEST} seconds: {self.log}")

    @property
    def log(self) -> str:
        return self.log_file.read_text()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.process.kill()
        self.process.wait()
        self.api.__exit__()


def started(python: Path, package: Path, handler: str, environment: Mapping[str, str], log_file: Path) -> Function:
    """Start a function as its image would: the runtime interface client in the package's folder, and nothing else."""
    name = environment["AWS_LAMBDA_FUNCTION_NAME"]
    arn = f"arn:aws:lambda:{environment['AWS_REGION']}:123456789012:function:{name}"
    api = RuntimeApi(arn, timeout=900).__enter__()
    with log_file.open("wb") as log:
        process = subprocess.Popen(
            [python, "-B", "-m", "awslambdaric", handler],
            cwd=package,
            env={**environment, "AWS_LAMBDA_RUNTIME_API": api.address, "LAMBDA_TASK_ROOT": str(package)},
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    return Function(process, api, log_file)
