"""Mutation testing by a sample: change the code in one place, run its tests, and report what no test notices.

``make mutants SEED=1 N=60`` draws the same mutants for the same code. Cosmic Ray makes them; they are tested in copies
of the repository, as many at a time as there are processors. ``equivalent_mutants.toml`` lists the mutants that no test
can or should notice.

The exit code is 0 if every mutant that is not listed was killed; 1 if one survived, or a listed one was killed; 2 if
the list does not fit the code, or the tests fail without a mutation.
"""

from __future__ import annotations

import argparse
import ast
import difflib
import itertools
import os
import queue
import random
import resource
import shutil
import subprocess
import sys
import tempfile
import time
import tomllib
from collections import Counter
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from cosmic_ray.ast import ast_nodes, get_ast
from cosmic_ray.mutating import mutate_code
from cosmic_ray.plugins import get_operator, operator_names

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parent.parent
EQUIVALENT = Path(__file__).with_name("equivalent_mutants.toml")
SHARED = Path(os.environ.get("PILLARWATCH_SHARED", ROOT.parent / "shared"))
# The tests of a package, those first that are the fastest and notice most.
TESTS = {
    "pillarwatch": (
        "tests/pillarwatch",
        "tests/rules/checks/test_conversions.py",
        "tests/rules/checks/test_paths.py",
        "tests/rules/checks/test_annotations.py",
        "tests/rules/evaluator/test_change.py",
        "tests/rules/checks/test_all_checks.py",
        "tests/template_scan",
        *("-k", "not median_check_is_short"),
    ),
    "aggregator": (
        *(
            f"tests/aggregator/test_{name}.py"
            for name in ("open_causes", "incidents", "counting", "revisions", "crashes", "views", "states")
        ),
        "tests/aggregator/test_any_order.py::test_every_event_twice_in_any_order_and_any_batches_gives_the_same_store[0]",
        "tests/aggregator/test_alert_property.py::test_alerts_of_random_sequences_are_what_the_definition_says[0]",
        "tests/aggregator/test_table.py",
        *("-k", "not burst"),  # of 5,000 changes
    ),
}
SEQUENCES = "40"  # of which a part is played
NOT_COPIED = shutil.ignore_patterns(".*", "__pycache__")
UNCHANGED, LONGEST = 300, 1_800  # seconds of a processor for the tests of unchanged code; seconds for those of a mutant
SAME: dict[type[ast.cmpop], type[ast.cmpop]] = {ast.Eq: ast.Is, ast.NotEq: ast.IsNot}  # of types
CACHES = ("cache", "lru_cache", "cached_property")


class StaleEntry(Exception):
    """An entry of the list that fits no mutant of the code."""


class Change(NamedTuple):
    """What a mutant changes, as the list names it: lines without their indentation."""

    file: str
    line: str
    mutated: str


class Mutant(NamedTuple):
    """One change of the code."""

    path: str
    line: int
    column: int
    operator: str
    occurrence: int
    code: str  #: the file without the change

    def source(self) -> str:
        """The mutated file."""
        return str(mutate_code(self.code, get_operator(self.operator)(), self.occurrence))

    def change(self) -> Change:
        """What it changes, wherever the line is."""
        changed = list(difflib.unified_diff(self.code.splitlines(), self.source().splitlines(), n=0, lineterm=""))[3:]
        line, mutated = ("\n".join(line[1:].strip() for line in changed if line[0] == sign) for sign in "-+")
        return Change(self.path, line.strip(), mutated.strip())

    def __str__(self) -> str:
        """Where it is and what it changes."""
        _, line, mutated = self.change()
        return f"{self.path}:{self.line}: {self.operator}\n    line = {line!r}\n    mutated = {mutated!r}"


class Outcome(NamedTuple):
    """What the tests said of a mutant."""

    mutant: Mutant
    survived: bool
    seconds: float


def mutants(package: str) -> Iterator[Mutant]:
    """Every mutant of a package, in the order of the code."""
    for file in sorted((ROOT / package).glob("**/*.py")):
        yield from _of_file(file)


def _of_file(file: Path) -> Iterator[Mutant]:
    code = file.read_text(encoding="utf-8")
    tree = get_ast(code)
    for name in operator_names():
        if name != "core/NoOp" and not get_operator(name).arguments():
            operator = get_operator(name)()
            positions = (at for node in ast_nodes(tree) for at in operator.mutation_positions(node))
            for occurrence, ((line, column), _) in enumerate(positions):
                yield Mutant(str(file.relative_to(ROOT)), line, column, name, occurrence, code)


def equivalent() -> dict[Change, str]:
    """The mutants that no test can or should notice, and why: ``equivalent_mutants.toml``.

    Raises:
        StaleEntry: the code has no such mutant, or an entry gives no reason.
    """
    entries = tomllib.loads(EQUIVALENT.read_text(encoding="utf-8"))["mutant"]
    listed = {Change(entry["file"], entry["line"], entry["mutated"]): entry["why"] for entry in entries}
    for change, why in listed.items():
        file = ROOT / change.file
        lines = file.read_text(encoding="utf-8").splitlines() if file.is_file() else []
        places = {number for number, line in enumerate(lines, 1) if line.strip() == change.line.partition("\n")[0]}
        fitting = (mutant for mutant in (_of_file(file) if places else ()) if mutant.line in places)
        if not why or not any(mutant.change() == change for mutant in fitting):
            raise StaleEntry(f"{EQUIVALENT.name}: {change.file} has no mutant {change.mutated!r} of {change.line!r}")
    return listed


