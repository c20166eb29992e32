import { expect, it } from "vitest";
import { importsOf, localImportsOf } from "./imports.ts";
import { readTree } from "./source-tree.ts";

const MAIN = "packages/server/src/workspaces/file-work/agent/main.ts";
/** What works on people's files, and the errors it tells of them. */
const ALLOWED =
  /^packages\/server\/src\/(workspaces\/(files|file-work)\/|workspaces\/details\/shown-names\.ts|platform\/(errors\/|processes\/(inside-storage|house-account|move-account)\.ts))/;
const FOREIGN = ["pg", "kysely", "fastify", "pino", "pg-boss"];

it("loads into a person's file agent nothing but the work on files", () => {
  const files = new Map(readTree("packages").map((file) => [file.path, file]));
  const found = new Set<string>();
  const queue = [MAIN];
  for (let path = queue.pop(); path !== undefined; path = queue.pop()) {
    const file = files.get(path);
    if (file === undefined || found.has(path)) continue;
    found.add(path);
    // Types are gone when it runs.
    const loaded = { ...file, text: file.text.replace(/^import type\b.*?;$/gms, "") };
    expect(
      importsOf(loaded).filter((name) => FOREIGN.includes(name)),
      path,
    ).toEqual([]);
    queue.push(...localImportsOf(loaded));
  }
  expect(found.size).toBeGreaterThan(20);
  expect([...found].filter((path) => !ALLOWED.test(path))).toEqual([]);
});
