#!/usr/bin/env bash
# Looks for new inputs with libFuzzer: each target, or those named, for RA_FUZZ_SECONDS (300 by default), one after the
# other. Needs nightly Rust and cargo-fuzz. Prints a table, and fails if anything was found.
#
# New inputs go to target/fuzz-long/inputs/<target>, findings to target/fuzz-long/findings/<target>; see fuzz/README.md.
# RA_FUZZ_SANITIZER=address also looks for memory errors, at half the speed.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
. .ci/recipes/crates.sh
. .ci/recipes/fuzz-targets.sh
only "$(all_targets)" "$@"
positive RA_FUZZ_SECONDS "${RA_FUZZ_SECONDS:-300}"

[ $# -gt 0 ] || set -- $(all_targets)
build_targets
table=$out/table.md
{
    printf '| target | seconds | executions | per second | edges | of | inputs | MB | findings |\n'
    printf '|---|---:|---:|---:|---:|---:|---:|---:|---:|\n'
} >"$table"

findings=0
for target; do
    inputs=$out/inputs/$target found=$out/findings/$target log=$out/$target.log
    mkdir -p "$inputs" "$found"
    before=$(find "$found" -type f | wc -l)
    started=$SECONDS
    printf '%s for %s s\n' "$target" "${RA_FUZZ_SECONDS:-300}"
    # 77 a broken property, 70 too slow, 71 too much memory; the rest is our own fault
    nice "$(program "$target")" "$inputs" "fuzz/corpus/$target" \
        -max_total_time="${RA_FUZZ_SECONDS:-300}" -max_len="$(longest "$target")" -dict="$(dictionary "$target")" \
        -timeout=10 -rss_limit_mb=1024 -artifact_prefix="$found/" -print_final_stats=1 >"$log" 2>&1 || {
        tail -n 40 "$log" >&2
        [ "$(find "$found" -type f | wc -l)" -gt "$before" ]
    }
    count=$(($(find "$found" -type f | wc -l) - before))
    findings=$((findings + count))
    stat() { awk -v name="stat::$1:" '$1 == name { print $2 }' "$log"; }
    edges=$(awk '$1 ~ /^#/ { for (i = 2; i < NF; i++) if ($i == "cov:") edges = $(i + 1) } END { print edges }' "$log")
    all=$(sed -n 's/.*(\([0-9]*\) inline 8-bit counters).*/\1/p' "$log" | head -n 1)
    printf '| `%s` | %s | %s | %s | %s | %s | %s | %s | %s |\n' "$target" $((SECONDS - started)) \
        "$(stat number_of_executed_units)" "$(stat average_exec_per_sec)" "$edges" "$all" \
        "$(find "$inputs" "fuzz/corpus/$target" -type f | wc -l)" "$(stat peak_rss_mb)" "$count" >>"$table"
done
cat "$table"
[ "$findings" -eq 0 ] || {
    printf '%s findings in %s\n' "$findings" "$out/findings" >&2
    exit 1
}
