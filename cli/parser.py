"""The parser of the arguments: what is wrong with them is one line that names the way out."""

from __future__ import annotations

import argparse
import re
from typing import TYPE_CHECKING, NoReturn

from pillarwatch.errors import UserError, nearest

if TYPE_CHECKING:
    from collections.abc import Sequence


class WrongArguments(UserError):
    """The arguments of a command cannot be used."""


class Parser(argparse.ArgumentParser):
    """An argument parser that raises instead of printing its usage, so that every wrong input is one line."""

    def error(self, message: str) -> NoReturn:
        """Refuse the arguments.

        Raises:
            WrongArguments: always.
        """
        raise WrongArguments(f"{message}; `{self.prog} --help` explains the arguments")

    def refuse(self, unknown: Sequence[str]) -> NoReturn:
        """Refuse arguments that this parser does not have, with the nearest option that it has.

        Raises:
            WrongArguments: always.
        """
        name = unknown[0].partition("=")[0]
        options = re.findall(r"(?<![\w-])--[\w-]+", self.format_usage())
        hint = nearest(name, options, f"`{self.prog} --help` lists the arguments")
        raise WrongArguments(f"there is no argument {unknown[0]!r}; {hint}")
