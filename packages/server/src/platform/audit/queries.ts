import { type Kysely, type Selectable, sql } from "kysely";
import type { AuditTables } from "./tables.ts";

export type AuditRow = Selectable<AuditTables["audit_entries"]> & { readonly seq: number | null };

/** Whose entries: those an account made or that are about it, or all. */
export type AuditViewer = { readonly accountId: number | null } | "all";

export interface AuditFilters {
  readonly action?: string | undefined;
  /** An account's id, or a label. */
  readonly actor?: string | undefined;
  readonly subject_kind?: string | undefined;
  readonly subject_id?: string | undefined;
  readonly since?: string | undefined;
  readonly until?: string | undefined;
  /** Anywhere in action, actor, subject or details. */
  readonly text?: string | undefined;
}

/** Newest first. @param before id of the last entry of the page before */
export async function listEntries(
  db: Kysely<AuditTables>,
  viewer: AuditViewer,
  filters: AuditFilters,
  page: { readonly before: number | undefined; readonly limit: number },
): Promise<AuditRow[]> {
  const conditions = [...viewerConditions(viewer), ...filterConditions(viewer, filters)];
  if (page.before !== undefined) {
    conditions.push(sql`(e.at, e.id) < (select at, id from audit_entries where id = ${page.before})`);
  }
  const where = conditions.length > 0 ? sql`where ${sql.join(conditions, sql` and `)}` : sql``;
  const { rows } = await sql<AuditRow>`
    select e.*, s.seq from audit_entries e left join audit_seals s on s.entry_id = e.id
    ${where} order by e.at desc, e.id desc limit ${page.limit}`.execute(db);
  return rows;
}

/** Null when it isn't there, or is none of the viewer's business. */
export async function findEntry(db: Kysely<AuditTables>, viewer: AuditViewer, id: number): Promise<AuditRow | null> {
  const where = sql.join([sql`e.id = ${id}`, ...viewerConditions(viewer)], sql` and `);
  const { rows } = await sql<AuditRow>`
    select e.*, s.seq from audit_entries e left join audit_seals s on s.entry_id = e.id where ${where}`.execute(db);
  return rows[0] ?? null;
}

/** Every action that there is an entry of: one look into the index for each, however many entries. */
export async function listActions(db: Kysely<AuditTables>): Promise<string[]> {
  const { rows } = await sql<{ action: string }>`
    with recursive each as (
      (select action from audit_entries order by action limit 1)
      union all
      select (select a.action from audit_entries a where a.action > e.action order by a.action limit 1)
      from each e where e.action is not null
    )
    select action from each where action is not null`.execute(db);
  return rows.map(({ action }) => action);
}

function viewerConditions(viewer: AuditViewer) {
  if (viewer === "all") return [];
  const id = viewer.accountId ?? -1;
  return [sql`(e.actor_id = ${id} or e.about @> array[${id}]::bigint[])`];
}

function filterConditions(viewer: AuditViewer, filters: AuditFilters) {
  const { action, actor, subject_kind: subjectKind, subject_id: subjectId, since, until, text } = filters;
  return [
    ...(action === undefined ? [] : [sql`e.action = ${action}`]),
    ...(subjectKind === undefined ? [] : [sql`e.subject_kind = ${subjectKind}`]),
    ...(subjectId === undefined ? [] : [sql`e.subject_id = ${subjectId}`]),
    ...(since === undefined ? [] : [sql`e.at >= ${since}::timestamptz`]),
    ...(until === undefined ? [] : [sql`e.at < ${until}::timestamptz`]),
    ...(actor === undefined ? [] : [actorIs(actor), ...onlyOwn(viewer)]),
    ...(text === undefined ? [] : [contains(viewer, text)]),
  ];
}

function actorIs(actor: string) {
  return /^\d{1,15}$/.test(actor) ? sql`e.actor_id = ${Number(actor)}` : sql`lower(e.actor_label) = lower(${actor})`;
}

/** What is left out of an answer can't be asked for either: who finds an entry by its actor learns the actor. */
function onlyOwn(viewer: AuditViewer) {
  return viewer === "all" ? [] : [sql`e.actor_id = ${viewer.accountId ?? -1}`];
}

function contains(viewer: AuditViewer, text: string) {
  const pattern = `%${text.replaceAll(/[\\%_]/g, "\\$&")}%`;
  const open = sql`concat_ws(' ', e.action, e.subject_kind, e.subject_id)`;
  const all = sql`concat_ws(' ', e.action, e.subject_kind, e.subject_id, e.subject_label, e.actor_label, e.address, e.details)`;
  if (viewer === "all") return sql`${all} ilike ${pattern}`;
  return sql`(${open} ilike ${pattern} or (e.actor_id = ${viewer.accountId ?? -1} and ${all} ilike ${pattern}))`;
}
