import { PassThrough, Readable } from "node:stream";
import { ZipFile } from "yazl";
import type { AccountPart } from "../account-part.ts";

/** Bytes of one piece, as it is kept. */
const PIECE_BYTES = 256 * 1024;

const ABOUT = `What Stoa keeps about you, one file for each kind of thing, as JSON. Times are UTC.
Your files are not in here: download them as a zip from each workspace's page.

آنچه استوا دربارهٔ شما نگه می‌دارد: برای هر نوع داده یک فایل JSON. زمان‌ها به وقت UTC هستند.
فایل‌های خودتان اینجا نیستند: آن‌ها را از صفحهٔ هر فضای کار به صورت zip دریافت کنید.
`;

/** The zip of everything that the parts keep about the person, in pieces; memory stays flat. */
export async function* zipOf(parts: readonly AccountPart[], accountId: number): AsyncGenerator<Buffer> {
  const zip = new ZipFile();
  zip.addBuffer(Buffer.from(ABOUT), "README.txt");
  // A failing row must end the reading of the zip: left alone it would wait for ever.
  const out = new PassThrough();
  const fail = (error: Error) => void out.destroy(error);
  zip.on("error", fail);
  for (const { name, rows } of parts) {
    for (const [file, rowsOf] of Object.entries(rows)) {
      zip.addReadStreamLazy(`${name}/${file}.json`, (give) => {
        give(null, Readable.from(jsonOf(rowsOf(accountId))).on("error", fail));
      });
    }
  }
  zip.end();
  zip.outputStream.pipe(out);
  yield* inPieces(out);
}

/** A JSON array, a row a line. */
async function* jsonOf(rows: AsyncIterable<object>): AsyncGenerator<string> {
  let before = "[\n";
  for await (const row of rows) {
    yield before + JSON.stringify(row);
    before = ",\n";
  }
  yield before === "[\n" ? "[]\n" : "\n]\n";
}

async function* inPieces(stream: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let kept: Buffer[] = [];
  let size = 0;
  for await (const chunk of stream) {
    kept.push(chunk);
    size += chunk.length;
    if (size < PIECE_BYTES) continue;
    yield Buffer.concat(kept);
    [kept, size] = [[], 0];
  }
  if (size > 0) yield Buffer.concat(kept);
}
