#!/usr/bin/env bash
# Times a client from the start of its process to its QR code, without a key at hand. `ra login` takes turns with published
# clients against one `ra gateway` on loopback. Only the built-in address of the others is replaced. Needs python3 with
# venv, node 20 or later and the registries. A client that cannot be installed gets a row that says so. Takes five
# minutes, mostly for building.
#
#   start.sh [ROUNDS]   40 by default; RA=path tests another build of ra
#
# Prints a table and writes target/start/results.json. Ends with 1 if ours takes more than a quarter of the fastest other
# client, or if a client is missing.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
. .ci/recipes/crates.sh
offer_help "$@"
[ $# -le 1 ] || refuse "unknown argument '$2'"
rounds=${1-40}
positive ROUNDS "$rounds"
exec </dev/null
export PYTHONDONTWRITEBYTECODE=1

here=.ci/recipes/start
place=$PWD/target/start
mkdir -p "$place"
if [ -z "${RA:-}" ]; then
    cargo build --locked --release -p ra-cli
    RA="${CARGO_TARGET_DIR:-target}/release/ra"
fi

node_clients() { # npm has no later version of discord-remote-auth
    mkdir -p "$place/node" && cp "$here/client.cjs" "$place/node/" &&
        npm install --prefix "$place/node" --ignore-scripts --no-save --no-audit --no-fund --silent \
            discord.js-selfbot-v13@3.7.1 discord-remote-auth@1.1.0
}

python_client() { # with a websockets of its age: the client calls what later ones have no more
    { [ -x "$place/python/bin/pip" ] || python3 -m venv "$place/python"; } &&
        "$place/python/bin/pip" install --quiet --disable-pip-version-check remoteauthclient==1.4.0 websockets==13.1
}

rust_client() { # crates.io's; without the TLS that loopback has no use for, which also spares it a C library
    local crate=$place/rust/discord-qr-auth source
    mkdir -p "$place/rust/src" && cp "$here/client.rs" "$place/rust/src/main.rs" && rm -rf "$crate"
    manifest() {
        printf '[workspace]\n[package]\nname = "client"\nedition = "2021"\n[dependencies]\n%s\n' 'discord-qr-auth = "=0.1.0"'
        printf 'tokio = { version = "1", features = ["macros", "rt-multi-thread"] }\n%s' "$1"
    }
    (
        cd "$place/rust"
        manifest '' >Cargo.toml
        cargo fetch --quiet &&
            source=$(cargo metadata --offline --format-version 1 | python3 -c 'import json, sys
print(next(p["manifest_path"] for p in json.load(sys.stdin)["packages"] if p["name"] == "discord-qr-auth"))') &&
            cp -r "${source%/Cargo.toml}" "$crate" &&
            sed -i 's|String::from("wss://remote-auth-gateway.discord.gg/?v=1")|format!("ws://{}/?v=2", std::env::var("GATEWAY").unwrap())|' \
                "$crate/src/core/client.rs" &&
            ! grep -q 'wss://' "$crate/src/core/client.rs" &&
            sed -i 's|features = \["native-tls"\]|features = []|' "$crate/Cargo.toml" &&
            manifest '[patch.crates-io]
discord-qr-auth = { path = "discord-qr-auth" }
' >Cargo.toml &&
            cargo build --quiet --release --target-dir "$place/rust/target"
    )
}

installed=()
for which in node_clients python_client rust_client; do
    if $which; then installed+=("$which"); else echo "left out: $which cannot be installed here" >&2; fi
done
exec python3 "$here/rounds.py" "$RA" "$place" "$rounds" "${installed[@]}"
