import { sql } from "kysely";
import { SYSTEM } from "../actor.ts";
import { record } from "../record.ts";
import { externalName } from "../service-accounts/linked-people.ts";
import type { AccountsDb } from "../tables.ts";
import type { TakingPeople } from "./take-person.ts";

export interface PresentService {
  readonly id: number;
  readonly username: string;
}

/** A service account by its name; null: there is none, or it is not active. */
export async function findService(db: AccountsDb, username: string): Promise<PresentService | null> {
  const row = await db
    .selectFrom("accounts")
    .select(["id", "username"])
    .where("username_key", "=", username.toLowerCase())
    .where("kind", "=", "service")
    .where("status", "=", "active")
    .executeTakeFirst();
  return row ?? null;
}

/**
 * Lets a service get tokens for somebody who came with an import, by the name that it has always called them by. Left
 * alone: administrators, whom another service brought, and a name that the service gives to somebody already.
 * @param by who says so, for the audit entry
 */
export async function linkToService(
  context: TakingPeople,
  person: { readonly id: number; readonly theirName: string },
  service: PresentService,
  by: string,
): Promise<void> {
  const name = externalName(person.theirName);
  if (name === null) return;
  await context.db.transaction().execute(async (trx) => {
    const account = await trx
      .updateTable("accounts")
      .set({ brought_by: service.id, brought_as: name, updated_at: sql<Date>`now()` })
      .where("id", "=", person.id)
      .where("kind", "=", "person")
      .where("is_admin", "=", false)
      .where("brought_by", "is", null)
      .where("deleted_at", "is", null)
      .where((e) =>
        e.not(
          e.exists(
            e
              .selectFrom("accounts as other")
              .select("other.id")
              .where("other.brought_by", "=", service.id)
              .where("other.brought_as", "=", name),
          ),
        ),
      )
      .returning(["id", "username"])
      .executeTakeFirst();
    if (!account) return;
    const details = { service_id: service.id, service: service.username, external_name: name };
    const actor = { ...SYSTEM, label: by };
    await record(context, trx, { action: "service.link", actor, account, event: "account.changed", details });
  });
}
