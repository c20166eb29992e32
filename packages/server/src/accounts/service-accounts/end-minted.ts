import type { Revoke } from "../revoking.ts";
import type { AccountsTrx } from "../tables.ts";

/** Ends the tokens that were got by one client token, or by any of a service's, for all or one. @returns how many */
export async function endMinted(
  trx: AccountsTrx,
  revoke: Revoke,
  by: { readonly keyId: string } | { readonly serviceId: number; readonly accountId?: number },
): Promise<number> {
  const keys = trx.selectFrom("client_tokens").select("key_id");
  const meant = "keyId" in by ? keys.where("key_id", "=", by.keyId) : keys.where("account_id", "=", by.serviceId);
  let query = trx.deleteFrom("uws_tokens").where("client_key_id", "in", meant);
  if ("accountId" in by && by.accountId !== undefined) query = query.where("account_id", "=", by.accountId);
  const ended = await query.returning("id").execute();
  for (const { id } of ended) await revoke({ credentialId: id });
  return ended.length;
}
