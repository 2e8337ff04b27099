#!/usr/bin/env bash
# Checks the facade with every pair of its features; a warning fails, wherever it is. Needs cargo-hack; takes a few minutes.
# `--each` takes one feature at a time, as .ci/run does.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
. .ci/recipes/crates.sh
only --each "$@"
choice=(--feature-powerset --depth 2)
[ "${1-}" != --each ] || choice=(--each-feature)
log=$(mktemp)
trap 'rm -f "$log"' EXIT
# Not by RUSTFLAGS, which would build everything below anew; cargo shows the warnings of our crates again each time.
cargo hack check --locked -p remote-auth "${choice[@]}" 2>&1 | tee "$log"
if grep -E '^warning' "$log" | sort -u; then
    echo 'these choices of features leave warnings' >&2
    exit 1
fi
