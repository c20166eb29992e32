import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { connect, createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";

/**
 * Two connected ends of a Unix socket, for one of them to be given away. Node has no call for it: so a connection to
 * ourselves, through a name in a folder that nobody else can enter. Neither end reads before somebody listens to it.
 */
export async function socketPair(): Promise<[Socket, Socket]> {
  const folder = await mkdtemp(path.join(tmpdir(), "stoa-pair-"));
  const server = createServer({ pauseOnConnect: true });
  try {
    const name = path.join(folder, randomBytes(4).toString("hex"));
    await new Promise<void>((resolve, reject) => server.once("error", reject).listen(name, resolve));
    const accepted = new Promise<Socket>((resolve) => server.once("connection", resolve));
    const mine = connect(name);
    await new Promise<void>((resolve, reject) => mine.once("error", reject).once("connect", resolve));
    return [mine, await accepted];
  } finally {
    server.close();
    await rm(folder, { recursive: true, force: true });
  }
}
