import { closeSync, readdirSync, readFileSync } from "node:fs";

const CLOSED_ON_EXEC = 0o2000000;
const STANDARD = 2;

/**
 * Closes what whoever started us had open and did not mean for us (a lock file, a pipe to a program of theirs): each
 * program that we start would have it too, and people's programs are among those. Node's own are never passed on, and
 * it sees to the first sixteen only.
 */
export function closeInherited(): void {
  for (const fd of readdirSync("/proc/self/fd").map(Number)) {
    if (fd > STANDARD && isPassedOn(fd)) closeSync(fd);
  }
}

function isPassedOn(fd: number): boolean {
  try {
    const flags = /^flags:\s*([0-7]+)$/m.exec(readFileSync(`/proc/self/fdinfo/${fd}`, "utf8"))?.[1];
    return flags !== undefined && (Number.parseInt(flags, 8) & CLOSED_ON_EXEC) === 0;
  } catch {
    // The one by which they were listed.
    return false;
  }
}
