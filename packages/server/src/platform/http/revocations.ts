import type { Trx } from "../database/database.ts";
import type { Principal } from "../principal.ts";

/** What ends: one credential, or everything of an account (deactivated, password changed, admin taken away). */
export type Revoked = { readonly credentialId: string } | { readonly accountId: number; readonly except?: string };

/** Revocation reaches every process within 1 s, open streams included (STOA_ blueprint, "Caches"). */
export interface Revocations {
  /** In the transaction that revokes; takes effect here at commit (call `settled` is not needed) and elsewhere by the event `credential.revoked`. */
  revoke(trx: Trx, what: Revoked): Promise<void>;
  /** For open streams and sockets: called once when the principal's credential ends, also by its expiry. Returns: stop watching. */
  watch(principal: Principal, onRevoked: (reason: "revoked" | "expired") => void): () => void;
  /** For caches of principals: called for every revocation seen. Returns: stop. */
  onAny(callback: (what: Revoked) => void): () => void;
}
