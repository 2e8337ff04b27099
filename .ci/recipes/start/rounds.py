"""Starts one client after the other, round after round, and tells how long each takes to its code."""

import ipaddress
import json
import os
import re
import statistics
import subprocess
import sys
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "conformance"))
from gateway import Gateway  # noqa: E402

RA, PLACE, ROUNDS, INSTALLED = sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[4:]
CODE = re.compile(rb"https://discord(app)?\.com/ra/[A-Za-z0-9_-]{43}")
PATIENCE = 30
SHARE = 0.25


def clients(address):
    """Name of each, who installs it, and its command; ours first."""
    node = lambda name: ["node", f"{PLACE}/node/client.cjs", name]
    yield "ours", None, [RA, "login", "--json", "--gateway", f"ws://{address}", "--api", f"http://{address}/api/v9"]
    yield "discord.js-selfbot-v13 3.7.1 (npm)", "node_clients", node("discord.js-selfbot-v13")
    yield "discord-remote-auth 1.1.0 (npm)", "node_clients", node("discord-remote-auth")
    yield "remoteauthclient 1.4.0 (PyPI)", "python_client", [f"{PLACE}/python/bin/python", ".ci/recipes/start/client.py"]
    yield "discord-qr-auth 0.1.0 (crates.io)", "rust_client", [f"{PLACE}/rust/target/release/client"]


def to_code(command, environment):
    """Milliseconds from the start of the process to the line with its code."""
    with open(f"{PLACE}/stderr", "wb") as stderr:
        begun = time.perf_counter()
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=stderr, env=environment)
        limit = threading.Timer(PATIENCE, process.kill)
        limit.start()
        try:
            for line in process.stdout:
                if CODE.search(line):
                    return (time.perf_counter() - begun) * 1000
        finally:
            limit.cancel()
            process.kill()
            process.wait()
            process.stdout.close()
    with open(f"{PLACE}/stderr", encoding="utf-8", errors="replace") as stderr:
        sys.exit(f"no code from {command}: {stderr.read()[-2000:]}")


def machine():
    with open("/proc/cpuinfo", encoding="utf-8") as cpus:
        models = re.findall(r"model name\s*: (.*)", cpus.read())
    return f"{len(os.sched_getaffinity(0))} × {models[0] if models else 'unknown processor'}"


def busy_share():
    """How much of the cores others use, over two seconds."""
    def ticks():
        with open("/proc/stat", encoding="ascii") as stat:
            counts = [int(count) for count in stat.readline().split()[1:9]]
        return sum(counts), counts[3] + counts[4]

    (all_before, idle_before), _ = ticks(), time.sleep(2)
    all_after, idle_after = ticks()
    return 1 - (idle_after - idle_before) / (all_after - all_before)


def main():
    busy = busy_share()
    environment = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}
    with Gateway(RA) as gateway:
        assert ipaddress.ip_address(gateway.address.rsplit(":", 1)[0]).is_loopback, gateway.address
        environment["GATEWAY"] = gateway.address
        commands, missing = {}, []
        for name, installer, command in clients(gateway.address):
            if installer in (None, *INSTALLED):
                commands[name] = command
            else:
                missing.append(name)
        times = {name: [] for name in commands}
        for turn in range(ROUNDS + 1):
            for name, command in commands.items():
                took = to_code(command, environment)
                if turn:  # the first one reads the programs from the disk
                    times[name].append(took)
    medians = {name: statistics.median(taken) for name, taken in times.items()}
    others = {name: median for name, median in medians.items() if name != "ours"}
    print("\n| client | median, ms | least | most | ÷ ours |\n|---|--:|--:|--:|--:|")
    for name, taken in times.items():
        print(f"| {name} | {medians[name]:.0f} | {min(taken):.0f} | {max(taken):.0f} | {medians[name] / medians['ours']:.1f} |")
    for name in missing:
        print(f"| {name} | not installed | | | |")
    if not others:
        sys.exit("there is nobody to compare with")
    best = min(others, key=others.get)
    share = medians["ours"] / others[best]
    print(f"\n{ROUNDS} rounds on {machine()}.\nOurs takes {share:.2f} of {best}; at most {SHARE} is wanted.")
    rows = [
        {"id": name, "median_ms": medians[name], "least_ms": min(taken), "most_ms": max(taken), "all_ms": taken, "ratio_to_ours": medians[name] / medians["ours"]}
        for name, taken in times.items()
    ]
    report = {"group": "start", "machine": machine(), "rounds": ROUNDS, "busy_before": busy, "best_other": best, "share": share, "wanted": SHARE, "clients": rows, "not_installed": missing}
    with open(f"{PLACE}/results.json", "w", encoding="utf-8") as results:
        json.dump(report, results, indent=1)
    if busy > 0.1:
        print(f"The machine was busy before that ({busy:.0%} of its cores): keys are made on all of them, so measure again on an idle one.")
    if missing:
        sys.exit(f"not all rivals took part: {', '.join(missing)} could not be installed")
    sys.exit(share > SHARE)


main()
