import { tell } from "../notices/notices.ts";
import type { SessionsContext } from "./context.ts";
import type { Ended } from "./resources/contract.ts";
import type { JobRow, SessionsTrx } from "./tables.ts";

type Context = Pick<SessionsContext, "people" | "workspaces">;
type Job = Pick<JobRow, "id" | "owner_id" | "workspace_id">;

/** To whom the owner has let in, or no longer does. */
export async function tellOfViewer(
  context: Context,
  trx: SessionsTrx,
  job: Job,
  viewer: { readonly account_id: number },
  kind: "session.shared" | "session.unshared",
): Promise<void> {
  const person = await personOf(context, trx, job.owner_id);
  const name = await workspaceOf(context, trx, job);
  // Let in, put out and let in again is news each time; in the same moment it happens once.
  const key = `${job.id} ${new Date().toISOString()}`;
  const subject = { kind: "shared_session", id: job.id } as const;
  await tell(trx, { kind, to: viewer.account_id, key, subject, values: { person, name } });
}

/** To the owner: nobody uses it. @param stopsAt ISO 8601 */
export async function tellOfIdleness(context: Context, trx: SessionsTrx, job: Job, stopsAt: string): Promise<void> {
  const name = await workspaceOf(context, trx, job);
  await tell(trx, { ...about(job), key: `${job.id} ${stopsAt}`, kind: "session.idle", values: { name, at: stopsAt } });
}

/** To the owner: it is ended without anybody asking. */
export async function tellOfStop(context: Context, trx: SessionsTrx, job: Job, why: "idle" | "time"): Promise<void> {
  const name = await workspaceOf(context, trx, job);
  await tell(trx, { ...about(job), kind: "session.ended", values: { name, why } });
}

/** To the owner: somebody else stops it. */
export async function tellOfStopper(context: Context, trx: SessionsTrx, job: Job, stopper: number): Promise<void> {
  const person = await personOf(context, trx, stopper);
  const name = await workspaceOf(context, trx, job);
  await tell(trx, { ...about(job), kind: "session.stopped", values: { person, name } });
}

/** To the owner: it failed, or its time was over. What somebody ended is told of when they do. */
export async function tellOfEnd(
  context: Context,
  trx: SessionsTrx,
  job: Job & Pick<JobRow, "status" | "desired">,
  cause: Ended["cause"],
): Promise<void> {
  if (job.desired === "stopped") return;
  if (cause === "time_limit") await tellOfStop(context, trx, job, "time");
  if (job.status !== "failed") return;
  await tell(trx, { ...about(job), kind: "session.failed", values: { name: await workspaceOf(context, trx, job) } });
}

function about({ id, owner_id: to }: Job) {
  return { to, key: String(id), subject: { kind: "session", id } } as const;
}

async function personOf({ people }: Context, trx: SessionsTrx, accountId: number): Promise<string> {
  return (await people.byIds([accountId], trx)).get(accountId)?.fullName ?? "";
}

async function workspaceOf({ workspaces }: Context, trx: SessionsTrx, { workspace_id: id }: Job): Promise<string> {
  return (await workspaces.names([id], trx)).get(id) ?? "";
}
