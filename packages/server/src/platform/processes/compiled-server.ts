import { spawn } from "node:child_process";
import { readFile } from "node:fs/promises";
import path from "node:path";
import type { Logger } from "pino";
import { COMPILED, STATE_FILE } from "./compiled.ts";
import { fingerprint, type ReadableSources } from "./readable-sources.ts";

interface Options {
  readonly places: ReadableSources;
  /** Whom the server runs as. */
  readonly account: { readonly uid: number };
  readonly log: Pick<Logger, "debug">;
}

/**
 * Where a server behind a broker finds what Node makes of its sources: root's, as they are. What strangers talk to
 * could otherwise write down what its successor is going to run.
 */
export function compiledServer(places: ReadableSources): string {
  return path.join(checkoutOf(places), COMPILED, "server");
}

/** Has it made for the next start by a process of its own, when the sources have changed. */
export async function keepServerCompiled({ places, account, log }: Options): Promise<void> {
  try {
    const folder = compiledServer(places);
    const state = `${await fingerprint(checkoutOf(places))} ${account.uid}`;
    if ((await readFile(path.join(folder, STATE_FILE), "utf8").catch(() => null)) === state) return;
    const args = [path.join(places.sources, "compile.ts"), folder, String(account.uid), state];
    const child = spawn(places.node, [...process.execArgv, ...args], { stdio: "ignore", env: {}, detached: true });
    child.on("error", (error) => log.debug({ err: error }, "the server's sources are not kept compiled"));
    child.unref();
  } catch (error) {
    log.debug({ err: error }, "the server's sources are not kept compiled");
  }
}

function checkoutOf({ sources }: ReadableSources): string {
  return path.resolve(sources, "../../..");
}
