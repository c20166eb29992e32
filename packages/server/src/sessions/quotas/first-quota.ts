import type { Trx } from "../../platform/database/database.ts";
import type { SessionsContext } from "../context.ts";
import type { SessionTables } from "../tables.ts";

/** By whom it was set, as people read it in a refusal. */
const SERVER = "Stoa";

/** What STOA_NEW_PERSON_CORE_HOURS gives with a new account; nothing where it is not set. */
export async function giveFirstQuota(
  { platform }: Pick<SessionsContext, "platform">,
  trx: Trx,
  person: { readonly id: number; readonly username: string },
): Promise<void> {
  const quota = platform.config.sessions.newPersonCoreHours;
  if (quota === null) return;
  const values = { ...quota, set_by: null, set_by_label: SERVER, set_at: new Date() };
  await trx
    .withTables<SessionTables>()
    .insertInto("core_hour_quotas")
    .values({ account_id: person.id, ...values })
    .execute();
  await platform.audit.record(trx, {
    action: "core-hours.set",
    actor: { accountId: null, label: SERVER, credentialKind: null, credentialId: null },
    subject: { kind: "account", id: String(person.id), label: person.username },
    about: [person.id],
    details: { ...quota },
  });
}
