"""The entry point of ``pillarwatch``. It imports nothing itself: an interrupt during an import is handled here too."""

import gc
import sys

# Nearly all that a command makes is used until it ends. Looking for unused cycles as often as Python does by default,
# after 700 new objects, takes a tenth of a scan's time.
NEW_OBJECTS = 50_000


def main(argv: list[str] | None = None) -> int:
    """Run a command; the process's exit code."""
    gc.set_threshold(NEW_OBJECTS)
    try:
        from cli.commands import run  # noqa: PLC0415 - inside the try

        return run(sys.argv[1:] if argv is None else argv)
    except KeyboardInterrupt:
        if sys.stderr is not None:
            sys.stderr.write("pillarwatch: interrupted\n")
        return 130  # 128 + SIGINT, as shells report it


if __name__ == "__main__":
    sys.exit(main())
