import { keepToken } from "@stoa/server/accounts/import/keep-token.ts";
import { linkToService } from "@stoa/server/accounts/import/link-to-service.ts";
import { linkPerson, type TakingPeople, takePerson } from "@stoa/server/accounts/import/take-person.ts";
import type { AccountTables } from "@stoa/server/accounts/tables.ts";
import type { Ground } from "../ground.ts";
import type { Plan } from "../plan/make-plan.ts";
import type { PersonPlan } from "../plan/people-plan.ts";
import type { OldUser } from "../source/old-rows.ts";

/** Who somebody of the old service is here. */
export interface KnownPerson {
  readonly id: number;
  readonly username: string;
}

/** Brings the people, one transaction each. @returns those who are here now, by their old numbers */
export async function bringPeople(ground: Ground, plan: Plan): Promise<Map<number, KnownPerson>> {
  const context = { platform: ground.platform, db: ground.platform.db.withTables<AccountTables>() };
  const here = new Map<number, KnownPerson>();
  for (const person of plan.people) {
    ground.signal.throwIfAborted();
    const known = await bringPerson(ground, context, person, plan);
    if (known === null) continue;
    here.set(person.old.id, known);
    await letClientSpeak(ground, context, person, known);
    if (!plan.tokens.has(person.old.id)) continue;
    const { source, by } = ground;
    await keepToken(context, { account: known, token: person.old.token ?? "", source, oldUserId: person.old.id, by });
  }
  return here;
}

/** Not for accounts that were here before: their owners never dealt with it. Nor for programs. */
async function letClientSpeak(
  { client, by }: Ground,
  context: TakingPeople,
  person: PersonPlan,
  known: KnownPerson,
): Promise<void> {
  const came = person.fate === "take" || (person.fate === "here" && !person.linked);
  if (client === null || !came || person.old.isClient) return;
  await linkToService(context, { id: known.id, theirName: person.old.username }, client, by);
}

async function bringPerson(
  ground: Ground,
  context: TakingPeople,
  person: PersonPlan,
  plan: Plan,
): Promise<KnownPerson | null> {
  if (person.fate === "refuse") return null;
  if (person.fate === "here") return person.account;
  const { old } = person;
  const details = { username: old.username, joined: old.joinedAt.toISOString() };
  const origin = { source: ground.source, oldId: old.id, by: ground.by, details };
  const identities = identitiesOf(ground, plan, old);
  if (person.fate === "link") {
    await linkPerson(context, person.account, { ...origin, keptId: null }, identities);
    return person.account;
  }
  const coming = {
    username: person.username,
    email: person.email,
    fullName: old.fullName === "" ? old.username.slice(0, 200) : old.fullName,
    passwordHash: person.passwordHash,
    active: old.active,
    createdAt: old.joinedAt,
    lastLoginAt: old.lastLoginAt,
  };
  const id = await takePerson(context, coming, { ...origin, keptId: person.keptId }, identities);
  return { id, username: person.username };
}

/** Kept for the day that somebody signs in through the same provider again, and an administrator links them. */
function identitiesOf({ source }: Ground, { identities }: Plan, { id: userId }: OldUser) {
  return identities
    .filter((identity) => identity.userId === userId)
    .map(({ id: oldId, method, externalId, externalUsername }) => ({
      source,
      kind: "identity" as const,
      oldId,
      details: { method, external_id: externalId, external_username: externalUsername },
    }));
}
