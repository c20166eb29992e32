import { randomUUID } from "node:crypto";
import type { ColumnType, Transaction } from "kysely";
import type { Audit } from "../../platform/audit/contract.ts";
import { noteImported } from "../../platform/imports/imported-things.ts";
import { insertNumbered } from "../../platform/imports/insert-numbered.ts";
import { drawNumbers } from "../../platform/imports/kept-numbers.ts";
import type { ImportTables } from "../../platform/imports/tables.ts";
import type { SessionsDb, SessionTables } from "../tables.ts";

export interface ComingJob {
  readonly oldId: number;
  /** Null: another number is drawn. */
  readonly keptId: number | null;
  readonly ownerId: number;
  readonly workspaceId: number;
  readonly jobType: string;
  /** As the other service called it. */
  readonly resource: string;
  readonly resourceJobId: number;
  readonly status: "complete" | "failed";
  readonly reason: string | null;
  readonly requestDetails: Readonly<Record<string, unknown>>;
  readonly options: Readonly<Record<string, unknown>>;
  readonly cpus: number;
  readonly timeLimitSeconds: number | null;
  readonly createdAt: Date;
  readonly startedAt: Date | null;
  readonly readyAt: Date | null;
  readonly endedAt: Date;
  /** Decimal text, at most five places. */
  readonly coreHours: string;
}

export interface TakingJobs {
  readonly db: SessionsDb;
  readonly audit: Audit;
}

/** The machine that they ran on is none of ours. */
const NODE = "imported";

type Numbered = ImportTables & {
  jobs: Omit<SessionTables["jobs"], "id"> & { id: ColumnType<number, number, never> };
};

/** Jobs of another service, as history: all have ended. One transaction, so some hundreds at a time. */
export async function takeJobs(
  { db, audit }: TakingJobs,
  jobs: readonly ComingJob[],
  { source, by }: { readonly source: string; readonly by: string },
): Promise<void> {
  if (jobs.length === 0) return;
  await db.transaction().execute(async (trx) => {
    const numbered: Transaction<Numbered> = trx.withTables<Numbered>();
    const drawn = await drawNumbers(numbered, "job", jobs.filter(({ keptId }) => keptId === null).length);
    const placed = jobs.map((job) => ({ job, id: job.keptId ?? drawn.shift() ?? 0 }));
    const at = new Date().toISOString();
    await insertNumbered(
      numbered,
      "jobs",
      placed.map(({ job, id }) => ({ id, ...rowOf(job, at) })),
    );
    await noteImported(
      numbered,
      placed.map(({ job, id }) => ({ source, kind: "job", oldId: job.oldId, newId: id })),
    );
    await audit.record(trx, {
      action: "session.import",
      actor: { accountId: null, label: by, credentialKind: null, credentialId: null },
      subject: { kind: "sessions", id: source },
      about: jobs.map(({ ownerId }) => ownerId),
      details: { source, jobs: jobs.length },
    });
  });
}

function rowOf(job: ComingJob, at: string) {
  return {
    owner_id: job.ownerId,
    workspace_id: job.workspaceId,
    job_type: job.jobType,
    resource: job.resource,
    node_id: NODE,
    marker: randomUUID(),
    desired: "stopped" as const,
    status: job.status,
    resource_job_id: job.resourceJobId,
    reason: job.reason,
    steps: JSON.stringify([{ at, text: "Its history was taken over from another service." }]),
    request_details: JSON.stringify(job.requestDetails),
    options: JSON.stringify(job.options),
    cpus: job.cpus,
    time_limit_seconds: job.timeLimitSeconds,
    created_at: job.createdAt,
    started_at: job.startedAt,
    ready_at: job.readyAt,
    ended_at: job.endedAt,
    core_hours: job.coreHours,
  };
}
