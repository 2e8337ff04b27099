#!/usr/bin/env bash
# Holds 19,000 sessions at one gateway for three minutes, then logs in at full speed, and does the same with a bare echo
# server. Takes six minutes on two idle cores after the build, and needs 20,000 open files a process. Prints the table for
# docs/benchmarks.md.
#
#   load.sh --sessions 2000 --hold 60
#
# Options of `ra-load`: --sessions, --hold (seconds), --openings (at a time), --max-bytes (a session), --probes, --logins,
# --desktops, --phones, --gateway PROGRAM.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
. .ci/recipes/crates.sh
only_options '--gateway=text --sessions=whole --hold=whole --openings=whole --max-bytes=whole --probes=whole --logins=whole
    --desktops=whole --phones=whole' "$@"
cargo build --locked --release -p ra-cli -p ra-benches --bins
ulimit -n "$(ulimit -Hn)"
exec "${CARGO_TARGET_DIR:-target}/release/ra-load" "$@"
