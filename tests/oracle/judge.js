// Judge GS1 texts with bwip-js, an independent implementation of the GS1 syntax dictionary.
// stdin: a JSON list of {symbol, text}; stdout: a JSON list of null (accepted) or the error's name and sentence.
"use strict";
const bwipjs = require("bwip-js");

let input = "";
process.stdin.on("data", (chunk) => { input += chunk; });
process.stdin.on("end", () => {
  const verdicts = JSON.parse(input).map(({ symbol, text }) => {
    try {
      bwipjs.raw({ bcid: symbol, text, dontdraw: true });
      return null;
    } catch (error) {
      return String(error.message || error);
    }
  });
  process.stdout.write(JSON.stringify(verdicts));
});
