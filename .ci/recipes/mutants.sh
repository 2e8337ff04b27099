#!/usr/bin/env bash
# Mutation run over the crates named (default: those whose checks guard logins). Needs cargo-mutants; takes an hour or more.
# Survivors belong into docs/mutants/<crate>.md, with a reason each, or get a test.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
[ $# -gt 0 ] || set -- ra-proto ra-crypto ra-core
for crate; do
    cargo mutants --package "$crate" --no-shuffle --output "target/mutants/$crate" || [ $? -eq 2 ] # 2: there are survivors
    printf '%s: survivors\n' "$crate"
    cat "target/mutants/$crate/mutants.out/missed.txt"
done
