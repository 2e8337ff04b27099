#!/usr/bin/env bash
# All benches, and docs/benchmarks.md with its plots written from them. Some twenty minutes on two idle cores; anything else that
# runs meanwhile is in the figures. `bash .ci/recipes/bench.sh crypto frames` measures those anew and keeps the other results:
# names are crypto, frames, texts, handshake, oauth2 (criterion's), crowd, load, start. Ends with 1, the page written, if the
# load, the start or a ratio falls short of what is wanted.
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

# OpenSSL is a rival where its headers are (Debian: libssl-dev, pkg-config)
if pkg-config --exists openssl 2>/dev/null; then
    export RUSTFLAGS="${RUSTFLAGS:-} --cfg ra_openssl"
elif [[ " $* " == *' crypto '* ]]; then
    echo 'SKIPPED: OpenSSL among the rivals (libssl-dev, pkg-config)' >&2
fi

measured=() short=()
keep_table() { # criterion's results bear their day by the report
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
        # one that falls short of its aim prints its table all the same, and belongs into the page
        status=0
        bash ".ci/recipes/$name.sh" >"$new" || status=$?
        [ "$status" -le 1 ] && grep -q '^|' "$new" || exit "$status"
        [ "$status" -eq 0 ] || short+=("$name")
        keep_table "$name"
        ;;
    crypto | frames | texts | handshake | oauth2)
        # groups are named after what is measured; those of an earlier run, rivals of then among them, are not of today
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
    printf 'short of its aim: %s\n' "${short[@]}" >&2
    exit 1
}
