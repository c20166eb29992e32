import { spawn } from "node:child_process";
import { accessSync, constants, existsSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { enclosed } from "../../../host/enclosure/enclosed.ts";
import { inOwnNetwork, type LedOut, leadOut } from "../../../host/enclosure/network.ts";

/** Something that works here; or why it doesn't, as the end of a sentence. */
export type Found<T> = { readonly ok: T } | { readonly why: string };

/** What keeps sessions apart on this machine, as this account may use it. */
export interface Machine {
  /** bubblewrap's program; absolute. */
  readonly bubblewrap: Found<string>;
  /** It can bound what temporary folders hold (0.7 and later). */
  readonly bounds: boolean;
  /** What leads an enclosed network out. */
  readonly wayOut: Found<LedOut>;
}

const FOLDERS = ["/usr/bin", "/usr/local/bin", "/bin"];
const TUN = "/dev/net/tun";
const WITHIN_MS = 8000;
/** Its network has a route. */
const HAS_ROUTE = 'test "$(wc -l </proc/net/route)" -ge 2';

let known: Promise<Machine> | undefined;

/** Finds out by really trying, once in this process. */
export function findMachine(): Promise<Machine> {
  known ??= tryMachine();
  return known;
}

async function tryMachine(): Promise<Machine> {
  const bounded = await tryBubblewrap({ temporaryBytes: 2 ** 20 });
  const bounds = "ok" in bounded;
  const bubblewrap = bounds ? bounded : await tryBubblewrap({});
  return { bubblewrap, bounds, wayOut: "ok" in bubblewrap ? await tryWaysOut() : bubblewrap };
}

/** With the very arguments that sessions get, in a network of its own. */
async function tryBubblewrap(more: { readonly temporaryBytes?: number }): Promise<Found<string>> {
  const bubblewrap = programOf("bwrap");
  if (bubblewrap === null)
    return { why: "bubblewrap is not installed (Debian, Ubuntu and Fedora: the package bubblewrap)" };
  const cwd = mkdtempSync(join(tmpdir(), "stoa-try-"));
  try {
    const program = { kind: "plain", command: ["/bin/true"], cwd, env: {} } as const;
    const enclosure = { bubblewrap, writable: [], hidden: ["/root"], network: "closed", ...more } as const;
    const failed = await run(enclosed({ enclosure, program, web: "none" }, ["/bin/true"], "program"));
    return failed === null ? { ok: bubblewrap } : { why: `bubblewrap does not work here: ${failed}` };
  } finally {
    rmSync(cwd, { recursive: true, force: true });
  }
}

async function tryWaysOut(): Promise<Found<LedOut>> {
  const reasons: string[] = [];
  for (const by of ["pasta", "slirp4netns"] as const) {
    const found = await tryWayOut(by);
    if ("ok" in found) return found;
    reasons.push(found.why);
  }
  return { why: reasons.join("; ") };
}

async function tryWayOut(by: LedOut["by"]): Promise<Found<LedOut>> {
  const program = programOf(by);
  if (program === null) return { why: `${by} is not installed` };
  // Asked beforehand: what can't open it waits for its network in vain, for seconds.
  if (!mayOpen(TUN)) return { why: `${by} may not use ${TUN} as this account` };
  if (!existsSync("/usr/bin/unshare")) return { why: `${by} needs /usr/bin/unshare (util-linux)` };
  let end = (): void => {};
  const failed = await run([...inOwnNetwork(), "/bin/sh", "-c", HAS_ROUTE], (pid) => {
    end = leadOut({ by, program }, pid);
  });
  end();
  return failed === null ? { ok: { by, program } } : { why: `${by} could not lead a network out: ${failed}` };
}

function programOf(name: string): string | null {
  for (const folder of FOLDERS) {
    const path = join(folder, name);
    try {
      accessSync(path, constants.X_OK);
      if (statSync(path).isFile()) return path;
    } catch {
      // the next one
    }
  }
  return null;
}

/** As a person's account may: root, which may all, asks for those whose accounts it starts sessions under. */
function mayOpen(path: string): boolean {
  try {
    if (process.getuid?.() === 0) return (statSync(path).mode & 0o006) === 0o006;
    accessSync(path, constants.R_OK | constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

/** @returns why it did not end well, in short; null: it did */
function run(
  [program, ...args]: readonly [string, ...string[]],
  begun: (pid: number) => void = () => {},
): Promise<string | null> {
  return new Promise((resolve) => {
    let said = "";
    const child = spawn(program, args, {
      cwd: "/",
      env: { PATH: "/usr/sbin:/usr/bin:/sbin:/bin" },
      stdio: ["ignore", "ignore", "pipe"],
      timeout: WITHIN_MS,
      killSignal: "SIGKILL",
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      said = `${said}${text}`.slice(-400);
    });
    child.once("error", (error) => resolve(error.message));
    child.once("exit", (code, signal) => {
      resolve(
        code === 0 ? null : said.trim() || (signal === null ? `it ended with status ${code}` : "it took too long"),
      );
    });
    if (child.pid !== undefined) begun(child.pid);
  });
}
