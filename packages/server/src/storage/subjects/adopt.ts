import { StoaError } from "../../platform/errors/stoa-error.ts";
import { publishChange, recordChange, type StorageContext, SYSTEM } from "../context.ts";
import { BackEndAway, type Found } from "../drivers/contract.ts";
import { foundName } from "../names.ts";
import type { StorageTrx, SubjectKind, SubjectRow } from "../tables.ts";
import { findByName } from "./queries.ts";

/** Looks at the disk for one that we don't know, and takes it over as it is. Null: nothing is there. */
export async function adoptIfThere(
  context: StorageContext,
  kind: SubjectKind,
  name: string,
): Promise<SubjectRow | null> {
  // Its number is of no use yet: it is only looked at.
  const [found] = await context.driver.look([{ kind, name, project: 0 }]).catch((error: unknown) => {
    if (error instanceof BackEndAway)
      throw new StoaError("unavailable", { details: { what: "storage" }, cause: error });
    throw error;
  });
  if (found === undefined) return null;
  await adopt(context, [found]);
  return findByName(context.db, kind, name);
}

/**
 * Takes over directories or datasets that others have made, with the quotas they have. What is known already is left
 * alone, and so is what lies under a name that is none of contract 1's.
 * @param options `putInOrder`: false where a server will do it, at its next start
 * @returns those that are new
 */
export async function adopt(
  context: Pick<StorageContext, "db" | "platform" | "known" | "settler">,
  found: readonly Found[],
  { putInOrder = true }: { readonly putInOrder?: boolean } = {},
): Promise<SubjectRow[]> {
  const rows: SubjectRow[] = [];
  for (const { kind, name, quota, used } of found) {
    if (foundName(name) === null || (kind === "user" && name === "groups")) continue;
    const row = await context.db.transaction().execute(async (trx) => {
      if (await isLeaving(trx, kind, name)) return null;
      const made = await trx
        .insertInto("storage_subjects")
        .values({
          ...{ kind, name, account_id: null, group_id: null, adopted: true, quota: quota ?? 0 },
          ...(used === null ? {} : { used, used_kind: "quota" as const, used_at: new Date() }),
        })
        .onConflict((conflict) => conflict.columns(["kind", "name"]).where("deleted_at", "is", null).doNothing())
        .returningAll()
        .executeTakeFirst();
      if (made === undefined) return null;
      await recordChange(context, trx, SYSTEM, "storage.adopt", made, { quota: made.quota });
      await publishChange(context, trx, made);
      return made;
    });
    if (row !== null) rows.push(row);
  }
  const ids = rows.map(({ id }) => id);
  await context.known.refresh(ids);
  // All that lies in it gets its number, which takes as long as there is much: nobody waits for that.
  if (putInOrder) void context.settler.settleSlowly(ids);
  return rows;
}

/** One of this name was deleted, and is on its way to the trash: what is there is what it leaves. */
async function isLeaving(trx: StorageTrx, kind: SubjectKind, name: string): Promise<boolean> {
  const row = await trx
    .selectFrom("storage_subjects")
    .select("id")
    .where("kind", "=", kind)
    .where("name", "=", name)
    .where("deleted_at", "is not", null)
    .whereRef("settled", "<", "wanted")
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}
