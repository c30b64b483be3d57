#!/usr/bin/env bash
# Records again what the SDKs send and prints what changed: bash record_sdk.sh SCRATCH
# Exit code 1 means drift; the new recording is in place then, to be looked at with git diff.
set -euo pipefail
cd "$(dirname "$0")"
scratch=${1:?usage: record_sdk.sh SCRATCH}
mkdir -p "$scratch"
new=$scratch/observed.jsonl
python3 observe_sdk.py "$scratch" "$new"
if diff -u observed.jsonl "$new"; then
    echo "no drift: $(wc -l <observed.jsonl) observations"
else
    cp "$new" observed.jsonl
    exit 1
fi
