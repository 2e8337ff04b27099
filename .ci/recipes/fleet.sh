#!/usr/bin/env bash
# A fleet under people: a real Redis, three nodes of `ra gateway`, haproxy in front of them, and some 3,000 desktops at a
# time that others wrote most of (Python's websockets and cryptography, Node's ws and crypto, PyPI's remoteauthclient), each
# with a phone that scans and decides by plain HTTP. Redis is killed and started again, then a node. Ends with a table, and
# with 1 if a login went to the wrong desktop, if one that met no outage failed, or if something did not come back.
# `bash .ci/recipes/fleet.sh --desktops 60 --scale 0.2` takes a minute and a half; all of it some seven minutes after the
# build. Options: --desktops (at a time), --published (remoteauthclient among them), --scale (of all times), --redis-down
# and --node-down (seconds). Needs redis-server, haproxy, python3 with venv, node 20, PyPI and npm, and 20,000
# open files a process. RA=path tries another build of ra.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
. .ci/recipes/crates.sh
only_options '--desktops=whole --published=whole --scale=number --redis-down=number --node-down=number' "$@"
exec </dev/null
export PYTHONDONTWRITEBYTECODE=1
for program in redis-server haproxy python3 node npm; do
    command -v "$program" >/dev/null || { echo "$program is not installed" >&2; exit 2; }
done

place=target/fleet
mkdir -p "$place/node"
if [ -z "${RA:-}" ]; then
    cargo build --locked --release -p ra-cli
    RA="${CARGO_TARGET_DIR:-target}/release/ra"
fi
install() { # name, packages
    [ -x "$place/$1/bin/pip" ] || python3 -m venv "$place/$1"
    "$place/$1/bin/pip" install --quiet --disable-pip-version-check "${@:2}"
}
# the published client calls what websockets has no more, hence two sets
install published remoteauthclient==1.4.0 websockets==13.1
install by-hand cryptography==50.0.2 websockets==17.4
cp .ci/recipes/fleet/{package.json,package-lock.json,.npmrc} "$place/node/"
npm ci --silent --no-audit --no-fund --ignore-scripts --prefix "$place/node"

ulimit -n "$(ulimit -Hn)"
exec "$place/by-hand/bin/python" .ci/recipes/fleet/run.py "$RA" "$place" "$@"
