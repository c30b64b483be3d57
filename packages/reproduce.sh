#!/usr/bin/env bash
# Builds the current commit twice, in different folders and with different homes of cargo, and compares the programs:
# `packages/reproduce.sh [TARGET]`, by default for this machine. With a program as the second argument, it is compared as well.
set -euo pipefail
cd "$(dirname "$0")/.."
target=${1:-$(rustc -vV | sed -n 's/^host: //p')}
registry=${CARGO_HOME:-$HOME/.cargo}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
for name in one another-folder; do
    git clone --quiet . "$folder/$name/keylint"
    mkdir "$folder/$name/home"
    # What was downloaded already, seen from another place.
    for part in registry config.toml; do
        if [ -e "$registry/$part" ]; then ln -s "$registry/$part" "$folder/$name/home/$part"; fi
    done
    (cd "$folder/$name/keylint" && env -u CARGO_TARGET_DIR CARGO_HOME="$folder/$name/home" packages/build.sh "$target" >"$folder/$name/place")
    cp "$folder/$name/keylint/$(cat "$folder/$name/place")" "$folder/$name/program"
    rm -rf "$folder/$name/keylint"
done
for program in "$folder/another-folder/program" ${2:+"$2"}; do
    cmp "$folder/one/program" "$program" || { echo "error: two builds of one commit differ" >&2; exit 1; }
done
echo "$(git rev-parse HEAD) for $target: $(packages/digest.sh "$folder/one/program"), twice"
