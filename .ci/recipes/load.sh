#!/usr/bin/env bash
# Holds 19,000 sessions at one gateway for three minutes and logs in as fast as it goes, beside a bare echo server; about
# six minutes on two idle cores after the build, and 20,000 open files a process. Options are those of `ra-load`:
# `bash .ci/recipes/load.sh --sessions 2000 --hold 60`. The table belongs into docs/benchmarks.md.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
cargo build --locked --release -p ra-cli -p ra-benches --bins
ulimit -n "$(ulimit -Hn)"
exec "${CARGO_TARGET_DIR:-target}/release/ra-load" "$@"
