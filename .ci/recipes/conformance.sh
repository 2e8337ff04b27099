#!/usr/bin/env bash
# Clients that were written by others, and for another gateway, against `ra gateway` on loopback: PyPI's remoteauthclient
# (as it is published; only its two addresses are replaced, from outside), Python's websockets, and Node's own WebSocket
# with WebCrypto. Phones are plain REST calls. Needs python3 with venv, node 20 or later, and PyPI; two minutes.
# RA=path tries another build of ra. Ends with a table, and with 1 if anything in it has failed.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
. .ci/recipes/crates.sh
only '' "$@"
exec </dev/null
export PYTHONDONTWRITEBYTECODE=1

place=target/conformance
mkdir -p "$place"
if [ -z "${RA:-}" ]; then
    cargo build --locked -p ra-cli
    RA="${CARGO_TARGET_DIR:-target}/debug/ra"
fi
install() { # name, packages
    [ -x "$place/$1/bin/pip" ] || python3 -m venv "$place/$1"
    "$place/$1/bin/pip" install --quiet --disable-pip-version-check "${@:2}"
}
# the published client calls what websockets has no more; websockets of that age forgets what came just before a close
install published remoteauthclient==1.4.0 websockets==13.1
install by-hand remoteauthclient==1.4.0 websockets==17.4

options=() # WebSocket is on by default from 22 on
[ "$(node -p 'typeof WebSocket')" != undefined ] || options=(--experimental-websocket)

results="$place/results"
: >"$results"
failed=0
for which in published by-hand; do
    "$place/$which/bin/python" .ci/recipes/conformance/clients.py "$which" "$RA" "$results" || failed=1
done
# one gateway for the second client, in the dialects that it tries
python3 .ci/recipes/conformance/gateway.py "$RA" \
    node --no-warnings "${options[@]}" .ci/recipes/conformance/client.mjs "$results" || failed=1

printf '\n%-34s %-58s %s\n' client case result
while IFS=$'\t' read -r client what result; do
    printf '%-34s %-58s %s\n' "$client" "$what" "$result"
    [ "$result" = ok ] || failed=1
done <"$results"
[ -s "$results" ] || failed=1
exit "$failed"
