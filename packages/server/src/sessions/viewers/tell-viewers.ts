import type { SessionsContext } from "../context.ts";
import type { SessionsTrx } from "../tables.ts";
import { viewersOf } from "./queries.ts";

/** Tells those with whom a session is shared that it changed, and nothing of how: they ask for what they may see. */
export async function tellViewers(
  { platform }: Pick<SessionsContext, "platform">,
  trx: SessionsTrx,
  jobId: number,
): Promise<void> {
  const viewers = await viewersOf(trx, jobId);
  if (viewers.length === 0) return;
  await platform.events.publish(trx, {
    type: "session.shared",
    subject: { kind: "session", id: String(jobId) },
    audience: viewers.map((viewer) => viewer.account_id),
    data: { change: "status" },
  });
}
