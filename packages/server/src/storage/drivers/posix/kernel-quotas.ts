import type { Place } from "../../hosts/contract.ts";
import { BackEndAway, type Counted } from "../contract.ts";
import { type Ask, lastLine } from "./ask.ts";
import { inParts, keyOfPath } from "./entries.ts";

export type QuotaBy = "project" | "user";

/** What `findmnt` tells of the file system. */
export interface FileSystem {
  readonly type: string;
  readonly target: string;
  readonly options: ReadonlySet<string>;
  readonly size: number | null;
  readonly free: number | null;
}

/** Mount options under which the kernel counts and stops; ext4 and xfs have names of their own. */
const OPTIONS: Readonly<Record<QuotaBy, readonly string[]>> = {
  project: ["prjquota", "pquota"],
  user: ["usrquota", "uquota", "quota", "usrjquota"],
};

/** How to come by them, for operators. */
const REMEDY: Readonly<Record<QuotaBy, string>> = {
  project:
    "Mount it with prjquota (xfs: at mount time, not by a remount; ext4: once `tune2fs -O quota,project -Q prjquota` while unmounted)",
  user: "Mount it with usrquota (ext4: once `tune2fs -O quota -Q usrquota` while unmounted)",
};

/** Why the kernel can't hold anybody to quotas of this kind there; null: it can. */
export async function whyNoQuotas(
  ask: Ask,
  by: QuotaBy,
  { type, target, options }: FileSystem,
): Promise<string | null> {
  const names = [...options].map((option) => option.split("=", 1)[0] ?? option);
  if (!OPTIONS[by].some((name) => names.includes(name))) {
    return `${type} at ${target} is mounted without ${by} quotas. ${REMEDY[by]}.`;
  }
  const report = await ask({ do: "report-quotas", by });
  if (report.code === 127) return "The quota tools are missing on the storage host. Install its package `quota`.";
  if (report.code !== 0) return `${by} quotas can't be read at ${target}: ${lastLine(report)}`;
  // It ends with 1 whatever it finds.
  const state = await ask({ do: "quota-state" });
  const on = new RegExp(`^${by} quota on .* is (on|off)`, "m").exec(state.out)?.[1];
  return on === "off" ? `${by} quotas are turned off at ${target}. Turn them on with quotaon.` : null;
}

const KIB = 1024;

/**
 * What the kernel counts and holds, by project number or uid: lines of
 * `#100001,ok,ok,BlockUsed,BlockSoftLimit,BlockHardLimit,BlockGrace,FileUsed,…` in KiB.
 */
export async function reportQuotas(ask: Ask, by: QuotaBy): Promise<ReadonlyMap<number, Counted>> {
  const answer = await ask({ do: "report-quotas", by });
  if (answer.code !== 0) throw new BackEndAway(`The kernel's quotas can't be read: ${lastLine(answer)}`);
  const counted = new Map<number, Counted>();
  for (const line of answer.out.split("\n")) {
    const [id, , , used, , hard] = line.split(",");
    const number = /^#(\d+)$/.exec(id ?? "")?.[1];
    if (number !== undefined) counted.set(Number(number), { used: Number(used) * KIB, quota: Number(hard) * KIB });
  }
  return counted;
}

/** A folder's project, and whether what is made in it gets it too. */
export interface Attributes {
  readonly project: number;
  readonly inherited: boolean;
}

/** `100001 --------------e----P-- /srv/ada` */
const ATTRIBUTES = /^ *(\d+) ([-A-Za-z]+) (.*)$/;

/** Of those that have them, by `placeKey`. */
export async function attributesOf(
  ask: Ask,
  base: string,
  places: readonly Place[],
): Promise<ReadonlyMap<string, Attributes>> {
  const found = new Map<string, Attributes>();
  const answers = await Promise.all(inParts(places).map((part) => ask({ do: "attributes", places: part })));
  for (const line of answers.flatMap(({ out }) => out.split("\n"))) {
    const [, project, flags = "", path = ""] = ATTRIBUTES.exec(line) ?? [];
    if (project === undefined) continue;
    found.set(keyOfPath(path, base), { project: Number(project), inherited: flags.includes("P") });
  }
  return found;
}

/** How many of the lines of `lsattr -Rap` are about another project; a folder comes up thrice, with `.` and `..`. */
export function countOthers(out: string, project: number): number {
  let others = 0;
  for (const line of out.split("\n")) {
    const [, found, , path = ""] = ATTRIBUTES.exec(line) ?? [];
    if (found !== undefined && Number(found) !== project && !/\/\.\.?$/.test(path)) others += 1;
  }
  return others;
}
