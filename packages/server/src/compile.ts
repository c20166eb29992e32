/**
 * `node compile.ts <folder> <uid> <state>`: loads the server, starts nothing, and leaves in the folder what Node made of
 * it, for that account to read. The folder appears, or is replaced, when it is whole.
 */
import { mkdir, readdir, rename, rm, stat, writeFile } from "node:fs/promises";
import { enableCompileCache, flushCompileCache } from "node:module";
import { setPriority } from "node:os";
import { dirname, join } from "node:path";
import { STATE_FILE } from "./platform/processes/compiled.ts";

/** Milliseconds after which another's unfinished work is nobody's. */
const GIVEN_UP_AFTER = 300_000;

const [folder = "", uid = "", state = ""] = process.argv.slice(2);
const draft = `${folder}.draft`;
// Whoever waits for the server that was just started comes first.
setPriority(19);
if (await isOurs()) await compile().finally(() => rm(draft, { recursive: true, force: true }));

async function compile(): Promise<void> {
  enableCompileCache(draft);
  // Only from here on is kept what is loaded.
  const { openToAll } = await import("./platform/processes/readable-sources.ts");
  await import("./serve.ts");
  await import("./run-server.ts");
  flushCompileCache();
  // Node has a folder for each account: a number behind its own version and V8's.
  for (const name of await readdir(draft)) await rename(join(draft, name), join(draft, name.replace(/\d+$/, uid)));
  await writeFile(join(draft, STATE_FILE), state);
  await openToAll(draft);
  await rm(folder, { recursive: true, force: true });
  await rename(draft, folder);
}

/** One at a time: several servers may start from one checkout. */
async function isOurs(): Promise<boolean> {
  await mkdir(dirname(folder), { recursive: true });
  const before = await stat(draft).catch(() => null);
  if (before !== null && Date.now() - before.mtimeMs > GIVEN_UP_AFTER) await rm(draft, { recursive: true });
  return mkdir(draft).then(
    () => true,
    () => false,
  );
}
