import { dirname } from "node:path";
import { fileURLToPath } from "node:url";

/** The checkout, wherever the command was called from. */
export const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** Progress goes to stderr: what a command prints stays clean. */
export function say(line) {
  process.stderr.write(`${line}\n`);
}
