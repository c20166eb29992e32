import { sql } from "kysely";
import { publishChange } from "../context.ts";
import { BackEndAway, keyOf, type Outcome, type Subject, type Wanted } from "../drivers/contract.ts";
import type { SubjectRow } from "../tables.ts";
import { inOrder } from "./in-order.ts";
import type { Settled } from "./outcomes.ts";
import { keepsOwner, ownerOf } from "./owners.ts";
import { effectiveQuota, trashEntryOf } from "./queries.ts";
import { REMARKS } from "./remarks.ts";
import type { SettlerContext } from "./settler.ts";

const DONE: Settled = { code: "done", problem: "" };
/** Seconds until it is tried again, doubled each time. */
const FIRST_RETRY = 5;
const MOST_DOUBLINGS = 7;
const LONGEST_PROBLEM = 1_000;

/**
 * Makes claimed subjects as their rows say, and writes what came of it. What is deleted goes to the trash; what was
 * brought back comes out of it first; all else is made: directory, owner, quota.
 */
export async function carryOut(
  context: SettlerContext,
  holder: string,
  rows: readonly SubjectRow[],
): Promise<ReadonlyMap<number, Settled>> {
  if (rows.length === 0) return new Map();
  const gone = await forgetVanished(context, holder, rows);
  const left = rows.filter(({ id }) => !gone.has(id));
  const outcomes = await perform(context, left).catch((error: unknown) => {
    if (!(error instanceof BackEndAway)) throw error;
    return new Map<number, Settled>(left.map(({ id }) => [id, { code: "away", problem: error.message }]));
  });
  await write(context, holder, left, outcomes);
  for (const id of gone) outcomes.set(id, { code: "missing", problem: "" });
  return outcomes;
}

/**
 * What was taken over a moment ago and is gone by now (it was on its way to the trash, or somebody removed it) was
 * nobody's: its row goes, instead of an empty one being made.
 */
async function forgetVanished(
  { db, driver }: SettlerContext,
  holder: string,
  rows: readonly SubjectRow[],
): Promise<ReadonlySet<number>> {
  const fresh = rows.filter(({ adopted, settled, deleted_at }) => adopted && settled === 0 && deleted_at === null);
  if (fresh.length === 0) return new Set();
  const found = await driver.look(fresh.map(subjectOf)).catch((error: unknown) => {
    if (error instanceof BackEndAway) return null;
    throw error;
  });
  if (found === null) return new Set();
  const there = new Set(found.map(keyOf));
  const ids = fresh.filter((row) => !there.has(keyOf(row))).map(({ id }) => id);
  if (ids.length > 0) {
    const ours = inOrder(db, { toDelete: true }).where("s.id", "in", ids).where("s.lease_holder", "=", holder);
    await db.deleteFrom("storage_subjects").where("id", "in", ours).execute();
  }
  return new Set(ids);
}

async function perform(context: SettlerContext, rows: readonly SubjectRow[]): Promise<Map<number, Settled>> {
  const outcomes = new Map<number, Settled>();
  const { driver } = context;
  await Promise.all(
    rows
      .filter(({ deleted_at }) => deleted_at !== null)
      .map(async (row) => {
        // What bears its name by now is another's.
        if (row.arrived_at !== null) outcomes.set(row.id, DONE);
        else outcomes.set(row.id, await driver.discard(subjectOf(row), trashEntryOf(row)));
      }),
  );
  const present = rows.filter(({ deleted_at }) => deleted_at === null);
  await Promise.all(
    present
      .filter(({ trashed }) => trashed)
      .map(async (row) => {
        const back = await driver.restore(trashEntryOf(row), subjectOf(row));
        if (back.code !== "done" && back.code !== "missing") outcomes.set(row.id, back);
        // It never left, or was back before a crash; else nobody knows where it is, and that is said.
        else if (back.code === "missing" && (await driver.look([subjectOf(row)])).length === 0) {
          const remark = REMARKS.not_in_trash;
          await context.db.updateTable("storage_subjects").set({ remark }).where("id", "=", row.id).execute();
        }
      }),
  );
  const wanted = await wantedOf(
    context,
    present.filter(({ id }) => !outcomes.has(id)),
    outcomes,
  );
  if (wanted.length > 0) {
    const settled = await driver.settle(wanted.map(({ want }) => want));
    for (const [index, { id }] of wanted.entries()) outcomes.set(id, plain(settled[index]));
  }
  return outcomes;
}

