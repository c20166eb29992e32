import { type ChildProcess, spawn } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const SCRIPTS = join(import.meta.dirname, "../../scripts");

/** What stands in for npm: it notes each call, takes its time (as long as `npm-holds` is there), "installs" a Node. */
const NPM = `
const { appendFileSync, mkdirSync, rmSync, symlinkSync, existsSync, readFileSync, writeFileSync } = require("node:fs");
appendFileSync("npm-calls", process.argv.slice(2).join(" ") + "\\n");
const waiting = setInterval(() => {
  if (existsSync("npm-holds")) return;
  clearInterval(waiting);
  if (existsSync("npm-fails")) { console.error(readFileSync("npm-fails", "utf8")); process.exit(7); }
  rmSync("node_modules", { recursive: true, force: true });
  mkdirSync("node_modules/node-linux-" + process.arch + "/bin", { recursive: true });
  symlinkSync(process.execPath, "node_modules/node-linux-" + process.arch + "/bin/node");
  mkdirSync("node_modules/a");
  writeFileSync("node_modules/.package-lock.json", readFileSync("package-lock.json"));
}, 100);
`;

/** The launcher in a checkout of its own, in a path with spaces, with a PATH that holds nothing but npm. */
export class FixtureCheckout {
  readonly root = join(mkdtempSync(join(tmpdir(), "stoa launcher ")), "a checkout");
  readonly #bin = join(this.root, "..", "bin");

  constructor(main: string) {
    mkdirSync(join(this.root, "packages/server/src"), { recursive: true });
    mkdirSync(this.#bin);
    cpSync(SCRIPTS, join(this.root, "scripts"), { recursive: true });
    this.write("package.json", '{"type":"module"}');
    this.write("package-lock.json", '{"packages":{"":{},"node_modules/a":{"version":"1.0.0"}}}');
    this.write("packages/server/src/main.ts", main);
    writeFileSync(join(this.#bin, "npm.cjs"), NPM);
    // Not a script for Node itself: its first line can't name a Node whose path has a space in it.
    const shell = `#!/bin/sh\nexec "${process.execPath}" "${join(this.#bin, "npm.cjs")}" "$@"\n`;
    writeFileSync(join(this.#bin, "npm"), shell, { mode: 0o755 });
  }

  write(path: string, text: string): void {
    writeFileSync(join(this.root, path), text);
  }

  /** The calls of npm so far. */
  calls(): string[] {
    return this.read("npm-calls").split("\n").filter(Boolean);
  }

  /** The mark that an install leaves; empty when there is none. */
  mark(): string {
    return this.read("node_modules/.stoa-install");
  }

  /** As if somebody had run `npm install`, with these packages as a result. */
  installByHand(packages: Readonly<Record<string, { version: string }>>): void {
    for (const path of Object.keys(packages)) mkdirSync(join(this.root, path), { recursive: true });
    const bin = join(this.root, `node_modules/node-linux-${process.arch}/bin`);
    mkdirSync(bin, { recursive: true });
    symlinkSync(process.execPath, join(bin, "node"));
    this.write("node_modules/.package-lock.json", JSON.stringify({ packages }));
  }

  /** Runs a command of the launcher from another directory than its own. */
  start(...args: string[]): {
    child: ChildProcess;
    ended: Promise<{ code: number | null; output: string }>;
    output: () => string;
  } {
    return this.#spawn([process.execPath, join(this.root, "scripts/run.mjs"), ...args]);
  }

  #spawn([program = "", ...args]: readonly string[], env: Readonly<Record<string, string>> = {}) {
    // Both kinds of output through one pipe: of two, what comes first is anybody's guess.
    const child = spawn("/bin/sh", ["-c", 'exec "$0" "$@" 2>&1', program, ...args], {
      cwd: tmpdir(),
      env: { PATH: this.#bin, HOME: tmpdir(), ...env },
      stdio: ["ignore", "pipe", "ignore"],
    });
    let output = "";
    child.stdout.on("data", (chunk) => (output += chunk));
    const ended = new Promise<{ code: number | null; output: string }>((resolve) =>
      child.on("close", (code, signal) => resolve({ code, output: signal === null ? output : `${output}[${signal}]` })),
    );
    return { child, ended, output: () => output };
  }

  /** The same with a shell above it, as when npm runs it. */
  startBelowShell(...args: string[]): ReturnType<FixtureCheckout["start"]> {
    const line = `"$0" "$@" & echo started; wait`;
    const command = ["/bin/sh", "-c", line, process.execPath, join(this.root, "scripts/run.mjs"), ...args];
    return this.#spawn(command, { npm_lifecycle_event: "start" });
  }

  run(...args: string[]): Promise<{ code: number | null; output: string }> {
    return this.start(...args).ended;
  }

  remove(): void {
    rmSync(join(this.root, ".."), { recursive: true, force: true });
  }

  /** A file's text; empty when there is none. */
  read(path: string): string {
    try {
      return readFileSync(join(this.root, path), "utf8");
    } catch {
      return "";
    }
  }
}
