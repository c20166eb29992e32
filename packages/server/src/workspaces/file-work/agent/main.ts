/**
 * The file agent: works on one person's files under that person's own system account. Started by the broker with a
 * connection to the server as descriptor 3; does what is in the list of file commands and nothing else, and ends with
 * the connection. Knows neither database nor configuration.
 */
import { Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { openAside, openPlace } from "../../files/open-place.ts";
import { openSnapshot } from "../../files/open-snapshot.ts";
import type { PersonFolders } from "../contract.ts";
import { createPersonFolders } from "../person-folders.ts";
import { BrokenProtocol, createFrameReader, FRAME, readJson, sendFrame } from "./frames.ts";
import type { AgentSetup } from "./messages.ts";
import { type CallServer, createCallServer } from "./serve-calls.ts";

const CONNECTION = 3;
/** Milliseconds that work under way has to tidy up after itself once nobody is there for it. */
const LAST_WORDS_MS = 10_000;

process.umask(0o022);
const socket = new Socket({ fd: CONNECTION, readable: true, writable: true });
let server: CallServer | null = null;

const read = createFrameReader((type, call, payload) => {
  if (server !== null) return server.take(type, call, payload);
  if (type !== FRAME.setup) throw new BrokenProtocol("a call before it was said whose files these are");
  server = createCallServer(socket, foldersOf(readJson(payload) as AgentSetup));
  sendFrame(socket, FRAME.ready, 0);
});

socket.on("data", (chunk: Buffer) => {
  try {
    read(chunk);
  } catch (error) {
    console.error(error);
    socket.destroy();
  }
});
socket.on("error", () => undefined);
socket.on("end", () => socket.end());
socket.on("close", async () => {
  await Promise.race([server?.stop(), sleep(LAST_WORDS_MS)]);
  process.exit(0);
});

function foldersOf(setup: AgentSetup): PersonFolders {
  return createPersonFolders({
    accountId: setup.accountId,
    stagingMark: setup.stagingMark,
    symlinkRoots: setup.symlinkRoots,
    // Both are the person's own, made by the broker below folders that are not: their names always mean them, or the
    // links that it has put there.
    account: () => openPlace(setup.accountFolder, "workspaces"),
    trash: () => openPlace(setup.trashFolder, "trash"),
    snapshot: (name) => openSnapshot(setup.accountFolder, name),
    aside: (kind) => openAside(kind === "trash" ? setup.trashFolder : setup.accountFolder),
  });
}
