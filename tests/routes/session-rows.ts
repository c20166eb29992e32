import { sql } from "kysely";
import { type Ground, type Person, unique } from "./ground.ts";
import type { Call, Others, Row } from "./row.ts";
import { NO_ID, readOnlySession, session, workspace } from "./things.ts";

const absent = { params: { id: NO_ID } };
const notFoundForUser = (what: string) => ({
  refused: 404,
  says: ({ params }: Call) => ({ success: false, message: `${what} ${params?.id} not found for user.` }),
  absent,
});
const noSession: Others = {
  refused: 404,
  says: () => ({ status: 404, code: "not_found", detail: "There is no session here." }),
  absent,
};

/** A terminal of the owner's that somebody looks at. */
async function shared(ground: Ground): Promise<{ id: number; accountId: number; viewer: Person }> {
  const { id } = await session(ground, "terminal");
  const viewer = await ground.newPerson("viewer");
  const at = `/api/stoa/v1/sessions/${id}/viewers`;
  await ground.call(ground.owner.jwt, "POST", at, { account_id: viewer.id });
  return { id, accountId: viewer.id, viewer };
}

function quotaRows(of: "people" | "groups", make: (ground: Ground) => Promise<number>): Row[] {
  const route = `/api/stoa/v1/${of}/:id/core-hours`;
  const body = { allowed: "100000", period: "month" };
  const others = "administrators only";
  const set = async (ground: Ground): Promise<Call> => {
    const id = await make(ground);
    await ground.call(ground.admin.jwt, "PUT", route.replace(":id", String(id)), body);
    return { params: { id } };
  };
  return [
    { route: `GET ${route}`, status: 200, others, call: set },
    { route: `PUT ${route}`, status: 200, others, call: async (ground) => ({ ...(await set(ground)), body }) },
    { route: `DELETE ${route}`, status: 204, others, call: set },
  ];
}

/** One whose server gave its last sign an hour ago. */
async function lostSession(ground: Ground): Promise<Call> {
  const { id } = await session(ground);
  const { db } = ground.stoa.platform;
  await sql`insert into session_places (node_id, place, seen_at) values ('gone', 'gone', now() - interval '1 hour')
    on conflict do nothing`.execute(db);
  await sql`update jobs set node_id = 'gone', place = 'gone' where id = ${id}`.execute(db);
  return { params: { id }, body: { may_still_write: true } };
}

/** Nothing of it is left to settle: it can be retired. */
async function silentHost(ground: Ground): Promise<Call> {
  await sql`insert into session_places (node_id, place, seen_at) values ('silent', 'silent', now() - interval '1 hour')
    on conflict do nothing`.execute(ground.stoa.platform.db);
  return { params: { node: "silent" } };
}

