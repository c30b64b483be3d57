#!/usr/bin/env bash
# Looks at the crates that keylint is built of: licences, sources and doubles (deny.toml), and that each version is one that
# somebody has decided about (supply-chain/). With --advisories, also for known vulnerabilities, whose list is fetched.
set -euo pipefail
cd "$(dirname "$0")/../.."
deny=$(tests/tool.sh cargo-deny 0.20.2)
PATH=$(dirname "$(tests/tool.sh cargo-vet 0.10.3)"):$PATH
checks=(bans licenses sources)
case "${1:-}" in
    '') ;;
    --advisories) checks+=(advisories) ;;
    *) echo "usage: $0 [--advisories]" >&2; exit 2 ;;
esac
"$deny" --locked check "${checks[@]}"
cargo vet --locked --frozen

# The checks can fail: another licence, a crate twice, a version that nobody has decided about.
copy=$(mktemp -d)
trap 'rm -rf "$copy"' EXIT
fails() {
    local what=$1 file=$2 change=$3
    shift 3
    rm -rf "$copy/keylint"
    git clone --quiet . "$copy/keylint"
    cp -R deny.toml supply-chain Cargo.toml Cargo.lock "$copy/keylint"
    sed -i "$change" "$copy/keylint/$file"
    if git diff --no-index --quiet "$file" "$copy/keylint/$file"; then
        echo "error: nothing was changed to try $what" >&2
        exit 1
    fi
    if (cd "$copy/keylint" && "$@") >"$copy/said" 2>&1; then
        echo "error: $what passes" >&2
        exit 1
    fi
}
fails 'a licence that is not allowed' deny.toml 's/"Unicode-3.0"/"ISC"/' "$deny" --locked check licenses
fails 'a crate that is denied' deny.toml 's/{ crate = "git2" }/{ crate = "memchr" }/' "$deny" --locked check bans
fails 'a version that nobody has decided about' supply-chain/config.toml '/^\[\[exemptions.memchr\]\]/,/^$/d' cargo vet --locked --frozen
