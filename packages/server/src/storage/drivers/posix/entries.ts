import { backEndProblem } from "../../back-end-problems.ts";
import { partsOf, TRASH } from "../../hosts/command.ts";
import type { HostAnswer, Place } from "../../hosts/contract.ts";
import { foundName, whyNotOurs } from "../../names.ts";
import { BackEndAway, type LeftAlone } from "../contract.ts";
import type { Ask } from "./ask.ts";

/** What stands at a place; a link is none of its target. */
export interface Entry {
  readonly type: "directory" | "link" | "other";
  /** Permission bits, 12 of them. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly device: number;
  readonly inode: number;
}

const TYPE_BITS = 0o170000;
const DIRECTORY = 0o040000;
const LINK = 0o120000;
/** Of one command: names may be long, and so may the base. */
const MOST = 400;

/** By which places are known in maps. */
export function placeKey(place: Place): string {
  return partsOf(place).join("/");
}

/**
 * What stands at these places, by `placeKey`; nothing is left out but what isn't there.
 * @throws BackEndAway where that could not be found out
 */
export async function lookAt(ask: Ask, base: string, places: readonly Place[]): Promise<ReadonlyMap<string, Entry>> {
  const answers = await Promise.all(inParts(places).map((part) => ask({ do: "stat", places: part })));
  const found = new Map<string, Entry>();
  for (const answer of answers) {
    const trouble = troubleOf(answer);
    if (trouble !== null) throw new BackEndAway(backEndProblem("unreadable", { base, said: trouble }));
    for (const line of answer.out.split("\n")) {
      const [mode, uid, gid, device, inode, , ...path] = line.split(" ");
      if (mode === undefined || path.length === 0) continue;
      found.set(keyOfPath(path.join(" "), base), {
        ...readMode(Number.parseInt(mode, 16)),
        ...{ uid: Number(uid), gid: Number(gid), device: Number(device), inode: Number(inode) },
      });
    }
  }
  return found;
}

/** Of a path in a command's output. */
export function keyOfPath(path: string, base: string): string {
  return path.slice(base.length).replace(/^\/+/, "");
}

export function inParts<T>(all: readonly T[], size = MOST): T[][] {
  return Array.from({ length: Math.ceil(all.length / size) }, (_, n) => all.slice(n * size, (n + 1) * size));
}

function readMode(raw: number): Pick<Entry, "type" | "mode"> {
  const type = raw & TYPE_BITS;
  return { type: type === DIRECTORY ? "directory" : type === LINK ? "link" : "other", mode: raw & ~TYPE_BITS };
}

/** That something isn't there is no trouble, that it can't be known is. */
function troubleOf({ err }: HostAnswer): string | null {
  const lines = err.split("\n").filter((line) => line.startsWith("stat: "));
  return lines.find((line) => !/: (No such file or directory|Not a directory)$/.test(line)) ?? null;
}

/** A directory directly in the base, among the groups or in the trash. */
export interface Listed {
  readonly name: string;
  readonly uid: number;
  readonly device: number;
}

/** The directories in one of our folders, as it stands; names of any kind. */
export async function listFolders(ask: Ask, place: Place): Promise<readonly Listed[]> {
  const answer = await ask({ do: "list", place });
  if (answer.code !== 0) throw new BackEndAway(`What lies in a storage folder can't be read: ${answer.err.trim()}`);
  return answer.out.split("\0").flatMap((entry) => {
    const [type, uid, , , device, , ...name] = entry.split(" ");
    if (type !== "d" || name.length === 0) return [];
    return [{ name: name.join(" "), uid: Number(uid), device: Number(device) }];
  });
}

/** Of those in the base or among the groups, the ones that can be subjects. */
export function areSubjects(listed: readonly Listed[], kind: "user" | "group"): readonly Listed[] {
  return listed.filter(
    ({ name }) => foundName(name) !== null && name !== TRASH && !(kind === "user" && name === "groups"),
  );
}

/** Made by mkfs, at the top of each ext4. */
const OF_THE_FILE_SYSTEM = "lost+found";

/** Of those in the base or among the groups, the ones whose name keeps them from being subjects. */
export function namedOtherwise(listed: readonly Listed[], kind: "user" | "group"): readonly LeftAlone[] {
  return listed.flatMap(({ name }) => {
    const because = name === TRASH || name === OF_THE_FILE_SYSTEM ? null : whyNotOurs(name);
    return because === null ? [] : [{ kind, name, because }];
  });
}
