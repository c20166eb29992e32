import type { Transaction } from "kysely";
import { canonicalJson } from "./canonical-json.ts";
import type { AuditEntry } from "./contract.ts";
import type { AuditTables } from "./tables.ts";

/** Writes entries in the caller's transaction, and puts them in line for the sealer: one statement. */
export async function recordEntries(trx: Transaction<AuditTables>, entries: readonly AuditEntry[]): Promise<void> {
  if (entries.length === 0) return;
  await trx
    .with("written", (query) => query.insertInto("audit_entries").values(entries.map(toRow)).returning("id"))
    .insertInto("audit_unsealed")
    .columns(["entry_id"])
    .expression((query) => query.selectFrom("written").select("id"))
    .execute();
}

/** Who did it, and for whom: of what an administrator does as somebody, the administrator is the actor. */
function attribution({ actor, about, details = {} }: AuditEntry) {
  const { by, accountId, label } = actor;
  if (by === undefined) return { doer: { accountId, label }, about, details };
  return {
    doer: by,
    about: accountId === null ? about : [...about, accountId],
    details: { ...details, on_behalf_of: { account_id: accountId, label } },
  };
}

function toRow(entry: AuditEntry) {
  const { doer, about, details } = attribution(entry);
  return {
    action: entry.action,
    actor_id: doer.accountId,
    actor_label: storable(doer.label),
    credential_kind: entry.actor.credentialKind,
    credential_id: entry.actor.credentialId,
    subject_kind: entry.subject.kind,
    subject_id: storable(entry.subject.id),
    subject_label: entry.subject.label === undefined ? null : storable(entry.subject.label),
    about: [...new Set(about)].sort((a, b) => a - b),
    outcome: entry.outcome ?? "done",
    request_id: entry.requestId ? storable(entry.requestId) : null,
    address: entry.address ?? null,
    details: canonicalJson(details),
  };
}

/** PostgreSQL's text holds no NUL, and half a surrogate pair would not come back as it went: neither may stop the change itself. */
function storable(text: string): string {
  return text.replaceAll("\0", "\uFFFD").toWellFormed();
}
