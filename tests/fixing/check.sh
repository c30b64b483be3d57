#!/usr/bin/env bash
# Ask the real client about settings that were fixed: it has to send what was meant.
# Usage: check.sh       Exit: 0 all alike, or skipped with a message; else something differs or could not be checked.
#   KEYLINT_CLIENT, KEYLINT_SEED, KEYLINT_CLIENT_SECONDS, KEYLINT_REQUIRE_TOOLS: as for ../conformance/check.sh
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
# shellcheck source=../conformance/check_common.sh
source "$root/tests/conformance/check_common.sh"

cases=${KEYLINT_CASES:-120}
seed=${KEYLINT_SEED:-$(date +%s)}

need python3 openssl git cargo
find_client
in_a_folder
chmod 711 "$run" # or no file in it can be open to others

echo "settings before and after --fix: KEYLINT_SEED=$seed repeats these"
KEYLINT_SEED=$seed KEYLINT_CASES=$cases KEYLINT_SCENARIOS=$run/scenarios.jsonl limit 900 cargo test --locked --quiet \
    --manifest-path "$root/Cargo.toml" --test fixing -- --exact what_fixes_make_of_many_repositories >"$run/test" 2>&1 || {
    cat "$run/test" >&2
    failed "the fixes are not right; KEYLINT_SEED=$seed repeats them"
}
observe "$run" "$run/observed.jsonl"
python3 "$here/alike.py" "$run/observed.jsonl" 60 || failed "the client sends something else; KEYLINT_SEED=$seed repeats it"
rm -rf "$run"
