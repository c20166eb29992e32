import { type HealthCheck, problemIn } from "../platform/http/dependency-health.ts";
import type { AskedContext, OverviewContext } from "./context.ts";
import type { Need } from "./need.ts";

/** Lines of one sort at most; the count tells the rest. */
const MOST = 5;
/** Days before a deletion in which it is announced. */
const SOON_DAYS = 7;

/** Sessions that do not come on: a line for each server that is away, and one for the others of each sort. */
export async function hangingNeeds({ db, sources }: AskedContext): Promise<Need[]> {
  const { items } = await sources.sessions(db).hanging(200);
  const lost = Map.groupBy(
    items.filter(({ hang }) => hang === "host_lost"),
    ({ node }) => node,
  );
  const others = Map.groupBy(
    items.filter(({ hang }) => hang !== "host_lost"),
    ({ hang }) => hang,
  );
  const people = await sources.people.byIds(
    items.map(({ ownerId }) => ownerId),
    db,
  );
  const label = (ownerId: number) => people.get(ownerId)?.username ?? "";
  return [
    ...[...lost].map(
      ([node, ones]): Need => ({
        code: "host_lost",
        tone: "bad",
        at: ones[0]?.since ?? new Date(),
        count: ones.length,
        subject: { kind: "node", id: node, label: node },
        params: { node },
      }),
    ),
    ...[...others].map(([hang, ones]): Need => {
      const [first] = ones;
      const only = ones.length === 1 && first !== undefined;
      return {
        code: "sessions_hanging",
        tone: "bad",
        at: first?.since ?? new Date(),
        count: ones.length,
        subject: only ? { kind: "session", id: String(first.id), label: label(first.ownerId) } : null,
        params: { hang, ...(only ? { job_type: first.jobType } : {}) },
      };
    }),
  ];
}

/** Servers that give no sign, until somebody retires them: whoever switched one off knows, nobody else does. */
export async function silentHostNeeds({ db, sources }: AskedContext): Promise<Need[]> {
  const silent = await sources.sessions(db).silentHosts(MOST);
  return silent.map(({ node, seenAt }) => ({
    code: "host_silent",
    tone: "warn",
    at: seenAt,
    count: 1,
    subject: { kind: "node", id: node, label: node },
    params: { node },
  }));
}

export async function failingTypeNeeds({ db, sources }: AskedContext): Promise<Need[]> {
  const failing = await sources.sessions(db).failingTypes(MOST);
  return failing.map(({ jobType, failed, at }) => ({
    code: "job_type_failing",
    tone: "bad",
    at,
    count: failed,
    subject: { kind: "job_type", id: jobType, label: jobType },
    params: { job_type: jobType },
  }));
}

export async function peopleNeeds({ db, sources }: AskedContext): Promise<Need[]> {
  const { count, newest } = await sources.accounts(db).pending();
  const due = await sources.accounts(db).deletions(SOON_DAYS, MOST);
  const one = count === 1 ? newest : null;
  return [
    ...(newest === null
      ? []
      : [
          {
            code: "people_pending",
            tone: "warn",
            at: newest.at,
            count,
            subject: one && { kind: "account", id: String(one.id), label: one.username },
            params: {},
          } satisfies Need,
        ]),
    ...due.map(
      ({ id, username, at }): Need => ({
        code: "deletion_due",
        tone: "warn",
        at,
        count: 1,
        subject: { kind: "account", id: String(id), label: username },
        params: { person: username },
      }),
    ),
  ];
}

export async function coreHourNeeds({ db, sources }: AskedContext): Promise<Need[]> {
  const spent = await sources.sessions(db).spent(MOST);
  const people = await sources.people.byIds(
    spent.flatMap(({ accountId }) => accountId ?? []),
    db,
  );
  const needs: Need[] = [];
  for (const { accountId, groupId, setAt, none } of spent) {
    const isPerson = accountId !== null;
    const label = isPerson ? people.get(accountId)?.username : await sources.groupName(groupId ?? -1, db);
    const subject = { kind: isPerson ? "account" : "group", id: String(accountId ?? groupId), label: label ?? "" };
    needs.push({
      code: "core_hours_spent",
      tone: "warn",
      at: setAt,
      count: 1,
      subject,
      params: { name: subject.label, none: Number(none) },
    });
  }
  return needs;
}

/** People whose storage takes nothing more of what they write; they have been told themselves. */
export async function storageNeeds({ sources }: OverviewContext): Promise<Need[]> {
  const over = await sources.storageOver();
  if (over === null) return [];
  return [{ code: "storage_over", tone: "warn", at: over.at, count: over.count, subject: null, params: {} }];
}

/** Whatever the server depends on and can't reach. */
export async function partNeeds({ sources }: OverviewContext): Promise<Need[]> {
  const checks = Object.entries(sources.health).flatMap(([kind, group]) =>
    Object.entries(group).map(([id, check]) => lookAt(kind, id, check)),
  );
  return (await Promise.all(checks)).flatMap((need) => need ?? []);
}

async function lookAt(kind: string, id: string, check: HealthCheck): Promise<Need | null> {
  const failed = (error: unknown) => (error instanceof Error ? error.message : String(error));
  const problem = await check().catch(failed);
  if (problem === null) return null;
  return {
    code: "part_down",
    tone: "bad",
    at: new Date(),
    count: 1,
    subject: { kind, id, label: id },
    params: { part: id, message: problemIn(problem, "en"), message_fa: problemIn(problem, "fa") },
  };
}
