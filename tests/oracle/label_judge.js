// Draw labels with renderers we did not write: npos decodes ESC/POS rasters, zpl-renderer-js (zebrash) draws ZPL.
// stdin: a JSON list of {escpos: base64} or {zpl: text, width_mm, height_mm, dpmm}; stdout: a JSON list, in the same
// order, of {picture: base64 of a PGM or PNG} or {error: sentence}.
"use strict";
const npos = require("npos");

let input = "";
process.stdin.on("data", (chunk) => { input += chunk; });
process.stdin.on("end", async () => {
  const answers = [];
  for (const asked of JSON.parse(input)) {
    try {
      answers.push({ picture: asked.zpl === undefined ? await drawEscpos(asked) : await drawZpl(asked) });
    } catch (error) {
      answers.push({ error: String((error && error.message) || error) });
    }
  }
  process.stdout.write(JSON.stringify(answers), () => process.exit(0));
});

// Every raster of a document, below each other, as npos' own parser and codec see them.
async function drawEscpos({ escpos }) {
  const raw = Buffer.from(escpos, "base64");
  const ast = await npos.parser().parse(raw);
  if (ast.error) throw ast.error;
  const nodes = ast.tree.filter((node) => node.ascii === "GS" && node.fn === "v0");
  const image = npos.codecs.raster.decode(raw, nodes);
  const head = Buffer.from(`P5 ${image.width} ${image.height} 255\n`, "ascii");
  const grey = Buffer.alloc(image.width * image.height);
  for (let y = 0; y < image.height; y++) {
    for (let x = 0; x < image.width; x++) grey[y * image.width + x] = image.getPixel(x, y) ? 0xff : 0x00;
  }
  return Buffer.concat([head, grey]).toString("base64");
}

let zebrash;
async function drawZpl({ zpl, width_mm, height_mm, dpmm }) {
  zebrash = zebrash || (await require("zpl-renderer-js").ready).api;
  return zebrash.zplToBase64Async(zpl, width_mm, height_mm, dpmm);
}
