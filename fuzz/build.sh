#!/usr/bin/env bash
# Builds the fuzz targets with the stable toolchain: fuzz/build.sh
#
# As `cargo fuzz build --sanitizer none --no-trace-compares` does, without debug information and without cargo-fuzz: what
# that adds on a stable toolchain are these flags. The library forbids unsafe code, so that a sanitizer would have little to
# find; to trace comparisons takes half of the time, and dictionaries have the words.
set -euo pipefail
cd "$(dirname "$0")/.."

host=$(rustc -vV | sed -n 's/^host: //p')
flags='-Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 -Cllvm-args=-sanitizer-coverage-inline-8bit-counters
-Cllvm-args=-sanitizer-coverage-pc-table'
RUSTFLAGS=$(echo $flags) cargo build --locked --release --quiet --bins \
    --manifest-path fuzz/Cargo.toml --target "$host" --target-dir target/fuzz

mkdir -p target/fuzz/built target/fuzz/words target/fuzz/nothing
for path in fuzz/fuzz_targets/*.rs; do
    target=$(basename "$path" .rs)
    ln -f "target/fuzz/$host/release/$target" "target/fuzz/built/$target"
    cat fuzz/dictionaries/common.dict "fuzz/dictionaries/$target.dict" >"target/fuzz/words/$target.dict"
done
