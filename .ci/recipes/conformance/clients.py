"""remoteauthclient as it is published, and what else real clients do, spoken by hand on Python's websockets (R-51)."""

import asyncio
import base64
import hashlib
import json
import sys
import traceback

import aiohttp
import remoteauthclient.remoteauthclient as published
import websockets
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from gateway import Gateway

WHICH, RA, RESULTS = sys.argv[1:4]
PATIENCE = 30
OAEP = padding.OAEP(mgf=padding.MGF1(algorithm=hashes.SHA256()), algorithm=hashes.SHA256(), label=None)


# --- the published client: its two addresses are replaced, nothing else

def pointed_at(gateway):
    """A client of this gateway, and what it has reported."""

    def to_gateway(url, **options):
        assert url == "wss://remote-auth-gateway.discord.gg/?v=2", url
        return websockets.connect(f"ws://{gateway.address}/?v=2", **options)

    class ToGateway(aiohttp.ClientSession):
        async def post(self, url, **options):
            assert url.startswith("https://discord.com/api/v9/"), url
            return await super().post(url.replace("https://discord.com", f"http://{gateway.address}"), **options)

    published.connect, published.ClientSession = to_gateway, ToGateway
    client, seen = published.RemoteAuthClient(), asyncio.Queue()

    @client.event("on_fingerprint")
    async def on_fingerprint(data):
        seen.put_nowait(("fingerprint", data))

    @client.event("on_userdata")
    async def on_userdata(user):
        seen.put_nowait(("user", (user.id, user.username, user.discriminator, user.avatar)))

    @client.event("on_token")
    async def on_token(token):
        seen.put_nowait(("token", token))

    @client.event("on_cancel")
    async def on_cancel():
        seen.put_nowait(("cancel", None))

    @client.event("on_timeout")
    async def on_timeout():
        seen.put_nowait(("timeout", None))

    @client.event("on_error")
    async def on_error(error):
        seen.put_nowait(("error", error.rcvd.code if error.rcvd else None))

    return client, seen


async def expect(seen, name):
    event, value = await asyncio.wait_for(seen.get(), PATIENCE)
    assert event == name, (event, value)
    return value


async def client_scanned(gateway):
    client, seen = pointed_at(gateway)
    running = asyncio.create_task(client.run())
    url = await expect(seen, "fingerprint")
    token = await asyncio.to_thread(gateway.scan, url.removeprefix("https://discord.com/ra/"))
    user = await expect(seen, "user")
    assert user == ("852892297661906993", "alice", "0", "05145cc5646fbcba277b6d5ea2030610"), user
    return running, seen, token


async def client_logs_in(gateway):
    running, seen, token = await client_scanned(gateway)
    await asyncio.to_thread(gateway.decide, "finish", token)
    assert await expect(seen, "token") == "token-of-alice"
    await asyncio.wait_for(running, PATIENCE)


async def client_is_declined(gateway):
    running, seen, token = await client_scanned(gateway)
    await asyncio.to_thread(gateway.decide, "cancel", token)
    await expect(seen, "cancel")
    await asyncio.wait_for(running, PATIENCE)


async def client_expires(gateway):
    client, seen = pointed_at(gateway)
    running = asyncio.create_task(client.run())
    await expect(seen, "fingerprint")
    await expect(seen, "timeout")
    await asyncio.wait_for(running, PATIENCE)


async def client_is_refused(gateway):
    """It knows one dialect only; a gateway that takes the other one alone says 4002."""
    client, seen = pointed_at(gateway)
    running = asyncio.create_task(client.run())
    assert await expect(seen, "error") == 4002
    await asyncio.wait_for(running, PATIENCE)


# --- by hand

class Desktop:
    """One socket."""

    def __init__(self, socket):
        self.socket = socket
        self.key = rsa.generate_private_key(public_exponent=65537, key_size=2048)

    async def say(self, **frame):
        await self.socket.send(json.dumps(frame))

    async def hear(self, op):
        frame = json.loads(await asyncio.wait_for(self.socket.recv(), PATIENCE))
        assert frame["op"] == op, frame
        return frame

    async def init(self, **extra):
        spki = self.key.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
        await self.say(op="init", encoded_public_key=base64.b64encode(spki).decode(), **extra)

    def open(self, sealed):
        return self.key.decrypt(base64.b64decode(sealed), OAEP)

    async def prove(self, dialect="proof", **extra):
        nonce = self.open((await self.hear("nonce_proof"))["encrypted_nonce"])
        proof = hashlib.sha256(nonce).digest() if dialect == "proof" else nonce
        text = base64.urlsafe_b64encode(proof).decode().rstrip("=")
        await self.say(op="nonce_proof", **{dialect: text}, **extra)

    async def finish(self, gateway):
        """From the fingerprint to the token."""
        fingerprint = (await self.hear("pending_remote_init"))["fingerprint"]
        token = await asyncio.to_thread(gateway.scan, fingerprint)
        user = self.open((await self.hear("pending_ticket"))["encrypted_user_payload"]).decode()
        assert user == "852892297661906993:0:05145cc5646fbcba277b6d5ea2030610:alice", user
        await asyncio.to_thread(gateway.decide, "finish", token)
        ticket = (await self.hear("pending_login"))["ticket"]
        try:
            await asyncio.wait_for(self.socket.recv(), PATIENCE)
            raise AssertionError("no close")
        except websockets.ConnectionClosed as closed:
            assert closed.rcvd.code == 1000, closed
        status, body = await asyncio.to_thread(gateway.post, "/login", {"ticket": ticket}, None)
        assert status == 200, (status, body)
        assert self.open(body["encrypted_token"]) == b"token-of-alice"


