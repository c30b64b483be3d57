#!/usr/bin/env bash
# Makes the packages of a release of the program that is built already, and uses them as people do. Usage:
# `tests/packages/check.sh PROGRAM`. Needs node and npm; reads Homebrew's formula with ruby where there is one.
set -euo pipefail
cd "$(dirname "$0")/../.."
root=$PWD
program=$(cd "$(dirname "$1")" && pwd)/$(basename "$1")
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
expect() { [ "$1" = "$2" ] || { printf 'error: %s\n  expected: %s\n  got: %s\n' "$3" "$2" "$1" >&2; exit 1; }; }
fails() { if "$@" >"$folder/said" 2>&1; then echo "error: $* succeeded" >&2; exit 1; fi; }

version=$(packages/version.sh)
expect "keylint $version" "$("$program" --version)" 'version'
fails packages/version.sh v0.0.0
fails packages/version.sh "$version"

# The archive: what is needed at its top, twice the same, with a checksum that others check.
target=x86_64-unknown-linux-musl
archive=$(packages/archive.sh "$program" "$target" "$folder/archives")
expect "$archive" "$folder/archives/keylint-$version-$target.tar.gz" 'name of the archive'
(cd "$folder/archives" && sha256sum --check --quiet "$(basename "$archive").sha256")
first=$(sha256sum <"$archive")
sleep 1
packages/archive.sh "$program" "$target" "$folder/archives" >/dev/null
expect "$(sha256sum <"$archive")" "$first" 'the same content gives the same archive'
mkdir "$folder/unpacked"
tar -xzf "$archive" -C "$folder/unpacked"
expect "$("$folder/unpacked/keylint" --version)" "keylint $version" 'version of the archive'
for file in README.md CHANGELOG.md LICENSE-MIT LICENSE-APACHE keylint.1 completions/keylint.bash completions/_keylint completions/keylint.fish; do
    cmp "$folder/unpacked/$file" "$(case $file in keylint.1 | completions/*) echo assets/ ;; esac)$file"
done
expect "$(tar -tzf "$archive" | grep -c '^\./keylint$')" 1 'where other packages and cargo-binstall look for the program'

# The notes of a release come from its commit and its files, so that they are always the same; nothing is made up for a version
# that the change log does not have.
git clone --quiet . "$folder/source"
notes=$folder/source/packages/notes.sh
sed -i 's/^## .*/## 0.0.0/' "$folder/source/CHANGELOG.md"
fails "$notes" "$archive"
sed -i "s/^## .*/## $version - a day/" "$folder/source/CHANGELOG.md"
"$notes" README.md "$archive" >"$folder/notes"
"$notes" "$archive" README.md | cmp - "$folder/notes"
expect "$(sed -n 1p "$folder/notes")" '### Added' 'what changed stands first'
grep -qxF -- "- commit $(git rev-parse HEAD)" "$folder/notes"
expect "$(tail -n 2 "$folder/notes")" "| README.md | $(sha256sum <README.md | cut -d ' ' -f 1) |
| $(basename "$archive") | ${first%% *} |" 'digests of the files'

# What cargo-binstall makes of Cargo.toml is the archive's name.
url=$(sed -n '/^\[package.metadata.binstall\]/,/^$/s/^pkg-url = "\(.*\)"$/\1/p' Cargo.toml)
url=${url//'{ version }'/$version} url=${url//'{ target }'/$target}
expect "$url" "{ repo }/releases/download/v$version/$(basename "$archive")" 'address for cargo-binstall'

# npm, without a registry: the program of this machine alone is there.
node packages/npm/build.mjs "$folder/archives" "$folder/npm"
mkdir "$folder/tarballs" "$folder/project"
for package in "$folder"/npm/*; do
    (cd "$package" && npm pack --silent --pack-destination "$folder/tarballs" >/dev/null)
done
expect "$(cd "$folder/tarballs" && echo *)" "keylint-$version.tgz keylint-linux-x64-$version.tgz" 'npm packages'
if [ "$(uname -sm)" = 'Linux x86_64' ]; then
    cd "$folder/project"
    npm init --yes >/dev/null
    npm install --offline --no-audit --no-fund --silent --omit=optional "$folder/tarballs/keylint-linux-x64-$version.tgz" \
        "$folder/tarballs/keylint-$version.tgz"
    expect "$(npx --no-install keylint --version)" "keylint $version" 'version of the npm package'
    git init --quiet .
    mkdir .claude
    printf '{ // dropped\n}\n' >.claude/settings.json
    code=0
    npx --no-install keylint lint --format concise . >"$folder/said" || code=$?
    expect "$code" 1 'exit code of findings through npm'
    grep -q 'settings-dropped' "$folder/said"
    code=0
    npx --no-install keylint --no-such-option >/dev/null 2>&1 || code=$?
    expect "$code" 2 'exit code of bad usage through npm'
    rm -rf node_modules/keylint-linux-x64
    code=0
    npx --no-install keylint --version 2>"$folder/said" || code=$?
    expect "$code" 2 'exit code without a program'
    grep -q 'the package keylint-linux-x64 is not installed' "$folder/said"
    cd "$root"
fi
: >"$folder/archives/keylint-$version-riscv64.tar.gz"
fails node packages/npm/build.mjs "$folder/archives" "$folder/npm"
rm "$folder/archives/keylint-$version-riscv64.tar.gz"

# The formula: every address and sum filled in.
fails packages/homebrew/build.sh OWNER/keylint "$folder/archives"
for other in aarch64-unknown-linux-musl x86_64-apple-darwin aarch64-apple-darwin; do
    packages/archive.sh "$program" "$other" "$folder/archives" >/dev/null
done
packages/homebrew/build.sh somebody/keylint "$folder/archives" >"$folder/keylint.rb"
expect "$(grep -c "releases/download/v$version/keylint-$version-" "$folder/keylint.rb")" 4 'addresses of the formula'
expect "$(grep -cE 'sha256 "[0-9a-f]{64}"' "$folder/keylint.rb")" 4 'sums of the formula'
fails grep -E 'OWNER|VERSION|SHA256-OF' "$folder/keylint.rb"
if command -v ruby >/dev/null; then ruby -c "$folder/keylint.rb" >/dev/null; else echo 'skipped: ruby is missing'; fi
printf 'archive %s bytes\n' "$(wc -c <"$archive")"
