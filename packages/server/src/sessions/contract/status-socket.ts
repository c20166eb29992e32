import type { FastifyInstance } from "fastify";
import type { WebSocket } from "ws";
import { StoaError } from "../../platform/errors/stoa-error.ts";
import type { Principal } from "../../platform/principal.ts";
import type { Changes } from "../changes.ts";
import { parseId, type SessionsContext } from "../context.ts";
import { policies } from "../policies.ts";
import { findJob } from "../queries.ts";
import type { JobRow } from "../tables.ts";
import type { Presenter } from "./present.ts";

/** `/jobs/{id}/` as a WebSocket: a job's status at each change and once at first, for its owner. */
export function addStatusSocket(
  app: FastifyInstance,
  context: SessionsContext,
  changes: Changes,
  present: Presenter,
): void {
  app.addUpgrade({
    path: "/jobs/:id",
    policy: policies.statusSocket,
    summary: "Follow a session's status",
    queryToken: true,
    publicHandshake: true,
    async handler(socket, { principal, params }) {
      const id = parseId(params.id ?? "");
      const job = id === null ? null : await findJob(context.db, id);
      if (job === null || job.owner_id !== principal.accountId) {
        throw new StoaError("not_found", { message: `Job ${params.id} not found for user.` });
      }
      follow(socket, context, changes, present, principal, job);
    },
  });
}

function follow(
  socket: WebSocket,
  context: SessionsContext,
  changes: Changes,
  present: Presenter,
  principal: Principal,
  first: JobRow,
): void {
  let queue = Promise.resolve();
  let last = "";
  const say = async (row: JobRow): Promise<void> => {
    const state = `${row.status} ${row.ready} ${row.reason} ${row.time_limit_seconds}`;
    if (state === last || socket.readyState !== socket.OPEN) return;
    last = state;
    const details = await present.details(row, principal);
    socket.send(JSON.stringify({ status: row.status, current_job_details: details }));
  };
  const sayNow = async (): Promise<void> => {
    try {
      const row = await findJob(context.db, first.id);
      if (row !== null) await say(row);
    } catch (error) {
      context.platform.log.warn({ err: error, jobId: first.id }, "sessions: a status could not be read for a socket");
    }
  };
  // Listening begins before the first word, so that nothing between is missed.
  const unsubscribe = changes.of(first.id, () => {
    queue = queue.then(sayNow);
  });
  socket.on("close", unsubscribe);
  queue = say(first).then(sayNow);
}
