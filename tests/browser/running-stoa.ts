import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { ADMIN_PASSWORD, discard, newDataDir, startStoa } from "../support/stoa-process.ts";

export interface RunningStoa {
  readonly url: string;
  readonly adminPassword: string;
  stop(): Promise<void>;
}

const web = join(import.meta.dirname, "../../packages/web");

/**
 * A server with the built portal: the one that STOA_TEST_URL names (its admin's password in
 * STOA_TEST_ADMIN_PASSWORD), else one of our own, on an empty data directory.
 * @param env settings that only one of our own can have
 * @param main the program that serves, where it isn't the real one
 */
export async function runningStoa(
  env: Readonly<Record<string, string>> | null = null,
  main: string | null = null,
): Promise<RunningStoa> {
  const url = process.env.STOA_TEST_URL;
  if (url !== undefined && env === null) {
    return { url, adminPassword: process.env.STOA_TEST_ADMIN_PASSWORD ?? ADMIN_PASSWORD, stop: async () => {} };
  }
  buildPortalIfMissing();
  const dataDir = newDataDir();
  // A home of its own: whose shell takes a minute to greet is no matter of ours.
  const stoa = await startStoa({ dataDir, env: { HOME: dataDir, ...env }, ...(main === null ? {} : { main }) });
  return { url: stoa.url, adminPassword: stoa.adminPassword, stop: () => discard(stoa) };
}

/** For a server that somebody starts on their own. */
export function buildPortalIfMissing(): void {
  if (existsSync(join(web, "dist/index.html"))) return;
  const vite = join(import.meta.dirname, "../../node_modules/vite/bin/vite.js");
  // As it is built for people: a test's own setting would make it larger and slower.
  execFileSync(process.execPath, [vite, "build"], {
    cwd: web,
    stdio: "inherit",
    env: { ...process.env, NODE_ENV: "production" },
  });
}
