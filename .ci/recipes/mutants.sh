#!/usr/bin/env bash
# Runs cargo-mutants on the crates named, by default those that guard logins and tokens. Hours for all. Each survivor needs
# a test, or a line in docs/mutants.md with its reason; a survivor without one fails the recipe.
#
#   mutants.sh [CRATE…]             from the beginning
#   mutants.sh --resume [CRATE…]    without the mutants that an earlier run caught
#   mutants.sh --shard 1/4 [CRATE…] a quarter of the mutants, counted from 0
#   mutants.sh --file GLOB [CRATE…] those of some files: --file 'crates/ra-core/src/mobile/*.rs' ra-core
#   mutants.sh --written FILE…      runs nothing; looks for the lines of these `missed.txt` in docs/mutants.md
#
# docs/mutants.md names a survivor without line and column: `crates/x/src/y.rs: replace > with >= in f`. Results, with the
# mutants that ran out of time, are in target/mutants/CRATE.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
. .ci/recipes/crates.sh

# Prints survivors that docs/mutants.md does not name.
unwritten() {
    sed -E 's/^([^:]+):[0-9]+:[0-9]+: /\1: /' -- "$@" | sort -u | while IFS= read -r survivor; do
        [ -z "$survivor" ] || grep -qF -- "\`$survivor\`" docs/mutants.md || printf '%s\n' "$survivor"
    done
}

options=() files=()
while [ $# -gt 0 ]; do
    case $1 in
    --resume) options+=(--iterate) && shift ;;
    --shard | --file)
        [ $# -gt 1 ] || refuse "$1 wants a value"
        options+=("$1" "$2")
        [ "$1" = --shard ] || files+=("$1" "$2")
        shift 2
        ;;
    --written)
        shift
        [ $# -gt 0 ] || refuse '--written wants a file'
        left=$(unwritten "$@")
        [ -z "$left" ] || { printf 'no reason in docs/mutants.md for:\n%s\n' "$left" >&2 && exit 1; }
        exit 0
        ;;
    *) break ;;
    esac
done
only_crates "$@"
[ $# -gt 0 ] || set -- ra-types ra-proto ra-crypto ra-http ra-core oauth2-discord
for crate; do
    [ ${#files[@]} -eq 0 ] || [ -n "$(cargo mutants --list --package "$crate" "${files[@]}")" ] ||
        refuse "no mutants of $crate in these files"
done

failed=0
for crate; do
    out=target/mutants/$crate
    mkdir -p "$out"
    status=0
    # 2: there are survivors, 3: some ran out of time; anything else is no result
    cargo mutants --package "$crate" --all-features --no-shuffle --timeout 120 --build-timeout 600 --output "$out" "${options[@]}" -- --lib --tests ||
        status=$?
    case $status in 0 | 2 | 3) ;; *) exit "$status" ;; esac
    cd "$out/mutants.out"
    printf '%s: %d caught, %d do not compile, %d ran out of time, %d survive\n' "$crate" \
        "$(wc -l <caught.txt)" "$(wc -l <unviable.txt)" "$(wc -l <timeout.txt)" "$(wc -l <missed.txt)"
    cat missed.txt
    cd - >/dev/null
    .ci/recipes/mutants.sh --written "$out/mutants.out/missed.txt" || failed=1
done
exit "$failed"
