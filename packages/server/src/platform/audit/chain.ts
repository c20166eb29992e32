import { createHash } from "node:crypto";
import { type RawBuilder, sql } from "kysely";

/** What the hash covers, as the database gives it. */
export interface ChainedEntry {
  readonly id: number;
  /** UTC, to the microsecond: a JS Date would drop three digits that could then be changed unseen. */
  readonly at_text: string;
  readonly action: string;
  readonly actor_id: number | null;
  readonly actor_label: string;
  readonly credential_kind: string | null;
  readonly credential_id: string | null;
  readonly subject_kind: string;
  readonly subject_id: string;
  readonly subject_label: string | null;
  readonly about: readonly number[];
  readonly outcome: string;
  readonly request_id: string | null;
  readonly address: string | null;
  readonly details: string;
}

/** The columns of a `ChainedEntry`; the table must be named e. */
export const chainedColumns: RawBuilder<unknown> = sql`
  e.id, to_char(e.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as at_text,
  e.action, e.actor_id, e.actor_label, e.credential_kind, e.credential_id,
  e.subject_kind, e.subject_id, e.subject_label, e.about, e.outcome, e.request_id, e.address, e.details`;

/**
 * The next link: SHA-256 over the one before (32 bytes) and the entry in its canonical form, a JSON array of
 * fixed order with the place in the chain first. The form is frozen: changing it breaks every chain there is.
 */
export function linkHash(previous: Uint8Array, seq: number, entry: ChainedEntry): Buffer {
  const canonical = JSON.stringify([
    seq,
    entry.id,
    entry.at_text,
    entry.action,
    entry.actor_id,
    entry.actor_label,
    entry.credential_kind,
    entry.credential_id,
    entry.subject_kind,
    entry.subject_id,
    entry.subject_label,
    entry.about,
    entry.outcome,
    entry.request_id,
    entry.address,
    entry.details,
  ]);
  return createHash("sha256").update(previous).update(canonical, "utf8").digest();
}
