import { randomInt } from "node:crypto";
import type { ProcessDb, ProcessTables } from "./tables.ts";
import { isInRange, type UidRange } from "./uid-range.ts";
import { BrokerRefusal } from "./verbs.ts";

type Kind = ProcessTables["system_numbers"]["kind"];

const DRAWS = 200;

/**
 * The number of a person's account or of a group: the same for ever, on every machine of this installation. The first
 * time one is drawn, at random, so that two installations on one machine seldom meet at all.
 * @param confirm makes the machine have it. @throws BrokerRefusal taken: another one is drawn, unless it was in use
 * already, for then files carry it
 */
export async function numberOf<T>(
  db: ProcessDb,
  range: UidRange,
  kind: Kind,
  ownerId: number,
  confirm: (number: number) => Promise<T>,
): Promise<{ readonly number: number; readonly confirmed: T; readonly isNew: boolean }> {
  for (let draw = 0; draw < DRAWS; draw += 1) {
    const row = await db
      .selectFrom("system_numbers")
      .select(["number", "confirmed_at"])
      .where("kind", "=", kind)
      .where("owner_id", "=", ownerId)
      .executeTakeFirst();
    if (row === undefined) {
      await drawOne(db, range, kind, ownerId);
      continue;
    }
    if (!isInRange(row.number, range)) throw outside(row.number, range);
    try {
      return { number: row.number, confirmed: await confirm(row.number), isNew: row.confirmed_at === null };
    } catch (error) {
      const isFree = row.confirmed_at === null && error instanceof BrokerRefusal && error.code === "taken";
      if (!isFree) throw error;
      await db
        .updateTable("system_numbers")
        .set({ owner_id: null })
        .where("number", "=", row.number)
        .where("confirmed_at", "is", null)
        .execute();
    }
  }
  throw new BrokerRefusal("failed", `no free number was found between ${range.first} and ${range.last}`);
}

/** Of several servers that draw for the same person at once, one's number stays. */
async function drawOne(db: ProcessDb, range: UidRange, kind: Kind, ownerId: number): Promise<void> {
  const number = randomInt(range.first, range.last + 1);
  await db
    .insertInto("system_numbers")
    .values({ number, kind, owner_id: ownerId, confirmed_at: null })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

function outside(number: number, { first, last }: UidRange): BrokerRefusal {
  const problem = `the number ${number}, which this installation's files carry, is not in STOA_UID_RANGE (${first}-${last})`;
  return new BrokerRefusal("failed", `${problem}: set the range it had, or a wider one`);
}
