#!/usr/bin/env bash
# What others wrote to look at Rust projects, one step each, all or those named; docs/quality.md says what each finds.
#
#   typos       misspelt words
#   unused      dependencies that no source of their crate names
#   licences    licences, banned crates, sources
#   advisories  known vulnerabilities, where their database can be had
#   semver      what would break users of the published crates since a git revision (RA_SEMVER_BASE, by default HEAD~1)
#
# Programs come in these versions into target/tools; .ci/run takes all but the last, which takes minutes to install.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
. .ci/recipes/crates.sh
only 'typos unused licences advisories semver' "$@"
tools=$PWD/target/tools
export PATH="$tools/bin:$PATH"

# Unoptimised: a third of the time to build, and quick enough for what they do here.
install() { # program, version, further options
    [ "$("$1" --version 2>/dev/null | grep -oE '[0-9]+\.[0-9]+\.[0-9]+' | head -1)" = "$2" ] ||
        cargo install --quiet --locked --debug --root "$tools" "${@:3}" "$1@$2"
}

# From PyPI, where it is built already; from source where there is no such file or no Python.
typos() {
    local version=1.52.0 python=$tools/python
    if [ "$(command typos --version 2>/dev/null)" != "typos-cli $version" ]; then
        mkdir -p "$tools/bin"
        if python3 -m venv "$python" && "$python/bin/pip" install --quiet --disable-pip-version-check --only-binary :all: "typos==$version"; then
            ln -sf "$python/bin/typos" "$tools/bin/typos"
        else
            cargo install --quiet --locked --debug --root "$tools" "typos-cli@$version"
        fi
    fi
    command typos --config .ci/typos.toml --format brief
}

unused() {
    install cargo-machete 0.9.2
    cargo machete
}

licences() {
    install cargo-deny 0.20.2 --no-default-features
    cargo deny --offline check --hide-inclusion-graph bans licenses sources
}

# The database is a git repository; no registry has a copy of it. RA_ADVISORY_DB names a clone at hand, of which the state is
# printed; else it is fetched; else this says that nothing was looked at. deny.toml has the one exception, and its reason.
advisories() {
    install cargo-deny 0.20.2 --no-default-features
    local url=https://github.com/rustsec/advisory-db
    if [ -n "${RA_ADVISORY_DB:-}" ]; then
        git -C "$RA_ADVISORY_DB" log -1 --format='advisories as of %cs (%h)'
        # where cargo-deny keeps what it has fetched, by a digest of the URL
        local kept=$tools/advisory-dbs config=$tools/deny.toml
        mkdir -p "$kept"
        ln -sfn "$(realpath "$RA_ADVISORY_DB")" "$kept/advisory-db-3157b0e258782691"
        sed "s|^\[advisories\]|&\ndb-path = \"$kept\"|" deny.toml >"$config"
        cargo deny --offline --config "$config" check advisories
    elif GIT_TERMINAL_PROMPT=0 timeout 20 git ls-remote --quiet "$url" HEAD >/dev/null 2>&1; then
        cargo deny check advisories
    else
        echo "SKIPPED: advisories, $url is out of reach from here and RA_ADVISORY_DB is not set"
    fi
}

semver() {
    install cargo-semver-checks 0.51.0
    cargo semver-checks --workspace --all-features --baseline-rev "${RA_SEMVER_BASE:-HEAD~1}"
}

[ $# -gt 0 ] || set -- typos unused licences advisories semver
for step; do
    "$step"
done
