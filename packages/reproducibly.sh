#!/usr/bin/env bash
# Runs a command that builds the program of a release, so that the same commit and the same compiler give the same bytes
# wherever that is: `packages/reproducibly.sh COMMAND…`.
set -euo pipefail
[ $# -gt 0 ] || { echo "usage: $0 COMMAND…" >&2; exit 2; }
cd "$(dirname "$0")/.."
here=$PWD home=${CARGO_HOME:-$HOME/.cargo}
if command -v cygpath >/dev/null; then here=$(cygpath -w "$here") home=$(cygpath -w "$home"); fi
# Panics name source files, and these lie elsewhere on every machine.
export CARGO_ENCODED_RUSTFLAGS="--remap-path-prefix=$home=cargo"$'\x1f'"--remap-path-prefix=$here=keylint" CARGO_INCREMENTAL=0
exec "$@"
