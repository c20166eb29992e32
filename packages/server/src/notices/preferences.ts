import { sql } from "kysely";
import { hasOwnMail, isKind, kindsOf, type MailChoice, type NoticeKind, noticeKinds } from "./kinds.ts";
import type { NoticesDb, NoticesTrx } from "./tables.ts";

/** How somebody wants to hear of one kind. */
export interface Preference {
  readonly kind: NoticeKind;
  /** In the portal: at the bell and on the page. */
  readonly shown: boolean;
  /** `none` where the kind is mailed in any case. */
  readonly mail: MailChoice;
}

/** Of all kinds that concern somebody, in the order of `kinds.ts`; what they have not chosen is as usual. */
export async function preferencesOf(
  db: NoticesDb | NoticesTrx,
  person: { readonly accountId: number; readonly isAdmin: boolean },
): Promise<Preference[]> {
  const rows = await db
    .selectFrom("notice_preferences")
    .selectAll()
    .where("account_id", "=", person.accountId)
    .execute();
  const chosen = new Map(rows.map((row) => [row.kind, row]));
  return kindsOf(person).map((kind) => {
    const { shown = true, mail = noticeKinds[kind].mail } = chosen.get(kind) ?? {};
    return { kind, shown, mail: hasOwnMail(kind) ? "none" : mail };
  });
}

/** Keeps what somebody has chosen; kinds that are not named stay as they are. */
export async function choose(trx: NoticesTrx, accountId: number, chosen: readonly Preference[]): Promise<void> {
  const rows = chosen
    .filter(({ kind }) => isKind(kind))
    .map(({ kind, shown, mail }) => ({ account_id: accountId, kind, shown, mail: hasOwnMail(kind) ? "none" : mail }));
  if (rows.length === 0) return;
  await trx
    .insertInto("notice_preferences")
    .values(rows)
    .onConflict((conflict) =>
      conflict.columns(["account_id", "kind"]).doUpdateSet({ shown: sql`excluded.shown`, mail: sql`excluded.mail` }),
    )
    .execute();
}
