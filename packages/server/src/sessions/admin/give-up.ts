import { StoaError } from "../../platform/errors/stoa-error.ts";
import { type Caller, parseId, type SessionsContext } from "../context.ts";
import { CLEAR_KIND } from "../operations.ts";
import { SessionRefused } from "../policy.ts";
import { lockJob, withStep } from "../queries.ts";
import type { Ended } from "../resources/contract.ts";
import { say } from "../sentences.ts";
import { recordEnd } from "../transitions.ts";
import { type AdminRow, findForAdmin } from "./queries.ts";

/**
 * Settles a session whose end can't be seen to: its server does not answer, or could not end it. It counts as failed
 * from now on, its workspace is free, and nobody pays for what can't be shown: until its server's last sign. What is
 * left of it is ended by that server, should it come back; until then it may go on writing.
 * @param knowsItMayWrite whoever asks has said that they know so
 * @throws StoaError not_found, conflict while it can still be ended as usual, or unprocessable: it was not said
 */
export async function giveUp(
  context: SessionsContext,
  caller: Caller,
  id: string,
  knowsItMayWrite: boolean,
): Promise<AdminRow> {
  const number = parseId(id);
  const found = number === null ? null : await findForAdmin(context, number);
  if (found === null) throw new StoaError("not_found", { details: { what: "session" } });
  if (!mayBeGivenUp(found)) throw refusal(found);
  if (!knowsItMayWrite) throw unsaid(found);
  const owner = (await context.people.byIds([found.owner_id])).get(found.owner_id);
  const names = await context.workspaces.names([found.workspace_id]);
  await context.db.transaction().execute(async (trx) => {
    await context.workspaces.lockForStart(trx, found.owner_id, found.workspace_id);
    const job = await lockJob(trx, found.id);
    // Its server may have come back, or somebody may have been quicker.
    const known = await findForAdmin({ db: trx, jobTypes: context.jobTypes }, found.id);
    if (job === null || known === null || !mayBeGivenUp(known)) throw refusal(known ?? { ended_at: new Date() });
    const reason = reasonOf(known, caller.actor.label);
    // Else one that was to be stopped would count as stopped, which nobody knows.
    await trx
      .updateTable("jobs")
      .set({ desired: "running", steps: withStep(say("given_up_left")) })
      .where("id", "=", job.id)
      .execute();
    await context.platform.audit.record(trx, {
      action: "session.give-up",
      actor: caller.actor,
      subject: { kind: "session", id: String(job.id), label: job.job_type },
      about: [job.owner_id],
      requestId: caller.requestId,
      address: caller.address,
      details: {
        owner: owner?.username ?? null,
        owner_id: job.owner_id,
        workspace: names.get(job.workspace_id) ?? null,
        workspace_id: job.workspace_id,
        hang: known.hang,
        node: job.node_id,
        node_seen_at: known.node_seen_at?.toISOString() ?? null,
      },
    });
    await recordEnd(context, trx, job, endOf(known, reason), caller.actor);
    await trx.updateTable("jobs").set({ desired: "stopped" }).where("id", "=", job.id).execute();
    await context.platform.operations.enqueue(trx, {
      kind: CLEAR_KIND,
      subject: { kind: "session", id: String(job.id) },
      actor: { accountId: caller.actor.accountId, label: caller.actor.label },
      input: { job_id: job.id },
      nodeId: job.node_id,
    });
  });
  const row = await findForAdmin(context, found.id);
  if (row === null) throw new StoaError("not_found", { details: { what: "session" } });
  return row;
}

/** Only what can't be ended as usual: its server is away, or has tried for a minute. */
export function mayBeGivenUp(row: Pick<AdminRow, "hang">): boolean {
  return row.hang === "host_lost" || row.hang === "stopping_long";
}

function refusal({ ended_at: endedAt }: Pick<AdminRow, "ended_at">): SessionRefused {
  if (endedAt !== null)
    return new SessionRefused("conflict", "It has already ended.", "این نشست پیش‌تر پایان یافته است.");
  return new SessionRefused(
    "conflict",
    "Its server answers: stop it. If it has not ended a minute later, it can be given up.",
    "سرور آن پاسخ می‌دهد: آن را متوقف کنید. اگر یک دقیقه بعد پایان نیافته بود، می‌توان از آن دست کشید.",
  );
}

/** The workspace is free from then on: a new session there may meet the old program. */
function unsaid({ hang }: Pick<AdminRow, "hang">): SessionRefused {
  const isLost = hang === "host_lost";
  return new SessionRefused(
    "unprocessable",
    `${isLost ? "Nobody knows whether its programs still run: they" : "Its programs still run, and"} may go on writing into the workspace, also beside a new session there. Repeat it with "may_still_write": true if that is all right.`,
    `${isLost ? "کسی نمی‌داند برنامه‌های آن هنوز اجرا می‌شوند یا نه؛ شاید" : "برنامه‌های آن هنوز اجرا می‌شوند و شاید"} همچنان در فضای کار بنویسند، حتی هم‌زمان با نشستی تازه. اگر ایرادی ندارد، همین درخواست را با may_still_write برابر true تکرار کنید.`,
  );
}

function reasonOf({ hang, node_id: node }: AdminRow, actor: string): string {
  return hang === "host_lost" ? say("given_up_lost", { actor, node }) : say("given_up_stuck", { actor });
}

/** A lost server's word ends with its last sign; one that answers, and can't end it, keeps its processor until now. */
function endOf({ hang, node_seen_at: seenAt, started_at, created_at }: AdminRow, message: string): Ended {
  const floor = (started_at ?? created_at).getTime();
  const at = hang === "host_lost" ? Math.max(floor, seenAt?.getTime() ?? floor) : Date.now();
  return {
    state: "ended",
    cause: "host_failed",
    code: null,
    signal: null,
    message,
    startedAt: null,
    readyAt: null,
    endedAt: new Date(at).toISOString(),
  };
}
