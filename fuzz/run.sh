#!/usr/bin/env bash
# Runs one fuzz target, or all in turn: fuzz/run.sh TARGET|all SECONDS
#
# Seeds, corpus and crashes are kept below target/fuzz, which `FUZZ_KEEP` moves. Every run is one line of `log.tsv` there:
# time, target, CPU seconds, executions, coverage, corpus, crashes. Ends with 1 if anything crashed.
set -euo pipefail
cd "$(dirname "$0")/.."

wanted=${1:?which target, or all} seconds=${2:?how many seconds}
fuzz/build.sh
keep=${FUZZ_KEEP:-target/fuzz}
mkdir -p "$keep"
cargo run --locked --quiet --manifest-path fuzz/Cargo.toml --target-dir target/fuzz --example seeds -- "$keep/seeds"

failed=0
for path in fuzz/fuzz_targets/*.rs; do
    target=$(basename "$path" .rs)
    [ "$wanted" = all ] || [ "$wanted" = "$target" ] || continue
    mkdir -p "$keep/corpus/$target" "$keep/crashes/$target"
    said=$keep/$target.log
    status=0
    # Without git: a folder to be mended is then no repository, and no program is started.
    TIMEFORMAT='%U %S'
    { time env PATH="$PWD/target/fuzz/nothing" "target/fuzz/built/$target" -max_total_time="$seconds" -timeout=20 \
        -rss_limit_mb=4096 -print_final_stats=1 -dict="target/fuzz/words/$target.dict" \
        -artifact_prefix="$keep/crashes/$target/" "$keep/corpus/$target" "$keep/seeds/$target" >"$said" 2>&1; } \
        2>"$said.time" || status=$?
    crashes=$(find "$keep/crashes/$target" -type f | wc -l)
    line=$(grep -a 'cov: ' "$said" | tail -1 || true)
    printf '%s\t%s\t%s\t%s\t%s\t%s\t%s\n' "$(date -u +%FT%TZ)" "$target" \
        "$(awk '{ printf "%.0f", $1 + $2 }' "$said.time")" \
        "$(sed -n 's/^stat::number_of_executed_units: *//p' "$said" | tail -1)" \
        "$(sed -n 's/.*cov: \([0-9]*\).*/\1/p' <<<"$line")" \
        "$(sed -n 's/.*corp: \([0-9]*\).*/\1/p' <<<"$line")" "$crashes" | tee -a "$keep/log.tsv"
    if [ "$status" != 0 ]; then
        failed=1
        grep -a -m 3 -A 4 -E 'panicked at|ERROR: libFuzzer' "$said" >&2 || tail -20 "$said" >&2
    fi
done
exit "$failed"
