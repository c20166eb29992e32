import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { foldersOf, type GroupBases, processesIn, readText, tryWrite } from "./job-group.ts";

/** Milliseconds that processes have to be gone when they were killed: what waits for a disk takes long. */
const PATIENCE_MS = 5000;

/**
 * Kills all that is in a session's group, its host too. Nothing of it can flee: its processes can move within it only,
 * or, in v1, to another session of the same person's.
 * @returns how many are left
 */
export async function endGroup(bases: GroupBases, name: string): Promise<number> {
  const folders = foldersOf(bases, name);
  const left = () => new Set(folders.flatMap(processesIn));
  for (const until = Date.now() + PATIENCE_MS; ; await sleep(20)) {
    if (left().size === 0) return 0;
    await strike(bases, name, left);
    const { size } = left();
    if (size === 0 || Date.now() > until) return size;
  }
}

async function strike(bases: GroupBases, name: string, inside: () => Iterable<number>): Promise<void> {
  const whole = path.join(bases.tree.base, name);
  if (tryWrite(path.join(whole, "cgroup.kill"), "1")) {
    // What is left is only in another hierarchy's group: it came there from elsewhere, or is about to go.
    await sleep(5);
    return killEach(inside());
  }
  const [file, hold, go] =
    bases.tree.kind === "v2" ? ["cgroup.freeze", "1", "0"] : ["freezer.state", "FROZEN", "THAWED"];
  tryWrite(path.join(whole, file), hold);
  for (let tries = 50; tries > 0 && !isFrozen(whole); tries -= 1) await sleep(5);
  killEach(inside());
  // A frozen process of v1 does not even die; its owner may have frozen it, too.
  for (const folder of [whole, path.join(whole, "program")]) tryWrite(path.join(folder, file), go);
}

function isFrozen(whole: string): boolean {
  return (
    readText(path.join(whole, "freezer.state")) === "FROZEN" ||
    /^frozen 1$/m.test(readText(path.join(whole, "cgroup.events")))
  );
}

function killEach(pids: Iterable<number>): void {
  for (const pid of pids) {
    try {
      process.kill(pid, "SIGKILL");
    } catch {
      // gone
    }
  }
}
