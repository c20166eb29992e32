import { type Kysely, sql } from "kysely";
import { storableText } from "./resource-options/storable.ts";
import { withoutStartFolder } from "./start-folder.ts";
import type { JobRow, JobStatus, JobStep, SessionsDb, SessionsTrx, SessionTables } from "./tables.ts";

const COUNT_LOCK = 7312;

export async function findJob<T extends SessionTables>(db: Kysely<T>, id: number): Promise<JobRow | null> {
  const row = await (db as unknown as SessionsDb)
    .selectFrom("jobs")
    .selectAll()
    .where("id", "=", id)
    .executeTakeFirst();
  return row ?? null;
}

/** The row, held until the transaction ends. Lock its workspace first, always: two orders would deadlock. */
export async function lockJob(trx: SessionsTrx, id: number): Promise<JobRow | null> {
  const row = await trx.selectFrom("jobs").selectAll().where("id", "=", id).forUpdate().executeTakeFirst();
  return row ?? null;
}

/** The newest of a workspace, ended or not, with what was asked of the resource. */
export async function lastJobIn(db: SessionsDb, workspaceId: number): Promise<JobRow | null> {
  const newest = db.selectFrom("jobs").selectAll().where("workspace_id", "=", workspaceId).orderBy("id", "desc");
  const row = await newest.limit(1).executeTakeFirst();
  return row === undefined ? null : { ...row, options: withoutStartFolder(row.options) };
}

/** Exact matches; left out: any. */
export interface JobFilter {
  readonly workspaceId?: number;
  readonly resourceJobId?: number;
  readonly jobType?: string;
  readonly status?: string;
}

/** A person's jobs, oldest first. */
export async function jobsOf(db: SessionsDb, ownerId: number, filter: JobFilter): Promise<JobRow[]> {
  let query = db.selectFrom("jobs").selectAll().where("owner_id", "=", ownerId);
  if (filter.workspaceId !== undefined) query = query.where("workspace_id", "=", filter.workspaceId);
  if (filter.resourceJobId !== undefined) query = query.where("resource_job_id", "=", filter.resourceJobId);
  if (filter.jobType !== undefined) query = query.where("job_type", "=", filter.jobType);
  if (filter.status !== undefined) query = query.where(sql<string>`status`, "=", filter.status);
  return query.orderBy("id").execute();
}

/** Those of them that there are. */
export function findJobs(db: SessionsDb, ids: readonly number[]): Promise<JobRow[]> {
  return db.selectFrom("jobs").selectAll().where("id", "in", ids).execute();
}

/** What a list of sessions is narrowed to; null or false: not by this. */
export interface JobsWanted {
  readonly ownerId: number | null;
  readonly workspaceId: number | null;
  readonly live: boolean;
  readonly ended: boolean;
  readonly status: JobStatus | null;
  readonly jobType: string | null;
  /** Any of these holds. */
  readonly search: JobSearch | null;
}

/** What a text that is looked for may mean. */
export interface JobSearch {
  readonly id: number | null;
  readonly jobTypes: readonly string[];
  readonly workspaceIds: readonly number[];
}

/** A page of sessions, newest first, older than `before`. */
export async function pageOfJobs(
  db: SessionsDb,
  wanted: JobsWanted,
  page: { readonly before: number | null; readonly limit: number },
): Promise<JobRow[]> {
  let query = db.selectFrom("jobs").selectAll();
  if (wanted.ownerId !== null) query = query.where("owner_id", "=", wanted.ownerId);
  if (wanted.workspaceId !== null) query = query.where("workspace_id", "=", wanted.workspaceId);
  if (wanted.live) query = query.where("ended_at", "is", null);
  if (wanted.ended) query = query.where("ended_at", "is not", null);
  if (wanted.status !== null) query = query.where("status", "=", wanted.status);
  if (wanted.jobType !== null) query = query.where("job_type", "=", wanted.jobType);
  if (page.before !== null) query = query.where("id", "<", page.before);
  const { search } = wanted;
  if (search !== null) {
    query = query.where((e) =>
      e.or([
        ...(search.id === null ? [] : [e("id", "=", search.id)]),
        e("job_type", "in", ["", ...search.jobTypes]),
        e("workspace_id", "in", [-1, ...search.workspaceIds]),
      ]),
    );
  }
  return query.orderBy("id", "desc").limit(page.limit).execute();
}

/** What a server has to look after: everything that may be running from its place. */
export async function liveJobsOf(db: SessionsDb, place: string): Promise<JobRow[]> {
  return db.selectFrom("jobs").selectAll().where("place", "=", place).where("ended_at", "is", null).execute();
}

/** Everybody who has sessions that should go on, on any node. */
export async function liveOwners(db: SessionsDb): Promise<number[]> {
  const rows = await liveOf(db).select("owner_id").distinct().execute();
  return rows.map((row) => row.owner_id);
}

/** A person's sessions that should go on, on any node. */
export function liveJobsOfOwner(db: SessionsDb, ownerId: number): Promise<JobRow[]> {
  return liveOf(db).selectAll().where("owner_id", "=", ownerId).orderBy("id").execute();
}

function liveOf(db: SessionsDb) {
  return db.selectFrom("jobs").where("ended_at", "is", null).where("desired", "=", "running");
}

/** How many sessions a person has that have not ended; held until the transaction ends, so that two starts count. */
export async function lockLiveCount(trx: SessionsTrx, ownerId: number): Promise<number> {
  await sql`select pg_advisory_xact_lock(${COUNT_LOCK}, ${ownerId % 2_147_483_647}::int)`.execute(trx);
  const { count } = await trx
    .selectFrom("jobs")
    .select((eb) => eb.fn.countAll<number>().as("count"))
    .where("owner_id", "=", ownerId)
    .where("ended_at", "is", null)
    .executeTakeFirstOrThrow();
  return Number(count);
}

export async function hasOtherLiveJob(trx: SessionsTrx, workspaceId: number, jobId: number): Promise<boolean> {
  const row = await trx
    .selectFrom("jobs")
    .select("id")
    .where("workspace_id", "=", workspaceId)
    .where("id", "<>", jobId)
    .where("ended_at", "is", null)
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}

/**
 * Appends a line to a session's timeline, in an update. What PostgreSQL does not keep is replaced: some of it is told by
 * hosts, who are in their owners' hands, and a session whose end can't be written would never end.
 */
export function withStep(text: string, by?: JobStep["by"]) {
  const step: JobStep = { at: new Date().toISOString(), text: storableText(text), ...(by === undefined ? {} : { by }) };
  return sql<string>`steps || ${JSON.stringify([step])}::jsonb`;
}