def desktop(gateway, **options):
    return websockets.connect(f"ws://{gateway.address}/?v=2", proxy=None, **options)


def logs_in_with(dialect):
    async def case(gateway):
        async with desktop(gateway) as socket:
            one = Desktop(socket)
            await one.hear("hello")
            await one.init()
            await one.prove(dialect)
            await one.finish(gateway)
    return case


async def init_before_hello(gateway):
    async with desktop(gateway) as socket:
        one = Desktop(socket)
        await one.init()
        await one.hear("hello")
        await one.prove()
        await one.finish(gateway)


async def heartbeat_before_init(gateway):
    async with desktop(gateway) as socket:
        one = Desktop(socket)
        await one.say(op="heartbeat")
        await one.hear("hello")
        await one.hear("heartbeat_ack")
        await one.init()
        await one.prove()
        await one.finish(gateway)


async def two_origins(gateway):
    headers = [("Origin", "https://canary.discord.com")]
    async with desktop(gateway, origin="https://discord.com", additional_headers=headers) as socket:
        assert len(socket.request.headers.get_all("Origin")) == 2
        one = Desktop(socket)
        await one.hear("hello")
        await one.init()
        await one.prove()
        await one.finish(gateway)


async def deflate_is_offered_in_vain(gateway):
    async with desktop(gateway, compression="deflate") as socket:
        assert "permessage-deflate" in socket.request.headers["Sec-WebSocket-Extensions"]
        assert "Sec-WebSocket-Extensions" not in socket.response.headers
        one = Desktop(socket)
        await one.hear("hello")
        await one.init()
        await one.prove()
        await one.finish(gateway)


async def extra_keys(gateway):
    async with desktop(gateway) as socket:
        one = Desktop(socket)
        await one.hear("hello")
        await one.init(client={"os": "none"}, d=None)
        await one.prove(extra=[1, 2, {"op": "heartbeat"}])
        await one.finish(gateway)


async def is_forgotten(gateway, fingerprint):
    """A phone finds nothing any more, soon."""
    for _ in range(300):
        status, body = await asyncio.to_thread(gateway.post, "", {"fingerprint": fingerprint})
        if (status, (body or {}).get("code")) == (404, 10056):
            return
        await asyncio.sleep(0.05)
    raise AssertionError((status, body))


def leaves_by(end):
    async def case(gateway):
        async with desktop(gateway) as socket:
            one = Desktop(socket)
            await one.hear("hello")
            await one.init()
            await one.prove()
            fingerprint = (await one.hear("pending_remote_init"))["fingerprint"]
            if end == 1000:
                await socket.close(1000)
            else:
                socket.transport.abort()
        await is_forgotten(gateway, fingerprint)
    return case


PUBLISHED, BY_HAND = "remoteauthclient 1.4.0", f"websockets {websockets.__version__}"
EXPIRING = "[session]\ntimeout = 2\n"
CASES = [
    (PUBLISHED, "logs in", "", (), client_logs_in),
    (PUBLISHED, "logs in where digests alone are taken", "", ("--proof", "digest"), client_logs_in),
    (PUBLISHED, "is refused by 4002 where nonces alone are taken", "", ("--proof", "nonce"), client_is_refused),
    (PUBLISHED, "is declined", "", (), client_is_declined),
    (PUBLISHED, "expires by 4003", EXPIRING, (), client_expires),
    (BY_HAND, "logs in by digest", "", ("--proof", "digest"), logs_in_with("proof")),
    (BY_HAND, "logs in by nonce", "", ("--proof", "nonce"), logs_in_with("nonce")),
    (BY_HAND, "R-51 init before hello is read", "", (), init_before_hello),
    (BY_HAND, "R-51 heartbeat before init", "", (), heartbeat_before_init),
    (BY_HAND, "R-51 two Origin headers", "", (), two_origins),
    (BY_HAND, "R-51 permessage-deflate offered", "", (), deflate_is_offered_in_vain),
    (BY_HAND, "R-51 extra keys", "", (), extra_keys),
    (BY_HAND, "R-51 leaves by close 1000", "", (), leaves_by(1000)),
    (BY_HAND, "R-51 leaves without a close (1006)", "", (), leaves_by(1006)),
]


def main():
    failed = False
    with open(RESULTS, "a", encoding="utf-8") as results:
        for client, what, settings, options, case in CASES:
            if (client == PUBLISHED) != (WHICH == "published"):
                continue
            result = "ok"
            try:
                with Gateway(RA, settings, options) as gateway:
                    asyncio.run(asyncio.wait_for(case(gateway), 4 * PATIENCE))
            except Exception:  # whatever it is, the others are still tried
                traceback.print_exc()
                result, failed = "FAILED", True
            print(client, what, result, sep="\t", file=results, flush=True)
    return failed


sys.exit(main())
