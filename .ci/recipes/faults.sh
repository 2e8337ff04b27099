#!/usr/bin/env bash
# Logs in through broken networks, far more often than the test run does: RA_FAULT_SEEDS logins an adapter, 500 by default,
# from seed RA_FAULT_FIRST, by default one that no run had before. A failure names its seed.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
. .ci/recipes/crates.sh
only '' "$@"
export RA_FAULT_SEEDS="${RA_FAULT_SEEDS:-500}" RA_FAULT_FIRST="${RA_FAULT_FIRST:-$(date +%s)}"
positive RA_FAULT_SEEDS "$RA_FAULT_SEEDS"
whole RA_FAULT_FIRST "$RA_FAULT_FIRST"
for adapter in ra-tokio ra-blocking; do
    printf '%s: %d logins from seed %d\n' "$adapter" "$RA_FAULT_SEEDS" "$RA_FAULT_FIRST"
    cargo test --locked -p "$adapter" --test it network_faults -- --nocapture
done
