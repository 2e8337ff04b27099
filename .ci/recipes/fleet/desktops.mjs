// The same as desktops.py on Node's ws and crypto: `desktops.mjs SETTINGS`, with one line of JSON for each attempt.
import { createHash, createPrivateKey, createPublicKey, constants, privateDecrypt } from "node:crypto";
import { readFileSync } from "node:fs";
import http from "node:http";
import { createRequire } from "node:module";

const settings = JSON.parse(process.argv[2]);
const WebSocket = createRequire(settings.modules)("ws");
const PATIENCE = 30_000;
const TRIES = 8;
const now = () => Number(process.hrtime.bigint()) / 1e9;
const sleep = (seconds) => new Promise((done) => setTimeout(done, seconds * 1000));
const between = (least, most) => least + Math.random() * (most - least);
const digest = (bytes) => createHash("sha256").update(bytes).digest();

let finishing = false;
const finish = new Promise((set) => {
  for (const event of ["data", "end"]) process.stdin.once(event, () => set((finishing = true)));
});

/** An attempt is over: how, and by what. */
class Ended extends Error {
  constructor(how, why) {
    super(`${how} ${why}`);
    Object.assign(this, { how, why });
  }
}

class Key {
  constructor(line) {
    this.private = createPrivateKey({ key: Buffer.from(line, "base64"), format: "der", type: "pkcs8" });
    this.public = createPublicKey(this.private).export({ format: "der", type: "spki" });
  }

  open(sealed) {
    const padding = constants.RSA_PKCS1_OAEP_PADDING;
    return privateDecrypt({ key: this.private, padding, oaepHash: "sha256" }, Buffer.from(sealed, "base64"));
  }
}

/** Status, headers and body of a call from the user's address; status 0 if there was no answer. */
function call(user, path, body, authorization) {
  return new Promise((answered, fail) => {
    const headers = { "Content-Type": "application/json", ...(authorization && { Authorization: authorization }) };
    const request = http.request({
      host: "127.0.0.1", port: settings.balancer, localAddress: user.address, method: "POST", headers, agent: false,
      path: `/api/v9/users/@me/remote-auth${path}`,
    }, (reply) => {
      const parts = [];
      reply.on("data", (part) => parts.push(part));
      reply.on("end", () => {
        let answer = {};
        try {
          answer = JSON.parse(Buffer.concat(parts));
        } catch {} // nothing, or a page of the balancer's
        answered({ status: reply.statusCode, headers: reply.headers, answer });
      });
      reply.on("error", () => answered({ status: 0, headers: {} }));
    });
    request.setTimeout(PATIENCE, () => fail(new Ended("stuck", `call ${path}`)));
    request.on("error", () => answered({ status: 0, headers: {} }));
    request.end(JSON.stringify(body));
  });
}

/** One socket: what it hears stands in a queue, its end as `close`. */
class Desktop {
  heard = [];
  waiting = null;
  isClosed = false;

  constructor(socket, key) {
    Object.assign(this, { socket, key });
    socket.on("message", (text) => {
      const frame = JSON.parse(text);
      if (frame.op !== "heartbeat_ack") this.put(frame);
    });
    socket.on("close", (code) => {
      this.isClosed = true;
      this.put({ op: "close", code });
    });
  }

  static open(user, key) {
    return new Promise((opened, fail) => {
      const options = { localAddress: user.address, perMessageDeflate: false, handshakeTimeout: 20_000 };
      const socket = new WebSocket(`ws://127.0.0.1:${settings.balancer}/?v=2`, options);
      const desktop = new Desktop(socket, key);
      socket.on("open", () => opened(desktop));
      socket.on("error", (error) => fail(new Ended("cut", error.code ?? error.message)));
      socket.on("unexpected-response", (_, { statusCode, headers }) => {
        const after = headers["retry-after"];
        const ended = new Ended("refused", `${statusCode}${after ? "" : " without Retry-After"}`);
        socket.terminate();
        fail(Object.assign(ended, { pause: Math.min(Number(after ?? 1), 10) }));
      });
    });
  }

  put(frame) {
    this.heard.push(frame);
    this.waiting?.();
  }

  /** The next frame if one comes in this many seconds. */
  async next(seconds, besides) {
    if (this.heard.length === 0) {
      let timer;
      const heard = new Promise((done) => (this.waiting = done));
      const late = new Promise((done) => (timer = setTimeout(done, seconds * 1000)));
      await Promise.race([heard, late, ...(besides ? [besides] : [])]);
      clearTimeout(timer);
      this.waiting = null;
    }
    return this.heard.shift();
  }

  /** The next frame; `besides` may come before it. */
  async hear(op, besides) {
    const frame = await this.next(PATIENCE / 1000);
    if (!frame) throw new Ended("stuck", `no ${op}`);
    if (frame.op === besides) return this.hear(op, besides);
    if (frame.op === "close" && op !== "close") throw new Ended("closed", String(frame.code));
    if (frame.op !== op) throw new Ended("odd", `${frame.op} for ${op}`);
    return frame;
  }

  say(frame) {
    this.socket.send(JSON.stringify(frame));
  }

  async handshake(dialect) {
    const { heartbeat_interval } = await this.hear("hello");
    this.first = setTimeout(() => {
      const beat = () => this.socket.readyState === WebSocket.OPEN && this.say({ op: "heartbeat" });
      beat();
      this.beating = setInterval(beat, heartbeat_interval);
    }, heartbeat_interval * Math.random());
    this.say({ op: "init", encoded_public_key: this.key.public.toString("base64") });
    const nonce = this.key.open((await this.hear("nonce_proof")).encrypted_nonce);
    const proof = dialect === "proof" ? digest(nonce) : nonce;
    this.say({ op: "nonce_proof", [dialect]: proof.toString("base64url") });
    const { fingerprint } = await this.hear("pending_remote_init");
    if (fingerprint !== digest(this.key.public).toString("base64url")) throw new Ended("wrong", "fingerprint");
    return fingerprint;
  }

