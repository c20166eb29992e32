import { type AccountPart, paged } from "../accounts/accounts.ts";
import { StoaError } from "../platform/errors/stoa-error.ts";
import { type StorageContext, SYSTEM } from "./context.ts";
import { deleteSubject } from "./subjects/delete.ts";

const PAGE = 500;

/** What this domain keeps of a person: their directory or dataset, and how its use grew. */
export function accountPart(context: StorageContext): AccountPart {
  const { db } = context;
  const present = (accountId: number) =>
    db
      .selectFrom("storage_subjects")
      .select(["id", "kind", "name", "used"])
      .where("account_id", "=", accountId)
      .where("deleted_at", "is", null)
      .executeTakeFirst();

  /** Deleted ones too, as long as they can be brought back. Who set the quota is another person's matter. */
  const subjects = (accountId: number) => (after: number | null) =>
    db
      .selectFrom("storage_subjects")
      .select(["id", "name", "quota", "quota_at", "raise", "raise_until", "used", "used_kind", "used_at"])
      .select(["created_at", "deleted_at"])
      .where("account_id", "=", accountId)
      .where("id", ">", after ?? 0)
      .orderBy("id")
      .limit(PAGE)
      .execute();

  const history = (accountId: number) => (after: Date | null) =>
    db
      .selectFrom("storage_history as h")
      .innerJoin("storage_subjects as s", "s.id", "h.subject_id")
      .select(["s.name", "h.at", "h.used", "h.quota"])
      .where("s.account_id", "=", accountId)
      .where("s.deleted_at", "is", null)
      .where("h.at", ">", after ?? new Date(0))
      .orderBy("h.at")
      .limit(PAGE)
      .execute();

  return {
    name: "storage",
    async owned(accountId): Promise<Readonly<Record<string, number>>> {
      const row = await present(accountId);
      return row === undefined ? {} : { bytes: row.used };
    },
    async glance(accountIds) {
      const rows = await db
        .selectFrom("storage_subjects")
        .select(["account_id", "used", "quota"])
        .where("account_id", "in", [...accountIds])
        .where("deleted_at", "is", null)
        .execute();
      return new Map(
        rows.map(({ account_id: id, used, quota }) => [id ?? 0, { storage_bytes: used, storage_quota: quota }]),
      );
    },
    rows: {
      storage: (accountId) => paged(subjects(accountId), ({ id }) => id),
      "storage-history": (accountId) => paged(history(accountId), ({ at }) => at),
    },
    /** To the trash, for as long as such a one is kept: nobody's files are gone with a click. */
    async remove(accountId) {
      const row = await present(accountId);
      if (row === undefined) return true;
      try {
        await context.leave(accountId);
        await deleteSubject(context, SYSTEM, row.kind, row.name);
      } catch (error) {
        // It is noted, and goes as soon as it can; whoever waited for it here would wait for a host that is away.
        if (!(error instanceof StoaError && error.expected)) throw error;
      }
      return (await present(accountId)) === undefined;
    },
  };
}
