"""Runs a fleet under people, kills parts of it, and judges what came of each login. `run.py RA PLACE [OPTIONS]`."""

import argparse
import base64
import contextlib
import itertools
import json
import math
import os
import shutil
import subprocess
import sys
import threading
import time

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from judge import Verdict
from nodes import PASSWORD, Balancer, Node, Redis, until

HERE = os.path.dirname(os.path.abspath(__file__))


def arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument("ra")
    parser.add_argument("place")
    parser.add_argument("--desktops", type=int, default=3000, help="at a time")
    parser.add_argument("--published", type=int, default=60, help="of them, how many are remoteauthclient")
    parser.add_argument("--scale", type=float, default=1, help="of all times")
    parser.add_argument("--redis-down", type=float, default=8, help="seconds")
    parser.add_argument("--node-down", type=float, default=10, help="seconds")
    return parser.parse_args()


def make_keys(path, count):
    """That many RSA keys, each another, of few primes in pairs: primes take their time. They are worth nothing."""
    primes = []
    while len(primes) * (len(primes) - 1) // 2 < count:
        numbers = rsa.generate_private_key(public_exponent=65537, key_size=2048).private_numbers()
        primes += [numbers.p, numbers.q]
    form = (serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    with open(path, "w", encoding="ascii") as file:
        for p, q in itertools.islice(itertools.combinations(primes, 2), count):
            d = pow(65537, -1, math.lcm(p - 1, q - 1))
            public = rsa.RSAPublicNumbers(65537, p * q)
            numbers = rsa.RSAPrivateNumbers(p, q, d, d % (p - 1), d % (q - 1), pow(q, -1, p), public)
            key = numbers.private_key(unsafe_skip_rsa_key_validation=True)
            file.write(base64.b64encode(key.private_bytes(*form)).decode() + "\n")


def write_accounts(path, count):
    with open(path, "w", encoding="utf-8") as file:
        for number in range(count):
            file.write(f'[[account]]\nauthorization = "canary-phone-{number}"\nid = "{10 ** 17 + number}"\n'
                       f'username = "person{number}"\ntoken = "canary-token-{number}"\n')
    os.chmod(path, 0o600)


class People:
    """The processes that play them."""

    def __init__(self, options, directory, keys, balancer):
        self.attempts, self.processes, self.readers = [], [], []
        published = min(options.published, options.desktops)
        each, python = (options.desktops - published) // 2, f"{options.place}/by-hand/bin/python"
        shares = [
            ("by hand, Python", [python, f"{HERE}/desktops.py"], each),
            ("by hand, Node", ["node", f"{HERE}/desktops.mjs"], each),
            ("remoteauthclient", [f"{options.place}/published/bin/python", f"{HERE}/published.py"], published),
        ]
        first = 0
        for nth, (name, command, count) in enumerate(shares):
            settings = {
                "users": [first, first + count], "balancer": balancer.port, "keys": keys, "nth": nth, "of": 2,
                "modules": os.path.abspath(f"{options.place}/node/package.json"),
                # some wait for longer than a QR code lasts
                "think": [2 * options.scale, 130 * options.scale],
                "rate": max(count / 40, 1) / options.scale, "last_within": 40 * options.scale,
            }
            first += count
            if count:
                self.start(name, [*command, json.dumps(settings)], directory)

    def start(self, name, command, directory):
        with open(f"{directory}/{name}.log", "wb") as log:
            process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, text=True)
        reader = threading.Thread(target=self.read, args=(name, process), daemon=True)
        reader.start()
        self.processes.append(process)
        self.readers.append(reader)

    def read(self, name, process):
        for line in process.stdout:
            self.attempts.append({"client": name, **json.loads(line)})

    def check(self):
        for process in self.processes:
            if process.poll() not in (None, 0):
                raise RuntimeError(f"clients have ended with {process.returncode}: their logs are in target/fleet/last")

    def finish(self, within):
        """Has everybody log in once more."""
        for process in self.processes:
            process.stdin.write("\n")
            process.stdin.flush()
        end = time.monotonic() + within
        for process in self.processes:
            process.wait(max(end - time.monotonic(), 1))
        for reader in self.readers:
            reader.join(10)
        self.check()

    def kill(self):
        for process in self.processes:
            process.kill()
            process.wait()


