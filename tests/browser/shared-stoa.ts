import { inject } from "vitest";
import type { TestProject } from "vitest/node";
import { type RunningStoa, runningStoa } from "./running-stoa.ts";

type Shared = Pick<RunningStoa, "url" | "adminPassword">;

declare module "vitest" {
  interface ProvidedContext {
    stoas: Shared[];
  }
}

/** Vitest's global setup: one server for each worker, for all of its files that need nothing of their own of it. */
export default async function startShared(project: TestProject): Promise<() => Promise<void>> {
  const stoas: RunningStoa[] = [];
  // One after the other: the first may have to build the portal.
  for (let worker = 0; worker < (project.config.maxWorkers ?? 1); worker++) stoas.push(await runningStoa());
  project.provide(
    "stoas",
    stoas.map(({ url, adminPassword }) => ({ url, adminPassword })),
  );
  return async () => void (await Promise.all(stoas.map((stoa) => stoa.stop())));
}

/**
 * This worker's server: workspaces and sessions of files before this one are on it, and nobody's settings. No other file
 * is at it meanwhile. Not to be stopped.
 */
export function sharedStoa(): Shared {
  const stoas = inject("stoas");
  const mine = stoas[(Number(process.env.VITEST_POOL_ID) - 1) % stoas.length];
  if (mine === undefined) throw new Error("no server was started for this worker");
  return mine;
}
