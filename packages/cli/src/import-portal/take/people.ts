import { isShowable } from "@stoa/server/accounts/identity-rules.ts";
import { linkPerson, takePerson } from "@stoa/server/accounts/import/take-person.ts";
import type { Ground } from "../ground.ts";
import type { PersonPlan } from "../plan/people-plan.ts";
import { shown } from "../shown.ts";
import type { OldPerson } from "../source/old-person.ts";

/** Who somebody of the old portal is here. */
export interface KnownPerson {
  readonly id: number;
  readonly username: string;
}

export interface BroughtPeople {
  /** Those who are here now, by their old keys. */
  readonly here: ReadonlyMap<string, KnownPerson>;
  readonly came: number;
  readonly failed: readonly { readonly username: string; readonly why: string }[];
}

const UNIQUE_VIOLATION = "23505";
const LONGEST = 200;

/** Brings the people, one transaction each: killed anywhere, the next run goes on. */
export async function bringPeople(ground: Ground, plans: readonly PersonPlan[]): Promise<BroughtPeople> {
  const here = new Map<string, KnownPerson>();
  const failed: BroughtPeople["failed"][number][] = [];
  let came = 0;
  for (const plan of plans) {
    if (plan.fate === "refuse") continue;
    try {
      here.set(plan.old.key, await bringPerson(ground, plan));
    } catch (error) {
      if (!(error instanceof Error && Reflect.get(error, "code") === UNIQUE_VIOLATION)) throw error;
      failed.push({ username: plan.old.username, why: "the name or the address was taken meanwhile" });
      continue;
    }
    if (plan.fate === "here") continue;
    came += 1;
    if (came % 500 === 0) ground.say(`${came} people came …`);
  }
  return { here, came, failed };
}

async function bringPerson(
  { taking, source, by }: Ground,
  plan: Exclude<PersonPlan, { fate: "refuse" }>,
): Promise<KnownPerson> {
  const { old } = plan;
  if (plan.fate === "here") return plan.account;
  const details = { username: old.username, joined: old.createdAt?.toISOString() ?? null };
  const origin = { source, oldId: old.number, keptId: null, by, details };
  if (plan.fate === "take") {
    const id = await takePerson(taking, comingOf(plan, old), origin, []);
    return { id, username: plan.username };
  }
  await linkPerson(taking, plan.account, origin, []);
  return plan.account;
}

function comingOf(plan: Extract<PersonPlan, { fate: "take" }>, old: OldPerson) {
  const now = new Date();
  return {
    username: plan.username,
    email: plan.email,
    fullName: cleaned(old.fullName) || shown(old.username).slice(0, LONGEST),
    organization: cleaned(old.organization) || null,
    passwordHash: plan.passwordHash,
    active: old.active,
    createdAt: old.createdAt !== null && old.createdAt < now ? old.createdAt : now,
    lastLoginAt: old.lastLoginAt !== null && old.lastLoginAt < now ? old.lastLoginAt : null,
  };
}

/** As we would have let somebody write it: without signs that can't be seen, and not longer than ours. */
function cleaned(text: string): string {
  const visible = [...text.normalize("NFC")].map((sign) => (isShowable(sign) ? sign : " ")).join("");
  return visible.trim().slice(0, LONGEST).toWellFormed().trim();
}
