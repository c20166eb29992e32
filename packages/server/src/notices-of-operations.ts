import { type Notices, tell } from "./notices/notices.ts";
import type { Trx } from "./platform/database/database.ts";
import type { Mail } from "./platform/mail/contract.ts";
import type { Operation } from "./platform/operations/contract.ts";

/** Their domains tell of these themselves, in words that fit; and a mail that fails is not told by a mail. */
const TOLD_OTHERWISE = new Set(["workspace.share", "session.start", "session.stop"]);
/** What failed on our side, or the world's, and not for what somebody had asked. */
const OUR_SIDE = new Set(["defect", "unavailable", "upstream_failed", "upstream_timeout", "disk_full"]);

/**
 * Tells, in the transaction in which operations end: whoever asked that theirs failed for good; administrators of what
 * failed on our side, and of an audit chain that is broken.
 */
export async function tellOfEnds(
  notices: Pick<Notices, "tellAdmins">,
  trx: Trx,
  ended: readonly Operation[],
): Promise<void> {
  for (const operation of ended) {
    if (operation.state === "failed") await tellOfFailure(notices, trx, operation);
    if (operation.kind === "audit.verify" && operation.result?.ok === false) await tellOfAudit(notices, trx, operation);
  }
}

async function tellOfFailure(notices: Pick<Notices, "tellAdmins">, trx: Trx, operation: Operation): Promise<void> {
  const { id, kind, actor, error, finishedAt } = operation;
  const subject = { kind: "operation", id } as const;
  // One that is tried again and fails again is told of again.
  const key = `${id} ${finishedAt}`;
  if (actor.accountId !== null && !TOLD_OTHERWISE.has(kind)) {
    await tell(trx, { kind: "operation.failed", to: actor.accountId, key, subject, values: { operation: kind } });
  }
  if (actor.accountId !== null && !OUR_SIDE.has(error?.code ?? "defect")) return;
  const person = actor.accountId === null ? null : actor.label;
  await notices.tellAdmins(trx, { kind: "admin.operation-failed", key, subject, values: { operation: kind, person } });
}

async function tellOfAudit(notices: Pick<Notices, "tellAdmins">, trx: Trx, { id, result }: Operation): Promise<void> {
  const problems = Array.isArray(result?.problems) ? result.problems.length : 1;
  const subject = { kind: "audit", id } as const;
  await notices.tellAdmins(trx, { kind: "admin.audit-broken", key: id, subject, values: { problems } });
}

/** Tells administrators, once a day, that somebody waits for a mail that only they can pass on. */
export async function tellOfKeptMail(
  notices: Pick<Notices, "tellAdmins">,
  trx: Trx,
  { subject }: Pick<Mail, "subject">,
): Promise<void> {
  await notices.tellAdmins(trx, {
    kind: "admin.mail-kept",
    key: new Date().toISOString().slice(0, 10),
    subject: { kind: "mail", id: "kept" },
    values: { subject },
  });
}
