#!/usr/bin/env bash
# Minimises the committed corpora of all targets, or of those named: files with names of their own stay, those called
# found_* are chosen anew from themselves and from what .ci/recipes/fuzz-long.sh has found, as few as reach all edges,
# at most 50 files a target with the named ones. Needs nightly Rust and cargo-fuzz.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
. .ci/recipes/fuzz-targets.sh

[ $# -gt 0 ] || set -- $(all_targets)
build_targets
for target; do
    corpus=fuzz/corpus/$target
    kept=$(mktemp -d "$out/kept.XXXX")
    find "$corpus" -type f ! -name 'found_*' -exec cp {} "$kept" \;
    named=$(find "$kept" -type f | wc -l)
    mkdir -p "$out/inputs/$target"
    # by edges, not by how often each is passed: a hundred loops are no news
    nice "$(program "$target")" -set_cover_merge=1 -use_counters=0 -max_len="$(longest "$target")" -timeout=10 \
        "$kept" "$corpus" "$out/inputs/$target" >"$out/$target.merge.log" 2>&1
    rm -f "$corpus"/found_*
    number=0
    # the largest first, where there are too many
    find "$kept" -type f -size -64k -printf '%s %f\n' | sort -rn | cut -d' ' -f2- | while read -r file; do
        [ ! -e "$corpus/$file" ] && [ $((named + number)) -lt 50 ] || continue
        number=$((number + 1))
        cp "$kept/$file" "$corpus/$(printf 'found_%02d' "$number")"
    done
    printf '%s: %s named, %s in all\n' "$target" "$named" "$(find "$corpus" -type f | wc -l)"
    rm -r "$kept"
done
