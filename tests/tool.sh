#!/usr/bin/env bash
# Installs a program of crates.io below target/tools, unless it is there: `tests/tool.sh NAME VERSION` prints its path.
set -euo pipefail
[ $# = 2 ] || { echo "usage: $0 NAME VERSION" >&2; exit 2; }
cd "$(dirname "$0")/.."
name=$1 version=$2
root=$PWD/target/tools/$name-$version
if [ ! -x "$root/bin/$name" ]; then
    # Not with the flags, nor in the folder, of what is being built here.
    env -u RUSTFLAGS -u CARGO_TARGET_DIR cargo install --quiet --locked --root "$root" --version "=$version" "$name" >&2
fi
echo "$root/bin/$name"
