#!/usr/bin/env bash
# All benches, and docs/benchmarks.md with its plots written from them. Some twenty minutes on two idle cores; anything else that
# runs meanwhile is in the figures. `bash .ci/recipes/bench.sh crypto frames` measures those anew and keeps the other results:
# names are crypto, frames, texts, handshake, oauth2 (criterion's), crowd, load, start. Ends with 1, the page written, if the
# load or the start falls short of what is wanted.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
[ $# -gt 0 ] || set -- crypto frames texts handshake oauth2 crowd load start
mkdir -p benches/results
kept=benches/results
target=${CARGO_TARGET_DIR:-target}

# OpenSSL is a rival where its headers are (Debian: libssl-dev, pkg-config)
! pkg-config --exists openssl 2>/dev/null || export RUSTFLAGS="${RUSTFLAGS:-} --cfg ra_openssl"

short=()
for name in "$@"; do
    case $name in
    crowd)
        cargo run --locked --release -p ra-benches --bin ra-crowd >"$kept/crowd.new"
        mv "$kept/crowd.new" "$kept/crowd.md"
        ;;
    load | start)
        # one that falls short of its aim prints its table all the same, and belongs into the page
        bash ".ci/recipes/$name.sh" >"$kept/$name.new" || short+=("$name")
        grep -q '^|' "$kept/$name.new" || exit 1
        mv "$kept/$name.new" "$kept/$name.md"
        ;;
    crypto | frames | texts | handshake | oauth2)
        cargo bench --locked -p ra-benches --bench "$name"
        ;;
    *)
        echo "there is no bench $name" >&2
        exit 2
        ;;
    esac
done
report() { cargo run --locked --release -p ra-benches --bin ra-report -- "$@"; }
report collect --criterion "$target/criterion" --date "$(date -I)" --rustc "$(rustc --version)"
report write
[ ${#short[@]} -eq 0 ] || {
    printf 'short of its aim: %s\n' "${short[@]}" >&2
    exit 1
}
