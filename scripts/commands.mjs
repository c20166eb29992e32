import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { Stop } from "./node-binary.mjs";
import { closingLine, failures, resultFile } from "./results.mjs";
import { root, say } from "./root.mjs";
import { runNode, runTool } from "./supervise.mjs";
import { watchServer } from "./watch-server.mjs";
import { ensureWebBuilt } from "./web.mjs";

const SERVER = "packages/server/src/main.ts";

/** The server, on a portal that is up to date. */
export async function start(args) {
  await ensureWebBuilt();
  return runNode([SERVER, ...args]);
}

/** The server restarts when its code changes; the portal is built anew when its code does: reload the page. */
export async function dev(args) {
  await ensureWebBuilt();
  const portal = existsSync(join(root, "packages/web/index.html"))
    ? runTool("vite/bin/vite.js", ["build", "packages/web", "--watch", "--logLevel", "warn"], {
        stdio: ["ignore", 2, 2],
      })
    : Promise.resolve(0);
  const codes = await Promise.all([watchServer([SERVER, ...args]), portal]);
  return codes[0];
}

export async function stoa(args) {
  return runNode(["packages/cli/bin/stoa.mjs", ...args]);
}

/** What each kind of test runs; those besides the unit tests have a vitest configuration of their own. */
const kinds = {
  unit: { config: "vitest.config.ts", needsPortal: false },
  browser: { config: "tests/browser/vitest.config.ts", needsPortal: true },
  root: { config: "vitest.root.config.ts", needsPortal: false },
  peers: { config: "tests/peers/vitest.config.ts", needsPortal: true },
  storageVm: { config: "tests/peers/storage/vm/storage-vm.config.ts", needsPortal: false },
  long: { config: "tests/peers/long.config.ts", needsPortal: true },
  openzfs: { config: "tests/peers/storage/vm/openzfs.config.ts", needsPortal: false },
};

/**
 * `watch` as first argument watches; the rest goes to vitest: `npm test -- accounts`. With `resultsOf`
 * the outcome is also kept as JSON for the closing line.
 */
export async function test(kind, args, resultsOf = null) {
  const { config, needsPortal } = kinds[kind];
  if (!existsSync(join(root, config))) throw new Stop(`There are no ${kind} tests here (${config}).`, "Nothing to do.");
  if (kind === "root" && process.getuid?.() !== 0) {
    throw new Stop("These tests try what only root can do.", "Run them as root: sudo npm run test:root");
  }
  if (needsPortal) await ensureWebBuilt();
  const watch = args[0] === "watch";
  const reporters =
    resultsOf === null ? [] : ["--reporter=default", "--reporter=json", `--outputFile.json=${resultFile(resultsOf)}`];
  const rest = watch ? args.slice(1) : args;
  return runTool("vitest/vitest.mjs", [
    watch ? "watch" : "run",
    "--root",
    root,
    "--config",
    config,
    ...reporters,
    ...rest,
  ]);
}

export async function types(args) {
  const projects = [".", "packages/web"].filter((folder) => existsSync(join(root, folder, "tsconfig.json")));
  let worst = 0;
  for (const project of projects)
    worst = Math.max(worst, await runTool("typescript/bin/tsc", ["-p", project, ...args]));
  return worst;
}

/** kill -9 at random moments: `npm run test:chaos -- --rounds 50 --seed 7`, of sessions with `--only sessions`. */
export async function chaos(args) {
  return runNode(["tests/chaos/run.ts", ...args]);
}

/** Pictures of every page, to look through: `npm run screenshots -- --page workspaces --look fa-dark-390 --data absurd`. */
export async function screenshots(args) {
  await ensureWebBuilt();
  return runNode(["tests/browser/screenshots/take.ts", ...args]);
}

export async function bench(args) {
  await ensureWebBuilt();
  return runNode(["bench/run.ts", ...args]);
}

/** Everything that CI checks, to the end even when something failed; then one line that sums it up. */
export async function ci() {
  mkdirSync(join(root, "artifacts/results"), { recursive: true });
  const steps = [
    ["types", () => types([])],
    ["lint", () => runTool("@biomejs/biome/bin/biome", ["check", "--error-on-warnings"])],
    ["structure", () => test("unit", ["tests/structure"], "structure")],
    ["tests", () => test("unit", ["--exclude", "tests/structure/**"], "unit")],
  ];
  const required = process.env.STOA_PEERS === "required";
  const isRoot = process.getuid?.() === 0;
  if (isRoot) steps.push(["root", () => test("root", [], "root")]);
  else say("\nWithout root nobody tries what only root can do: sudo npm run test:root.");
  // Where everything is required, what can't be tried has failed.
  if (required && !isRoot) steps.push(["root", async () => 1]);
  steps.push(["browser", () => test("browser", [], "browser")]);
  if (required) steps.push(["peers", () => test("peers", [], "peers")]);
  const failed = [];
  for (const [name, step] of steps) {
    say(`\n── ${name} ──`);
    if ((await step()) !== 0) failed.push(name);
  }
  for (const failure of failures()) console.log(`\n${failure}`);
  if (failed.length > 0) say(`\nFailed: ${failed.join(", ")}.`);
  console.log(closingLine(failed));
  return failed.length === 0 ? 0 : 1;
}
