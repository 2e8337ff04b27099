#!/usr/bin/env bash
# Prints the line coverage of the crates named, by default those that read foreign input: by their own tests, and by the
# committed fuzz corpora alone. Unit tests in source files count like other lines.
#
# Needs llvm-profdata and llvm-cov for this compiler: `rustup component add llvm-tools`, or LLVM of the version that
# `rustc -vV` names (Debian: llvm-22), with LLVM_BIN=/usr/lib/llvm-22/bin.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
. .ci/recipes/crates.sh

only_crates "$@"
[ $# -gt 0 ] || set -- ra-types ra-proto ra-crypto ra-http ra-core oauth2-discord
tools=${LLVM_BIN:-$(rustc --print sysroot)/lib/rustlib/$(rustc -vV | sed -n 's/^host: //p')/bin}
[ -x "$tools/llvm-cov" ] || {
    printf 'no llvm-cov in %s: rustup component add llvm-tools, or set LLVM_BIN\n' "$tools" >&2
    exit 1
}
out=$(realpath -m "${CARGO_TARGET_DIR:-target}")/coverage
mkdir -p "$out"
export CARGO_TARGET_DIR=$out CARGO_INCREMENTAL=0 CARGO_PROFILE_DEV_DEBUG=line-tables-only RUSTFLAGS='-C instrument-coverage'

# Builds tests and prints their programs.
programs() {
    cargo test --locked --no-run --message-format=json-render-diagnostics "$@" | sed -n 's/.*"executable":"\([^"]*\)".*/\1/p'
}

# Runs tests and writes the lines they pass to $out/$name.lcov.
measure() {
    local name=$1
    shift
    find "$out" -maxdepth 1 -name "$name-*.profraw" -delete
    # build scripts write their profiles elsewhere
    LLVM_PROFILE_FILE=$out/build-%4m.profraw programs "$@" >"$out/$name.programs"
    LLVM_PROFILE_FILE=$out/$name-%4m.profraw cargo test --locked --quiet "$@" >"$out/$name.log" 2>&1 || {
        tail -n 60 "$out/$name.log" >&2
        return 1
    }
    "$tools/llvm-profdata" merge --sparse --failure-mode=all -o "$out/$name.profdata" "$out/$name"-*.profraw
    sed '1!s/^/--object=/' "$out/$name.programs" | tr '\n' '\0' |
        xargs -0 "$tools/llvm-cov" export --format=lcov --instr-profile="$out/$name.profdata" \
            --ignore-filename-regex='/(tests|examples|benches)/|/tests\.rs$|/\.cargo/|/rustc/' >"$out/$name.lcov"
}

# Prints lines hit and found of a crate, from an lcov file.
lines() {
    awk -F: -v crate="$PWD/crates/$2/" '
        $1 == "SF" { ours = index($2, crate) == 1 }
        ours && $1 == "LH" { hit += $2 }
        ours && $1 == "LF" { found += $2 }
        END { if (found) printf "%.1f %% (%d of %d)", 100 * hit / found, hit, found; else printf "none" }
    ' "$out/$1.lcov"
}

packages=()
for crate; do
    packages+=(--package "$crate")
done
measure tests "${packages[@]}" --all-features --tests
RA_FUZZ_COUNT=0 measure corpora --package ra-fuzz --test replay
printf '| crate | lines that its tests pass | that the fuzz corpora pass |\n|---|---:|---:|\n'
for crate; do
    printf '| `%s` | %s | %s |\n' "$crate" "$(lines tests "$crate")" "$(lines corpora "$crate")"
done
