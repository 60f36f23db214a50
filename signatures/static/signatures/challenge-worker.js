/* Looks for the number whose derived key begins as asked (ALTCHA, version 2, PBKDF2). Takes each `step`th one. */
"use strict";

function bytes(hex) {
  return Uint8Array.from(hex.match(/../g) || [], function (pair) {
    return parseInt(pair, 16);
  });
}

function hex(buffer) {
  return Array.from(new Uint8Array(buffer), function (byte) {
    return byte.toString(16).padStart(2, "0");
  }).join("");
}

async function solve(parameters, first, step) {
  var nonce = bytes(parameters.nonce);
  var password = new Uint8Array(nonce.length + 4);
  password.set(nonce);
  var counterBytes = new DataView(password.buffer, nonce.length);
  var how = { name: "PBKDF2", hash: "SHA-256", salt: bytes(parameters.salt), iterations: parameters.cost };
  for (var counter = first; counter <= 0xffffffff; counter += step) {
    counterBytes.setUint32(0, counter);
    var key = await crypto.subtle.importKey("raw", password, "PBKDF2", false, ["deriveBits"]);
    var derived = hex(await crypto.subtle.deriveBits(how, key, parameters.keyLength * 8));
    if (derived.startsWith(parameters.keyPrefix)) return { counter: counter, derivedKey: derived };
  }
  throw new Error("no solution");
}

onmessage = function (event) {
  var asked = event.data;
  solve(asked.parameters, asked.first, asked.step).then(
    function (solution) {
      postMessage(solution);
    },
    function () {
      postMessage(null);
    }
  );
};
