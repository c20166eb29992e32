import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Config } from "@stoa/server/config/schema.ts";
import { type Check, fail, ok } from "@stoa/server/platform/database/doctor/check.ts";
import type { ProcessTables } from "@stoa/server/platform/processes/tables.ts";
import { isInRange } from "@stoa/server/platform/processes/uid-range.ts";
import type { Opened } from "../database.ts";

const NAME = "system accounts";
const UNKNOWN_TABLE = "42P01";
/** Numbers that a message lists. */
const NAMED = 5;

interface Given {
  readonly number: number;
  readonly owner: number;
}

/** Whether people's numbers, which their files carry, are still theirs on this machine. Changes nothing. */
export async function systemAccountsCheck(config: Config, { db }: Opened["database"]): Promise<Check> {
  const rows = await db
    .withTables<ProcessTables>()
    .selectFrom("system_numbers")
    .select(["number", "owner_id"])
    .where("kind", "=", "account")
    .where("confirmed_at", "is not", null)
    .where("owner_id", "is not", null)
    .execute()
    // A database that no server of this version has opened yet.
    .catch((error: { code?: string }) => {
      if (error.code === UNKNOWN_TABLE) return [];
      throw error;
    });
  const given = rows.map((row) => ({ number: row.number, owner: Number(row.owner_id) }));
  return judge(given, config.processes.uidRange, await markOf(config.dataDir), await readFile("/etc/passwd", "utf8"));
}

/** @param mark of this installation; null: this account may not read it */
export function judge(
  given: readonly Given[],
  range: Config["processes"]["uidRange"],
  mark: string | null,
  passwd: string,
): Check {
  const outside = given.filter(({ number }) => !isInRange(number, range));
  if (outside.length > 0) {
    const fix = `Set STOA_UID_RANGE to one that holds them all (it may be wider than before, never elsewhere).`;
    return fail(NAME, `${list(outside)} outside STOA_UID_RANGE (${range.first}-${range.last})`, fix);
  }
  const holders = new Map(
    passwd.split("\n").map((line) => [Number(line.split(":")[2] || Number.NaN), line.split(":")]),
  );
  const foreign = given.filter(({ number, owner }) => {
    const [name, , , , comment] = holders.get(number) ?? [];
    const isOurs = name === `stoa-${number}` && (mark === null || comment === `Stoa ${mark} account ${owner}`);
    return name !== undefined && !isOurs;
  });
  if (foreign.length === 0) return ok(NAME, `${given.length} given, of ${range.first}-${range.last}`);
  const fix =
    "Was the data directory restored or made anew? Put its file `installation` back. Else move what else has these " +
    "numbers: people's files carry them. See docs/processes.md.";
  return fail(NAME, `${list(foreign)} somebody else's on this machine`, fix);
}

function list(given: readonly Given[]): string {
  const numbers = given.slice(0, NAMED).map(({ number }) => number);
  const more = given.length > NAMED ? ` and ${given.length - NAMED} more` : "";
  return `${numbers.join(", ")}${more} ${given.length === 1 ? "is" : "are"}`;
}

async function markOf(dataDir: string): Promise<string | null> {
  const text = await readFile(join(dataDir, "installation"), "utf8").catch(() => null);
  if (text === null) return null;
  const { mark } = JSON.parse(text) as { mark?: string };
  return mark ?? null;
}