class Watch(threading.Thread):
    """Notes each second what the programs take."""

    def __init__(self, programs):
        super().__init__(daemon=True)
        self.programs, self.ended = programs, threading.Event()
        self.peaks = {program.name: [0, 0] for program in programs}

    def run(self):
        while not self.ended.wait(1):
            for program in self.programs:
                # a program that was just killed takes nothing
                with contextlib.suppress(OSError, StopIteration):
                    now = (program.resident(), program.descriptors())
                    self.peaks[program.name] = list(map(max, self.peaks[program.name], now))


def hold(people, seconds):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        people.check()
        time.sleep(0.1)


def main():
    options = arguments()
    scale, verdict = options.scale, Verdict()
    directory = os.path.abspath(f"{options.place}/last")  # stays, with the logs
    shutil.rmtree(directory, ignore_errors=True)
    os.mkdir(directory)
    keys = f"{directory}/keys"
    make_keys(keys, options.desktops + options.desktops // 4 + 16)
    with contextlib.ExitStack() as stack:
        write_accounts(f"{directory}/accounts.toml", options.desktops + 1)
        redis = Redis(directory)
        nodes = [Node(directory, name, os.path.abspath(options.ra), redis) for name in ("one", "two", "three")]
        balancer = Balancer(directory, nodes)
        programs = [redis, *nodes, balancer]
        for program in programs:
            stack.callback(program.end)
            program.start()
        started = {program.name: (program.resident(), program.descriptors()) for program in programs}
        watch = Watch(programs)
        watch.start()
        people = People(options, directory, keys, balancer)
        stack.callback(people.kill)

        def sessions():
            people.check()
            return [node.sessions() for node in nodes]

        begin = time.monotonic()

        def tell(what):
            print(f"{time.monotonic() - begin:6.1f} s  {what}", flush=True)

        took = until("everybody has come", lambda: sum(sessions()) > 0.9 * options.desktops, 60 + 120 * scale)
        tell(f"{options.desktops} desktops have come in {took:.0f} s: {sessions()}")
        hold(people, 60 * scale)

        at = time.monotonic()
        held = sessions()
        redis.kill()
        tell(f"Redis is killed, {sum(held)} sessions")
        hold(people, options.redis_down)
        tell(f"Redis comes back: {sessions()}")
        redis.start()
        took = until("all nodes are ready", lambda: all(node.ready() for node in nodes))
        tell(f"all nodes are ready after {took:.1f} s: {sessions()}")
        verdict.outage("Redis", at, time.monotonic())
        hold(people, 60 * scale)

        at = time.monotonic()
        held = sessions()
        tell(f"node three is killed: {held}")
        nodes[2].kill()
        hold(people, options.node_down)
        nodes[2].start()
        tell(f"node three is back: {sessions()}")
        verdict.outage("node", at, time.monotonic())
        hold(people, 60 * scale)

        tell(f"everybody logs in once more: {sessions()}")
        people.finish(120 + 600 * scale)  # a busy machine takes its time
        tell("everybody has left")
        until("no session is left", lambda: sum(node.sessions() for node in nodes) == 0)
        # tickets that nobody exchanged, and handshake tokens of sessions that died, last so long
        took = until("Redis is empty", lambda: redis.keys() == 0, 150)
        tell(f"Redis is empty after {took:.0f} s")
        # what haproxy keeps open for the next request goes after Limits::head_within
        until("connections have gone", lambda: all(node.descriptors() <= started[node.name][1] + 4 for node in nodes), 60)
        watch.ended.set()
        watch.join()

        rows = [(p.name, started[p.name], watch.peaks[p.name], (p.resident(), p.descriptors()), p.seconds()) for p in programs]
        verdict.programs(rows, {node.name for node in nodes})
        verdict.expect(redis.channels() == len(nodes), "sessions are still listened to")
        verdict.expect(all(node.ready() for node in nodes), "a node is not ready")
        for node in nodes:
            for complaint in node.complaints():
                verdict.expect(False, f"{node.name} says {complaint}")
            verdict.expect(node.end() == 0, f"{node.name} does not end well")
            said = node.log()
            verdict.expect("canary" not in said and PASSWORD not in said, f"{node.name} logs a secret")
        verdict.attempts(people.attempts, options.desktops)
    return verdict.print()


if __name__ == "__main__":
    sys.exit(main())
