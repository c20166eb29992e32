import { StoaError } from "../../platform/errors/stoa-error.ts";
import type { Caller, SessionsContext } from "../context.ts";
import { tellOfViewer } from "../notices.ts";
import { inPersianDigits } from "../persian-digits.ts";
import { SessionRefused } from "../policy.ts";
import { lockJob } from "../queries.ts";
import type { JobRow, SessionsTrx } from "../tables.ts";
import { dropViewer, putViewer, type ViewerRow, viewersOf } from "./queries.ts";

/** With so many one session can be shared at once. */
export const MOST_VIEWERS = 50;

/**
 * Lets somebody look at a running session, or, where `mayAct`, use its program as its owner. Asked again: changes how.
 * @param known a session of the caller's own
 * @throws SessionRefused with the reason; StoaError not_found for somebody whom the directory does not show the caller
 */
export async function shareSession(
  context: SessionsContext,
  caller: Caller,
  known: JobRow,
  invited: { readonly accountId: number; readonly mayAct: boolean },
): Promise<{ readonly viewer: ViewerRow; readonly isNew: boolean }> {
  refuseUnlessShareable(context, known, invited.mayAct);
  const findable = await context.people.findable(caller.accountId, [invited.accountId]);
  if (invited.accountId === known.owner_id || !findable.has(invited.accountId)) {
    throw new StoaError("not_found", { details: { what: "person" } });
  }
  return context.db.transaction().execute(async (trx) => {
    const job = await lockJob(trx, known.id);
    if (job === null || job.ended_at !== null || job.desired !== "running") throw notRunning();
    const all = await viewersOf(trx, job.id);
    const isNew = !all.some((row) => row.account_id === invited.accountId);
    if (isNew && all.length >= MOST_VIEWERS) throw tooMany();
    const viewer = await putViewer(trx, { job_id: job.id, account_id: invited.accountId, may_act: invited.mayAct });
    await publish(context, trx, job, viewer, isNew ? "invited" : "changed");
    if (isNew) await tellOfViewer(context, trx, job, viewer, "session.shared");
    await record(context, trx, caller, job, "session.share", { viewer: viewer.account_id, may_act: viewer.may_act });
    return { viewer, isNew };
  });
}

/**
 * Takes somebody's right to look away: connections that they have end within a second.
 * @throws StoaError not_found when it was not shared with them
 */
export async function unshareSession(
  context: SessionsContext,
  caller: Caller,
  job: JobRow,
  accountId: number,
): Promise<void> {
  await context.db.transaction().execute(async (trx) => {
    if (!(await dropViewer(trx, job.id, accountId))) throw new StoaError("not_found", { details: { what: "viewer" } });
    const viewer = { account_id: accountId, may_act: false };
    const leaves = caller.accountId === accountId;
    await publish(context, trx, job, viewer, leaves ? "left" : "removed");
    if (!leaves) await tellOfViewer(context, trx, job, viewer, "session.unshared");
    await record(context, trx, caller, job, "session.unshare", { viewer: accountId });
  });
}

/** The owner's pages and every process's doors by one event, the viewer's by another that says nothing of the rest. */
async function publish(
  context: SessionsContext,
  trx: SessionsTrx,
  job: JobRow,
  viewer: Pick<ViewerRow, "account_id" | "may_act">,
  change: "invited" | "changed" | "removed" | "left",
): Promise<void> {
  const { events } = context.platform;
  const subject = { kind: "session", id: String(job.id) };
  const data = { change, account_id: viewer.account_id, may_act: viewer.may_act, node_id: job.node_id };
  await events.publish(trx, { type: "session.viewers", subject, audience: [job.owner_id], data });
  const told = { change, may_act: viewer.may_act };
  await events.publish(trx, { type: "session.shared", subject, audience: [viewer.account_id], data: told });
}

async function record(
  context: SessionsContext,
  trx: SessionsTrx,
  caller: Caller,
  job: JobRow,
  action: "session.share" | "session.unshare",
  details: { readonly viewer: number; readonly may_act?: boolean },
): Promise<void> {
  await context.platform.audit.record(trx, {
    action,
    actor: caller.actor,
    subject: { kind: "session", id: String(job.id), label: job.job_type },
    about: [...new Set([job.owner_id, details.viewer])],
    requestId: caller.requestId,
    address: caller.address,
    details: { account_id: details.viewer, ...(details.may_act === undefined ? {} : { may_act: details.may_act }) },
  });
}

function refuseUnlessShareable(context: SessionsContext, job: JobRow, mayAct: boolean): void {
  const { sharing } = context.platform.config.sessions;
  const type = context.jobTypes.get(job.job_type);
  if (sharing === "off") throw sharingOff();
  if (type?.web === "program") {
    if (sharing !== "act") throw noActing();
    if (!mayAct) throw onlyActing();
  } else if (mayAct) throw nothingToUse();
  else if (type?.program !== "pty") throw nothingToSee();
}

const notRunning = () =>
  new SessionRefused(
    "conflict",
    "This session does not run any more: there is nothing to share.",
    "این نشست دیگر در حال اجرا نیست: دیگر نمی‌شود کسی را به آن راه داد.",
  );
const tooMany = () =>
  new SessionRefused(
    "conflict",
    `A session can be shared with ${MOST_VIEWERS} people at once. Remove somebody first.`,
    `به هر نشست هم‌زمان حداکثر ${inPersianDigits(MOST_VIEWERS)} نفر را می‌توان راه داد. ابتدا یکی را بردارید.`,
  );
const sharingOff = () =>
  new SessionRefused(
    "conflict",
    "Running sessions can't be shared here (STOA_SESSION_SHARING).",
    "در این سرور نمی‌توان دیگران را به نشست در حال اجرا راه داد (STOA_SESSION_SHARING).",
  );
const noActing = () =>
  new SessionRefused(
    "conflict",
    "Only terminals can be looked at without acting in them. Whoever opens this program acts as you, with your files, " +
      "and that is not allowed here (STOA_SESSION_SHARING).",
    "فقط ترمینال را می‌توان بدون دخالت تماشا کرد. هر کس این برنامه را باز کند، به‌جای شما و با فایل‌های شما کار می‌کند، " +
      "و این در اینجا مجاز نیست (STOA_SESSION_SHARING).",
  );
const onlyActing = () =>
  new SessionRefused(
    "conflict",
    "Nobody can only look at this program: whoever opens it acts as you. They can run code with your account, and " +
      "read, change and delete your files. Share it only by saying that they may (`may_act`).",
    "این برنامه را نمی‌توان فقط تماشا کرد: هر کس آن را باز کند، به‌جای شما عمل می‌کند؛ می‌تواند با حساب شما کد اجرا کند و " +
      "فایل‌های شما را بخواند، تغییر دهد و حذف کند. فقط وقتی کسی را راه بدهید که همین را اجازه می‌دهید (`may_act`).",
  );
const nothingToUse = () =>
  new SessionRefused(
    "conflict",
    "A terminal can only be looked at by others: nobody but you types into it.",
    "دیگران ترمینال شما را فقط می‌توانند تماشا کنند: هیچ‌کس جز شما در آن نمی‌نویسد.",
  );
const nothingToSee = () =>
  new SessionRefused(
    "conflict",
    "This kind of session has nothing that others could look at.",
    "این نوع نشست چیزی برای تماشای دیگران ندارد.",
  );
