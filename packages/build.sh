#!/usr/bin/env bash
# Builds the program as a release has it: `packages/build.sh TARGET` prints where it is.
set -euo pipefail
[ $# = 1 ] || { echo "usage: $0 TARGET" >&2; exit 2; }
cd "$(dirname "$0")/.."
packages/reproducibly.sh cargo build --release --locked --quiet --target "$1"
program=${CARGO_TARGET_DIR:-target}/$1/release/keylint
if [ -e "$program.exe" ]; then program=$program.exe; fi
echo "$program"
