import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { OpenFolder } from "./descriptor-walk.ts";

/** A folder of a test's own, by path and held open; gone at the end of the scope. */
export async function createTestFolder(): Promise<AsyncDisposable & { path: string; folder: OpenFolder }> {
  const home = await mkdtemp(path.join(tmpdir(), "stoa-files-"));
  const folder = await OpenFolder.trusted(home);
  return {
    path: home,
    folder,
    async [Symbol.asyncDispose]() {
      await folder[Symbol.asyncDispose]();
      await rm(home, { recursive: true, force: true });
    },
  };
}
