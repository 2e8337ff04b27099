"""Desktops on Python's websockets and cryptography, each with a phone.

`desktops.py SETTINGS` (JSON); a line on standard input has everybody log in once more and leave. Each attempt to log in is
one line of JSON on standard output: whose, when its steps were (CLOCK_MONOTONIC), and how it ended.
"""

import asyncio
import base64
import collections
import hashlib
import json
import random
import sys
import time

import websockets
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding

from phone import PATIENCE, TRIES, Ended, Phone

OAEP = padding.OAEP(mgf=padding.MGF1(algorithm=hashes.SHA256()), algorithm=hashes.SHA256(), label=None)
SPKI = (serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)


def url64(octets):
    return base64.urlsafe_b64encode(octets).decode().rstrip("=")


class Key:
    def __init__(self, line):
        self.private = serialization.load_der_private_key(base64.b64decode(line), None, unsafe_skip_rsa_key_validation=True)
        self.public = self.private.public_key().public_bytes(*SPKI)

    def open(self, sealed):
        return self.private.decrypt(base64.b64decode(sealed), OAEP)


class Desktop:
    """One socket: what it hears stands in a queue, its end as `close`."""

    def __init__(self, socket, key):
        self.socket, self.key, self.heard = socket, key, asyncio.Queue()
        self.reading = asyncio.create_task(self.read())
        self.beating = None

    async def read(self):
        try:
            async for text in self.socket:
                frame = json.loads(text)
                if frame["op"] != "heartbeat_ack":
                    self.heard.put_nowait(frame)
        except websockets.ConnectionClosed:
            pass
        self.heard.put_nowait({"op": "close", "code": self.socket.close_code})

    async def beat(self, interval):
        await asyncio.sleep(interval * random.random())
        while not self.reading.done():
            await self.say(op="heartbeat")
            await asyncio.sleep(interval)

    async def say(self, **frame):
        try:
            await self.socket.send(json.dumps(frame))
        except websockets.ConnectionClosed:
            pass  # it is heard

    async def hear(self, op, besides=None):
        """The next frame; `besides` may come before it."""
        try:
            frame = await asyncio.wait_for(self.heard.get(), PATIENCE)
        except asyncio.TimeoutError:
            raise Ended("stuck", f"no {op}") from None
        if frame["op"] == besides:
            return await self.hear(op, besides)
        if frame["op"] == "close" and op != "close":
            raise Ended("closed", str(frame["code"]))
        if frame["op"] != op:
            raise Ended("odd", f"{frame['op']} for {op}")
        return frame

    def has_heard_of_it(self):
        """Whether the verdict, or the end, has come here."""
        return any(frame["op"] != "pending_ticket" for frame in self.heard._queue)

    async def handshake(self, dialect):
        hello = await self.hear("hello")
        self.beating = asyncio.create_task(self.beat(hello["heartbeat_interval"] / 1000))
        await self.say(op="init", encoded_public_key=base64.b64encode(self.key.public).decode())
        nonce = self.key.open((await self.hear("nonce_proof"))["encrypted_nonce"])
        await self.say(op="nonce_proof", **{dialect: url64(hashlib.sha256(nonce).digest() if dialect == "proof" else nonce)})
        fingerprint = (await self.hear("pending_remote_init"))["fingerprint"]
        if fingerprint != url64(hashlib.sha256(self.key.public).digest()):
            raise Ended("wrong", "fingerprint")
        return fingerprint

    async def leave(self):
        for task in (self.beating, self.reading):
            if task:
                task.cancel()
        await self.socket.close()


