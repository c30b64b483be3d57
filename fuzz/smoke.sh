#!/usr/bin/env bash
# What CI does with the fuzz targets: builds them, runs each for some seconds from its seeds, and counts instructions for
# hostile texts. Fails on any crash. fuzz/smoke.sh [SECONDS]
set -euo pipefail
cd "$(dirname "$0")/.."

cargo fmt --check --manifest-path fuzz/Cargo.toml
FUZZ_KEEP=$(mktemp -d)
export FUZZ_KEEP
trap 'rm -rf "$FUZZ_KEEP"' EXIT
if ! fuzz/run.sh all "${1:-4}"; then
    # What crashed goes with the folder.
    for crash in "$FUZZ_KEEP"/crashes/*/*; do
        [ -f "$crash" ] && { echo "$crash"; base64 "$crash"; } >&2
    done
    exit 1
fi
# Each seed cut, and with another character, at each place.
cargo run --locked --quiet --release --manifest-path fuzz/Cargo.toml --target-dir target/fuzz --example edges -- "$FUZZ_KEEP/seeds"
cargo test --locked --quiet --lib --manifest-path fuzz/Cargo.toml --target-dir target/fuzz
