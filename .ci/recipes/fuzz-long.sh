#!/usr/bin/env bash
# Looks for new inputs with libFuzzer: each target (or those named) for RA_FUZZ_SECONDS, ten minutes by default. Needs
# nightly Rust and cargo-fuzz; fuzz/README.md says what to do with findings.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
[ $# -gt 0 ] || set -- $(basename -s .rs fuzz/fuzz_targets/*.rs)
for target; do
    cargo +nightly fuzz run --features libfuzzer "$target" -- -max_total_time="${RA_FUZZ_SECONDS:-600}"
done
