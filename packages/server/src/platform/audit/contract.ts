import type { Transaction } from "kysely";
import type { Impersonator } from "../principal.ts";
import type { AuditTables } from "./tables.ts";

/** One line of what was done, by whom, to what. No secrets, no file contents. */
export interface AuditEntry {
  /** `domain.verb` in the field's words: `workspace.create`, `account.deactivate`. */
  readonly action: string;
  readonly actor: {
    readonly accountId: number | null;
    readonly label: string;
    readonly credentialKind: string | null;
    readonly credentialId: string | null;
    /** The administrator who acts as this account: the entry names them as its actor, on behalf of the account. */
    readonly by?: Impersonator | undefined;
  };
  readonly subject: { readonly kind: string; readonly id: string; readonly label?: string };
  /** Accounts that this entry is about: they may read it (others' data left out). The actor always may. */
  readonly about: readonly number[];
  readonly outcome?: "done" | "refused" | "failed";
  readonly requestId?: string | null;
  readonly address?: string | null;
  readonly details?: Readonly<Record<string, unknown>>;
}

export interface Audit {
  /** Writes the entry in the caller's transaction: it commits or vanishes with the change itself. */
  record(trx: Transaction<AuditTables>, entry: AuditEntry): Promise<void>;
}
