import { readFileSync } from "node:fs";
import { readFile, readlink } from "node:fs/promises";
import type { OpenFolder } from "./descriptor-walk.ts";

/**
 * The number of the mount that a descriptor was opened on (proc_pid_fdinfo(5)). Two folders of one file system may
 * be of two mounts: a bind mount has the same device.
 */
export function mountOf(descriptor: number): string {
  return /^mnt_id:\s*(\d+)$/m.exec(readFileSync(`/proc/self/fdinfo/${descriptor}`, "latin1"))?.[1] ?? "unknown";
}

/**
 * What is mounted below a folder, as this process sees it: paths relative to the folder, their bytes as latin1. Nothing
 * of it is touched, not even one that does not answer any more.
 */
export async function mountsBelow(folder: OpenFolder): Promise<ReadonlySet<string>> {
  const above = `${await readlink(`/proc/self/fd/${folder.descriptor}`, "latin1")}/`;
  const table = await readFile("/proc/self/mountinfo", "latin1");
  const points = table.split("\n").map((line) => unescaped(line.split(" ", 5)[4] ?? ""));
  return new Set(points.filter((point) => point.startsWith(above)).map((point) => point.slice(above.length)));
}

/** As proc_pid_mountinfo(5) writes a space, a tab, a newline and a backslash. */
function unescaped(point: string): string {
  return point.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));
}
