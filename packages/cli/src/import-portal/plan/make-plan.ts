import { findPresent } from "@stoa/server/accounts/import/take-person.ts";
import { usableEmail } from "@stoa/server/accounts/import/usable-identity.ts";
import type { AccountTables } from "@stoa/server/accounts/tables.ts";
import { findImportedLog, type LogReading } from "@stoa/server/platform/imports/imported-log.ts";
import { findImported } from "@stoa/server/platform/imports/imported-things.ts";
import type { ImportTables } from "@stoa/server/platform/imports/tables.ts";
import type { Ground } from "../ground.ts";
import { type LogPeople, logKnowsBy } from "../mapping/log-people.ts";
import { createOldLog, readLogPeople } from "../source/old-log.ts";
import { type OldPerson, readPeople } from "../source/old-person.ts";
import { askHub, type HubPlan, planHubUsers } from "./hub-plan.ts";
import { type LogPlan, peopleOfLog, planLog } from "./log-plan.ts";
import { readingOf, refuseOtherwise } from "./log-reading.ts";
import { type PersonPlan, planPeople } from "./people-plan.ts";

/** What an import will do: made anew each time from both databases. Changes nothing. */
export interface Plan {
  readonly people: readonly PersonPlan[];
  /** Null: the log is not to come. */
  readonly log: (LogPlan & { readonly by: LogPeople; readonly reading: LogReading }) | null;
  /** Null: nobody is linked to a user at the hub. */
  readonly hub: HubPlan | null;
}

export async function makePlan(ground: Ground): Promise<Plan> {
  const { platform, portal, mapping, timeZone, source, bounds } = ground;
  const old = await readPeople(portal, mapping, timeZone);
  const people = await planOfPeople(ground, old);
  const { log: table } = mapping;
  const hub = ground.linkHubUsers ? planHubUsers(people, await askHub(platform)) : null;
  if (table === null) return { people, log: null, hub };
  ground.say("Counting the executions …");
  const by = await logKnowsBy(mapping, old, () => readLogPeople(portal, table));
  const reading = readingOf(mapping, by, timeZone);
  refuseOtherwise(source, await findImportedLog(platform.db.withTables<ImportTables>(), source), reading);
  const log = createOldLog(portal, table, { by, timeZone });
  if (!(await log.isIndexed())) ground.say("The log has no index on its ids: it will be read slowly.");
  return { people, hub, log: { by, reading, ...(await planLog(log, peopleOfLog(people, by), bounds)) } };
}

async function planOfPeople({ platform, source, choices }: Ground, old: readonly OldPerson[]): Promise<PersonPlan[]> {
  const imported = await findImported(platform.db.withTables<ImportTables>(), source, "person");
  const present = await findPresent(platform.db.withTables<AccountTables>(), {
    usernames: [...old.map(({ username }) => username), ...choices.links.values(), ...choices.renames.values()],
    emails: old.flatMap(({ email }) => usableEmail(email) ?? []),
    ids: [...imported.values()].map(({ newId }) => newId),
  });
  return planPeople(old, choices, { source, imported, present });
}
