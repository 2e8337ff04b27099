#!/usr/bin/env bash
# Cuts a release, one step a call, in this order:
#
#   prepare X.Y.Z  sets the version everywhere, dates the section "Unreleased" of CHANGELOG.md, and commits
#   check          packages all crates and lets cargo rehearse publishing them
#   build          writes target/release-X.Y.Z: the stripped program `ra` with completions as a tarball and a .deb, and checksums
#   tag            tags the commit as vX.Y.Z
#   publish        publishes the crates, lowest first; asks before it does, and needs a token of the registry
#
# Nothing is pushed. `prepare`, `tag` and `publish` want a clean checkout; run `bash .ci/run` before `tag`.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
. .ci/recipes/crates.sh
offer_help "$@"
target=${CARGO_TARGET_DIR:-target}
tools=$PWD/target/tools

version() {
    cargo metadata --locked --no-deps --format-version 1 |
        python3 -c 'import json, sys; print(next(p["version"] for p in json.load(sys.stdin)["packages"] if p["name"] == "ra-cli"))'
}

clean() {
    [ -z "$(git status --porcelain)" ] || refuse 'there are changes that are not committed'
}

prepare() {
    [[ ${1-} =~ ^[0-9]+\.[0-9]+\.[0-9]+(-[0-9A-Za-z.]+)?$ ]] || refuse "prepare wants a version such as 1.2.3, not '${1-}'"
    clean
    python3 - "$1" "$(version)" "$(date -u +%F)" <<'PYTHON'
import re, sys
from pathlib import Path

new, old, day = sys.argv[1:]
for manifest in [Path("Cargo.toml"), *Path("crates").glob("*/Cargo.toml"), Path("benches/Cargo.toml"), Path("fuzz/Cargo.toml")]:
    text = manifest.read_text()
    # the workspace's own version, and that of each crate of ours where another one depends on it
    changed = re.sub(rf'(?m)^version = "{re.escape(old)}"', f'version = "{new}"', text)
    changed = re.sub(rf'(path = "[^"]*", version = "){re.escape(old)}"', rf'\g<1>{new}"', changed)
    if changed != text:
        manifest.write_text(changed)
changelog = Path("CHANGELOG.md")
text = changelog.read_text()
head = "## [Unreleased]\n"
if text.count(head) != 1:
    sys.exit("CHANGELOG.md has no section Unreleased")
if not text.split(head)[1].split("\n## ")[0].strip():
    sys.exit("CHANGELOG.md: the section Unreleased is empty")
changelog.write_text(text.replace(head, f"{head}\n## [{new}] - {day}\n"))
PYTHON
    cargo update --quiet --workspace
    (cd .ci/canary && cargo update --quiet --workspace)
    git commit -qam "release: $1"
    git show --stat --oneline HEAD
}

# Cargo knows a package by its version, so what an earlier rehearsal of the same version unpacked and built has to go.
check() {
    local rehearsal=$target/rehearsal
    rm -rf -- "$rehearsal" "${CARGO_HOME:-$HOME/.cargo}/registry/src/-"*/
    cargo package --locked --workspace --no-verify --quiet --target-dir "$rehearsal" 2>&1 | not_included
    CARGO_PROFILE_DEV_DEBUG=0 cargo publish --locked --workspace --dry-run --quiet --target-dir "$rehearsal" 2>&1 | not_included
    rm -rf -- "$rehearsal"
    echo 'all crates can be packaged and published'
}

# Tests and examples stay out of the packages on purpose; cargo warns of each.
not_included() {
    grep -vE '^warning: (ignoring (test|example|benchmark) |aborting upload due to dry run)' || true
}

build() {
    local version triple name out shell
    version=$(version)
    triple=$(rustc -vV | sed -n 's/^host: //p')
    name=ra-$version-$triple
    out=$target/release-$version
    rm -rf "$out"
    mkdir -p "$out/$name/completions"
    cargo build --locked --profile dist -p ra-cli
    install -m 755 "$target/dist/ra" "$out/$name/ra"
    for shell in bash elvish fish powershell zsh; do
        "$target/dist/ra" completions "$shell" >"$out/$name/completions/ra.$shell"
    done
    cp LICENSE-APACHE LICENSE-MIT CHANGELOG.md docs/cli.md "$out/$name/"
    # the same bytes for the same commit: sorted, and dated by it
    tar --sort=name --owner=0 --group=0 --numeric-owner --mtime="@$(git log -1 --format=%ct)" -C "$out" -cf - "$name" |
        gzip -9n >"$out/$name.tar.gz"
    [ -x "$tools/bin/cargo-deb" ] || cargo install --quiet --locked --debug --root "$tools" cargo-deb@3.8.0
    # it takes completions from where the manifest says
    mkdir -p "$target/completions"
    cp "$out/$name"/completions/* "$target/completions/"
    "$tools/bin/cargo-deb" deb -p ra-cli --profile dist --no-build --no-strip --output "$out/"
    rm -r "${out:?}/$name"
    (cd "$out" && sha256sum -- *.tar.gz *.deb | tee SHA256SUMS)
}

tag() {
    clean
    local version
    version=$(version)
    grep -q "^## \[$version\]" CHANGELOG.md || refuse "CHANGELOG.md has no section $version; run prepare first"
    git tag -a "v$version" -m "$version"
    echo "tagged as v$version"
}

publish() {
    clean
    local version answer
    version=$(version)
    git tag --points-at HEAD | grep -qx "v$version" || refuse "this commit is not tagged as v$version"
    read -rp "Publish version $version of all crates? It cannot be taken back. Type the version: " answer
    [ "$answer" = "$version" ] || refuse 'nothing was published'
    cargo publish --locked --workspace
}

case ${1-} in
prepare) prepare "${2-}" ;;
check | build | tag | publish) [ $# -eq 1 ] || refuse "$1 takes no arguments"; "$1" ;;
*) refuse "unknown step '${1-}'" ;;
esac
