import { sql } from "kysely";
import { StoaError } from "../platform/errors/stoa-error.ts";
import { isFixed, isKind, kindsOf, type MailChoice, type NoticeKind, noticeKinds } from "./kinds.ts";
import type { NoticesDb, NoticesTrx } from "./tables.ts";

/** What is about the account's safety is told and mailed whatever anybody would choose. */
class NoticeFixed extends StoaError {
  constructor(kind: NoticeKind) {
    const message = "This is about the safety of your account: it is always shown and mailed.";
    super("unprocessable", { message, details: { reason: "notice_fixed", kind } });
  }

  inLocale(locale: "en" | "fa"): StoaError {
    if (locale === "en") return this;
    const message = "این خبر به امنیت حساب شما مربوط است؛ همیشه نشان داده و ایمیل می‌شود.";
    return new StoaError("unprocessable", { message, details: this.details });
  }
}

/** How somebody wants to hear of one kind. */
export interface Preference {
  readonly kind: NoticeKind;
  /** In the portal: at the bell and on the page. */
  readonly shown: boolean;
  /** `none` where who tells of it mails it in any case. */
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
    const { shown = true, mail = noticeKinds[kind].mail } = (isFixed(kind) ? undefined : chosen.get(kind)) ?? {};
    return { kind, shown, mail };
  });
}

/**
 * Keeps what somebody has chosen; kinds that are not named stay as they are.
 * @throws NoticeFixed for another choice than the only one
 */
export async function choose(trx: NoticesTrx, accountId: number, chosen: readonly Preference[]): Promise<void> {
  const fixed = chosen.filter(({ kind }) => isFixed(kind));
  const changed = fixed.find(({ kind, shown, mail }) => !shown || mail !== noticeKinds[kind].mail);
  if (changed !== undefined) throw new NoticeFixed(changed.kind);
  const rows = chosen
    .filter(({ kind }) => isKind(kind) && !isFixed(kind))
    .map(({ kind, shown, mail }) => ({ account_id: accountId, kind, shown, mail }));
  if (rows.length === 0) return;
  await trx
    .insertInto("notice_preferences")
    .values(rows)
    .onConflict((conflict) =>
      conflict.columns(["account_id", "kind"]).doUpdateSet({ shown: sql`excluded.shown`, mail: sql`excluded.mail` }),
    )
    .execute();
}
