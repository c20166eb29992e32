import { fileURLToPath } from "node:url";

/** Below the server's sources: what may be run as a person, and nothing else. */
export const personPrograms = {
  agent: "workspaces/file-work/agent/main.ts",
  sessionHost: "sessions/host/main.ts",
  sessionTask: "sessions/host/task.ts",
} as const;

/** The folder of these sources, absolute. */
export const SOURCES = fileURLToPath(new URL(".", import.meta.url));

/** The checkout, or what was installed in its place: the folder that holds `packages` and `node_modules`. */
export const CHECKOUT = fileURLToPath(new URL("../../..", import.meta.url));
