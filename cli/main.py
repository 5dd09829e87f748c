"""The entry point of ``pillarwatch``. It imports nothing itself: an interrupt during an import is handled here too."""

import sys


def main(argv: list[str] | None = None) -> int:
    """Run a command; the process's exit code."""
    try:
        from cli.commands import run  # noqa: PLC0415 - inside the try

        return run(sys.argv[1:] if argv is None else argv)
    except KeyboardInterrupt:
        if sys.stderr is not None:
            sys.stderr.write("pillarwatch: interrupted\n")
        return 130  # 128 + SIGINT, as shells report it


if __name__ == "__main__":
    sys.exit(main())
