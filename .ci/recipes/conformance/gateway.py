"""A gateway on loopback for a while, and a phone. As a program: `gateway.py RA COMMAND…` runs a command beside one."""

import json
import os
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request

AUTHORIZATION = "phone-of-alice"
ACCOUNTS = f"""
[[account]]
authorization = "{AUTHORIZATION}"
id = "852892297661906993"
username = "alice"
discriminator = "0"
avatar = "05145cc5646fbcba277b6d5ea2030610"
token = "token-of-alice"
"""


class Gateway:
    """`ra gateway`, ended with the block that it is for."""

    def __init__(self, ra, settings="", options=()):
        self.directory = tempfile.TemporaryDirectory()
        accounts = self.write("accounts.toml", ACCOUNTS)
        config = self.write("gateway.toml", settings)
        command = [ra, "gateway", "--listen", "127.0.0.1:0", "--accounts", accounts, "--config", config]
        self.process = subprocess.Popen([*command, *options], stdout=subprocess.PIPE, text=True)
        self.address = json.loads(self.process.stdout.readline())["listening"]

    def write(self, name, text):
        path = os.path.join(self.directory.name, name)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        return path

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        try:
            self.process.wait(5)
        except subprocess.TimeoutExpired:
            self.process.terminate()  # a second time: at once
            self.process.wait(30)
        self.process.stdout.close()
        self.directory.cleanup()

    def post(self, path, body, authorization=AUTHORIZATION):
        """Status and body of a call."""
        url = f"http://{self.address}/api/v9/users/@me/remote-auth{path}"
        headers = {"Content-Type": "application/json"}
        if authorization:
            headers["Authorization"] = authorization
        request = urllib.request.Request(url, json.dumps(body).encode(), headers, method="POST")
        direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with direct.open(request, timeout=30) as answer:
                return answer.status, json.loads(answer.read() or "null")
        except urllib.error.HTTPError as refusal:
            return refusal.code, json.loads(refusal.read() or "null")

    def scan(self, fingerprint):
        """A phone scans; its handshake token."""
        status, body = self.post("", {"fingerprint": fingerprint})
        assert status == 200, (status, body)
        return body["handshake_token"]

    def decide(self, verdict, handshake_token):
        status, _ = self.post(f"/{verdict}", {"handshake_token": handshake_token})
        assert status == 204, status


if __name__ == "__main__":
    with Gateway(sys.argv[1]) as gateway:
        environment = {**os.environ, "GATEWAY": gateway.address, "AUTHORIZATION": AUTHORIZATION}
        sys.exit(subprocess.run(sys.argv[2:], env=environment, timeout=300, check=False).returncode)
