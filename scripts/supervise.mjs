import { spawn } from "node:child_process";
import { constants } from "node:os";
import { delimiter, join } from "node:path";
import { bundledNode } from "./node-binary.mjs";
import { root } from "./root.mjs";

let endedBy = null;
/** As it was at the start: npm may be gone before the child is there. */
const PARENT = process.ppid;
const PASSED_ON = ["SIGTERM", "SIGINT", "SIGHUP", "SIGQUIT", "SIGUSR1", "SIGUSR2"];

/**
 * Runs a script on the bundled Node with our terminal, and returns its exit code. Signals are passed on,
 * once a second at most: from a terminal, npm and its child both get Ctrl-C, and a server that is told
 * twice would stop without draining.
 */
export function runNode(args, { env = {}, stdio = "inherit", onStart } = {}) {
  const child = spawn(bundledNode(), args, { cwd: root, env: { ...childEnvironment(), ...env }, stdio });
  onStart?.(child);
  const passOn = passerOn(child);
  for (const signal of PASSED_ON) process.on(signal, passOn);
  const watch = whenNpmIsGone(() => child.kill("SIGTERM"));
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("exit", (code, signal) => {
      clearInterval(watch);
      for (const name of PASSED_ON) process.off(name, passOn);
      endedBy = signal ?? endedBy;
      resolve(code ?? 128 + constants.signals[signal]);
    });
  });
}

/** Runs a dependency's command line program. */
export function runTool(file, args, options) {
  return runNode([join(root, "node_modules", file), ...args], options);
}

function passerOn(child) {
  const last = new Map();
  return (signal) => {
    // The terminal has sent it to the child as well, which stands in the same foreground group.
    if (signal === "SIGINT" && process.stdin.isTTY) return;
    const now = Date.now();
    if (now - (last.get(signal) ?? 0) < 1000) return;
    last.set(signal, now);
    child.kill(signal);
  };
}

/** npm was killed outright: nobody waits for us any more, and a server left behind would hold the data directory. */
function whenNpmIsGone(react) {
  if (process.env.npm_lifecycle_event === undefined) return undefined;
  return setInterval(() => process.ppid !== PARENT && react(), 500).unref();
}

/** Once every child has ended: with its code, or by the signal that ended it, as whoever waits for us expects. */
export function endAs(code) {
  process.exitCode = code;
  if (endedBy !== null && code === 128 + constants.signals[endedBy]) process.kill(process.pid, endedBy);
}

const SYSTEM_PATH = ["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"];

/**
 * Ours first in the path; nothing of npm's own, which is of no use to the child and long. The system's own
 * directories come last where they are missing: people's terminals want their `ls` also when somebody
 * started us with a path that holds node alone.
 */
function childEnvironment() {
  const kept = Object.entries(process.env).filter(([name]) => !/^npm_/i.test(name) || name === "npm_config_registry");
  const env = Object.fromEntries(kept);
  const bin = join(root, "node_modules/.bin");
  const rest = (env.PATH ?? "").split(delimiter).filter((part) => part !== bin);
  const path = new Set([bin, ...rest, ...SYSTEM_PATH].filter((part) => part !== ""));
  return { ...env, PATH: [...path].join(delimiter) };
}
