#!/usr/bin/env node
// Plain JavaScript for any Node from 20 on: the commands themselves are TypeScript, which needs Node 24.
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

if (Number(process.versions.node.split(".")[0]) >= 24) {
  await keepCompiled();
  const { main } = await import("../src/main.ts");
  process.exitCode = await main(process.argv.slice(2));
} else {
  await runOnBundledNode();
}

/** Half of a command's time would be to make its sources anew. Where the server keeps its own: not for older Nodes. */
async function keepCompiled() {
  const { enableCompileCache } = await import("node:module");
  enableCompileCache(join(dirname(fileURLToPath(import.meta.url)), "../../../node_modules/.cache/stoa/own"));
}

async function runOnBundledNode() {
  const script = fileURLToPath(import.meta.url);
  const binary = findBundledNode(dirname(script));
  if (binary === null) {
    console.error(`stoa needs Node 24; this is ${process.version}, and the one it brings is not installed.`);
    console.error("Run npm start once in the checkout: it installs everything.");
    process.exitCode = 1;
    return;
  }
  const child = spawn(binary, [script, ...process.argv.slice(2)], { stdio: "inherit" });
  // From a terminal Ctrl-C reaches the child by itself; here it only must not end us before the child.
  process.on("SIGINT", () => undefined);
  for (const signal of ["SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
  process.exitCode = await new Promise((resolve) => {
    child.on("exit", (code, signal) => resolve(code ?? (signal === "SIGINT" ? 130 : 143)));
  });
}

function findBundledNode(start) {
  for (let folder = start; folder !== dirname(folder); folder = dirname(folder)) {
    const binary = join(folder, `node_modules/node-linux-${process.arch}/bin/node`);
    if (existsSync(binary)) return binary;
  }
  return null;
}
