import { readFile } from "node:fs/promises";
import type { BrokerGround } from "./ground.ts";

/** Numbers that somebody's containers use: with newuidmap, who has them is any account that has such a number. */
export interface LentNumbers {
  readonly to: string;
  readonly first: number;
  readonly last: number;
}

const LISTS = ["/etc/subuid", "/etc/subgid"];

/** What this machine has lent; every account that useradd makes for somebody to sign in with gets 65536 of them. */
export async function lentNumbers(lists: readonly string[] = LISTS): Promise<LentNumbers[]> {
  const texts = await Promise.all(lists.map((list) => readFile(list, "utf8").catch(ifAbsent)));
  return texts.flatMap((text) => text.split("\n").flatMap(parse));
}

/** Says which of our numbers are lent, and which people have one since before: those are not safe from the borrower. */
export async function tellLent(
  { range, installation, log }: Pick<BrokerGround, "range" | "installation" | "log">,
  lent: readonly LentNumbers[],
): Promise<void> {
  const ours = lent.filter(({ first, last }) => first <= range.last && last >= range.first);
  if (ours.length === 0) return;
  log.warn(
    { lent: ours },
    "other accounts' containers may use numbers of STOA_UID_RANGE (/etc/subuid, /etc/subgid): nobody new gets these",
  );
  const accounts = (await readFile("/etc/passwd", "utf8")).split("\n").map((line) => line.split(":"));
  const people = accounts
    .filter(([, , , , comment]) => comment?.startsWith(`Stoa ${installation} account `))
    .filter(([, , uid]) => ours.some(({ first, last }) => Number(uid) >= first && Number(uid) <= last))
    .map(([name]) => name);
  if (people.length === 0) return;
  log.error({ people }, "who has these numbers lent can act as these people: take them back (usermod --del-subuids)");
}

function parse(line: string): LentNumbers[] {
  const [, to = "", first, count] = /^([^#:]+):(\d+):(\d+)\s*$/.exec(line) ?? [];
  return to === "" ? [] : [{ to, first: Number(first), last: Number(first) + Number(count) - 1 }];
}

function ifAbsent(error: NodeJS.ErrnoException): string {
  if (error.code === "ENOENT") return "";
  throw error;
}
