import { randomUUID } from "node:crypto";
import { type Ground, type Person, unique } from "./ground.ts";
import type { Others, Row } from "./row.ts";

const noExecution: Others = {
  refused: 404,
  says: () => ({ status: 404, code: "not_found", detail: "There is no such execution here." }),
  absent: { params: { id: Buffer.from('["2026-01-01 00:00:00+00",1]').toString("base64url") } },
};
const own: Others = { nobodyElses: "It has no place for anybody else's id: who calls is who is meant." };

/** The person's kernel says that it ran that. @returns the code, which stands nowhere else */
async function ran(ground: Ground, person: Person): Promise<string> {
  const code = unique("ran");
  const execution = {
    ...{ id: randomUUID(), timestamp: new Date().toISOString(), code, execution_time_ms: 5, status: "error" },
    error_message: `no ${code}`,
  };
  const answer = await ground.call(person.jwt, "POST", "/api/audit-logs", { executions: [execution] });
  if (answer.status !== 200) throw new Error(`a report: ${answer.status} ${answer.text}`);
  return code;
}

async function idOf(ground: Ground, person: Person, code: string): Promise<string> {
  const { json } = await ground.call(person.jwt, "GET", `/api/stoa/v1/activity?text=${code}`);
  return (json as { items: { id: string }[] }).items[0]?.id ?? "";
}

/** What people's kernels report of what they run. */
export const activityRows: readonly Row[] = [
  {
    route: "POST /api/audit-logs",
    status: 200,
    others: own,
    call: () => ({
      body: [{ timestamp: new Date().toISOString(), code: "1", execution_time_ms: 1, status: "success" }],
      shows: '"taken":1',
    }),
  },
  ...["GET /api/audit-logs", "GET /api/activity/recent", "GET /api/stoa/v1/activity"].map(
    (route): Row => ({
      ...{ route, status: 200, others: "without it" },
      call: async (ground) => ({ shows: await ran(ground, ground.owner) }),
    }),
  ),
  {
    route: "GET /api/activity/search",
    status: 200,
    others: "without it",
    call: async (ground) => {
      const code = await ran(ground, ground.owner);
      // The answer repeats what was asked for: that is a part of it.
      return { query: `?query=${code.slice(0, -1)}`, shows: `no ${code}` };
    },
  },
  ...["GET /api/activity/stats", "GET /api/stoa/v1/activity/days", "GET /api/stoa/v1/activity/hours"].map(
    (route): Row => ({ route, status: 200, others: own, call: () => ({}) }),
  ),
  {
    route: "GET /api/stoa/v1/activity/:id",
    status: 200,
    others: noExecution,
    call: async (ground) => {
      const code = await ran(ground, ground.owner);
      return { params: { id: await idOf(ground, ground.owner, code) }, shows: code };
    },
  },
  {
    route: "DELETE /api/stoa/v1/activity",
    status: 202,
    signIn: true,
    others: own,
    // Of a time in which nothing ran: the other rows' executions stay.
    call: () => ({ query: "?to=2026-01-01T00:00:00Z" }),
  },
  ...["GET /api/admin/all-users-activity", "GET /api/admin/system-stats", "GET /api/stoa/v1/admin/activity/people"].map(
    (route): Row => ({
      ...{ route, status: 200, others: "administrators only" },
      call: async (ground) => {
        await ran(ground, ground.owner);
        return { shows: ground.owner.username };
      },
    }),
  ),
  {
    route: "GET /api/stoa/v1/admin/activity",
    status: 200,
    others: "administrators only",
    call: async (ground) => {
      const code = await ran(ground, ground.owner);
      return { query: `?text=${code}`, shows: code };
    },
  },
  {
    route: "GET /api/stoa/v1/admin/activity/:id",
    status: 200,
    others: "administrators only",
    call: async (ground) => {
      const code = await ran(ground, ground.owner);
      return { params: { id: await idOf(ground, ground.owner, code) }, shows: code };
    },
  },
];
