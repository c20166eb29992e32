/**
 * The peer for uploads: `node:http` and a file, as anyone would write it in ten lines, asking nobody who they are.
 * It answers when the disk has the bytes, as Stoa does. Argument: the file to write.
 */
import { createWriteStream } from "node:fs";
import { createServer } from "node:http";
import { pipeline } from "node:stream/promises";

const [file] = process.argv.slice(2);

const server = createServer(async (request, response) => {
  await pipeline(request, createWriteStream(file as string, { flush: true, highWaterMark: 1 << 20 }));
  response.end();
});
server.listen(0, "127.0.0.1", () => {
  process.stdout.write(`http://127.0.0.1:${(server.address() as { port: number }).port}\n`);
});
