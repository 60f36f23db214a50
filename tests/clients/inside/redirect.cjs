// Read by the Node.js of a client when it starts: the names it calls lead to the test's own door, on loopback.
// Nothing of the client is changed. Every other address outside of this machine is refused.
"use strict";

const net = require("node:net");

const HOSTS = new Set(process.env.CLIENT_HOSTS.split(" "));
const PORT = Number(process.env.CLIENT_PORT);
const ASKED_PORT = 443;
const LOOPBACK = ["127.", "::1", "localhost"];

function led(options) {
  if (typeof options !== "object" || options === null || options.path) return options;
  const host = options.host || "localhost";
  if (HOSTS.has(host)) {
    if (Number(options.port) !== ASKED_PORT) throw new Error(`${host}: only port ${ASKED_PORT} leads anywhere`);
    return { ...options, host: "127.0.0.1", port: PORT };
  }
  if (!LOOPBACK.some((beginning) => host.startsWith(beginning))) throw new Error(`${host} is outside of this machine`);
  return options;
}

const connect = net.Socket.prototype.connect;
net.Socket.prototype.connect = function (...given) {
  // Node hands over what was given in one array, or as it was given.
  if (Array.isArray(given[0])) given[0][0] = led(given[0][0]);
  else given[0] = led(given[0]);
  return connect.apply(this, given);
};
