#!/usr/bin/env bash
# Checks worlds that are larger than the one that the tests look at: `mishaps tricks scans` each, or those given. Needs some
# GB of memory and, for all of them, a few minutes on two idle cores.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
[ $# -gt 0 ] || set -- '1 1 1' '0 2 1' '2 1 1' '0 0 2'
cargo build --locked --release -p ra-model --example check
for world; do
    # shellcheck disable=SC2086 # three numbers
    "${CARGO_TARGET_DIR:-target}/release/examples/check" $world | grep -vE '^ '
done
