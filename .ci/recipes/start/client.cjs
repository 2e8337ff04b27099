// One of npm's clients until its code is there: `client.cjs NAME`. GATEWAY takes the place of the address that is built in.
"use strict";
const Module = require("node:module");

const { GATEWAY } = process.env;
if (!/^127\.\d+\.\d+\.\d+:\d+$/.test(GATEWAY)) throw new Error("GATEWAY is not on loopback");

const load = Module._load;
let redirected;
Module._load = function (name, ...rest) {
  const loaded = load.call(this, name, ...rest);
  if (name !== "ws") return loaded;
  redirected ??= class extends loaded {
    constructor(url, ...rest) {
      if (!/^wss:\/\/remote-auth-gateway\.discord\.gg\/\?v=\d$/.test(url)) throw new Error(`unexpected ${url}`);
      super(`ws://${GATEWAY}/?v=2`, ...rest);
    }
  };
  return redirected;
};

const show = (url) => console.log(url);
const clients = {
  "discord.js-selfbot-v13"() {
    const { DiscordAuthWebsocket } = require("discord.js-selfbot-v13");
    const client = new DiscordAuthWebsocket();
    client.on("ready", () => show(client.AuthURL));
    client.connect();
  },
  "discord-remote-auth"() {
    const { RemoteAuthClient } = require("discord-remote-auth");
    const client = new RemoteAuthClient();
    client.on("pendingRemoteInit", (fingerprint) => show(`https://discord.com/ra/${fingerprint}`));
    client.connect();
  },
};
clients[process.argv[2]]();
