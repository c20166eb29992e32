import { expect, it } from "vitest";
import { readTree } from "./source-tree.ts";

it("has no test of the server replace a module: its worker would keep it for the tests that come after", () => {
  const tests = ["packages/server", "packages/cli", "tests"]
    .flatMap((folder) => readTree(folder))
    .filter(({ path }) => path.endsWith(".test.ts") && !path.startsWith("tests/structure/"));
  expect(tests.length).toBeGreaterThan(300);
  expect(tests.filter(({ text }) => /\bvi\.(do)?mock\(/i.test(text)).map(({ path }) => path)).toEqual([]);
});