/** Whose owner can't be told just now has to wait, alone. */
async function wantedOf(
  context: SettlerContext,
  rows: readonly SubjectRow[],
  outcomes: Map<number, Settled>,
): Promise<{ id: number; want: Wanted }[]> {
  const wanted: { id: number; want: Wanted }[] = [];
  for (const row of rows) {
    try {
      const owner = await ownerOf(context, row);
      const want = { ...subjectOf(row), owner, quota: effectiveQuota(row), adopted: keepsOwner(context, row) };
      wanted.push({ id: row.id, want });
    } catch (error) {
      outcomes.set(row.id, { code: "failed", problem: error instanceof Error ? error.message : String(error) });
    }
  }
  return wanted;
}

export function subjectOf({ kind, name, project }: SubjectRow): Subject {
  return { kind, name, project };
}

function plain(outcome: Outcome | undefined): Settled {
  if (outcome === undefined) return { code: "failed", problem: "nothing came of it" };
  return outcome.code === "done" ? DONE : { code: outcome.code, problem: outcome.problem };
}

async function write(
  context: SettlerContext,
  holder: string,
  rows: readonly SubjectRow[],
  outcomes: ReadonlyMap<number, Settled>,
): Promise<void> {
  const { enforcedBy } = context.driver.state.capabilities;
  const results = rows.map((row) => {
    const { code, problem } = outcomes.get(row.id) ?? { code: "failed", problem: "nothing came of it" };
    const done = code === "done" || (row.deleted_at !== null && code === "missing");
    return {
      id: row.id,
      done,
      wanted: row.wanted,
      code: done ? null : code,
      problem: done ? null : problem.slice(0, LONGEST_PROBLEM),
      enforced: done && row.deleted_at === null && enforcedBy !== null ? effectiveQuota(row) : null,
      back: done && row.deleted_at === null,
      arrived: done && row.deleted_at !== null,
    };
  });
  const changed = rows.filter((row, index) => {
    const result = results[index];
    return row.settled < row.wanted || row.problem !== (result?.problem ?? null);
  });
  await context.db.transaction().execute(async (trx) => {
    const ours = inOrder(trx)
      .where("s.id", "in", [-1, ...rows.map(({ id }) => id)])
      .where("s.lease_holder", "=", holder);
    await sql`
      with locked as (${ours})
      update storage_subjects s set
        settled = case when r.done then r.wanted else s.settled end,
        problem = r.problem, problem_code = r.code,
        attempts = case when r.done then 0 else s.attempts + 1 end,
        retry_at = case when r.done then null
          else now() + make_interval(secs => ${FIRST_RETRY} * 2 ^ least(s.attempts, ${MOST_DOUBLINGS})) end,
        -- It may have been deleted meanwhile: then what is known of this round is not of that.
        trashed = s.trashed and not (r.back and s.deleted_at is null and s.wanted = r.wanted),
        arrived_at = case when r.arrived and s.deleted_at is not null then coalesce(s.arrived_at, now())
          when r.back and s.deleted_at is null then null else s.arrived_at end,
        enforced_quota = case when r.done then r.enforced else s.enforced_quota end,
        lease_holder = null, lease_until = null
      from jsonb_to_recordset(${JSON.stringify(results)}::jsonb)
        as r(id bigint, done boolean, wanted integer, code text, problem text, enforced bigint, back boolean,
          arrived boolean)
      join locked using (id)
      where s.id = r.id`.execute(trx);
    for (const row of changed) await publishChange(context, trx, row);
  });
}
