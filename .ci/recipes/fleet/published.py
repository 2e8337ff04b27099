"""The same as desktops.py with PyPI's remoteauthclient as it is published; only its two addresses are replaced."""

import asyncio
import json
import random
import sys
import time

import aiohttp
import remoteauthclient.remoteauthclient as published
import websockets

from phone import PATIENCE, TRIES, Ended, Phone

SETTINGS = json.loads(sys.argv[1])
AT = f"127.0.0.1:{SETTINGS['balancer']}"


def to_fleet(url, **options):
    assert url == "wss://remote-auth-gateway.discord.gg/?v=2", url
    return websockets.connect(f"ws://{AT}/?v=2", **options)


class ToFleet(aiohttp.ClientSession):
    async def post(self, url, **options):
        assert url.startswith("https://discord.com/api/v9/"), url
        return await super().post(url.replace("https://discord.com", f"http://{AT}"), **options)


published.connect, published.ClientSession = to_fleet, ToFleet


def client():
    """A client and what it has reported."""
    client, seen = published.RemoteAuthClient(), asyncio.Queue()

    @client.event("on_fingerprint")
    async def on_fingerprint(data):
        seen.put_nowait(("fingerprint", data.removeprefix("https://discord.com/ra/")))

    @client.event("on_userdata")
    async def on_userdata(user):
        seen.put_nowait(("user", f"{user.id}:{user.discriminator}:{user.avatar}:{user.username}"))

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
        seen.put_nowait(("error", str(error.rcvd.code if error.rcvd else 1006)))

    return client, seen


async def hear(seen, event, besides=None, within=PATIENCE):
    try:
        name, value = await asyncio.wait_for(seen.get(), within)
    except asyncio.TimeoutError:
        raise Ended("stuck", f"no {event}") from None
    if name == besides:
        return await hear(seen, event, besides)
    if name == "timeout":
        raise Ended("closed", "4003")
    if name in ("error", "left"):
        raise Ended("closed", value)
    if name != event:
        raise Ended("odd", f"{name} for {event}")
    return value


async def wait(seen, begin, finishing):
    """Until the phone comes. Nobody came in time: the session expires."""
    end = time.monotonic() + random.uniform(*SETTINGS["think"])
    last = random.uniform(0, SETTINGS["last_within"])
    while (now := time.monotonic()) < end:
        if finishing.is_set():
            end = min(end, now + last)
            last = SETTINGS["think"][1]
        if not seen.empty():
            if seen.get_nowait()[0] == "timeout" and time.monotonic() - begin > 100:
                raise Ended("expired", "4003")
            raise Ended("closed", "while it waits")
        await asyncio.sleep(0.1)


async def log_in(phone, seen, log, finishing):
    fingerprint = await hear(seen, "fingerprint")
    log["qr"] = time.monotonic()
    await wait(seen, log["begin"], finishing)
    log["scan"] = time.monotonic()
    scanned = await phone.scan(fingerprint, lambda: any(name in ("error", "left") for name, _ in seen._queue))
    if await hear(seen, "user") != phone.shown():
        raise Ended("wrong", "user")
    verdict = "cancel" if random.random() < 0.1 and not finishing.is_set() else "finish"
    await phone.decide(verdict, scanned, lambda: any(name != "user" for name, _ in seen._queue))
    shown_again = "user" if phone.retries else None
    if verdict == "cancel":
        await hear(seen, "cancel", shown_again)
        raise Ended("denied", "")
    if await hear(seen, "token", shown_again) != f"canary-token-{phone.number}":
        raise Ended("wrong", "token")
    raise Ended("token", "")


async def attempt(phone, finishing):
    log = {"user": phone.number, "dialect": "remoteauthclient", "begin": time.monotonic(), "last": finishing.is_set()}
    phone.retries = []
    one, seen = client()

    async def run():
        """Says when it has come to its end, after all that it has reported."""
        try:
            await one.run()
            await asyncio.sleep(1)
            seen.put_nowait(("left", "left"))
        except websockets.InvalidStatusCode as refused:
            await asyncio.sleep(min(float(refused.headers.get("Retry-After", 1)), 10))
            seen.put_nowait(("left", str(refused.status_code)))
        except Exception as error:
            seen.put_nowait(("left", type(error).__name__))

    running = asyncio.create_task(run())
    try:
        await log_in(phone, seen, log, finishing)
    except Ended as ended:
        how, why = ended.args
    except Exception as error:  # whatever it is, it is reported
        how, why = "odd", repr(error)
    await one._cleanup()
    running.cancel()
    print(json.dumps({**log, "retries": phone.retries, "end": time.monotonic(), "how": how, "why": why}), flush=True)
    await asyncio.sleep(random.random())
    return how


async def live(number, finishing):
    phone, tries = Phone(number, SETTINGS["balancer"]), 0
    while tries < TRIES:
        how = await attempt(phone, finishing)
        if finishing.is_set() and how == "token":
            return
        tries += finishing.is_set()


async def main():
    finishing, loop = asyncio.Event(), asyncio.get_running_loop()
    loop.add_reader(sys.stdin, lambda: (loop.remove_reader(sys.stdin), finishing.set()))
    people = []
    for number in range(*SETTINGS["users"]):
        people.append(asyncio.create_task(live(number, finishing)))
        await asyncio.sleep(1 / SETTINGS["rate"])
    await asyncio.gather(*people)


asyncio.run(main())
