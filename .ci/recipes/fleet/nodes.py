"""What stands behind the clients: a Redis, nodes of `ra gateway`, a load balancer. All on loopback, all ended by their id."""

import json
import os
import socket
import subprocess
import time
import urllib.error
import urllib.request

PATIENCE = 30
PASSWORD = "canary-of-redis"
DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def until(what, true, within=PATIENCE):
    """Waits until it is true. How long it took, in seconds."""
    begin = time.monotonic()
    while not true():
        if time.monotonic() - begin > within:
            raise TimeoutError(what)
        time.sleep(0.05)
    return time.monotonic() - begin


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def listens(port):
    try:
        socket.create_connection(("127.0.0.1", port), 1).close()
    except OSError:
        return False
    return True


def status(url):
    """The status of a GET, 0 if there is nobody."""
    try:
        with DIRECT.open(url, timeout=5) as answer:
            return answer.status
    except urllib.error.HTTPError as refusal:
        refusal.close()
        return refusal.code
    except OSError:
        return 0


class Program:
    """A process that can be killed and started again."""

    def __init__(self, directory, name, command, environment=None):
        self.directory, self.name, self.command = directory, name, command
        self.environment = {**os.environ, **(environment or {})}
        self.process = None

    def start(self):
        with open(f"{self.directory}/{self.name}.log", "ab") as log:
            self.process = subprocess.Popen(
                self.command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=self.environment, cwd=self.directory)

    def runs(self):
        return self.process is not None and self.process.poll() is None

    def kill(self):
        self.process.kill()
        self.process.wait(PATIENCE)

    def end(self, within=PATIENCE):
        """Ends it the kind way; how it ended."""
        if self.process is None:
            return None
        if self.runs():
            self.process.terminate()
        try:
            return self.process.wait(within)
        except subprocess.TimeoutExpired:
            self.kill()
            return None

    def resident(self):
        """Kilobytes."""
        with open(f"/proc/{self.process.pid}/status", encoding="ascii") as lines:
            return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS:"))

    def descriptors(self):
        return len(os.listdir(f"/proc/{self.process.pid}/fd"))

    def seconds(self):
        """Of a processor, so far."""
        with open(f"/proc/{self.process.pid}/stat", encoding="ascii") as line:
            fields = line.read().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def log(self):
        with open(f"{self.directory}/{self.name}.log", encoding="utf-8", errors="replace") as file:
            return file.read()


class Redis(Program):
    def __init__(self, directory):
        self.port = free_port()
        super().__init__(directory, "redis", [
            "redis-server", "--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no",
            "--requirepass", PASSWORD, "--maxmemory-policy", "noeviction"])

    def start(self):
        super().start()
        until("redis listens", lambda: listens(self.port))

    def ask(self, *words):
        """One command; the answer as it stands on the wire."""
        parts = b"".join(b"$%d\r\n%s\r\n" % (len(word), word) for word in map(str.encode, words))
        login = f"AUTH {PASSWORD}\r\n".encode()
        with socket.create_connection(("127.0.0.1", self.port), 5) as connection:
            connection.sendall(login + b"*%d\r\n%s" % (len(words), parts))
            connection.shutdown(socket.SHUT_WR)
            answer = b""
            while more := connection.recv(65536):
                answer += more
        return answer.decode().removeprefix("+OK\r\n")

    def keys(self):
        return int(self.ask("DBSIZE").strip(":\r\n"))

    def channels(self):
        """How many the nodes listen to."""
        return int(self.ask("PUBSUB", "CHANNELS").split("\r\n")[0].lstrip("*"))


class Node(Program):
    """Everything that its file does not name is a default."""

    def __init__(self, directory, name, ra, redis):
        self.port, self.metrics_port = free_port(), free_port()
        config = f"{directory}/{name}.toml"
        with open(config, "w", encoding="utf-8") as file:
            file.write(f'listen = "127.0.0.1:{self.port}"\nmetrics = "127.0.0.1:{self.metrics_port}"\n'
                       'rendezvous = "redis"\n[accounts]\nfile = "accounts.toml"\n'
                       '[proxies]\ntrusted = ["127.0.0.1"]\n[log]\nlevel = "info"\nformat = "json"\n')
        os.chmod(config, 0o600)
        variable = {"RA_REDIS_URL": f"redis://:{PASSWORD}@127.0.0.1:{redis.port}/0?prefix=fleet:"}
        super().__init__(directory, name, [ra, "gateway", "--config", config], variable)

    def start(self):
        super().start()
        until(f"{self.name} is ready", self.ready)

    def ready(self):
        return status(f"http://127.0.0.1:{self.port}/readyz") == 200

    def metrics(self):
        with DIRECT.open(f"http://127.0.0.1:{self.metrics_port}/metrics", timeout=10) as answer:
            lines = answer.read().decode().splitlines()
        pairs = (line.rpartition(" ") for line in lines if not line.startswith("#"))
        return {name: float(value) for name, _, value in pairs}

    def sessions(self):
        return int(sum(n for name, n in self.metrics().items() if name.startswith("ra_gateway_sessions{")))

    def complaints(self):
        """Lines of its log that no run may have."""
        lines = [json.loads(line) for line in self.log().splitlines() if line.startswith('{"')]
        lines = [line for line in lines if "listening" not in line]
        broken = [line for line in lines if "internal" in (line.get("outcome"), line.get("reason"))]
        return broken + [line for line in lines if line["event"] == "log_lost"]


class Balancer(Program):
    """Sends each request to the next node that says it is ready, and each socket likewise; never moves a socket."""

    def __init__(self, directory, nodes):
        self.port = free_port()
        servers = "\n".join(f"    server {node.name} 127.0.0.1:{node.port}" for node in nodes)
        with open(f"{directory}/haproxy.cfg", "w", encoding="utf-8") as file:
            file.write(f"""
global
    maxconn 9000
    nbthread 1
defaults
    mode http
    maxconn 9000
    timeout connect 2s
    timeout client 20s
    timeout server 20s
    # longer than a heartbeat and its grace
    timeout tunnel 90s
    retries 2
    option redispatch 1
    retry-on conn-failure empty-response 503
    # what haproxy says by itself when no node is ready
    http-error status 503 content-type application/json string "{{}}" hdr Retry-After 2
frontend clients
    bind 127.0.0.1:{self.port}
    http-request set-header X-Forwarded-For %[src]
    default_backend gateways
backend gateways
    balance roundrobin
    option httpchk GET /readyz
    # a POST may have been carried out
    http-request disable-l7-retry unless METH_GET
    default-server check inter 500ms fall 2 rise 1
{servers}
""")
        super().__init__(directory, "haproxy", ["haproxy", "-db", "-f", "haproxy.cfg"])

    def start(self):
        super().start()
        until("haproxy serves", lambda: status(f"http://127.0.0.1:{self.port}/readyz") == 200)
