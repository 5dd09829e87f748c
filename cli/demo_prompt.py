"""A prompt for the commands that read a deployment: the demo's, whose account ends with it."""

from __future__ import annotations

import shlex
import sys
from contextlib import suppress
from typing import TYPE_CHECKING

from cli import commands
from cli.output import complain, say

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

OFFERED = ("scores", "findings", "explain", "diff", "incidents", "recommendations", "waivers", "review")
PROMPT = "pillarwatch> "


def prompt(lines: Iterable[str], deployment: Sequence[str]) -> None:
    """Run the commands of lines until one says ``exit``. A wrong command is one line, and the next can be right.

    Args:
        lines: each a command with its arguments; ``pillarwatch`` before it is ignored.
        deployment: the arguments that name the deployment.
    """
    for line in lines:
        try:
            words = shlex.split(line)
        except ValueError as error:
            complain(f"pillarwatch: {line}: {error}")
            continue
        if words[:1] == ["pillarwatch"]:
            words = words[1:]
        if words[:1] == ["exit"]:
            return
        if words[:1] == ["help"]:
            say(_help())
        elif words and words[0] not in OFFERED:
            complain(f"pillarwatch: {words[0]!r} does not read this deployment; `help` lists what does, `exit` ends")
        elif words:
            with suppress(SystemExit):  # argparse has printed what is wrong, or the help
                commands.run([*words, *deployment])
            say()


def typed() -> Iterator[str]:
    """The lines of standard input; a prompt before each where a person types them."""
    while True:
        if sys.stdin.isatty():
            say(PROMPT, end="")
        line = sys.stdin.readline()
        if not line:
            return
        yield line


def _help() -> str:
    lines = [f"  {name:16} {commands.COMMANDS[name].summary}" for name in OFFERED]
    return "\n".join([*lines, "Each has --help, e.g. findings --help. `exit` ends."])
