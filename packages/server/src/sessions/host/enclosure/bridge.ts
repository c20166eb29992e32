/**
 * Carries a Unix socket to a port of this network's own loopback: `node bridge.ts <port> <socket>`. Runs inside a
 * session's enclosure, beside its program; the socket appears once the program listens. Stands alone: in there it is
 * one file.
 */
import { rmSync } from "node:fs";
import { connect, createServer, type OnReadOpts, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

const [port = "", socketPath = ""] = process.argv.slice(2);
/** Some programs listen on one of them only. */
const LOOPBACKS = ["127.0.0.1", "::1"];
const FIRST_MS = 10;
const LAST_MS = 250;
/** Bytes that are read at once. */
const AT_FIRST = 16 * 1024;
const AT_MOST = 256 * 1024;

let host = await listening();

const server = createServer({ allowHalfOpen: true, noDelay: true }, (outside) => {
  const onread = writtenTo(outside, () => inside.resume());
  const inside = connect({ host, port: Number(port), allowHalfOpen: true, noDelay: true, onread });
  join(outside, inside);
  // A program that was started anew may have taken the other loopback.
  inside.once("error", () => void listening().then((found) => (host = found)));
});
rmSync(socketPath, { force: true });
server.listen({ path: socketPath, backlog: 4096 });

/** Bytes both ways, each only as fast as the other takes them; the end of one way is not the end of the other. */
function join(outside: Socket, inside: Socket): void {
  outside.pipe(inside);
  inside.once("end", () => outside.end());
  // What was cut off must not look whole to the program.
  outside.once("error", () => inside.resetAndDestroy());
  outside.once("close", () => {
    if (!outside.readableEnded) inside.destroy();
  });
  inside.once("error", () => outside.destroy());
  inside.once("close", () => {
    if (!inside.readableEnded) outside.destroy();
  });
}

/**
 * Writes from where it was read to, and has nothing read until that is free again: for a large body half the work of a
 * pipe, which takes new memory for each 64 KiB. Most connections never carry as much.
 */
function writtenTo(outside: Socket, goOn: () => void): OnReadOpts {
  let room = Buffer.allocUnsafeSlow(AT_FIRST);
  let waits = false;
  const written = (): void => {
    if (!waits || outside.writableLength > 0) return;
    waits = false;
    goOn();
  };
  return {
    buffer: () => room,
    callback(bytes, from) {
      outside.write(from.subarray(0, bytes), written);
      waits = outside.writableLength > 0;
      if (!waits && bytes === room.length && bytes < AT_MOST) room = Buffer.allocUnsafeSlow(bytes * 4);
      return !waits;
    },
  };
}

/** Resolves with the loopback address where somebody accepts at the port. */
async function listening(): Promise<string> {
  for (let wait = FIRST_MS; ; wait = Math.min(wait * 1.5, LAST_MS)) {
    for (const address of LOOPBACKS) if (await accepts(address)) return address;
    await sleep(wait);
  }
}

function accepts(address: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(Number(port), address);
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });
}
