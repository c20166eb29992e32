import type { Static } from "typebox";
import type { SessionsContext } from "../context.ts";
import { person } from "../own-api/present.ts";
import { endOf } from "../time/extension.ts";
import type { SharedRow, ViewerRow } from "./queries.ts";
import type { SharedSession, Viewer } from "./schema.ts";

/** Viewers, as a session's owner sees them. */
export async function presentViewers(
  context: SessionsContext,
  rows: readonly ViewerRow[],
): Promise<Static<typeof Viewer>[]> {
  const people = await context.people.byIds(rows.map((row) => row.account_id));
  return rows.map((row) => ({
    account: person(row.account_id, people),
    may_act: row.may_act && context.platform.config.sessions.sharing === "act",
    invited_at: row.invited_at.toISOString(),
  }));
}

/** Sessions of others, as their viewers see them. */
export async function presentShared(
  context: SessionsContext,
  rows: readonly SharedRow[],
): Promise<Static<typeof SharedSession>[]> {
  const people = await context.people.byIds([...new Set(rows.map(({ job }) => job.owner_id))]);
  const names = await context.workspaces.names([...new Set(rows.map(({ job }) => job.workspace_id))]);
  return rows.map(({ job, viewer }) => {
    const type = context.jobTypes.get(job.job_type);
    const web = type?.web ?? "none";
    return {
      id: job.id,
      owner: person(job.owner_id, people),
      workspace_name: names.get(job.workspace_id) ?? "",
      job_type: job.job_type,
      job_type_name: type?.name ?? job.job_type,
      status: job.status,
      ready: job.ready,
      started_at: job.started_at?.toISOString() ?? null,
      ends_at: endOf(job)?.toISOString() ?? null,
      opens: web === "none" ? ("nothing" as const) : web,
      has_terminal: type?.program === "pty",
      may_act: viewer.may_act && context.platform.config.sessions.sharing === "act",
      invited_at: viewer.invited_at.toISOString(),
    };
  });
}
