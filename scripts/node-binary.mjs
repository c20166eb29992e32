import { existsSync } from "node:fs";
import { join } from "node:path";
import { root } from "./root.mjs";

/** Ends the launcher with a sentence and a remedy, without a stack. */
export class Stop extends Error {
  constructor(message, remedy) {
    super(message);
    this.remedy = remedy;
  }
}

/** Refuses machines that the prebuilt parts (Node, PostgreSQL, pty) don't run on, before anything is installed. */
export function checkMachine() {
  const { platform, arch, versions } = process;
  const elsewhere = "Use a Linux machine with glibc (Debian, Ubuntu, Fedora, …), x64 or arm64.";
  if (platform !== "linux") throw new Stop(`Stoa runs on Linux; this is ${platform}.`, elsewhere);
  if (arch !== "x64" && arch !== "arm64") throw new Stop(`Stoa runs on x64 and arm64; this is ${arch}.`, elsewhere);
  if (Number(versions.node.split(".")[0]) < 20) {
    throw new Stop(`Node ${versions.node} is too old.`, "Install Node 20 or later: https://nodejs.org.");
  }
  process.report.excludeNetwork = true;
  if (process.report.getReport().header.glibcVersionRuntime === undefined) {
    throw new Stop("Stoa needs glibc; this system has another C library (musl?).", elsewhere);
  }
}

/** The Node 24 among the dependencies. */
export function bundledNode() {
  const binary = join(root, `node_modules/node-linux-${process.arch}/bin/node`);
  if (existsSync(binary)) return binary;
  checkMachine();
  throw new Stop(
    `The Node that Stoa runs on is missing (${binary}).`,
    "npm left out optional dependencies: remove omit=optional from your npm settings and node_modules, and try again.",
  );
}
