import { randomUUID } from "node:crypto";
import { sql } from "kysely";
import { noteImported } from "../../platform/imports/imported-things.ts";
import type { ImportTables } from "../../platform/imports/tables.ts";
import { SYSTEM } from "../actor.ts";
import { record } from "../record.ts";
import { digestOf } from "../secret-format.ts";
import type { TakingPeople } from "./take-person.ts";

/** As the old service made its tokens: 160 random bits in hex. Others are not believed to be random. */
export const OLD_TOKEN = /^[0-9a-f]{40}$/;

export interface KeptToken {
  readonly account: { readonly id: number; readonly username: string };
  /** The secret itself; only its hash is kept. */
  readonly token: string;
  readonly source: string;
  readonly oldUserId: number;
  readonly by: string;
}

/**
 * Lets a token of the old service go on working for contract 3, for `STOA_UWS_TOKEN_TTL` from now. Once: a token
 * that was ended here does not come back with the next import.
 * @returns false when it was kept before, or is of no kind that is kept
 */
export async function keepToken(context: TakingPeople, kept: KeptToken): Promise<boolean> {
  if (!OLD_TOKEN.test(kept.token)) return false;
  const { account, source, oldUserId: oldId, by } = kept;
  const ttl = context.platform.config.uwsTokenTtl;
  return context.db.transaction().execute(async (trx) => {
    const things = trx.withTables<ImportTables>();
    const before = await things
      .selectFrom("imported_things")
      .select("new_id")
      .where("source", "=", source)
      .where("kind", "=", "token")
      .where("old_id", "=", oldId)
      .executeTakeFirst();
    if (before) return false;
    const id = randomUUID();
    await trx
      .insertInto("uws_tokens")
      .values({
        id,
        account_id: account.id,
        secret_hash: digestOf(kept.token),
        expires_at: sql<Date>`now() + make_interval(secs => ${ttl})`,
      })
      .execute();
    await record(context, trx, {
      action: "account.import-token",
      actor: { ...SYSTEM, label: by },
      account,
      subject: { kind: "uws-token", id },
      event: "account.token",
    });
    await noteImported(things, [{ source, kind: "token", oldId, newId: account.id }]);
    return true;
  });
}
