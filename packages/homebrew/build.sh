#!/usr/bin/env bash
# Prints the Homebrew formula of a release: `packages/homebrew/build.sh OWNER/keylint ARCHIVES`.
set -euo pipefail
[ $# = 2 ] || { echo "usage: $0 OWNER/keylint ARCHIVES" >&2; exit 2; }
repository=$1 archives=$2
here=$(dirname "$0")
version=$("$here/../version.sh")

formula=$(cat "$here/keylint.rb")
for target in x86_64-unknown-linux-musl aarch64-unknown-linux-musl x86_64-apple-darwin aarch64-apple-darwin; do
    sum=$(cut -d ' ' -f 1 "$archives/keylint-$version-$target.tar.gz.sha256")
    formula=${formula//"SHA256-OF-$target"/$sum}
done
formula=${formula//OWNER\/keylint/$repository}
printf '%s\n' "${formula//VERSION/$version}"
