import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { FixtureCheckout } from "./fixture-checkout.ts";

/** In vitest's place: writes the outcome that the file `outcome-<kind>` holds. */
const VITEST = `import { existsSync, readFileSync, writeFileSync } from "node:fs";
  const option = (name) => process.argv.find((arg) => arg.startsWith(name + "="))?.slice(name.length + 1);
  const file = option("--outputFile.json");
  const kind = file.replace(/.*\\/|\\.json/g, "");
  const text = existsSync("outcome-" + kind) ? readFileSync("outcome-" + kind, "utf8") : "crash";
  if (text === "crash") process.exit(3);
  writeFileSync(file, text);
  process.exitCode = text.includes('"failed"') ? 1 : 0;`;

const TOOLS = ["vitest/vitest.mjs", "typescript/bin/tsc", "@biomejs/biome/bin/biome"];

let checkout: FixtureCheckout;
beforeEach(() => {
  checkout = new FixtureCheckout("");
  const folders = TOOLS.map((tool) => `node_modules/${tool.replace(/\/[^/]+$/, "")}`);
  checkout.installByHand({
    "node_modules/a": { version: "1.0.0" },
    ...Object.fromEntries(folders.map((folder) => [folder, { version: "1.0.0" }])),
  });
  for (const tool of TOOLS) checkout.write(`node_modules/${tool}`, "");
  checkout.write("node_modules/vitest/vitest.mjs", VITEST);
  checkout.write("tsconfig.json", "{}");
  checkout.write("vitest.config.ts", "");
  checkout.write("vitest.root.config.ts", "");
  mkdirSync(join(checkout.root, "tests/browser"), { recursive: true });
  checkout.write("tests/browser/vitest.config.ts", "");
  for (const kind of ["structure", "unit", "browser"]) outcome(kind, ["passed"]);
  // Part of it only where root runs us: nothing to count.
  outcome("root");
});
afterEach(() => checkout.remove());

function outcome(kind: string, ...files: string[][]): void {
  const testResults = files.map((tests, file) => ({
    name: join(checkout.root, `tests/file-${file}.test.ts`),
    status: tests.includes("failed") || tests.length === 0 ? "failed" : "passed",
    message: tests.length === 0 ? "SyntaxError: what stands there is no module" : "",
    assertionResults: tests.map((status, index) => ({
      fullName: `does thing ${index}`,
      status,
      failureMessages: status === "failed" ? [`Error: thing ${index} was not done\n    at a line`] : [],
    })),
  }));
  const numPassedTests = files.flat().filter((status) => status === "passed").length;
  checkout.write(`outcome-${kind}`, JSON.stringify({ numPassedTests, testResults }));
}

async function ci(): Promise<{ code: number | null; last: string; output: string }> {
  const { code, output } = await checkout.run("ci");
  return { code, output, last: output.trim().split("\n").at(-1) ?? "" };
}

describe("npm run ci", () => {
  it("ends with the sum over all runs", async () => {
    outcome("unit", ["passed", "passed"], ["passed", "skipped"]);
    expect(await ci()).toMatchObject({ code: 0, last: "5 passed, 0 failed" });
  });

  it("goes on after a failure, and counts it", async () => {
    outcome("structure", ["passed", "failed", "failed"]);
    const { code, last, output } = await ci();
    expect([code, last]).toEqual([1, "3 passed, 2 failed"]);
    expect(output).toContain("Failed: structure.");
  });

  it("counts a file that could not be loaded, and a run that crashed, as one each", async () => {
    outcome("unit", ["passed"], []);
    checkout.write("outcome-browser", "crash");
    expect(await ci()).toMatchObject({ code: 1, last: "2 passed, 2 failed" });
  });

  it("tells at its end once more what failed and why, since a long log is seldom kept whole", async () => {
    outcome("unit", ["passed", "failed"], []);
    const { output } = await ci();
    const end = output.slice(output.indexOf("── browser ──"));
    expect(end).toContain("✗ tests/file-0.test.ts > does thing 1\n    Error: thing 1 was not done\n        at a line");
    expect(end).toContain("✗ tests/file-1.test.ts\n    SyntaxError: what stands there is no module");
    expect(end).not.toContain("does thing 0");
  });

  it("counts types and lint when they fail", async () => {
    checkout.write("node_modules/typescript/bin/tsc", "process.exit(2)");
    checkout.write("node_modules/@biomejs/biome/bin/biome", "process.exit(1)");
    const { code, last, output } = await ci();
    expect([code, last]).toEqual([1, "3 passed, 2 failed"]);
    expect(output).toContain("Failed: types, lint.");
  });
});
