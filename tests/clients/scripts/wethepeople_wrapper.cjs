// Run beside the modules of wethepeople-wrapper: makes the calls that it is given, one after the other, and prints what
// they answer; null where it says that a call failed.
// Arguments: the key, and a JSON list of [facet, method, argument...].
"use strict";

const WeThePeople = require("wethepeople-wrapper");

const [key, calls] = process.argv.slice(2);
const api = new WeThePeople(key);

function made([facet, method, ...given]) {
  return new Promise((resolve) => api[facet][method](...given, resolve, () => resolve(null)));
}

(async () => {
  const found = [];
  for (const call of JSON.parse(calls)) found.push(await made(call));
  console.log(JSON.stringify(found));
})();
