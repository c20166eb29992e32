import { statfs } from "node:fs/promises";
import { findPresent, type PresentAccount } from "@stoa/server/accounts/import/take-person.ts";
import { usableEmail, usableUsername } from "@stoa/server/accounts/import/usable-identity.ts";
import type { AccountTables } from "@stoa/server/accounts/tables.ts";
import { findImported, type ImportedThing } from "@stoa/server/platform/imports/imported-things.ts";
import { keepableNumbers } from "@stoa/server/platform/imports/kept-numbers.ts";
import type { ImportedKind, ImportTables, NumberedKind } from "@stoa/server/platform/imports/tables.ts";
import { measureForeign } from "@stoa/server/workspaces/files/foreign-tree.ts";
import type { Ground } from "../ground.ts";
import type { OldIdentity, OldService, OldUser } from "../source/old-rows.ts";
import { type JobsPlan, planJobs } from "./jobs-plan.ts";
import { type PersonPlan, planPeople } from "./people-plan.ts";
import { planShares, type SharePlan } from "./shares-plan.ts";
import { planWorkspaces, type WorkspacePlan } from "./workspaces-plan.ts";

/** What an import will do: made anew each time from both databases and the old folder. Changes nothing. */
export interface Plan {
  readonly people: readonly PersonPlan[];
  readonly workspaces: readonly WorkspacePlan[];
  readonly shares: readonly SharePlan[];
  readonly jobs: JobsPlan;
  readonly identities: readonly OldIdentity[];
  /** People whose tokens of the old service will go on working, by their old number. */
  readonly tokens: ReadonlySet<number>;
  readonly quotas: number;
  /** Bytes free where workspaces go. */
  readonly free: number;
}

export async function makePlan(ground: Ground, old: OldService): Promise<Plan> {
  const { imported, keepable } = reading(ground);
  const people = await planOfPeople(ground, old.users);
  const byPerson = new Map(people.map((plan) => [plan.old.id, plan]));
  ground.say(`Looking at ${old.workspaces.length} folders of workspaces …`);
  const workspaces = await planWorkspaces(old.workspaces, {
    imported: await imported("workspace"),
    keepable: await keepable("workspace", old.workspaces),
    people: byPerson,
    shares: new Map(old.shares.map((share) => [share.sharedId, share])),
    emptyWhereMissing: ground.emptyWhereMissing,
    measure: (parts) => measureForeign(foreignOf(ground, parts)),
  });
  const shares = planShares(old.shares, await imported("share"), workspaces, byPerson);
  const jobs = planJobs(old.jobs, {
    imported: await imported("job"),
    keepable: await keepable("job", old.jobs),
    people: byPerson,
    workspaces: new Map(workspaces.map((plan) => [plan.old.id, plan])),
  });
  const [knownTokens, { bavail, bsize }] = [await imported("token"), await statfs(ground.platform.config.dataDir)];
  const tokens = people.filter((plan) => keepsToken(ground, plan, knownTokens)).map((plan) => plan.old.id);
  const free = bavail * bsize;
  return {
    people,
    workspaces,
    shares,
    jobs,
    tokens: new Set(tokens),
    identities: old.identities,
    quotas: old.quotas,
    free,
  };
}

/** A folder of the old service's, as the copying functions want it. */
export function foreignOf(ground: Ground, parts: readonly string[]) {
  const { symlinkRoots } = ground.platform.config;
  return { root: ground.root, parts, symlinkRoots, signal: ground.signal };
}

function reading({ platform, source }: Ground) {
  const db = platform.db.withTables<ImportTables>();
  return {
    imported: (kind: ImportedKind): Promise<Map<number, ImportedThing>> => findImported(db, source, kind),
    keepable: (kind: NumberedKind, old: readonly { readonly id: number }[]): Promise<Set<number>> =>
      keepableNumbers(
        db,
        source,
        kind,
        old.map(({ id }) => id),
      ),
  };
}

async function planOfPeople(ground: Ground, users: readonly OldUser[]): Promise<PersonPlan[]> {
  const { imported, keepable } = reading(ground);
  const { platform, choices, source } = ground;
  const known = await imported("person");
  const wanted = {
    usernames: [
      ...users.flatMap(({ username }) => usableUsername(username) ?? []),
      ...choices.links.values(),
      ...choices.renames.values(),
    ],
    emails: users.flatMap(({ email }) => usableEmail(email) ?? []),
    ids: [...known.values()].map(({ newId }) => newId),
  };
  const present = await findPresent(platform.db.withTables<AccountTables>(), wanted);
  return planPeople(users, choices, { source, imported: known, present, keepable: await keepable("person", users) });
}

/** Nobody's who has more power here than people there, and no program's. */
function keepsToken({ keepTokens }: Ground, plan: PersonPlan, known: ReadonlyMap<number, ImportedThing>): boolean {
  const { token, isClient, active } = plan.old;
  if (!keepTokens || token === null || isClient || !active || known.has(plan.old.id)) return false;
  return plan.fate === "take" || (plan.fate !== "refuse" && mayKeep(plan.account));
}

function mayKeep(account: PresentAccount): boolean {
  return account.active && !account.isAdmin;
}
