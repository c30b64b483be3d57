#!/usr/bin/env bash
# Builds the wheel and the source distribution, and uses both as people do: in an empty virtual environment, and as a hook
# of pre-commit with `language: python`. Needs maturin and pre-commit (tests/oracles/install.sh), and Python's registry.
set -euo pipefail
cd "$(dirname "$0")/../.."

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
export PRE_COMMIT_HOME=$folder/pre-commit GIT_CONFIG_NOSYSTEM=1 GIT_CONFIG_GLOBAL=/dev/null
dist=$folder/dist
version=$(packages/version.sh)
expect() { [ "$1" = "$2" ] || { printf 'error: %s\n  expected: %s\n  got: %s\n' "$3" "$2" "$1" >&2; exit 1; }; }

host=$(rustc -vV | sed -n 's/^host: //p')
packages/reproducibly.sh maturin build --quiet --release --locked --target "$host" --out "$dist"
maturin sdist --out "$dist"
wheel=$(echo "$dist"/keylint-"$version"-py3-none-*.whl)
sdist=$dist/keylint-$version.tar.gz
expect "$(ls "$dist" | wc -l)" 2 'one wheel, one source distribution'
for page in rules/*.md pyproject.toml LICENSE-MIT LICENSE-APACHE; do
    tar -tf "$sdist" "keylint-$version/$page" >/dev/null
done

# The source distribution builds, and its wheel has the same files.
python3 -m venv "$folder/source"
"$folder/source/bin/pip" install --quiet --disable-pip-version-check maturin
CARGO_TARGET_DIR=${CARGO_TARGET_DIR:-$PWD/target} "$folder/source/bin/pip" wheel --quiet --disable-pip-version-check \
    --no-build-isolation --no-deps --wheel-dir "$folder/built" "$sdist"
names() { python3 -c 'import sys, zipfile; print(sorted(zipfile.ZipFile(sys.argv[1]).namelist()))' "$1"; }
expect "$(names "$folder"/built/*.whl)" "$(names "$wheel")" 'files of the wheel that the source distribution makes'

# An empty virtual environment, without a registry.
python3 -m venv "$folder/empty"
"$folder/empty/bin/pip" install --quiet --disable-pip-version-check --no-index "$wheel"
keylint=$folder/empty/bin/keylint
# Not another one than in the archives: what was compiled is taken as it is.
cmp "$keylint" "$(packages/build.sh "$host")"
expect "$("$keylint" --version)" "keylint $version" 'version'
expect "$("$folder/empty/bin/pip" show keylint | sed -n 's/^Summary: //p')" \
    "$(sed -n 's/^description = "\(.*\)"/\1/p' Cargo.toml)" 'description'

# A hook that nobody compiles: README.md, "As a hook".
git init --quiet --initial-branch main "$folder/work"
cd "$folder/work"
git config user.name a
git config user.email a@example.com
cat >.pre-commit-config.yaml <<HOOK
repos:
- repo: local
  hooks:
  - id: keylint
    name: keylint
    language: python
    additional_dependencies: ['$wheel']
    entry: keylint lint --pre-commit
    args: [--]
    types: []
    types_or: [file, symlink]
    require_serial: true
HOOK
pre-commit install >/dev/null
git add .
git commit --quiet --message fine >"$folder/said" 2>&1 || { cat "$folder/said" >&2; exit 1; }
printf 'TOKEN = sk-ant-%s-%sAA\n' api03 "$(python3 -c 'import secrets; print(secrets.token_hex(47)[:93])')" >a.py
git add .
if git commit --quiet --message leak >"$folder/said" 2>&1 || ! grep -q 'a.py:1:9' "$folder/said"; then
    echo 'error: the hook let a token through' >&2
    cat "$folder/said" >&2
    exit 1
fi
printf 'wheel %s bytes, source distribution %s bytes\n' "$(wc -c <"$wheel")" "$(wc -c <"$sdist")"
