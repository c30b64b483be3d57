#!/usr/bin/env bash
# Prints the version in Cargo.toml. `packages/version.sh TAG` fails unless TAG is `v` and it, and the change log has it.
set -euo pipefail
cd "$(dirname "$0")/.."
version=$(sed -n 's/^version = "\(.*\)"$/\1/p' Cargo.toml | head -n 1)
if [ $# -gt 0 ]; then
    [ "$1" = "v$version" ] || { echo "error: the tag is $1, and Cargo.toml has $version" >&2; exit 1; }
    grep -qF "## $version" CHANGELOG.md || { echo "error: CHANGELOG.md has no heading \`## $version\`" >&2; exit 1; }
fi
echo "$version"
