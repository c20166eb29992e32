import type { ColumnType } from "kysely";
import type { CredentialKind } from "../../platform/principal.ts";

/** Filled by migration 0006. */
export type PassthroughTables = {
  /** One browser's right to one session's origin, begun with a ticket. Ends with the credential behind it. */
  session_access: {
    id: string;
    job_id: number;
    account_id: number;
    /** The credential the ticket was made by: its revocation ends this too. */
    credential_id: string;
    credential_kind: CredentialKind;
    /** When the credential was last known to be good: the making of the ticket. */
    credential_seen_at: Date;
    created_at: ColumnType<Date, never, never>;
    expires_at: Date;
  };
};
