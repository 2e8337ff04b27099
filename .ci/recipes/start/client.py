"""PyPI's remoteauthclient until its code is there. GATEWAY takes the place of the address that is built in."""

import asyncio
import ipaddress
import os

import remoteauthclient.remoteauthclient as published
import websockets

GATEWAY = os.environ["GATEWAY"]
assert ipaddress.ip_address(GATEWAY.rsplit(":", 1)[0]).is_loopback, "GATEWAY is not on loopback"


def to_gateway(url, **options):
    assert url == "wss://remote-auth-gateway.discord.gg/?v=2", url
    return websockets.connect(f"ws://{GATEWAY}/?v=2", **options)


published.connect = to_gateway
client = published.RemoteAuthClient()


@client.event("on_fingerprint")
async def on_fingerprint(data):
    print(data, flush=True)


asyncio.run(client.run())
