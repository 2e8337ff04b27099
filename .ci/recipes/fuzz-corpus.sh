#!/usr/bin/env bash
# Minimises the committed corpora of all targets, or of those named. Files with readable names stay. Files called found_* are
# chosen anew from themselves and from the inputs of .ci/recipes/fuzz-long.sh: each time the file that reaches most new
# edges, up to 50 files a target. Needs nightly Rust, cargo-fuzz and Python.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
. .ci/recipes/crates.sh
. .ci/recipes/fuzz-targets.sh
only "$(all_targets)" "$@"

# Reads what libFuzzer has written down of each file, and prints the files to take, the best first.
choose() {
    python3 - "$@" <<'PYTHON'
import os
import sys

control, corpus, room = sys.argv[1], sys.argv[2], int(sys.argv[3])
lines = open(control).read().splitlines()
files = lines[2 : 2 + int(lines[0])]
edges = {name: set() for name in files}
for line in lines[2 + len(files) :]:
    kind, number, *seen = line.split()
    if kind == "FT":
        edges[files[int(number)]] = set(seen)

named = [f for f in files if os.path.dirname(f) == corpus and not os.path.basename(f).startswith("found_")]
reached = set().union(*(edges.pop(name) for name in named))
while edges and room > 0:
    best = max(edges, key=lambda f: (len(edges[f] - reached), -os.path.getsize(f)))
    if not edges[best] - reached:
        break
    reached |= edges.pop(best)
    room -= 1
    print(best)
left = set().union(*edges.values()) - reached
print(f"{corpus}: {len(named)} named, {len(reached)} edges reached, {len(left)} for want of room not", file=sys.stderr)
PYTHON
}

[ $# -gt 0 ] || set -- $(all_targets)
build_targets
for target; do
    corpus=fuzz/corpus/$target work=$(mktemp -d "$out/merge.XXXX")
    mkdir -p "$work/none" "$work/found" "$out/inputs/$target"
    # by edges, not by how often each is passed: a hundred loops are no news
    nice "$(program "$target")" -set_cover_merge=1 -use_counters=0 -max_len="$(longest "$target")" -timeout=10 \
        -merge_control_file="$work/control" "$work/none" "$corpus" "$out/inputs/$target" >"$work/log" 2>&1 || {
        tail -n 40 "$work/log" >&2
        exit 1
    }
    # into a file: a failure there has to end this before anything is deleted
    choose "$work/control" "$corpus" $((50 - $(find "$corpus" -type f ! -name 'found_*' | wc -l))) >"$work/chosen"
    number=0
    while IFS= read -r file; do
        number=$((number + 1))
        cp "$file" "$work/found/$(printf 'found_%02d' "$number")"
    done <"$work/chosen"
    find "$corpus" -name 'found_*' -delete
    find "$work/found" -type f -exec cp {} "$corpus" \;
    rm -r "$work"
done
