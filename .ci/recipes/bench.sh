#!/usr/bin/env bash
# Runs all benches and writes docs/benchmarks.md from them. Takes 20 minutes on two idle cores; other work on the machine
# distorts the figures.
#
#   bench.sh                 everything
#   bench.sh crypto frames   only these, and keeps the other results
#
# Names are crypto, frames, texts, handshake, oauth2 (criterion), crowd, load, start. Writes the page and then ends with 1
# if the load, the start or a ratio misses its aim.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
. .ci/recipes/crates.sh
known='crypto frames texts handshake oauth2 crowd load start'
only "$known" "$@"
[ $# -gt 0 ] || set -- $known
kept=benches/results
target=${CARGO_TARGET_DIR:-target}
new=$target/bench.new
mkdir -p "$target"

# OpenSSL takes part if its headers are installed (Debian: libssl-dev, pkg-config)
if pkg-config --exists openssl 2>/dev/null; then
    export RUSTFLAGS="${RUSTFLAGS:-} --cfg ra_openssl"
elif [[ " $* " == *' crypto '* ]]; then
    echo 'SKIPPED: OpenSSL among the rivals (libssl-dev, pkg-config)' >&2
fi

measured=() short=()
keep_table() { # ra-report dates criterion's results
    printf '\nMeasured on %s.\n' "$(date -I)" >>"$new"
    mv "$new" "$kept/$1.md"
}
for name in "$@"; do
    case $name in
    crowd)
        cargo run --locked --release -p ra-benches --bin ra-crowd >"$new"
        keep_table crowd
        ;;
    load | start)
        # a run that misses its aim prints its table too
        status=0
        bash ".ci/recipes/$name.sh" >"$new" || status=$?
        [ "$status" -le 1 ] && grep -q '^|' "$new" || exit "$status"
        [ "$status" -eq 0 ] || short+=("$name")
        keep_table "$name"
        ;;
    crypto | frames | texts | handshake | oauth2)
        # drops groups of an earlier run, which may hold other rivals
        part=${name/handshake/machines}
        rm -rf "$target/criterion/${part}_"*
        cargo bench --locked -p ra-benches --bench "$name"
        measured+=(--part "$part")
        ;;
    esac
done
report() { cargo run --locked --release -p ra-benches --bin ra-report -- "$@"; }
[ ${#measured[@]} -eq 0 ] ||
    report collect --criterion "$target/criterion" "${measured[@]}" --date "$(date -I)" --rustc "$(rustc --version)"
report write
report check || short+=(ratios)
[ ${#short[@]} -eq 0 ] || {
    printf 'misses its aim: %s\n' "${short[@]}" >&2
    exit 1
}
