#!/usr/bin/env bash
# Runs the tests of the crates named in Miri, which detects undefined behaviour; by default those of the wire and the
# machines. Needs nightly Rust with miri and rust-src. Property tests take a few cases only, because Miri is some hundred
# times slower. Fails for a crate of which no test ran.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
. .ci/recipes/crates.sh

only_crates "$@"
[ $# -gt 0 ] || set -- ra-types ra-proto ra-core
# property tests look for a file of old failures, which is no business of the program under test
export MIRIFLAGS="-Zmiri-disable-isolation ${MIRIFLAGS:-}" PROPTEST_CASES="${PROPTEST_CASES:-4}"
out=$(realpath -m "${CARGO_TARGET_DIR:-target}")/miri-logs
mkdir -p "$out"
for crate; do
    started=$SECONDS log=$out/$crate.log
    cargo +nightly miri test --locked --package "$crate" --all-features --tests >"$log" 2>&1 || {
        tail -n 60 "$log" >&2
        exit 1
    }
    awk -v crate="$crate" -v seconds=$((SECONDS - started)) '
        /^test result:/ { passed += $4; ignored += $8 }
        END { printf "%s: %d tests passed, %d ignored, %d s\n", crate, passed, ignored, seconds; exit !passed }
    ' "$log" || {
        echo "no test of $crate has run" >&2
        exit 1
    }
done
