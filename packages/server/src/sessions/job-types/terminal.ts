import { accessSync, constants } from "node:fs";
import { basename } from "node:path";
import type { JobType } from "./contract.ts";

/** The person's own shell, in the browser. */
export const terminal: JobType = {
  id: "terminal",
  name: "Terminal",
  icon: "terminal",
  parameters: ["num_cpus", "memory_mb", "time_limit_min"],
  program: "pty",
  web: "terminal",
  readiness: "started",
  protection: "unix-socket",
  fails: "never",
  command: ({ env }) => [chooseShell(env.SHELL), "-i"],
};

/** Accounts made for services have a shell that lets nobody in. */
const NO_SHELLS = new Set(["nologin", "false", "true", "sync"]);

function chooseShell(own: string | undefined): string {
  const choices = [own, "/bin/bash", "/bin/sh"].filter((path) => path !== undefined && !NO_SHELLS.has(basename(path)));
  return choices.find((path) => path !== undefined && isProgram(path)) ?? "/bin/sh";
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return path.startsWith("/");
  } catch {
    return false;
  }
}
