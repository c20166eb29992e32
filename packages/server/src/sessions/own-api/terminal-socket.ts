import type { FastifyInstance } from "fastify";
import type { WebSocket } from "ws";
import { StoaError } from "../../platform/errors/stoa-error.ts";
import type { Changes } from "../changes.ts";
import { isHere, parseId, type SessionsContext } from "../context.ts";
import type { SessionTargets } from "../passthrough/contract.ts";
import { policies } from "../policies.ts";
import { mayOpen } from "../policy.ts";
import { findJob } from "../queries.ts";
import type { JobRow } from "../tables.ts";
import type { Guest, Guests } from "../viewers/guests.ts";
import { type Frame, joinTerminal, MOST_EARLY } from "./join-terminal.ts";

/** How long somebody who comes early waits for the start. */
const START_WITHIN_MS = 60_000;
/** Close codes of our own: 4000 and the HTTP status. */
const ENDED = 1000;
const NOT_HERE = 4409;
const LOST = 4503;
const TAKEN_BACK = 4403;

/**
 * A session's terminal in the portal. From the moment it is open it needs neither the database nor anything else
 * of the server's: two sockets, joined. Whom the owner lets look gets one that takes nothing they type.
 */
export function addTerminalSocket(
  app: FastifyInstance,
  context: SessionsContext,
  changes: Changes,
  targets: SessionTargets,
  guests: Guests,
): void {
  app.addUpgrade({
    path: "/api/stoa/v1/sessions/:id/terminal",
    policy: policies.terminal,
    summary: "Attach to a session's terminal",
    maxMessageBytes: 1_000_000,
    async handler(socket, { principal, params }) {
      const early = keepEarly(socket);
      const id = parseId(params.id ?? "");
      const job = id === null ? null : await findJob(context.db, id);
      const role = job === null ? null : await roleAt(guests, job, principal.accountId);
      if (job === null || role === null) throw new StoaError("not_found", { details: { what: "session" } });
      if (role !== "owner") {
        const leave = guests.watch({ ...role, ownerId: job.owner_id }, () =>
          socket.close(TAKEN_BACK, "The session is not shared with you any more."),
        );
        socket.once("close", leave);
      }
      if (!isHere(context, job)) {
        socket.close(NOT_HERE, `This session runs on the server ${job.node_id}.`.slice(0, 120));
        return;
      }
      if (role === "owner") {
        targets.noteActivity(job.id, { kind: "open" });
        // Text frames are the page's own: how large it is, what it has shown.
        socket.on("message", (_, binary) => binary && targets.noteActivity(job.id, { kind: "keys" }));
      }
      attach(socket, context, changes, job, { early, looksOnly: role !== "owner" }).catch((error: unknown) => {
        context.platform.log.warn({ err: error, jobId: job.id }, "sessions: a terminal could not be attached");
        socket.close(LOST, "The terminal can't be reached now. Try again.");
      });
    },
  });
}

/** Null: nothing that anybody may know of. */
async function roleAt(guests: Guests, job: JobRow, accountId: number | null): Promise<"owner" | Guest | null> {
  if (accountId === null) return null;
  if (mayOpen({ accountId }, job)) return "owner";
  const guest: Guest = { jobId: job.id, accountId, use: "look" };
  return (await guests.mayEnter(guest)) ? guest : null;
}

/** What is typed before the terminal is attached: kept from the first moment, as nobody listens otherwise. */
function keepEarly(socket: WebSocket) {
  const messages: Frame[] = [];
  const keep = (data: Buffer, binary: boolean): void => {
    if (messages.length < MOST_EARLY) messages.push({ data, binary });
  };
  socket.on("message", keep);
  return { messages, stop: () => socket.off("message", keep) };
}

async function attach(
  socket: WebSocket,
  context: SessionsContext,
  changes: Changes,
  first: JobRow,
  { early, looksOnly }: { readonly early: ReturnType<typeof keepEarly>; readonly looksOnly: boolean },
): Promise<void> {
  const job = await started(socket, context, changes, first);
  if (job === null || socket.readyState !== socket.OPEN) return;
  if (job.ended_at !== null) return showEnded(socket, context, job);
  const place = context.local.terminalSocket?.(job) ?? null;
  if (place === null) {
    socket.close(NOT_HERE, "This session has no terminal.");
    return;
  }
  early.stop();
  joinTerminal(socket, place, { early: early.messages, looksOnly }, (ended) => {
    if (ended) socket.close(ENDED, "The session has ended.");
    else socket.close(LOST, "The terminal can't be reached now. Try again.");
  });
}

/** Waits until it runs or has ended. Null: neither in time, or the person left. */
async function started(
  socket: WebSocket,
  context: SessionsContext,
  changes: Changes,
  first: JobRow,
): Promise<JobRow | null> {
  if (first.status !== "pending") return first;
  const { promise, resolve, reject } = Promise.withResolvers<JobRow | null>();
  const look = (): void => {
    findJob(context.db, first.id).then((row) => {
      if (row === null || row.status !== "pending") resolve(row);
    }, reject);
  };
  const unsubscribe = changes.of(first.id, look);
  const timer = setTimeout(() => {
    socket.close(LOST, "The session has not started yet. Try again.");
    resolve(null);
  }, START_WITHIN_MS);
  const left = (): void => resolve(null);
  socket.once("close", left);
  look();
  return promise.finally(() => {
    clearTimeout(timer);
    unsubscribe();
    socket.off("close", left);
  });
}

/** What is kept of a session that is over: its last output, and how it ended. */
async function showEnded(socket: WebSocket, context: SessionsContext, job: JobRow): Promise<void> {
  const { scrollbackBytes } = context.platform.config.limits;
  const { bytes, total } = await context.local.output(job, -scrollbackBytes, scrollbackBytes);
  const say = (frame: Record<string, unknown>): void => socket.send(JSON.stringify(frame));
  say({ type: "hello", job_id: job.id, cols: 80, rows: 24, replay: bytes.length, printed: total });
  if (bytes.length > 0) socket.send(bytes, { binary: true });
  say({ type: "exit", status: job.exit_code, signal: job.exit_signal, cause: job.reason ?? "exited" });
  socket.close(ENDED, "The session has ended.");
}