class User:
    """Somebody with a phone, and a desktop that shows one QR code after the other."""

    def __init__(self, number, settings, keys):
        self.phone, self.keys, self.settings = Phone(number, settings["balancer"]), keys, settings
        self.dialect = "proof" if number % 2 else "nonce"

    async def live(self, finishing):
        tries = 0
        while tries < TRIES:
            how = await self.attempt(finishing)
            if finishing.is_set() and how == "token":
                return
            tries += finishing.is_set()

    async def attempt(self, finishing):
        self.log = {"user": self.phone.number, "dialect": self.dialect, "begin": time.monotonic(), "last": finishing.is_set()}
        self.phone.retries, self.pause = [], random.random()
        desktop, key = None, self.keys.popleft()
        try:
            desktop = Desktop(await self.connect(), key)
            fingerprint = await desktop.handshake(self.dialect)
            self.log["qr"] = time.monotonic()
            await self.wait(desktop, finishing)
            await self.log_in(desktop, fingerprint, finishing)
        except Ended as ended:
            how, why = ended.args
        except (OSError, websockets.WebSocketException, EOFError, TimeoutError) as error:
            how, why = "cut", type(error).__name__
        except Exception as error:  # whatever it is, it is reported
            how, why = "odd", repr(error)
        if desktop:
            await desktop.leave()
        self.keys.append(key)
        line = {**self.log, "retries": self.phone.retries, "end": time.monotonic(), "how": how, "why": why}
        print(json.dumps(line), flush=True)
        if how not in ("token", "denied"):
            await asyncio.sleep(self.pause)
        return how

    async def connect(self):
        try:
            async with asyncio.timeout(20):
                return await websockets.connect(
                    f"ws://127.0.0.1:{self.settings['balancer']}/?v=2", local_addr=(self.phone.address, 0), proxy=None,
                    open_timeout=None, close_timeout=3, ping_interval=None, compression=None, max_queue=None)
        except websockets.InvalidStatus as refused:
            after = refused.response.headers.get("Retry-After")
            self.pause += min(float(after or 1), 10)
            why = f"{refused.response.status_code}{'' if after else ' without Retry-After'}"
            raise Ended("refused", why) from None

    async def wait(self, desktop, finishing):
        """Until the phone comes. Nobody came in time: the session expires."""
        last = random.uniform(0, self.settings["last_within"])
        think = last if finishing.is_set() else random.uniform(*self.settings["think"])
        hearing = asyncio.create_task(desktop.heard.get())
        called = asyncio.create_task(finishing.wait())
        try:
            for within in (think, last):
                awaited = {hearing} if finishing.is_set() else {hearing, called}
                done, _ = await asyncio.wait(awaited, timeout=within, return_when=asyncio.FIRST_COMPLETED)
                if hearing in done:
                    frame = hearing.result()
                    if frame["op"] != "close":
                        raise Ended("odd", f"{frame['op']} while it waits")
                    is_expired = frame["code"] == 4003 and time.monotonic() - self.log["begin"] > 100
                    raise Ended("expired" if is_expired else "closed", str(frame["code"]))
                if called not in done:
                    return
        finally:
            hearing.cancel()
            called.cancel()

    async def log_in(self, desktop, fingerprint, finishing):
        phone, verdict = self.phone, "finish"
        if random.random() < 0.1 and not finishing.is_set():
            verdict = "cancel"
        self.log["scan"] = time.monotonic()
        # a verdict whose answer was lost stands nevertheless; a scan has to be made again, and is shown again
        scanned = await phone.scan(fingerprint, desktop.reading.done)
        shown = desktop.key.open((await desktop.hear("pending_ticket"))["encrypted_user_payload"]).decode()
        if shown != phone.shown():
            raise Ended("wrong", "user")
        await phone.decide(verdict, scanned, desktop.has_heard_of_it)
        shown_again = "pending_ticket" if phone.retries else None
        if verdict == "cancel":
            await desktop.hear("cancel", shown_again)
            await desktop.hear("close")
            raise Ended("denied", "")
        ticket = (await desktop.hear("pending_login", shown_again))["ticket"]
        if (code := (await desktop.hear("close"))["code"]) != 1000:
            raise Ended("odd", f"close {code} after the ticket")
        if desktop.key.open(await phone.exchange(ticket)).decode() != f"canary-token-{phone.number}":
            raise Ended("wrong", "token")
        raise Ended("token", "")


async def main(settings):
    with open(settings["keys"], encoding="ascii") as lines:
        lines = lines.read().split()
    share = len(lines) // settings["of"]
    keys = collections.deque(map(Key, lines[share * settings["nth"]:share * (settings["nth"] + 1)]))
    finishing, loop = asyncio.Event(), asyncio.get_running_loop()
    loop.add_reader(sys.stdin, lambda: (loop.remove_reader(sys.stdin), finishing.set()))
    people = []
    for number in range(*settings["users"]):
        people.append(asyncio.create_task(User(number, settings, keys).live(finishing)))
        await asyncio.sleep(1 / settings["rate"])
    await asyncio.gather(*people)


asyncio.run(main(json.loads(sys.argv[1])))
