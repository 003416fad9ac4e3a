// Uploads files with tus-js-client as told on standard input, and prints what became of each.
// Asked: {"url", "key", "uploads": [{"path", "metadata", "chunk", "cut", "remove", "override"}]}
// "cut": abort after so many bytes and begin again from the upload's address; "remove": terminate it then.
const fs = require("fs");
const path = require("path");
const tus = require(path.join(process.argv[2], "tus-js-client"));

function upload(asked, each, resume) {
  return new Promise((resolve) => {
    const told = {};
    const one = new tus.Upload(fs.createReadStream(each.path), {
      endpoint: resume ? undefined : asked.url + "/uploads",
      uploadUrl: resume || undefined,
      headers: { Authorization: "Bearer " + asked.key },
      metadata: each.metadata,
      chunkSize: each.chunk || Infinity,
      uploadSize: fs.statSync(each.path).size,
      uploadDataDuringCreation: Boolean(each.atOnce),
      overridePatchMethod: Boolean(each.override),
      retryDelays: [0, 100],
      onAfterResponse: (_request, response) => {
        told.word = response.getHeader("Twincheck-Word") || told.word;
        told.expires = response.getHeader("Upload-Expires") || told.expires;
      },
      onError: (error) => resolve({ ...told, error: error.originalResponse ? error.originalResponse.getStatus() : String(error) }),
      onSuccess: () => resolve({ ...told, url: one.url }),
      onChunkComplete: (_size, accepted) => {
        if (!resume && each.cut && accepted >= each.cut) {
          one.abort(Boolean(each.remove)).then(() => resolve({ ...told, url: one.url, cut: accepted }));
        }
      },
    });
    one.start();
  });
}

async function main() {
  const asked = JSON.parse(fs.readFileSync(0, "utf-8"));
  const ends = [];
  for (const each of asked.uploads) {
    let end = await upload(asked, each, null);
    if (end.cut) end = { cut: end.cut, ...(await upload(asked, each, end.url)) };
    ends.push(end);
  }
  process.stdout.write(JSON.stringify(ends));
}

main();
