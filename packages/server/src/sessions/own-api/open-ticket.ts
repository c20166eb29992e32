import { StoaError } from "../../platform/errors/stoa-error.ts";
import type { Caller, SessionsContext } from "../context.ts";
import type { Tickets } from "../passthrough/tickets.ts";
import type { JobRow } from "../tables.ts";

/**
 * A link that opens the session in a browser.
 * @throws StoaError conflict, with the reason why there is nothing to open
 */
export async function openTicket(
  context: SessionsContext,
  tickets: Tickets,
  caller: Caller,
  job: JobRow,
): Promise<{ url: string; expires_at: string }> {
  const web = context.jobTypes.get(job.job_type)?.web ?? "none";
  if (web === "none") throw nothingToOpen("This kind of session has nothing to open in a browser");
  if (job.status !== "running") throw nothingToOpen(`The session is ${job.status}: there is nothing to open`);
  const link = await tickets.link(job.id, caller.principal);
  if (link === null) throw nothingToOpen("Sessions have no address of their own here. Set STOA_SESSION_DOMAIN");
  await context.db.transaction().execute((trx) =>
    context.platform.audit.record(trx, {
      action: "session.ticket",
      actor: caller.actor,
      subject: { kind: "session", id: String(job.id), label: job.job_type },
      about: [...new Set([job.owner_id, caller.accountId])],
      requestId: caller.requestId,
      address: caller.address,
    }),
  );
  return { url: link.domain + link.path, expires_at: link.expiresAt };
}

function nothingToOpen(problem: string): StoaError {
  return new StoaError("conflict", { details: { problem } });
}
