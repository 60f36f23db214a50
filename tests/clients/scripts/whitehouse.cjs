// Run beside the modules of whitehouse: makes the calls that it is given and prints what they answer.
// Arguments: a JSON list of [method, argument...].
"use strict";

const { createWhiteHouse } = require("whitehouse");

const api = createWhiteHouse("a key that reading does not need");

function made([method, ...given]) {
  return new Promise((resolve) => api[method](...given, (text) => resolve(JSON.parse(text))));
}

(async () => {
  const found = [];
  for (const call of JSON.parse(process.argv[2])) found.push(await made(call));
  console.log(JSON.stringify(found));
})();
