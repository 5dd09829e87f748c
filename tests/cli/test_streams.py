"""The command where its output cannot be written, its input has no end, or somebody interrupts it."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

TEMPLATE = "Resources: {It: {Type: AWS::S3::Bucket}}"


@pytest.fixture
def template(tmp_path: Path) -> str:
    path = tmp_path / "template.yaml"
    path.write_text(TEMPLATE)
    return str(path)


def shell(command: str, root: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    """The command in a shell; `pillarwatch` is this checkout's."""
    script = f'pillarwatch() {{ {sys.executable} -m pillarwatch "$@"; }}\n{command}'
    return subprocess.run(
        ["bash", "-c", script],
        cwd=root, env={**os.environ, **variables}, capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip


def one_error(done: subprocess.CompletedProcess[str]) -> str:
    assert done.returncode == 2
    (line,) = done.stderr.splitlines()
    assert line.startswith("pillarwatch")
    return line


@pytest.mark.parametrize("command", ["scan {}", "scan --json {}", "checks", "--help", "scan --help"])
def test_output_that_cannot_be_written_is_an_error(command: str, template: str, root: Path) -> None:
    assert "No space left" in one_error(shell(f"pillarwatch {command.format(template)} > /dev/full", root))


def test_a_closed_output_is_an_error_whatever_the_verdicts(template: str, root: Path) -> None:
    assert "standard output is closed" in one_error(shell(f"pillarwatch scan {template} >&-", root))


def test_errors_that_cannot_be_written_keep_the_exit_code(root: Path) -> None:
    for stream in ("2>&-", "2>/dev/full"):
        done = shell(f"pillarwatch scan nowhere.yaml {stream}", root)
        assert (done.returncode, done.stdout, done.stderr) == (2, "", "")


def test_a_reader_that_has_enough_does_not_change_the_exit_code(template: str, root: Path) -> None:
    done = shell(f"pillarwatch scan {template} | head -1; echo ${{PIPESTATUS[0]}}", root)
    assert done.stdout.splitlines()[-1] == "1"
    assert done.stderr == ""


@pytest.mark.parametrize(
    "command",
    [
        "yes | pillarwatch scan -",
        "pillarwatch scan /dev/zero",
        "pillarwatch scan --settings /dev/zero samples/help-desk.yaml",
        "yes | pillarwatch demo --template /dev/stdin",
    ],
)
def test_input_without_an_end_is_refused(command: str, root: Path) -> None:
    assert " MB" in one_error(shell(command, root))


def test_an_unexpected_error_is_one_line_and_the_traceback_is_for_who_asks(template: str, root: Path) -> None:
    crash = "import cli.scan, sys; cli.scan.settings_for = lambda *_: 1 / 0; from pillarwatch.command import main; "
    for arguments, lines in (([], 1), (["--debug"], 5)):
        done = subprocess.run(
            [sys.executable, "-c", f"{crash} sys.exit(main(['scan', {template!r}, *{arguments}]))"],
            cwd=root, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 2
        assert len(done.stderr.splitlines()) >= lines
        assert ("Traceback" in done.stderr) == bool(arguments)
        assert done.stderr.splitlines()[-1].startswith("pillarwatch scan: ZeroDivisionError: ")


@pytest.mark.parametrize("module", ["argparse", "cli.commands", "cli.scan", "rules.catalogue"])
def test_an_interrupt_during_an_import_is_one_line(module: str, template: str, root: Path) -> None:
    interrupting = (
        "import os, signal, sys, threading\n"
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"  # a shell's background job ignores it
        "class Interrupting:\n"
        "    def find_spec(self, name, *_):\n"
        f"        if name == {module!r}:\n"
        f"            os.kill(os.getpid(), {int(signal.SIGINT)})\n"
        "            threading.Event().wait(9)\n"
        f"sys.modules.pop({module!r}, None)\n"
        "from pillarwatch.command import main\n"
        "sys.meta_path.insert(0, Interrupting())\n"
        f"sys.exit(main(['scan', {template!r}]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", interrupting], cwd=root, capture_output=True, text=True, check=False, timeout=60
    )
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "pillarwatch: interrupted\n")


@pytest.mark.parametrize("command", ["scores", "recommendations", "preflight"])
@pytest.mark.parametrize("variable", ["AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"])
def test_an_aws_configuration_that_is_broken_is_one_line(
    command: str, variable: str, tmp_path: Path, root: Path
) -> None:
    broken = tmp_path / "config"
    broken.write_text("[broken\n=")
    line = one_error(shell(f"pillarwatch {command} --region eu-west-1", root, **{variable: str(broken)}))
    assert str(broken) in line
