#!/usr/bin/env bash
# Hold the recording against the real client, and the prediction against random scenarios that nobody has looked at.
# Usage: check.sh       Exit: 0 all agree, or skipped with a message; else something differs or could not be checked.
#   KEYLINT_CLIENT=<program>   the client to run; without it npm installs the recorded version below target/
#   KEYLINT_SEED=<number>      the random scenarios of an earlier run; without it the time is the seed
#   KEYLINT_CLIENT_SECONDS=30  when a start of the client counts as hanging
#   KEYLINT_REQUIRE_TOOLS=1 or CI=true: what is missing is a failure
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
# shellcheck source=check_common.sh
source "$here/check_common.sh"

random_count=40
seed=${KEYLINT_SEED:-$(date +%s)}
version=$(sed -n '1s/^{"client": "\([^"]*\)".*/\1/p' "$here/observed.jsonl")

# Print the program of the recorded version. Nothing of the package is run by npm: the program is in a package of its own
# for each kind of processor and C library, of which npm takes those that fit.
installed_client() {
    local folder=${CARGO_TARGET_DIR:-$root/target}/conformance/claude-code-$version
    if [[ ! -e $folder/installed ]]; then
        mkdir -p "$folder"
        limit 300 npm install --prefix "$folder" --silent --no-audit --no-fund --ignore-scripts \
            "@anthropic-ai/claude-code@$version" >&2 || return
        touch "$folder/installed"
    fi
    local program
    for program in "$folder"/node_modules/@anthropic-ai/claude-code-linux-*/claude; do
        if [[ -x $program && ($program != *-musl/* || -e /lib/ld-musl-$(uname -m).so.1) ]]; then
            echo "$program"
            return
        fi
    done
    return 1
}

for tool in python3 openssl git cargo; do
    command -v "$tool" >/dev/null || unavailable "$tool is not installed"
done
client=${KEYLINT_CLIENT:-}
if [[ -n $client ]]; then
    [[ -x $client ]] || unavailable "there is no client at $client"
else
    command -v npm >/dev/null || unavailable "npm is not installed"
    client=$(installed_client) || unavailable "npm could not install Claude Code $version"
fi

run=$(mktemp -d)
export TMPDIR=$run # of the clients, too: nothing stays behind when one is stopped
mkdir "$run/sample" "$run/again" "$run/random"
failed() {
    echo "error: $1" >&2
    echo "  the scenarios and observations are in $run" >&2
    exit 1
}

# observe FOLDER OUTPUT: the scenarios of the folder, with the client.
observe() {
    local status=0
    limit 600 python3 "$here/observe.py" "$client" "$1/scenarios.jsonl" --isolated --jobs "${JOBS:-2}" \
        --timeout "${KEYLINT_CLIENT_SECONDS:-30}" >"$2" || status=$?
    case $status in
    0) ;;
    3) rm -rf "$run" && unavailable "the client cannot be observed here, see above" ;;
    *) failed "the client was not observed to the end" ;;
    esac
}

echo "the recording, a sample of it again:"
python3 "$here/sample.py" "$run/sample"
observe "$run/sample" "$run/again/observed.jsonl"
python3 "$here/drift.py" "$run/sample/observed.jsonl" "$run/again/observed.jsonl" ||
    failed "the client behaves differently from the recording"

echo "random scenarios: KEYLINT_SEED=$seed repeats these"
python3 "$here/generate.py" --seed "$seed" --count "$random_count" >"$run/random/scenarios.jsonl"
observe "$run/random" "$run/random/observed.jsonl"
KEYLINT_OBSERVED=$run/random limit 900 cargo test --locked --quiet --manifest-path "$root/Cargo.toml" --test conformance -- \
    --exact predictions_are_what_the_client_sends --nocapture | tee "$run/prediction" ||
    failed "the prediction differs from the client; KEYLINT_SEED=$seed repeats it"
grep -q ": $random_count scenarios, " "$run/prediction" || failed "the prediction was not compared"
rm -rf "$run"
