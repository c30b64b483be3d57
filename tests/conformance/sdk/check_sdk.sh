#!/usr/bin/env bash
# Hold the recording against the SDKs of both sides of the change ("old" and "new"): every fifth observation is made again.
# Usage: check_sdk.sh       Exit: 0 all agree, or skipped with a message; else something differs or could not be checked.
#   KEYLINT_REQUIRE_TOOLS=1 or CI=true: what is missing is a failure
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=../check_common.sh
source "$here/../check_common.sh"

need python3 node npm
python3 -c 'import ensurepip, venv' 2>/dev/null || unavailable "python3 is installed without venv"

scratch=${CARGO_TARGET_DIR:-$here/../../../target}/conformance/sdk
mkdir -p "$scratch"
run=$(mktemp -d)
trap 'rm -rf "$run"' EXIT
# The number of scenarios is no multiple of five, so each version repeats others.
grep -v '"generation": "early"' "$here/observed.jsonl" | awk 'NR % 5 == 0' >"$run/sample.jsonl"
status=0
TMPDIR=$run limit 900 python3 "$here/observe_sdk.py" "$scratch" "$run/again.jsonl" --like "$run/sample.jsonl" --isolated ||
    status=$?
case $status in
0) ;;
3) unavailable "the SDKs cannot be observed here, see above" ;;
*) echo "error: the SDKs were not observed to the end" >&2 && exit 1 ;;
esac
python3 "$here/../drift.py" "$run/sample.jsonl" "$run/again.jsonl" || {
    echo "error: the SDKs behave differently from the recording" >&2
    exit 1
}
