"""A phone, and what else calls over plain HTTP, from an address of its own."""

import asyncio
import json
import random

PATIENCE = 30  # for what a gateway has to say at once
TRIES = 8


class Ended(Exception):
    """An attempt to log in is over: how, and by what."""


class Phone:
    """Somebody's phone, and where the fleet is."""

    def __init__(self, number, balancer):
        self.number, self.balancer = number, ("127.0.0.1", balancer)
        self.address = f"127.0.{1 + number // 20 // 250}.{1 + number // 20 % 250}"
        self.authorization = f"canary-phone-{number}"
        self.retries = []

    def shown(self):
        """What a desktop that this phone has scanned shows."""
        return f"{10 ** 17 + self.number}:0:0:person{self.number}"

    async def call(self, path, body, authorization=None):
        """Status, headers and body; status 0 if there was no answer."""
        text = json.dumps(body).encode()
        head = f"POST /api/v9/users/@me/remote-auth{path} HTTP/1.1\r\nHost: fleet\r\nConnection: close\r\n" \
               f"Content-Type: application/json\r\nContent-Length: {len(text)}\r\n"
        if authorization:
            head += f"Authorization: {authorization}\r\n"
        try:
            reader, writer = await asyncio.open_connection(*self.balancer, local_addr=(self.address, 0))
        except OSError:
            return 0, {}, {}
        try:
            writer.write(f"{head}\r\n".encode() + text)
            head, _, rest = (await asyncio.wait_for(reader.read(-1), PATIENCE)).partition(b"\r\n\r\n")
        except OSError:
            return 0, {}, {}
        except asyncio.TimeoutError:
            raise Ended("stuck", f"call {path}") from None
        finally:
            writer.close()
        status, *lines = head.decode().split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        try:
            answer = json.loads(rest) if rest else {}
        except ValueError:  # a page of the balancer's
            answer = {}
        return int(status.split()[1]) if status else 0, headers, answer

    async def ask(self, path, body, good, is_over, authorization=None):
        """A call that is made again when the fleet asks for it, unless its desktop has meanwhile heard what makes it idle."""
        for _ in range(TRIES):
            status, headers, answer = await self.call(path, body, authorization)
            if status == good:
                return answer
            if status == 503 and "retry-after" not in headers:
                raise Ended("call", f"{path} 503 without Retry-After")
            # a fleet that comes back may not know all sockets yet: whoever sees the QR code tries again
            again = status in (0, 502, 503, 504) or (path, status) == ("", 404)
            if is_over() or not again:
                break
            self.retries.append(f"{path} {status}")
            await asyncio.sleep(min(float(headers.get("retry-after", 1)), 10) + random.random())
        if is_over():
            return None
        raise Ended("call", f"{path} {status}")

    async def scan(self, fingerprint, is_over):
        return await self.ask("", {"fingerprint": fingerprint}, 200, is_over, self.authorization)

    async def decide(self, verdict, scanned, is_over):
        """Sometimes a stranger tries first."""
        if random.random() < 0.03:
            status, _, _ = await self.call("/finish", scanned, f"canary-phone-{self.number ^ 1}")
            if status == 204:
                raise Ended("wrong", "a stranger decided")
        await self.ask(f"/{verdict}", scanned, 204, is_over, self.authorization)

    async def exchange(self, ticket):
        """What the desktop does with its ticket. Sometimes somebody else comes with the same one."""
        answer = await self.ask("/login", {"ticket": ticket}, 200, lambda: False)
        if random.random() < 0.05:
            status, _, _ = await self.call("/login", {"ticket": ticket})
            if status == 200:
                raise Ended("wrong", "a ticket worked twice")
        return answer["encrypted_token"]
