import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { accessSync, constants, existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { withLock } from "./lock.mjs";
import { checkMachine, Stop } from "./node-binary.mjs";
import { root, say } from "./root.mjs";

const MARK = join(root, "node_modules/.stoa-install");

/** Installs when what is installed is not what the lock file says; several at once wait for one. */
export async function ensureInstalled() {
  if (isCurrent()) return;
  checkMachine();
  checkWritable();
  const waiting = () => say("Another start of this checkout is installing; waiting for it …");
  await withLock(join(root, ".stoa/install-lock"), waiting, async (holdFor) => {
    if (isCurrent()) return;
    if (!matchesLockFile()) await install(holdFor);
    writeFileSync(MARK, expectedMark());
  });
}

function isCurrent() {
  try {
    return readFileSync(MARK, "utf8") === expectedMark();
  } catch {
    return false;
  }
}

/** The machine is in it: a checkout copied to another architecture installs again. */
function expectedMark() {
  const lock = readFileSync(join(root, "package-lock.json"));
  return `${createHash("sha256").update(lock).digest("hex")} linux-${process.arch}\n`;
}

/** True when somebody's own `npm install` has brought everything already. */
function matchesLockFile() {
  const wanted = readPackages("package-lock.json");
  const present = readPackages("node_modules/.package-lock.json");
  return Object.entries(wanted).every(([path, entry]) => {
    if (!path.includes("node_modules/") || entry.link) return true;
    const found = present[path];
    if (found === undefined) return entry.optional === true && !isMadeForHere(entry);
    return found.version === entry.version && existsSync(join(root, path));
  });
}

function readPackages(file) {
  try {
    return JSON.parse(readFileSync(join(root, file), "utf8")).packages ?? {};
  } catch {
    return {};
  }
}

/** The prebuilt parts for this machine. Optional ones that name no machine (WebAssembly stand-ins) may be absent. */
function isMadeForHere({ os, cpu, libc }) {
  return os?.includes("linux") && cpu?.includes(process.arch) && (libc === undefined || libc.includes("glibc"));
}

function checkWritable() {
  try {
    accessSync(root, constants.W_OK);
    if (existsSync(dirname(MARK))) accessSync(dirname(MARK), constants.W_OK);
  } catch {
    throw new Stop(
      `Stoa has to install its parts into ${root}, and this user may not write there.`,
      "Run npm start once as the directory's owner, or clone it into a directory of your own.",
    );
  }
}

async function install(holdFor) {
  rmSync(MARK, { force: true });
  const started = Date.now();
  const elapsed = () => Math.round((Date.now() - started) / 1000);
  say("Installing what Stoa is made of (at the first start, and when it changed). This takes about a minute …");
  const ticker = setInterval(() => say(`  still installing, ${elapsed()} s`), 15_000);
  const { code, output } = await runNpmCi(holdFor).finally(() => clearInterval(ticker));
  if (code !== 0)
    throw new Stop(`${excerpt(output)}\n\nThe installation failed (npm ci ended with ${code}).`, advice(output));
  say(`Installed in ${elapsed()} s.`);
}

function runNpmCi(holdFor) {
  const [command, ...before] = findNpm();
  const flags = ["--no-audit", "--no-fund", "--ignore-scripts", "--prefer-offline", "--loglevel=error"];
  // Whatever NODE_ENV or the user's npm settings say: the portal is built here, and Node is an optional part.
  const whole = ["--include=dev", "--include=optional", "--engine-strict=false"];
  const child = spawn(command, [...before, "ci", ...flags, ...whole], {
    cwd: root,
    env: { ...process.env, PATH: outsidePath() },
    stdio: ["ignore", "pipe", "pipe"],
  });
  if (child.pid !== undefined) holdFor(child.pid);
  const chunks = [];
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => chunks.push(chunk));
  // A stop in the middle leaves no mark, so the next start installs again.
  const stop = (signal) => child.kill(signal);
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, stop);
  return new Promise((resolve) => {
    const end = (code, text = "") => {
      for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.off(signal, stop);
      resolve({ code, output: Buffer.concat(chunks).toString() + text });
    };
    child.on("error", (error) => end("no start", error.message));
    child.on("close", (code, signal) => end(code ?? signal));
  });
}

/** The npm that called us, with its own Node: ours, in node_modules, is about to be replaced. */
function findNpm() {
  const { npm_execpath: cli, npm_node_execpath: node } = process.env;
  if (cli?.endsWith("npm-cli.js") && existsSync(cli)) {
    const usable = node && existsSync(node) && !node.startsWith(join(root, "node_modules"));
    if (usable) return [node, cli];
  }
  return ["npm"];
}

function outsidePath() {
  const own = join(root, "node_modules");
  return (process.env.PATH ?? "")
    .split(delimiter)
    .filter((part) => !part.startsWith(own))
    .join(delimiter);
}

/** npm's reason comes first, its usage and the path of its own log last. */
function excerpt(output) {
  const lines = output.split("\n").filter((line) => !/^npm (warn|error A complete log)/.test(line));
  return lines.join("\n").trim().split("\n").slice(0, 25).join("\n");
}

/** What npm says is for those who know npm; this is for the rest. */
function advice(output) {
  if (/ENOSPC/.test(output)) return "The disk is full: make room (about 1 GB), and run it again.";
  if (/ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ETIMEDOUT|ECONNRESET|CERT/.test(output)) {
    return "The package registry was not reached: check the network, the proxy and `npm config get registry`.";
  }
  if (/EACCES|EPERM/.test(output)) return "A file belongs to another user: run it as the directory's owner.";
  if (/can only install packages when your package.json and package-lock.json/.test(output)) {
    return "package.json and package-lock.json disagree: run `npm install`, and commit the lock file.";
  }
  if (/ENOENT/.test(output)) return "npm was not found: install Node 20 or later together with npm.";
  return "Run it again; if it stays, `npm ci` in this directory shows more.";
}
