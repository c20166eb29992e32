import { execFile } from "node:child_process";
import { rm } from "node:fs/promises";
import { promisify } from "node:util";

/** Removes a test's directory; folders that the test closed are opened first. */
export async function removeDirectory(directory: string): Promise<void> {
  await promisify(execFile)("chmod", ["-R", "u+rwX", directory]);
  await rm(directory, { recursive: true, force: true });
}
