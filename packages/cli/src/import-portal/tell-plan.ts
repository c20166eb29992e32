import type { HubPlan } from "./plan/hub-plan.ts";
import type { LogPlan } from "./plan/log-plan.ts";
import type { Plan } from "./plan/make-plan.ts";
import type { PersonPlan } from "./plan/people-plan.ts";
import { shown } from "./shown.ts";

/** Lines of one kind beyond which only their number is told; --json has all. */
const MOST_LINES = 50;

export interface Told {
  /** `STOA_ACTIVITY_MONTHS`; 0: all. */
  readonly keptMonths: number;
  /** Older ones come too. */
  readonly all: boolean;
}

/** The plan as people read it. */
export function tellPlan({ people, log, hub }: Plan, told: Told): string[] {
  return [...tellPeople(people), ...(log === null ? [] : tellLog(log, told)), ...tellHub(people, hub)];
}

function tellPeople(people: readonly PersonPlan[]): string[] {
  const of = (fate: string) => people.filter((plan) => plan.fate === fate).length;
  const coming = people.filter((plan) => plan.fate === "take");
  const without = coming.filter(({ passwordHash }) => passwordHash === null).length;
  const lines = people.flatMap((plan) => {
    const who = `  ${shown(plan.old.username)} (${shown(plan.old.key)})`;
    if (plan.fate === "refuse") return `${who}: stays behind: ${plan.why}`;
    if (plan.fate === "link") return `${who}: is linked to ${plan.account.username} here`;
    return plan.fate === "take" && plan.notes.length > 0 ? `${who}: ${plan.notes.join("; ")}` : [];
  });
  return [
    `People: ${of("take")} come, ${of("link")} are linked, ${of("here")} are here already, ${of("refuse")} stay behind.`,
    ...(coming.length === 0 ? [] : [`  ${coming.length - without} keep their password, until they change it.`]),
    ...(without === 0
      ? []
      : [
          `  ${without} have none that can be taken over (bcrypt of cost 4 to 13): they set one by a link (stoa admin reset-password NAME, or the sign-in page where mail is delivered).`,
        ]),
    ...limited(lines),
  ];
}

function tellLog(log: LogPlan, { keptMonths, all }: Told): string[] {
  const left: [number, string][] = [
    [log.tooOld, `older than the ${keptMonths} months that are kept (STOA_ACTIVITY_MONTHS); --all brings them`],
    [log.ahead, "are of times that have not come yet; a later import brings them"],
    [log.odd, "have no time, or one before the year 2000"],
    [log.withoutId, "have no id"],
    [log.ofRefused, "are of people who stay behind"],
    [log.ofNobody.reduce((sum, { count }) => sum + count, 0), "are of nobody that the table of people knows"],
  ];
  return [
    `Executions: ${log.all} there, ${log.take} of them come, or came before.`,
    ...left.flatMap(([count, why]) => (count === 0 ? [] : [`  ${count} stay behind: ${why}.`])),
    ...limited(log.ofNobody.map(({ who, count }) => `    ${who === "" ? "(empty)" : shown(who)}: ${count}`)),
    ...(all && keptMonths > 0
      ? [`  Those older than ${keptMonths} months are dropped again the next night: set STOA_ACTIVITY_MONTHS first.`]
      : []),
  ];
}

function tellHub(people: readonly PersonPlan[], hub: HubPlan | null): string[] {
  const count = people.filter(({ fate }) => fate !== "refuse").length;
  if (count === 0) return [];
  if (hub !== null) {
    return [
      `Hub users: ${hub.links.length} become people's, as you say:`,
      ...limited(hub.links.map(({ username, name }) => `  ${shown(username)}: the hub's user ${name}`)),
      ...limited(hub.left.map(({ username, why }) => `  ${shown(username)} is not linked: ${why}`)),
    ];
  }
  return [
    "Hub users: nobody is linked to the hub's user of the same name by its spelling. An administrator links them on the hub's page (all at once by verified e-mail, or from a list), or you say that the names are theirs with --link-hub-users.",
  ];
}

function limited(lines: readonly string[]): string[] {
  if (lines.length <= MOST_LINES) return [...lines];
  return [...lines.slice(0, MOST_LINES), `  … and ${lines.length - MOST_LINES} more (--json has all)`];
}

/** The plan as JSON: no password in it. */
export function showPlan({ people, log, hub }: Plan) {
  return {
    people: people.map((plan) => ({
      old_id: plan.old.key,
      old_username: plan.old.username,
      fate: plan.fate,
      ...(plan.fate === "refuse" ? { why: plan.why } : {}),
      ...(plan.fate === "link" || plan.fate === "here" ? { id: plan.account.id, username: plan.account.username } : {}),
      ...(plan.fate === "take"
        ? { username: plan.username, email: plan.email, keeps_password: plan.passwordHash !== null, notes: plan.notes }
        : {}),
    })),
    hub_users:
      hub === null
        ? null
        : {
            links: hub.links.map(({ username, name }) => ({ old_username: username, name })),
            left: hub.left.map(({ username, why }) => ({ old_username: username, why })),
          },
    executions:
      log === null
        ? null
        : {
            all: log.all,
            take: log.take,
            too_old: log.tooOld,
            in_the_future: log.ahead,
            without_id: log.withoutId,
            without_time: log.odd,
            of_refused: log.ofRefused,
            of_nobody: log.ofNobody,
          },
  };
}
