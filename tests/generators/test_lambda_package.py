"""The Lambda packages hold bytecode that Lambda loads: that of the functions' runtime, for every source, or none."""

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import pytest

from generators.lambda_package import BrokenPackage, check_bytecode, compile_bytecode
from generators.runtime_python import NAMED, WrongPython, find_python, runtime

THIS = Path(sys.executable)
NAME = f"python{sys.version_info[0]}.{sys.version_info[1]}"
SOURCE = 'KINDS = {"queue", "topic", "table"}\n\n\ndef fail():\n    return 1 / (KINDS == {"queue", "topic", "table"})\n'


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """A package of two sources, without bytecode."""
    (tmp_path / "package" / "inner").mkdir(parents=True)
    for name in ("handler.py", "inner/__init__.py"):
        (tmp_path / "package" / name).write_text(SOURCE)
    return tmp_path / "package"


def bytecode_of(source: Path) -> Path:
    return Path(importlib.util.cache_from_source(str(source)))


def program(folder: Path, name: str, script: str) -> Path:
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(f"#!/bin/sh\n{script}\n")
    (folder / name).chmod(0o755)
    return folder / name


def test_runtime_is_that_of_the_template() -> None:
    assert runtime() == "python3.13"


def test_compiled_package_passes(package: Path) -> None:
    compile_bytecode(package, THIS)
    check_bytecode(package, THIS)


def test_bytecode_is_loaded_whatever_time_its_source_has(package: Path) -> None:
    compile_bytecode(package, THIS)
    source = package / "handler.py"
    source.write_text(SOURCE.replace("1 /", "2 /"))  # would be compiled anew if anything was compared
    os.utime(source, (0, 0))

    loaded = "import sys; sys.path.insert(0, sys.argv[1]); import handler; print(handler.fail())"
    done = subprocess.run([THIS, "-B", "-c", loaded, package], capture_output=True, text=True, check=True)

    assert done.stdout == "1.0\n"


def test_bytecode_names_the_files_where_lambda_has_them(package: Path) -> None:
    compile_bytecode(package, THIS)
    assert b"/var/task/handler.py" in bytecode_of(package / "handler.py").read_bytes()


def test_the_same_sources_give_the_same_bytecode(package: Path) -> None:
    compile_bytecode(package, THIS)
    first = bytecode_of(package / "handler.py").read_bytes()
    bytecode_of(package / "handler.py").unlink()

    compile_bytecode(package, THIS)

    assert bytecode_of(package / "handler.py").read_bytes() == first


def test_source_that_cannot_be_compiled_is_named(package: Path) -> None:
    (package / "handler.py").write_text("def :\n")
    with pytest.raises(BrokenPackage, match=r"handler\.py"):
        compile_bytecode(package, THIS)


def test_missing_bytecode_is_refused(package: Path) -> None:
    compile_bytecode(package, THIS)
    bytecode_of(package / "inner/__init__.py").unlink()
    with pytest.raises(BrokenPackage, match=r"inner/__pycache__/.* is missing"):
        check_bytecode(package, THIS)


def test_bytecode_of_another_python_is_refused(package: Path) -> None:
    compile_bytecode(package, THIS)
    path = bytecode_of(package / "handler.py")
    content = bytearray(path.read_bytes())
    content[0] ^= 1  # the version's number
    path.write_bytes(content)
    with pytest.raises(BrokenPackage, match="is of another Python"):
        check_bytecode(package, THIS)


def test_bytecode_with_another_pythons_name_is_refused(package: Path) -> None:
    compile_bytecode(package, THIS)
    (package / "__pycache__/handler.cpython-38.pyc").write_bytes(b"")
    with pytest.raises(BrokenPackage, match="has no source, or is of another Python"):
        check_bytecode(package, THIS)


def test_bytecode_of_another_source_is_refused(package: Path) -> None:
    compile_bytecode(package, THIS)
    (package / "handler.py").write_text("KINDS = {}\n")
    with pytest.raises(BrokenPackage, match="of another Python or source"):
        check_bytecode(package, THIS)


def test_bytecode_that_is_compared_with_its_sources_time_is_refused(package: Path) -> None:
    subprocess.run([THIS, "-m", "compileall", "-q", "--invalidation-mode", "timestamp", package], check=True)
    with pytest.raises(BrokenPackage, match="compared with its source's time"):
        check_bytecode(package, THIS)


def test_without_the_runtimes_python_sources_alone_are_right(package: Path) -> None:
    check_bytecode(package, None)
    compile_bytecode(package, THIS)
    with pytest.raises(BrokenPackage, match=f"cannot be checked without {runtime()}"):
        check_bytecode(package, None)


def test_programs_that_do_not_run_or_have_another_version_are_skipped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shim = program(tmp_path / "shims", NAME, "echo command not found >&2; exit 127")
    other = program(tmp_path / "other", NAME, "echo python3.8 final")
    unreleased = program(tmp_path / "unreleased", NAME, f"echo {NAME} candidate")
    right = program(tmp_path / "right", NAME, f"echo {NAME} final")
    monkeypatch.delenv(NAMED, raising=False)

    monkeypatch.setenv("PATH", ":".join(str(each.parent) for each in (shim, other, unreleased, right)))
    assert find_python(NAME) == right
    monkeypatch.setenv("PATH", ":".join(str(each.parent) for each in (shim, other, unreleased)))
    assert find_python(NAME) is None


def test_version_that_pyenv_has_installed_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    installed = program(tmp_path / "versions", NAME, f"echo {NAME} final")
    program(tmp_path / "shims", NAME, "exit 127")
    program(tmp_path / "shims", "pyenv", f'[ "$*" = "whence --path {NAME}" ] && echo {installed}')
    monkeypatch.delenv(NAMED, raising=False)
    monkeypatch.setenv("PATH", str(tmp_path / "shims"))

    assert find_python(NAME) == installed


def test_python_that_the_environment_names_comes_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    named = program(tmp_path / "named", "my-python", f"echo {NAME} final")
    program(tmp_path / "path", NAME, f"echo {NAME} final")
    monkeypatch.setenv("PATH", str(tmp_path / "path"))
    monkeypatch.setenv(NAMED, str(named))

    assert find_python(NAME) == named


def test_wrong_python_in_the_environment_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(NAMED, str(tmp_path / "missing"))
    with pytest.raises(WrongPython, match=f"{NAMED} is .*missing, which is not {NAME}"):
        find_python(NAME)