def drawn_from(packages: list[str], seed: int, number: int) -> list[Mutant]:
    """A sample of the mutants that can behave differently: one for each place in the code."""
    places: dict[tuple[str, int, int], list[Mutant]] = {}
    for mutant in itertools.chain.from_iterable(map(mutants, packages)):
        places.setdefault(mutant[:3], []).append(mutant)
    chance = random.Random(seed)  # noqa: S311 - no secret
    every = [chance.choice(alike) for alike in places.values()]
    chance.shuffle(every)
    different = (each for each in every if _behaviour(each.source()) not in {"", _behaviour(each.code)})
    return list(itertools.islice(different, number))


def _behaviour(code: str) -> str:
    """The syntax tree without what no test can notice; empty where it has none.

    That is: annotations and what only they need, decorators that remember results, and ``frozen`` and ``slots`` of a
    dataclass, for the type checker refuses an assignment to a frozen one. Types are equal where they are the same.
    """
    try:
        tree = ast.parse(code)
    except SyntaxError:
        return ""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            node.returns = None
            node.decorator_list = [each for each in node.decorator_list if not ast.unparse(each).startswith(CACHES)]
        elif isinstance(node, ast.Compare) and ast.unparse(node.left).startswith("type("):
            node.ops = [SAME.get(type(each), type(each))() for each in node.ops]
        elif isinstance(node, ast.ClassDef):
            for decorator in (each for each in node.decorator_list if isinstance(each, ast.Call)):
                decorator.keywords = [each for each in decorator.keywords if each.arg not in {"frozen", "slots"}]
        elif isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            node.test = ast.Constant("")
        elif isinstance(node, ast.arg):
            node.annotation = None
        elif isinstance(node, ast.AnnAssign):
            node.annotation = ast.Constant("")
    return ast.dump(tree)


def failure(copy: Path, package: str, most_seconds: int) -> str:
    """What the tests of a package print if they fail in a copy, or take too long; empty if they pass.

    Args:
        copy: of the repository.
        package: whose tests.
        most_seconds: of a processor, so that it does not matter what else the machine does.
    """
    limited = ("sh", "-c", f'ulimit -t {most_seconds}; exec "$@"', "sh")
    options = ("-x", "-n0", "-p", "no:cacheprovider", "--hypothesis-seed=0")
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1", "SEQUENCES": SEQUENCES}
    if SHARED.is_dir():
        environment["PILLARWATCH_SHARED"] = str(SHARED)
    try:
        run = subprocess.run(
            [*limited, sys.executable, "-m", "pytest", *options, *TESTS[package]],
            cwd=copy,
            env=environment,
            capture_output=True,
            text=True,
            timeout=LONGEST,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return f"more than {LONGEST} seconds"
    return f"{run.stdout}{run.stderr}exit code {run.returncode}" if run.returncode else ""


def _spent() -> float:
    """Seconds of a processor that processes have taken that this one has started and that have ended."""
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime


def outcome(mutant: Mutant, copies: queue.Queue[Path], most_seconds: int) -> Outcome:
    """Test a mutant in a copy that nobody uses."""
    copy, began = copies.get(), time.monotonic()
    file = copy / mutant.path
    try:
        file.write_text(mutant.source(), encoding="utf-8")
        survived = not failure(copy, Path(mutant.path).parts[0], most_seconds)
    finally:
        file.write_text(mutant.code, encoding="utf-8")
        copies.put(copy)
    return Outcome(mutant, survived, time.monotonic() - began)


def main() -> int:
    """Draw, test and report; the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, default=1, help="of the sample; the same seed draws the same mutants")
    parser.add_argument("-n", type=int, default=60, help="how many mutants are tested")
    parser.add_argument("-j", type=int, default=os.cpu_count(), help="how many at a time")
    parser.add_argument("--package", action="append", choices=list(TESTS), help="one of them only; can be repeated")
    arguments = parser.parse_args()
    packages = arguments.package or list(TESTS)
    try:
        listed = equivalent()
    except StaleEntry as error:
        print(error, file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory() as folder:
        copies: queue.Queue[Path] = queue.Queue()
        for number in range(arguments.j):
            copies.put(Path(shutil.copytree(ROOT, Path(folder, str(number), "repository"), ignore=NOT_COPIED)))
        drawn = drawn_from(packages, arguments.seed, arguments.n)
        print(f"{len(drawn)} mutants of {' and '.join(packages)}, seed {arguments.seed}", flush=True)
        limits = {}
        for package in packages:
            began = _spent()
            if found := failure(copies.queue[0], package, UNCHANGED):
                print(f"{found}\nthe tests of {package} fail without a mutation", file=sys.stderr)
                return 2
            limits[package] = 10 + round(3 * (_spent() - began))
            print(f"the tests of {package} take {_spent() - began:.0f} s of a processor", flush=True)
        words, wrong = Counter[str](), 0
        with ThreadPoolExecutor(arguments.j) as pool:
            waiting = [pool.submit(outcome, mutant, copies, limits[Path(mutant.path).parts[0]]) for mutant in drawn]
            for number, future in enumerate(as_completed(waiting), 1):
                mutant, survived, seconds = future.result()
                place = f"{mutant.path}:{mutant.line}"
                is_listed = mutant.change() in listed
                word = ("equivalent" if is_listed else "survived") if survived else "killed"
                print(f"{number}/{len(drawn)} {word} {place} {seconds:.0f} s", flush=True)
                if word == "survived" or (is_listed and not survived):
                    print(mutant, flush=True)
                words[word] += 1
                wrong += is_listed and not survived
    print(
        f"seed {arguments.seed}:", ", ".join(f"{words[word]} {word}" for word in ("killed", "equivalent", "survived"))
    )
    if wrong:
        print(f"{wrong} of the killed are listed as equivalent in {EQUIVALENT.name}")
    return 1 if words["survived"] or wrong else 0


if __name__ == "__main__":
    sys.exit(main())
