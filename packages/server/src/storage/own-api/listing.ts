import type { Static } from "typebox";
import type { StorageContext } from "../context.ts";
import { levelOf } from "../rescue/raise.ts";
import { effectiveQuota } from "../subjects/queries.ts";
import type { SubjectRow } from "../tables.ts";
import { type Names, type Overview, presentSubject, type Subject, type SubjectsQuery } from "./schema.ts";

type Query = Static<typeof SubjectsQuery>;

/** A page of subjects, from memory: 10,000 are sorted in a few milliseconds. The cursor is a place in the order. */
export async function listSubjects(context: StorageContext, query: Query) {
  const rows = [...(await context.known.all())].filter((row) => isMeant(row, query)).sort(orders[query.sort]);
  const from = Number(query.cursor ?? 0);
  const page = rows.slice(from, from + query.limit);
  return {
    items: await presentAll(context, page),
    next_cursor: from + page.length < rows.length ? String(from + page.length) : null,
    total: rows.length,
  };
}

function isMeant(row: SubjectRow, { kind, search, only, account_id, group_id }: Query): boolean {
  if (kind !== undefined && row.kind !== kind) return false;
  if (account_id !== undefined && row.account_id !== account_id) return false;
  if (group_id !== undefined && row.group_id !== group_id) return false;
  if (search !== undefined && !row.name.toLowerCase().includes(search.normalize("NFC").toLowerCase())) return false;
  switch (only) {
    case "over":
      return isOver(row);
    case "near":
      return levelOf(row) === "near" || levelOf(row) === "full";
    case "problem":
      return row.problem !== null || row.remark !== null;
    case "unlinked":
      return row.account_id === null && row.group_id === null;
    default:
      return true;
  }
}

const isOver = (row: SubjectRow) => levelOf(row) === "over";
const shareOf = (row: SubjectRow) => (effectiveQuota(row) === 0 ? -1 : row.used / effectiveQuota(row));
const byName = (a: SubjectRow, b: SubjectRow) => a.name.localeCompare(b.name) || a.id - b.id;

const orders: Readonly<Record<Query["sort"], (a: SubjectRow, b: SubjectRow) => number>> = {
  used: (a, b) => b.used - a.used || byName(a, b),
  share: (a, b) => shareOf(b) - shareOf(a) || byName(a, b),
  quota: (a, b) => b.quota - a.quota || byName(a, b),
  name: byName,
};

/** With the names of those they are linked to. */
export async function presentAll(context: StorageContext, rows: readonly SubjectRow[]): Promise<Subject[]> {
  const names = await namesFor(context, rows);
  return rows.map((row) => presentSubject(row, context.driver.state, names));
}

export async function presentOne(context: StorageContext, row: SubjectRow): Promise<Subject> {
  return presentSubject(row, context.driver.state, await namesFor(context, [row]));
}

async function namesFor({ people }: StorageContext, rows: readonly SubjectRow[]): Promise<Names> {
  const ids = (column: "account_id" | "group_id") => [...new Set(rows.flatMap((row) => row[column] ?? []))];
  const accounts = ids("account_id");
  const groups = await Promise.all(ids("group_id").map((id) => people.groups.get(id)));
  return {
    accounts: accounts.length === 0 ? new Map() : await people.byIds(accounts),
    groups: new Map(groups.flatMap((group) => (group === null ? [] : [[group.id, group] as const]))),
  };
}

/** The whole in figures. */
export async function overviewOf({ known, driver, db }: StorageContext): Promise<Static<typeof Overview>> {
  const rows = await known.all();
  const { capabilities, ok, problem, problemToldBy, about, size, free } = driver.state;
  const trash = await db
    .selectFrom("storage_subjects")
    .select((e) => [e.fn.countAll<number>().as("count"), e.fn.coalesce(e.fn.sum<number>("used"), e.lit(0)).as("used")])
    .where("deleted_at", "is not", null)
    .executeTakeFirstOrThrow();
  const oldest = rows.reduce<Date | null>(
    (least, { used_at }) => (used_at !== null && (least === null || used_at < least) ? used_at : least),
    null,
  );
  return {
    back_end: {
      backend: driver.backend,
      ...{ ok, problem: problem === "" ? null : problem, about, size, free },
      problem_code: problemToldBy?.code ?? null,
      problem_params: problemToldBy?.params ?? null,
      capabilities: {
        enforced_by: capabilities.enforcedBy,
        against_accident_only: capabilities.againstAccidentOnly,
        binds_root: capabilities.bindsRoot,
        snapshots: capabilities.snapshots,
        trash_outside_quota: capabilities.trashOutsideQuota,
        usage_kind: capabilities.usageKind,
        refuses_below_used: capabilities.refusesBelowUsed,
      },
    },
    people: sumOf(rows.filter(({ kind }) => kind === "user")),
    groups: sumOf(rows.filter(({ kind }) => kind === "group")),
    over: rows.filter(isOver).length,
    near: rows.filter((row) => levelOf(row) === "near" || levelOf(row) === "full").length,
    problems: rows.filter(({ problem: found }) => found !== null).length,
    trash: { count: Number(trash.count), used: Number(trash.used) },
    oldest_figure: oldest?.toISOString() ?? null,
  };
}

function sumOf(rows: readonly SubjectRow[]) {
  return {
    count: rows.length,
    used: rows.reduce((sum, { used }) => sum + used, 0),
    quota: rows.reduce((sum, { quota }) => sum + quota, 0),
  };
}
