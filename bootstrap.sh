#!/bin/sh
# Builds the virtual environment from the lock file. Needs a Python of at least 3.11 and a package index, nothing else.
set -eu
venv=$1

# A version manager's shim may stand in the path for a Python that is not there, so each candidate has to run.
for candidate in python3.13 python3.12 python3.11 python3 python; do
    if "$candidate" -c 'import sys, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
        python=$candidate
        break
    fi
done
if [ -z "${python:-}" ]; then
    echo "pillarwatch needs Python 3.11 or newer with its venv module, and found none in the path." >&2
    echo "Install one (Debian: apt-get install python3 python3-venv), then run make again." >&2
    exit 1
fi

if [ ! -x "$venv/bin/uv" ]; then
    echo "Setting up $venv with $("$python" --version)..."
    rm -rf "$venv"
    "$python" -m venv "$venv"
    uv=$(sed -n '/^name = "uv"$/{n;s/version = "\(.*\)"/\1/p;}' uv.lock)
    "$venv/bin/pip" install --quiet --disable-pip-version-check "uv==$uv"
fi
"$venv/bin/uv" sync --locked --quiet --project . --python "$venv/bin/python"
"$venv/bin/python" -m compileall -q "$venv/lib" >/dev/null 2>&1 || true # start-up is slow without
