import type { Static } from "typebox";
import { holds, type Principal } from "../../platform/principal.ts";
import type { SessionsContext } from "../context.ts";
import type { Tickets } from "../passthrough/tickets.ts";
import { mayOpen } from "../policy.ts";
import type { JobRow } from "../tables.ts";
import { messageOf, timeLeft } from "../words.ts";
import type { CurrentJobDetails, Job, StartedJob } from "./schema.ts";

export interface Presenter {
  job(row: JobRow, reader: Principal): Promise<Static<typeof Job>>;
  started(row: JobRow, reader: Principal): Promise<Static<typeof StartedJob>>;
  details(row: JobRow, reader: Principal): Promise<Static<typeof CurrentJobDetails>>;
}

/** Jobs as contract 3 shows them, each with a link made for its reader. */
export function createPresenter(context: SessionsContext, tickets: Tickets): Presenter {
  const details: Presenter["details"] = async (row, reader) => {
    const web = context.jobTypes.get(row.job_type)?.web ?? "none";
    const opens = row.status === "running" && row.ready && web !== "none";
    const own = reader.accountId !== null && mayOpen({ accountId: reader.accountId }, row);
    // Who opens a session can do all that it can: a token that may only read gets no link.
    const link = opens && own && holds(reader, "sessions:write") ? await tickets.link(row.id, reader) : null;
    return {
      message: messageOf(row, web),
      time_left: timeLeft(row),
      proxy_details: { hostname: row.node_id, port: 0, path: "" },
      connection_details: { url_path: link?.path ?? "", url_domain: link?.domain ?? "" },
    };
  };
  const common = async (row: JobRow, reader: Principal) => ({
    id: row.id,
    workspace_id: row.workspace_id,
    resource_job_id: row.resource_job_id,
    job_type: row.job_type,
    status: row.status,
    datetime_created: row.created_at.toISOString(),
    datetime_start: row.started_at?.toISOString() ?? null,
    datetime_end: row.ended_at?.toISOString() ?? null,
    job_details: {
      metrics: {
        time_pending: secondsBetween(row.created_at, row.started_at),
        time_init: secondsBetween(row.started_at, row.ready_at),
      },
      request_job_details: row.request_details,
      current_job_details: await details(row, reader),
    },
  });
  return {
    details,
    job: async (row, reader) => ({ ...(await common(row, reader)), core_hours: row.core_hours }),
    started: async (row, reader) => ({ ...(await common(row, reader)), core_hours: 0 }),
  };
}

function secondsBetween(from: Date | null, to: Date | null): number | null {
  return from === null || to === null ? null : Math.max(0, (to.getTime() - from.getTime()) / 1000);
}
