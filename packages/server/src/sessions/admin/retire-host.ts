import { sql } from "kysely";
import { StoaError } from "../../platform/errors/stoa-error.ts";
import { queueName } from "../../platform/operations/kinds.ts";
import type { Caller, SessionsContext } from "../context.ts";
import { CLEAR_KIND, START_KIND, STOP_KIND } from "../operations.ts";
import { SessionRefused } from "../policy.ts";
import { AWAY_AFTER } from "./hanging.ts";

/**
 * Takes a server that will not come back off the list: nobody is told of it any more, and what waits for it alone is
 * withdrawn. Should it come back all the same, it is on the list again with its first sign.
 * @throws StoaError not_found, or conflict while it answers or sessions of it have not ended
 */
export async function retireHost(context: SessionsContext, caller: Caller, node: string): Promise<number> {
  return context.db.transaction().execute(async (trx) => {
    const { rows } = await sql<{ seen_at: Date; answers: boolean; live: number }>`
      select p.seen_at, p.seen_at >= now() - make_interval(secs => ${AWAY_AFTER}) as answers,
        (select count(*)::int from jobs j where j.node_id = p.node_id and j.ended_at is null) as live
      from session_places p where p.node_id = ${node} for update of p`.execute(trx);
    const [host] = rows;
    if (host === undefined) throw new StoaError("not_found", { details: { what: "server" } });
    if (host.answers) throw new SessionRefused("conflict", "It answers: stop it first.", answersInPersian);
    if (host.live > 0) throw new SessionRefused("conflict", "Give up on its sessions first.", liveInPersian);
    await trx.deleteFrom("session_places").where("node_id", "=", node).execute();
    const withdrawn = await withdrawWaiting(context, trx, caller, node);
    await context.platform.audit.record(trx, {
      action: "session-host.retire",
      actor: caller.actor,
      subject: { kind: "node", id: node },
      about: [],
      requestId: caller.requestId,
      address: caller.address,
      details: { seen_at: host.seen_at.toISOString(), withdrawn },
    });
    return withdrawn;
  });
}

const answersInPersian = "این سرور پاسخ می‌دهد: نخست آن را خاموش کنید.";
const liveInPersian = "نخست از نشست‌های آن دست بکشید.";

/** What only that server could have run. @returns how many */
async function withdrawWaiting(
  { platform }: SessionsContext,
  trx: Parameters<SessionsContext["platform"]["operations"]["withdraw"]>[0],
  { actor }: Caller,
  node: string,
): Promise<number> {
  const queues = [START_KIND, STOP_KIND, CLEAR_KIND].map((kind) => queueName(kind, node));
  const { rows } = await sql<{ id: string }>`
    select id from operations where state = 'queued' and queue = any(${queues}::text[]) order by seq`.execute(trx);
  let withdrawn = 0;
  for (const { id } of rows) if (await platform.operations.withdraw(trx, id, actor)) withdrawn += 1;
  return withdrawn;
}
