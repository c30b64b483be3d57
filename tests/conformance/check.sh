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

need python3 openssl git cargo
find_client

in_a_folder
mkdir "$run/sample" "$run/again" "$run/random"
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
