import type { Static } from "typebox";
import type { SessionsContext } from "../context.ts";
import { isHere } from "../context.ts";
import { coreHours } from "../core-hours.ts";
import { person } from "../own-api/present.ts";
import { tell } from "../sentences.ts";
import { mayBeGivenUp } from "./give-up.ts";
import type { AdminRow } from "./queries.ts";
import type { AdminSession } from "./schema.ts";

/** Everybody's sessions, with what an operator looks for. */
export async function presentForAdmin(
  context: SessionsContext,
  rows: readonly AdminRow[],
): Promise<Static<typeof AdminSession>[]> {
  const names = await context.workspaces.names([...new Set(rows.map((row) => row.workspace_id))]);
  const people = await context.people.byIds([...new Set(rows.map((row) => row.owner_id))]);
  const now = new Date();
  return rows.map((row) => ({
    id: row.id,
    owner: person(row.owner_id, people),
    workspace: { id: row.workspace_id, name: names.get(row.workspace_id) ?? "" },
    job_type: row.job_type,
    job_type_name: context.jobTypes.get(row.job_type)?.name ?? row.job_type,
    status: row.status,
    ready: row.ready,
    reason_told: row.reason === null ? null : tell(row.reason),
    state_since: row.state_since.toISOString(),
    created_at: row.created_at.toISOString(),
    ended_at: row.ended_at?.toISOString() ?? null,
    node: row.node_id,
    node_seen_at: row.node_seen_at?.toISOString() ?? null,
    cpus: row.cpus,
    memory_bytes: memoryOf(context, row),
    core_hours: hoursOf(row, now),
    hang: row.hang,
    can_stop: row.ended_at === null && row.desired === "running",
    can_give_up: mayBeGivenUp(row),
  }));
}

function memoryOf(context: SessionsContext, row: AdminRow): number | null {
  if (row.ended_at !== null || !isHere(context, row)) return null;
  return context.local.memoryOf?.(row.id) ?? null;
}

/** Settled at the end; until then what it would be now. */
function hoursOf(row: AdminRow, now: Date): string {
  if (row.ended_at !== null || row.started_at === null) return row.core_hours;
  return coreHours(row.cpus, row.started_at, now);
}
