"""The command ``pillarwatch``. What it runs is imported late: an interrupt during an import is handled here too."""

import gc
import importlib
import sys

from pillarwatch.root import ROOT

# Nearly all that a command makes is used until it ends. Looking for unused cycles as often as Python does by default,
# after 700 new objects, takes a tenth of a scan's time.
NEW_OBJECTS = 50_000


def main(argv: list[str] | None = None) -> int:
    """Run a command; the process's exit code."""
    gc.set_threshold(NEW_OBJECTS)
    if str(ROOT) not in sys.path:
        sys.path.insert(0, str(ROOT))  # first, because its folders have common names
    try:
        # By its name: the domain, to which this file belongs, depends on no other folder.
        commands = importlib.import_module("cli.commands")
        return int(commands.run(sys.argv[1:] if argv is None else argv))
    except KeyboardInterrupt:
        if sys.stderr is not None:
            sys.stderr.write("pillarwatch: interrupted\n")
        return 130  # 128 + SIGINT, as shells report it
