import { randomInt } from "node:crypto";
import type { Config } from "../../config/schema.ts";
import type { AccountRow } from "../account.ts";
import { wasGivenUp } from "../claimed-address.ts";
import { USERNAME, usernameKey } from "../identity-rules.ts";
import type { AccountsTrx } from "../tables.ts";
import type { ClientRefusal, WantedPerson } from "./client-request.ts";

/** Somebody a service may have a token for, locked; `isNew`: their account was made just now. */
export type Brought = { readonly person: AccountRow; readonly isNew: boolean } | { readonly refused: ClientRefusal };

/**
 * Whom the service means: somebody it brought or was linked to, else somebody whose account is made now. An equal
 * name or address merges nothing: it answers as an administrator's does.
 * @param serviceId locked by the caller, so that no link is made meanwhile
 */
export async function bringPerson(
  trx: AccountsTrx,
  serviceId: number,
  wanted: WantedPerson,
  { makePeople, mintFor }: Config["clients"],
): Promise<Brought> {
  const known = await findBrought(trx, serviceId, wanted);
  if (known) return judge(await withAddress(trx, known, wanted.email));
  if (mintFor === "people") {
    const person = await findNamed(trx, wanted);
    if (person) return judge(person, "not_theirs");
  }
  if (makePeople === "no") return { refused: "not_theirs" };
  const person = await insert(trx, serviceId, wanted);
  if (person) return { person, isNew: true };
  // Two first requests at once: the other one has made the account.
  const made = await findBrought(trx, serviceId, wanted);
  return made ? judge(made) : { refused: "not_theirs" };
}

function judge(person: AccountRow, whenDeactivated: ClientRefusal = "deactivated"): Brought {
  if (person.is_admin || person.kind !== "person") return { refused: "not_theirs" };
  if (person.status !== "active") return { refused: whenDeactivated };
  return { person, isNew: false };
}

async function findBrought(trx: AccountsTrx, serviceId: number, wanted: WantedPerson): Promise<AccountRow | undefined> {
  return trx
    .selectFrom("accounts")
    .selectAll()
    .where("brought_by", "=", serviceId)
    .where("brought_as", "=", wanted.externalName)
    .forUpdate()
    .executeTakeFirst();
}

/** Somebody whose address went to its owner, or to another, has none: the service's word counts again if it is free. */
async function withAddress(trx: AccountsTrx, person: AccountRow, email: string): Promise<AccountRow> {
  if (!wasGivenUp(person.email)) return person;
  const row = await trx
    .updateTable("accounts")
    .set({ email })
    .where("id", "=", person.id)
    .where((e) =>
      e.not(e.exists(e.selectFrom("accounts as other").select("other.id").where("other.email", "=", email))),
    )
    .returningAll()
    .executeTakeFirst();
  return row ?? person;
}

/** Where the operator lets services stand for anybody: name and address must both be theirs. */
async function findNamed(trx: AccountsTrx, wanted: WantedPerson): Promise<AccountRow | undefined> {
  return trx
    .selectFrom("accounts")
    .selectAll()
    .where("username_key", "=", usernameKey(wanted.externalName))
    .where("email", "=", wanted.email)
    .where("kind", "=", "person")
    .forUpdate()
    .executeTakeFirst();
}

async function insert(trx: AccountsTrx, serviceId: number, wanted: WantedPerson): Promise<AccountRow | undefined> {
  const username = usernameFor(wanted.externalName);
  return trx
    .insertInto("accounts")
    .values({
      username,
      username_key: usernameKey(username),
      email: wanted.email,
      full_name: wanted.externalName,
      brought_by: serviceId,
      brought_as: wanted.externalName,
    })
    .onConflict((conflict) => conflict.doNothing())
    .returningAll()
    .executeTakeFirst();
}

const LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789";

/** The service's own name for them where it can be one here; else one made of it that nobody else wants. */
function usernameFor(externalName: string): string {
  const key = usernameKey(externalName);
  if (USERNAME.test(key)) return key;
  const plain = key
    .normalize("NFKD")
    .replace(/@.*$/s, "")
    .replace(/[^a-z0-9._-]+/g, "-");
  const stem = plain.replace(/^[-._]+|[-._]+$/g, "").slice(0, 13) || "person";
  return `${stem}-${Array.from({ length: 6 }, () => LETTERS[randomInt(LETTERS.length)]).join("")}`;
}