export const sessionRows: readonly Row[] = [
  { route: "GET /api/stoa/v1/admin/sessions", status: 200, others: "administrators only", call: () => ({}) },
  { route: "GET /api/stoa/v1/admin/session-hosts", status: 200, others: "administrators only", call: () => ({}) },
  {
    route: "GET /api/stoa/v1/admin/sessions/:id",
    status: 200,
    others: "administrators only",
    call: async (ground) => ({ params: { id: (await readOnlySession(ground)).id } }),
  },
  {
    route: "POST /api/stoa/v1/admin/sessions/stop",
    status: 200,
    others: "administrators only",
    call: async (ground) => ({ body: { ids: [(await session(ground)).id], message: "It is late." } }),
  },
  {
    route: "POST /api/stoa/v1/admin/sessions/:id/give-up",
    status: 200,
    others: "administrators only",
    call: lostSession,
  },
  {
    route: "POST /api/stoa/v1/admin/session-hosts/:node/retire",
    status: 200,
    others: "administrators only",
    call: silentHost,
  },
  {
    route: "PUT /workspaces/:id/start",
    status: 200,
    others: notFoundForUser("Workspace"),
    call: async (ground) => ({ params: { id: (await workspace(ground)).id }, body: { job_type: "test_web" } }),
  },
  {
    route: "POST /api/stoa/v1/sessions",
    status: 201,
    others: {
      refused: 404,
      says: ({ body }) => ({
        status: 404,
        code: "not_found",
        detail: `Workspace ${(body as { workspace_id: number }).workspace_id} not found for user.`,
      }),
      absent: { body: { workspace_id: NO_ID, job_type: "test_web" } },
    },
    call: async (ground) => ({ body: { workspace_id: (await workspace(ground)).id, job_type: "test_web" } }),
  },
  {
    route: "GET /jobs",
    status: 200,
    others: "without it",
    call: async (ground) => ({ shows: `"workspace_id":${(await readOnlySession(ground)).workspace.id},` }),
  },
  {
    route: "GET /jobs/:id",
    status: 200,
    others: {
      refused: 200,
      says: () => ({
        message: "Job matching given parameters could not be found.",
        success: true,
        data: { jobs: [] },
      }),
      absent,
    },
    call: async (ground) => {
      const { id } = await readOnlySession(ground);
      return { params: { id }, shows: `"id":${id},` };
    },
  },
  {
    route: "PUT /jobs/:id/stop",
    status: 200,
    others: notFoundForUser("Job"),
    call: async (ground) => ({ params: { id: (await session(ground)).id } }),
  },
  {
    route: "PUT /jobs/:id/:other",
    status: 400,
    others: { ...notFoundForUser("Job"), absent: { params: { id: NO_ID, other: "polish" } } },
    call: async (ground) => ({ params: { id: (await readOnlySession(ground)).id, other: "polish" }, body: {} }),
  },
  {
    route: "GET /api/stoa/v1/sessions",
    status: 200,
    others: "without it",
    call: async (ground) => ({ shows: (await readOnlySession(ground)).workspace.name }),
  },
  {
    route: "GET /api/stoa/v1/sessions/:id",
    status: 200,
    others: noSession,
    call: async (ground) => {
      const { id, workspace } = await readOnlySession(ground);
      return { params: { id }, shows: workspace.name };
    },
  },
  {
    route: "POST /api/stoa/v1/sessions/:id/ticket",
    status: 200,
    others: noSession,
    call: async (ground) => ({ params: { id: (await readOnlySession(ground)).id } }),
  },
  {
    route: "GET /api/stoa/v1/sessions/:id/log",
    status: 200,
    others: noSession,
    call: async (ground) => ({ params: { id: (await readOnlySession(ground)).id } }),
  },
  {
    route: "POST /api/stoa/v1/sessions/:id/stop",
    status: 202,
    others: noSession,
    call: async (ground) => ({ params: { id: (await session(ground)).id } }),
  },
  {
    route: "POST /api/stoa/v1/sessions/preflight",
    status: 200,
    others: {
      refused: 404,
      says: ({ body }) => ({
        status: 404,
        code: "not_found",
        detail: `Workspace ${(body as { workspace_id: number }).workspace_id} not found for user.`,
      }),
      absent: { body: { workspace_id: NO_ID, job_type: "test_web" } },
    },
    call: async (ground) => ({ body: { workspace_id: (await workspace(ground)).id, job_type: "test_web" } }),
  },
  {
    route: "POST /api/stoa/v1/sessions/:id/extend",
    status: 200,
    others: noSession,
    call: async (ground) => ({ params: { id: (await readOnlySession(ground)).id }, body: { minutes: 1 } }),
  },
  {
    route: "POST /api/stoa/v1/sessions/:id/keep",
    status: 200,
    others: noSession,
    call: async (ground) => ({ params: { id: (await readOnlySession(ground)).id } }),
  },
  {
    route: "GET /api/stoa/v1/sessions/:id/viewers",
    status: 200,
    others: noSession,
    call: async (ground) => ({ params: { id: (await readOnlySession(ground)).id } }),
  },
  {
    route: "POST /api/stoa/v1/sessions/:id/viewers",
    status: 201,
    others: noSession,
    call: async (ground) => {
      const { id } = await session(ground, "terminal");
      return { params: { id }, body: { account_id: (await ground.newPerson("viewer")).id } };
    },
  },
  {
    route: "DELETE /api/stoa/v1/sessions/:id/viewers/:accountId",
    status: 204,
    others: { ...noSession, absent: { params: { id: NO_ID, accountId: NO_ID } } },
    call: async (ground) => ({ params: await shared(ground) }),
  },
  {
    route: "GET /api/stoa/v1/shared-sessions",
    status: 200,
    others: "without it",
    call: async (ground) => {
      const { id, viewer } = await shared(ground);
      return { as: viewer, shows: `"id":${id},` };
    },
  },
  {
    route: "GET /api/stoa/v1/shared-sessions/:id",
    status: 200,
    others: noSession,
    call: async (ground) => {
      const { id, viewer } = await shared(ground);
      return { as: viewer, params: { id } };
    },
  },
  {
    route: "GET /api/stoa/v1/core-hours",
    status: 200,
    others: "without it",
    call: async (ground) => {
      const allowed = `${70_000 + ground.owner.id}.12345`;
      const at = `/api/stoa/v1/people/${ground.owner.id}/core-hours`;
      await ground.call(ground.admin.jwt, "PUT", at, { allowed, period: "total" });
      return { shows: allowed };
    },
  },
  ...quotaRows("people", async (ground) => (await ground.newPerson("taker")).id),
  ...quotaRows("groups", async (ground) => {
    const made = await ground.call(ground.admin.jwt, "POST", "/api/stoa/v1/groups", { name: unique("group") });
    return made.json.id as number;
  }),
  {
    route: "GET /api/stoa/v1/session-types",
    status: 200,
    others: { nobodyElses: "What can be started is the same for everybody." },
    call: () => ({ shows: "test_web" }),
  },
];
