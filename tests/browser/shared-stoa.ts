import { inject } from "vitest";
import type { TestProject } from "vitest/node";
import { type RunningStoa, runningStoa } from "./running-stoa.ts";

declare module "vitest" {
  interface ProvidedContext {
    stoa: Pick<RunningStoa, "url" | "adminPassword">;
  }
}

/** Vitest's global setup: one server for all files that need nothing of their own of it. */
export default async function startShared(project: TestProject): Promise<() => Promise<void>> {
  const { url, adminPassword, stop } = await runningStoa();
  project.provide("stoa", { url, adminPassword });
  return stop;
}

/** That server: others' workspaces and sessions are on it, and nobody's settings. Not to be stopped. */
export const sharedStoa = (): Pick<RunningStoa, "url" | "adminPassword"> => inject("stoa");
