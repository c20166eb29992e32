import type { Static } from "typebox";
import type { Account } from "../../accounts/accounts.ts";
import type { SessionsContext } from "../context.ts";
import { tell } from "../sentences.ts";
import { startFolderIn, withoutStartFolder } from "../start-folder.ts";
import type { JobRow } from "../tables.ts";
import { endOf, extensionOf } from "../time/extension.ts";
import { type IdleTime, idleTimes } from "../time/idle-times.ts";
import { messageOf, timeLeft } from "../words.ts";
import type { Person, Session } from "./schema.ts";

/** Sessions as our own API shows them. */
export async function presentSessions(
  context: SessionsContext,
  rows: readonly JobRow[],
): Promise<Static<typeof Session>[]> {
  const names = await context.workspaces.names([...new Set(rows.map((row) => row.workspace_id))]);
  const people = await context.people.byIds([...new Set(rows.map((row) => row.owner_id))]);
  const idle = await idleTimes(context, rows);
  return rows.map((row) =>
    presentSession(context, row, {
      owner: person(row.owner_id, people),
      workspaceName: names.get(row.workspace_id) ?? "",
      idle: idle.get(row.id) ?? null,
    }),
  );
}

/** Somebody as those see them who see the session; without a name once the account is gone. */
export function person(id: number, people: ReadonlyMap<number, Account>): Static<typeof Person> {
  const account = people.get(id);
  return { id, username: account?.username ?? "", full_name: account?.fullName ?? "" };
}

/** What its row doesn't hold. */
interface Around {
  readonly owner: Static<typeof Person>;
  readonly workspaceName: string;
  readonly idle: IdleTime | null;
}

function presentSession(
  context: SessionsContext,
  row: JobRow,
  { owner, workspaceName, idle }: Around,
): Static<typeof Session> {
  const extension = extensionOf(row, context.platform.config.sessions);
  const type = context.jobTypes.get(row.job_type);
  const web = type?.web ?? "none";
  return {
    id: row.id,
    owner_id: row.owner_id,
    owner,
    workspace: { id: row.workspace_id, name: workspaceName },
    folder: startFolderIn(row.options),
    job_type: row.job_type,
    job_type_name: type?.name ?? row.job_type,
    status: row.status,
    ready: row.ready,
    reason: row.reason,
    reason_told: row.reason === null ? null : tell(row.reason),
    message: messageOf(row, web),
    steps: row.steps.map(({ at, text }) => ({ at, ...tell(text) })),
    created_at: row.created_at.toISOString(),
    started_at: row.started_at?.toISOString() ?? null,
    ready_at: row.ready_at?.toISOString() ?? null,
    ended_at: row.ended_at?.toISOString() ?? null,
    last_used_at: row.last_used_at?.toISOString() ?? null,
    exit_status: row.exit_code,
    exit_signal: row.exit_signal,
    core_hours: row.core_hours,
    core_hours_reserved: row.core_hours_reserved,
    time_left: timeLeft(row),
    ends_at: endOf(row)?.toISOString() ?? null,
    extend: extension === null ? null : { minutes: extension.minutes, until: extension.until.toISOString() },
    idle:
      idle === null
        ? null
        : { stops_at: idle.stopsAt.toISOString(), after_seconds: idle.afterSeconds, warned: idle.warned },
    opens: web === "none" ? "nothing" : web,
    has_terminal: type?.program === "pty",
    preparing: row.preparing === null ? null : tell(row.preparing),
    means: row.means,
    resource: {
      id: row.resource,
      node: row.node_id,
      job_id: row.resource_job_id < 0 ? null : row.resource_job_id,
      cpus: row.cpus,
      time_limit_seconds: row.time_limit_seconds,
      options: withoutStartFolder(row.options),
    },
  };
}
