import { StartError } from "@stoa/server/platform/errors/start-error.ts";
import type { Bounds, OldCount, OldLog } from "../source/old-log.ts";
import type { OldPerson } from "../source/old-person.ts";
import type { PersonPlan } from "./people-plan.ts";

/** How many executions come, and why the others don't. */
export interface LogPlan {
  readonly all: number;
  readonly take: number;
  /** By nothing would they be known when they are read again. */
  readonly withoutId: number;
  /** No time, infinity, or before the year 2000. */
  readonly odd: number;
  /** Before the months that are kept. */
  readonly tooOld: number;
  /** Later than now: they come with a later import. */
  readonly ahead: number;
  /** Of people who stay behind. */
  readonly ofRefused: number;
  /** Of whom the table of people knows nothing, the most first. */
  readonly ofNobody: readonly { readonly who: string; readonly count: number }[];
}

/** By what the log knows people: their key in it, and their plan. */
export function peopleOfLog(people: readonly PersonPlan[], by: "key" | "username"): ReadonlyMap<string, PersonPlan> {
  const nameOf = ({ key, username }: OldPerson) => (by === "key" ? key : username);
  return new Map(people.map((plan) => [nameOf(plan.old), plan]));
}

/** Counts what the log has. @throws StartError where an id is not one row's alone: one's code would be another's */
export async function planLog(log: OldLog, people: ReadonlyMap<string, PersonPlan>, bounds: Bounds): Promise<LogPlan> {
  await refuseTwice(log);
  const counts = await log.counts(bounds);
  const sum = (list: readonly OldCount[], of: (count: OldCount) => number) =>
    list.reduce((total, count) => total + of(count), 0);
  const coming = counts.filter(({ who }) => (people.get(who)?.fate ?? "refuse") !== "refuse");
  const refused = counts.filter(({ who }) => people.get(who)?.fate === "refuse");
  const unknown = counts.filter(({ who }) => !people.has(who));
  return {
    all: sum(counts, ({ all }) => all),
    take: sum(coming, ({ all, withoutId, odd, tooOld, ahead }) => all - withoutId - odd - tooOld - ahead),
    withoutId: sum(coming, ({ withoutId }) => withoutId),
    odd: sum(coming, ({ odd }) => odd),
    tooOld: sum(coming, ({ tooOld }) => tooOld),
    ahead: sum(coming, ({ ahead }) => ahead),
    ofRefused: sum(refused, ({ all }) => all),
    ofNobody: unknown.map(({ who, all }) => ({ who, count: all })).sort((a, b) => b.count - a.count),
  };
}

async function refuseTwice(log: OldLog): Promise<void> {
  const { rows, ids } = await log.ids();
  if (rows === ids) return;
  throw new StartError(
    `The log's ${log.idName} is not one execution's alone: ${rows} executions have ${ids} of them.`,
    "Name the column of their own ids with --column log.id=…; where there is none, make a view with one of the columns that are its key (user_id || ':' || id as id), and name it with --log-table.",
  );
}
