import type { NoticesContext } from "./context.ts";

const PAGE = 200;

/** For the export of somebody's data: what they were told, and how they want to be. All of it goes with the account. */
export function accountPart({ db }: Pick<NoticesContext, "db">) {
  async function* notices(accountId: number): AsyncGenerator<object> {
    for (let after = 0; ; ) {
      const rows = await db
        .selectFrom("notices")
        .select(["id", "kind", "subject_kind", "subject_id", "said", "created_at", "read_at"])
        .where("account_id", "=", accountId)
        .where("id", ">", after)
        .orderBy("id")
        .limit(PAGE)
        .execute();
      const last = rows.at(-1);
      if (last === undefined) return;
      yield* rows;
      after = last.id;
    }
  }
  async function* preferences(accountId: number): AsyncGenerator<object> {
    yield* await db
      .selectFrom("notice_preferences")
      .select(["kind", "shown", "mail"])
      .where("account_id", "=", accountId)
      .orderBy("kind")
      .execute();
  }
  return {
    name: "notices",
    async owned(accountId: number): Promise<Readonly<Record<string, number>>> {
      const { count } = await db
        .selectFrom("notices")
        .select((e) => e.fn.countAll<string>().as("count"))
        .where("account_id", "=", accountId)
        .executeTakeFirstOrThrow();
      return { notices: Number(count) };
    },
    rows: { notices, "notice-preferences": preferences },
    /** The account stays as a tombstone, so nothing goes by itself. */
    async remove(accountId: number): Promise<boolean> {
      await db.deleteFrom("notices").where("account_id", "=", accountId).execute();
      await db.deleteFrom("notice_preferences").where("account_id", "=", accountId).execute();
      return true;
    },
  };
}
