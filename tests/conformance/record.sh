#!/usr/bin/env bash
# Record all scenarios again with a client, and print the drift against observed.jsonl.
# Usage: record.sh CLAUDE_BINARY [--update]      Exit: 0 no drift, 1 drift, 2 could not record. --update writes the file.
set -euo pipefail

if [[ $# -lt 1 || $# -gt 2 || ( $# -eq 2 && $2 != --update ) ]]; then
    sed -n '2,3s/^# //p' "$0" >&2
    exit 2
fi
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
new=$(mktemp)
trap 'rm -f "$new"' EXIT

python3 "$here/observe.py" "$1" "$here/scenarios.jsonl" --jobs "${JOBS:-2}" >"$new" || exit 2

drift=0
if [[ -f $here/observed.jsonl ]]; then
    python3 "$here/drift.py" "$here/observed.jsonl" "$new" || drift=1
else
    echo "nothing was recorded before"
    drift=1
fi
if [[ ${2:-} == --update ]]; then
    cat "$new" >"$here/observed.jsonl"
fi
exit "$drift"
