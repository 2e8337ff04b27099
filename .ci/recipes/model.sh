#!/usr/bin/env bash
# Checks larger worlds of the model than the tests do: four, or those given. Each argument holds the numbers of mishaps,
# tricks and scans: `model.sh '2 1 1' '0 0 2'`. Needs some GB of memory, and minutes on two idle cores.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
. .ci/recipes/crates.sh
offer_help "$@"
for world; do
    [[ $world =~ ^[0-9]+\ [0-9]+\ [12]$ ]] || refuse "no world: '$world', one argument each, as '2 1 1'"
done
[ $# -gt 0 ] || set -- '1 1 1' '0 2 1' '2 1 1' '0 0 2'
cargo build --locked --release -p ra-model --example check
for world; do
    # shellcheck disable=SC2086 # three numbers
    "${CARGO_TARGET_DIR:-target}/release/examples/check" $world | grep -vE '^ '
done
