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

function toRow(entry: AuditEntry) {
  return {
    action: entry.action,
    actor_id: entry.actor.accountId,
    actor_label: storable(entry.actor.label),
    credential_kind: entry.actor.credentialKind,
    credential_id: entry.actor.credentialId,
    subject_kind: entry.subject.kind,
    subject_id: storable(entry.subject.id),
    subject_label: entry.subject.label === undefined ? null : storable(entry.subject.label),
    about: [...new Set(entry.about)].sort((a, b) => a - b),
    outcome: entry.outcome ?? "done",
    request_id: entry.requestId ? storable(entry.requestId) : null,
    address: entry.address ?? null,
    details: canonicalJson(entry.details ?? {}),
  };
}

/** PostgreSQL's text holds no NUL, and half a surrogate pair would not come back as it went: neither may stop the change itself. */
function storable(text: string): string {
  return text.replaceAll("\0", "\uFFFD").toWellFormed();
}
