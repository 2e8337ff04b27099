// A desktop on Node's own WebSocket, WebCrypto and fetch, with a phone beside it. `client.mjs RESULTS`; the gateway is in
// the variable GATEWAY.
import { appendFileSync } from "node:fs";

const [results] = process.argv.slice(2);
const { GATEWAY, AUTHORIZATION } = process.env;
const { subtle } = globalThis.crypto;
const base64 = (bytes) => Buffer.from(bytes).toString("base64");
const url64 = (bytes) => Buffer.from(bytes).toString("base64url");
const expect = (is, what) => {
  if (!is) throw new Error(what);
};

class Desktop {
  static async connect() {
    const desktop = new Desktop();
    const algorithm = { name: "RSA-OAEP", modulusLength: 2048, publicExponent: new Uint8Array([1, 0, 1]), hash: "SHA-256" };
    desktop.key = await subtle.generateKey(algorithm, true, ["encrypt", "decrypt"]);
    desktop.spki = await subtle.exportKey("spki", desktop.key.publicKey);
    desktop.heard = [];
    desktop.waiting = [];
    desktop.socket = new WebSocket(`ws://${GATEWAY}/?v=2`);
    const put = (what) => (desktop.waiting.shift() ?? ((late) => desktop.heard.push(late)))(what);
    desktop.socket.onmessage = ({ data }) => put(JSON.parse(data));
    desktop.socket.onclose = ({ code }) => put({ op: "close", code });
    await new Promise((open, fail) => {
      desktop.socket.onopen = open;
      desktop.socket.onerror = fail;
    });
    return desktop;
  }

  say(frame) {
    this.socket.send(JSON.stringify(frame));
  }

  async hear(op) {
    const limit = AbortSignal.timeout(30_000);
    const frame = this.heard.shift() ?? (await new Promise((heard, fail) => {
      this.waiting.push(heard);
      limit.onabort = () => fail(new Error(`no ${op}`));
    }));
    expect(frame.op === op, `${op}: ${JSON.stringify(frame)}`);
    return frame;
  }

  async open(sealed) {
    return subtle.decrypt({ name: "RSA-OAEP" }, this.key.privateKey, Buffer.from(sealed, "base64"));
  }

  async handshake(dialect) {
    await this.hear("hello");
    this.say({ op: "init", encoded_public_key: base64(this.spki) });
    const nonce = await this.open((await this.hear("nonce_proof")).encrypted_nonce);
    const proof = dialect === "proof" ? await subtle.digest("SHA-256", nonce) : nonce;
    this.say({ op: "nonce_proof", [dialect]: url64(proof) });
    const { fingerprint } = await this.hear("pending_remote_init");
    expect(fingerprint === url64(await subtle.digest("SHA-256", this.spki)), "another fingerprint");
    return fingerprint;
  }
}

async function post(path, body, headers = { Authorization: AUTHORIZATION }) {
  const reply = await fetch(`http://${GATEWAY}/api/v9/users/@me/remote-auth${path}`, {
    method: "POST",
    headers: { "Content-Type": "application/json", ...headers },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(30_000),
  });
  return { status: reply.status, body: reply.status === 204 ? null : await reply.json() };
}

async function login(dialect) {
  const desktop = await Desktop.connect();
  const fingerprint = await desktop.handshake(dialect);
  desktop.say({ op: "heartbeat" });
  await desktop.hear("heartbeat_ack");
  const scanned = await post("", { fingerprint });
  expect(scanned.status === 200, `scan: ${scanned.status}`);
  const user = await desktop.open((await desktop.hear("pending_ticket")).encrypted_user_payload);
  expect(Buffer.from(user).toString() === "852892297661906993:0:05145cc5646fbcba277b6d5ea2030610:alice", "another user");
  expect((await post("/finish", scanned.body)).status === 204, "finish");
  const { ticket } = await desktop.hear("pending_login");
  expect((await desktop.hear("close")).code === 1000, "close");
  const { status, body } = await post("/login", { ticket }, {});
  expect(status === 200, `exchange: ${status}`);
  expect(Buffer.from(await desktop.open(body.encrypted_token)).toString() === "token-of-alice", "another token");
  const again = await post("/login", { ticket }, {});
  expect(again.status === 400 && again.body.code === 20042, `a ticket works twice: ${again.status}`);
}

async function decline() {
  const desktop = await Desktop.connect();
  const fingerprint = await desktop.handshake("proof");
  const scanned = await post("", { fingerprint });
  await desktop.hear("pending_ticket");
  expect((await post("/cancel", scanned.body)).status === 204, "cancel");
  await desktop.hear("cancel");
  expect((await desktop.hear("close")).code === 1000, "close");
}

async function wrongProof() {
  const desktop = await Desktop.connect();
  await desktop.hear("hello");
  desktop.say({ op: "init", encoded_public_key: base64(desktop.spki) });
  await desktop.hear("nonce_proof");
  desktop.say({ op: "nonce_proof", proof: url64(new Uint8Array(32)) });
  expect((await desktop.hear("close")).code === 4002, "close");
}

const cases = [
  ["logs in by digest", () => login("proof")],
  ["logs in by nonce", () => login("nonce")],
  ["is declined", decline],
  ["is refused by 4002 with a wrong proof", wrongProof],
];
for (const [what, run] of cases) {
  let result = "ok";
  try {
    await run();
  } catch (error) {
    console.error(what, error);
    result = "FAILED";
    process.exitCode = 1;
  }
  appendFileSync(results, `node ${process.version}\t${what}\t${result}\n`);
}
