"""The second AWS engine as a process of its own: started on loopback, and always stopped."""

from __future__ import annotations

import os
import secrets
import signal
import socket
import subprocess
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from tests.sam_deploy.environment import PYTHON

if TYPE_CHECKING:
    from collections.abc import Iterator

REGION, ACCOUNT = "eu-west-1", "123456789012"
SECONDS_TO_START, SECONDS_TO_STOP = 60, 10


class NotStarted(Exception):
    """The engine ended, or did not answer in time; its log says why."""


class Engine(NamedTuple):
    """A running engine: where it is, and the environment in which AWS clients and tools reach it."""

    url: str
    environment: dict[str, str]
    process: int

    def fire_schedules(self) -> None:
        """Have every EventBridge schedule fire once."""
        os.kill(self.process, signal.SIGUSR1)


@contextmanager
def engine(folder: Path, *, roles_enforced: bool) -> Iterator[Engine]:
    """Run the engine with its log and its files in a folder.

    Args:
        folder: an empty folder; the engine writes `engine.log` into it.
        roles_enforced: evaluate the policies of roles and resources at every call, which needs TLS: the template
            refuses calls without it.

    Raises:
        NotStarted: see there.
    """
    port = _free_port()
    certificate = folder / "ministack-tls/server.crt"
    url = f"{'https' if roles_enforced else 'http'}://localhost:{port}"
    client = _clean(os.environ) | {
        "AWS_ACCESS_KEY_ID": ACCOUNT,
        "AWS_SECRET_ACCESS_KEY": secrets.token_hex(20),
        "AWS_DEFAULT_REGION": REGION,
        "AWS_REGION": REGION,
        "AWS_EC2_METADATA_DISABLED": "true",
        "SAM_CLI_TELEMETRY": "0",
        "NO_PROXY": "localhost,127.0.0.1",
        "no_proxy": "localhost,127.0.0.1",
    }
    server = client | {
        "BIND_HOST": "127.0.0.1",
        "GATEWAY_PORT": str(port),
        "MINISTACK_REGION": REGION,
        "MINISTACK_ACCOUNT_ID": ACCOUNT,
        "SFTP_ENABLED": "0",
        "IOT_MTLS_ENABLED": "0",
        "LAMBDA_ASYNC_RETRY_BASE_SECONDS": "0.2",
        "LOG_LEVEL": "INFO",
        "PYTHONUNBUFFERED": "1",
        "TMPDIR": str(folder),
    }
    if roles_enforced:
        server |= {"AUTH": "true", "USE_SSL": "1"}
        client |= {"AWS_CA_BUNDLE": str(certificate), "SSL_CERT_FILE": str(certificate)}
    client["AWS_ENDPOINT_URL"] = url
    with (folder / "engine.log").open("wb") as log:
        process = subprocess.Popen(
            [PYTHON, Path(__file__).with_name("engine.py")],
            cwd=folder,
            env=server,
            stdout=log,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            start_new_session=True,  # its functions are processes of its own, and end with it
        )
        try:
            _wait_for(port, process)
            yield Engine(url, client, process.pid)
        finally:
            _stop(process)


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def _clean(environment: os._Environ[str]) -> dict[str, str]:
    """An environment without anything that would lead to a real account."""
    return {name: value for name, value in environment.items() if not name.startswith("AWS_")}


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + SECONDS_TO_START
    while process.poll() is None and time.monotonic() < until:
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=1):
                return
        except OSError:
            time.sleep(0.1)
    raise NotStarted("the engine did not start")


def _stop(process: subprocess.Popen[bytes]) -> None:
    """End the engine and the functions that it started: all of its session."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(process.pid, number)
        except ProcessLookupError:
            break
        try:
            process.wait(SECONDS_TO_STOP)
        except subprocess.TimeoutExpired:
            continue
