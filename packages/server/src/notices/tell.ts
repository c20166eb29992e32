import { sql } from "kysely";
import type { Trx } from "../platform/database/database.ts";
import { appendEvents } from "../platform/events/outbox.ts";
import { isFixed, type NoticeKind, type NoticeSubject, noticeKinds, type ValuesOf } from "./kinds.ts";
import type { Said } from "./tables.ts";

/** Characters of one value: names and reasons are others' texts, and a sentence stays one. */
const MOST_CHARACTERS = 300;

/** What somebody is told, by its kind. */
export type NoticeOf<K extends NoticeKind> = {
  readonly kind: K;
  /** Accounts; nobody is told twice. Who is no person, or not here any more, is told nothing. */
  readonly to: number | readonly number[];
  /** Names what happened, once for this kind and receiver: a share's id, a session's id. A repeated step tells nothing new. */
  readonly key: string;
  /** Where the notice leads. */
  readonly subject: { readonly kind: NoticeSubject; readonly id: string | number };
  /** What its sentence says (`kinds.ts`); times as ISO 8601. Long texts are cut. */
  readonly values: ValuesOf<K>;
};
export type Notice = { [K in NoticeKind]: NoticeOf<K> }[NoticeKind];

/**
 * Tells people what happened to them, in the transaction in which it happens: rolled back, nobody was told; told again
 * with the same key, it is the same notice. Their bells ring within a second of the commit, and who has chosen mail for
 * this kind gets one in their language. Don't tell people what they have just done themselves.
 *
 *     await tell(trx, {
 *       kind: "account.impersonated", to: person.id, key: impersonation.id,
 *       subject: { kind: "account", id: person.id },
 *       values: { person: admin.label, until: until.toISOString(), reason: null },
 *     });
 */
export async function tell(trx: Trx, notice: Notice): Promise<void> {
  const to = [...new Set([notice.to].flat())];
  if (to.length === 0) return;
  const receivers = await insert(trx, notice, to);
  await appendEvents(
    trx,
    receivers.map(({ account_id: id, mail }) => ({
      type: "notice.changed",
      subject: { kind: "account", id: String(id) },
      audience: [id],
      isPrivate: true as const,
      data: { change: "told", kind: notice.kind, mail: mail === "due" },
    })),
  );
}

interface Told {
  readonly account_id: number;
  readonly mail: "none" | "due" | "digest";
}

/** As each of them wants it; who wants it nowhere gets no row. Accounts are read by what a foreign key would look at, and whether anybody reads it. */
async function insert(trx: Trx, { kind, key, subject, values }: Notice, to: readonly number[]): Promise<Told[]> {
  const mail = sql`coalesce(p.mail, ${noticeKinds[kind].mail})`;
  const { rows } = await sql<Told>`
    insert into notices (account_id, kind, key, subject_kind, subject_id, said, shown, mail)
    select a.id, ${kind}, ${key}, ${subject.kind}, ${String(subject.id)}, ${JSON.stringify(cut(values))}::jsonb,
      coalesce(p.shown, true), case ${mail} when 'at_once' then 'due' when 'daily' then 'digest' else 'none' end
    from accounts a left join notice_preferences p on p.account_id = a.id and p.kind = ${kind} and not ${isFixed(kind)}
    where a.id = any(${to}::bigint[]) and a.kind = 'person' and a.status <> 'deactivated' and (coalesce(p.shown, true) or ${mail} <> 'none')
    order by a.id
    for key share of a
    on conflict (account_id, kind, key) do nothing
    returning account_id, mail`.execute(trx);
  return rows;
}

function cut(values: Said): Said {
  const short = (value: Said[string]) =>
    typeof value === "string" && value.length > MOST_CHARACTERS
      ? `${value.slice(0, MOST_CHARACTERS - 1).toWellFormed()}…`
      : value;
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, storable(short(value))]));
}

/** Without the one character that PostgreSQL can't hold. */
function storable(value: Said[string]): Said[string] {
  return typeof value === "string" ? value.toWellFormed().replaceAll("\u0000", "") : value;
}
