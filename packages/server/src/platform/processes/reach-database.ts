import { spawn } from "node:child_process";
import path from "node:path";
import type { ReadableSources } from "./readable-sources.ts";
import { TOOLS } from "./tools.ts";

/**
 * Why the server's account does not get through to a database that is not ours (a socket that only root reaches, a
 * login by the system's account name, a key file of root's); null when it does.
 */
export async function cannotReach(
  urls: readonly string[],
  account: { readonly uid: number; readonly gid: number },
  { node, sources }: ReadableSources,
): Promise<string | null> {
  const as = ["--reuid", String(account.uid), "--regid", String(account.gid), "--clear-groups", "--"];
  const child = spawn(TOOLS.setpriv, [...as, node, path.join(sources, "platform/database/reach.ts")], {
    cwd: "/",
    env: { HOME: "/nonexistent" },
    stdio: ["pipe", "ignore", "pipe"],
  });
  let said = "";
  child.stderr.on("data", (part: Buffer) => {
    if (said.length < 1000) said += part.toString();
  });
  // Not as an argument: everybody sees those.
  child.stdin.on("error", () => undefined).end(JSON.stringify(urls));
  const code = await new Promise((resolve) => child.once("close", resolve).once("error", () => resolve(1)));
  return code === 0 ? null : said.trim() || "it could not be tried";
}
