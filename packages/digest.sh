#!/usr/bin/env bash
# Prints the SHA-256 of a file: `packages/digest.sh FILE`. Linux and macOS have different programs for it.
set -euo pipefail
[ $# = 1 ] || { echo "usage: $0 FILE" >&2; exit 2; }
if command -v sha256sum >/dev/null; then sha256sum <"$1"; else shasum -a 256 <"$1"; fi | cut -d ' ' -f 1
