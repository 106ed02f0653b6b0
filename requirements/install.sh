#!/bin/sh
# Makes .venv ready: every pin of this folder, by hash, then the project itself with its built console.
# Called by `make`, with the Python to use as the only argument. Needs nothing but that Python and the package registries.
set -eu

python=$1
venv=.venv

# A virtual environment outlives its Python badly: one whose interpreter is gone, or too old, is made anew.
if ! "$venv/bin/python" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' 2>/dev/null; then
  rm -rf "$venv"
  "$python" -m venv "$venv"
fi
"$venv/bin/pip" install --quiet --disable-pip-version-check --require-hashes -r requirements/uv.txt

# uv is ten times as fast as pip but reads no pip.conf: it is told which index this machine uses, for this run only.
index=${PIP_INDEX_URL:-$("$venv/bin/pip" config list | sed -n "s/^[a-z]*\.index-url='\(.*\)'\$/\1/p" | tail -n 1)}
[ -z "$index" ] || export UV_DEFAULT_INDEX="${UV_DEFAULT_INDEX:-$index}"
export UV_PYTHON_DOWNLOADS=never VIRTUAL_ENV="$PWD/$venv"
cache=$("$venv/bin/uv" cache dir)
mkdir -p "$cache"
# Hard links do not cross file systems; copying at once saves a warning for each package.
[ "$(stat -c %d "$cache" "$venv" 2>/dev/null | uniq | wc -l)" -le 1 ] || export UV_LINK_MODE=copy

"$venv/bin/uv" pip install --quiet --require-hashes -r requirements/dev.txt
# Reinstalled always: uv would take an unchanged version for an unchanged project, and the console would stay as it was.
"$venv/bin/uv" pip install --quiet --no-deps --no-build-isolation --reinstall -e guard -e .
