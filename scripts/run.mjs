// Every npm script comes through here. Plain JavaScript for Node 20 or later, with nothing installed:
// it installs when the lock file changed, then runs the command on the Node that came as a dependency.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { bench, chaos, ci, dev, screenshots, start, stoa, test, types } from "./commands.mjs";
import { ensureInstalled } from "./install.mjs";
import { bundledNode, Stop } from "./node-binary.mjs";
import { root } from "./root.mjs";
import { endAs, runTool } from "./supervise.mjs";

const commands = {
  start,
  dev,
  test: (args) => test("unit", args),
  "test:browser": (args) => test("browser", args),
  "test:chaos": chaos,
  "test:root": (args) => test("root", args),
  "test:peers": (args) => test("peers", args),
  // A script of its own: a virtual machine, whose modules are built first.
  "test:peers:storage-vm": (args) => test("storageVm", args),
  "test:peers:long": (args) => test("long", args),
  "test:peers:storage-openzfs": (args) => test("openzfs", args),
  bench,
  screenshots,
  ci,
  types,
  stoa,
  lint: (args) => runTool("@biomejs/biome/bin/biome", ["check", "--error-on-warnings", ...args]),
  format: (args) => runTool("@biomejs/biome/bin/biome", ["check", "--write", ...args]),
  install: async () => 0,
};

/** `test:peers:slurm` is `test:peers slurm`. */
function findCommand(name, args) {
  if (Object.hasOwn(commands, name)) return () => commands[name](args);
  const peer = /^test:peers:(.+)$/.exec(name);
  return peer === null ? null : () => commands["test:peers"]([peer[1], ...args]);
}

async function main([name = "", ...args]) {
  const command = findCommand(name, args);
  if (command === null) {
    throw new Stop(`There is no command "${name}".`, `Choose one of: ${Object.keys(commands).join(", ")}.`);
  }
  await ensureInstalled();
  if (!existsSync(join(root, "packages/server/src/main.ts"))) {
    throw new Stop("This checkout has no server in it.", "Clone the project again, completely.");
  }
  bundledNode();
  return command();
}

try {
  endAs(await main(process.argv.slice(2)));
} catch (error) {
  if (!(error instanceof Stop)) throw error;
  console.error(`\n${error.message}\n${error.remedy}`);
  process.exitCode = 1;
}