  leave() {
    clearTimeout(this.first);
    clearInterval(this.beating);
    this.socket.close();
  }
}

/** Somebody with a phone, and a desktop that shows one QR code after the other. */
class User {
  constructor(number, keys) {
    Object.assign(this, { number, keys, authorization: `canary-phone-${number}` });
    const network = Math.floor(number / 20);
    this.address = `127.0.${1 + Math.floor(network / 250)}.${1 + (network % 250)}`;
    this.dialect = number % 2 ? "proof" : "nonce";
  }

  async live() {
    let tries = 0;
    while (tries < TRIES) {
      const how = await this.attempt();
      if (finishing && how === "token") return;
      tries += Number(finishing);
    }
  }

  async attempt() {
    this.log = { user: this.number, dialect: this.dialect, begin: now(), retries: [], last: finishing };
    const key = this.keys.shift();
    let [desktop, pause, how, why] = [null, Math.random(), "odd", ""];
    try {
      desktop = await Desktop.open(this, key);
      const fingerprint = await desktop.handshake(this.dialect);
      this.log.qr = now();
      await this.wait(desktop);
      await this.logIn(desktop, fingerprint);
    } catch (error) {
      [how, why] = error instanceof Ended ? [error.how, error.why] : ["odd", String(error.stack)];
      pause += error.pause ?? 0;
    }
    desktop?.leave();
    this.keys.push(key);
    console.log(JSON.stringify({ ...this.log, end: now(), how, why }));
    if (how !== "token" && how !== "denied") await sleep(pause);
    return how;
  }

  /** Until the phone comes. Nobody came in time: the session expires. */
  async wait(desktop) {
    const check = (frame) => {
      if (!frame) return;
      if (frame.op !== "close") throw new Ended("odd", `${frame.op} while it waits`);
      const isExpired = frame.code === 4003 && now() - this.log.begin > 100;
      throw new Ended(isExpired ? "expired" : "closed", String(frame.code));
    };
    const last = between(0, settings.last_within);
    const early = finishing;
    check(await desktop.next(early ? last : between(...settings.think), early ? undefined : finish));
    if (finishing && !early) check(await desktop.next(last));
  }

  /** A call that is made again when the fleet asks for it; what it answered at last. */
  async ask(desktop, path, body, good, authorization) {
    let status, headers, answer;
    for (let tries = 0; tries < TRIES; tries++) {
      ({ status, headers, answer } = await call(this, path, body, authorization));
      if (status === good) return answer;
      if (status === 503 && !headers["retry-after"]) throw new Ended("call", `${path} 503 without Retry-After`);
      // a verdict whose answer was lost stands nevertheless
      if (path && desktop?.heard.some(({ op }) => op !== "pending_ticket")) return answer;
      // a fleet that comes back may not know all sockets yet: whoever sees the QR code tries again
      const again = [0, 502, 503, 504].includes(status) || (path === "" && status === 404);
      if (!again || desktop?.isClosed) break;
      this.log.retries.push(`${path} ${status}`);
      await sleep(Math.min(Number(headers["retry-after"] ?? 1), 10) + Math.random());
    }
    if (desktop?.isClosed) await desktop.hear("nothing"); // says why it was closed
    throw new Ended("call", `${path} ${status}`);
  }

  async logIn(desktop, fingerprint) {
    const denies = Math.random() < 0.1 && !finishing;
    this.log.scan = now();
    const scanned = await this.ask(desktop, "", { fingerprint }, 200, this.authorization);
    const shown = String(desktop.key.open((await desktop.hear("pending_ticket")).encrypted_user_payload));
    if (shown !== `${10n ** 17n + BigInt(this.number)}:0:0:person${this.number}`) throw new Ended("wrong", "user");
    if (Math.random() < 0.03) {
      const { status } = await call(this, "/finish", scanned, `canary-phone-${this.number ^ 1}`);
      if (status === 204) throw new Ended("wrong", "a stranger decided");
    }
    await this.ask(desktop, denies ? "/cancel" : "/finish", scanned, 204, this.authorization);
    // a scan whose answer was lost was made again, and shown again
    const shownAgain = this.log.retries.length ? "pending_ticket" : undefined;
    if (denies) {
      await desktop.hear("cancel", shownAgain);
      await desktop.hear("close");
      throw new Ended("denied", "");
    }
    const { ticket } = await desktop.hear("pending_login", shownAgain);
    const { code } = await desktop.hear("close");
    if (code !== 1000) throw new Ended("odd", `close ${code} after the ticket`);
    const { encrypted_token: sealed } = await this.ask(null, "/login", { ticket }, 200);
    if (String(desktop.key.open(sealed)) !== `canary-token-${this.number}`) throw new Ended("wrong", "token");
    if (Math.random() < 0.05) {
      const { status } = await call(this, "/login", { ticket });
      if (status === 200) throw new Ended("wrong", "a ticket worked twice");
    }
    throw new Ended("token", "");
  }
}

const lines = readFileSync(settings.keys, "ascii").split("\n").filter(Boolean);
const share = Math.floor(lines.length / settings.of);
const keys = lines.slice(share * settings.nth, share * (settings.nth + 1)).map((line) => new Key(line));
const people = [];
for (let number = settings.users[0]; number < settings.users[1]; number++) {
  people.push(new User(number, keys).live());
  await sleep(1 / settings.rate);
}
await Promise.all(people);
process.exit();
