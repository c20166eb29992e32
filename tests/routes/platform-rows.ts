import type { Others, Row } from "./row.ts";
import { NO_ID, NO_OPERATION, operation, workspace } from "./things.ts";

const noOperation: Others = {
  refused: 404,
  says: () => ({ status: 404, code: "not_found", detail: "There is no operation here." }),
  absent: { params: { id: NO_OPERATION } },
};

/** Operations, events, audit, and how the server does. */
export const platformRows: readonly Row[] = [
  {
    route: "GET /api/stoa/v1/operations",
    status: 200,
    others: "without it",
    call: async (ground) => ({ shows: (await operation(ground, "waits")).subject }),
  },
  {
    route: "GET /api/stoa/v1/operations/:id",
    status: 200,
    others: noOperation,
    call: async (ground) => {
      const { id, subject } = await operation(ground, "waits");
      return { params: { id }, shows: subject };
    },
  },
  {
    route: "POST /api/stoa/v1/operations/:id/cancel",
    status: 200,
    others: noOperation,
    call: async (ground) => ({ params: { id: (await operation(ground, "waits")).id } }),
  },
  {
    route: "POST /api/stoa/v1/operations/:id/retry",
    status: 200,
    others: noOperation,
    call: async (ground) => ({ params: { id: (await operation(ground, "failed")).id } }),
  },
  {
    route: "POST /api/stoa/v1/operations/retry",
    status: 200,
    others: "administrators only",
    call: async (ground) => ({ body: { ids: [(await operation(ground, "failed")).id] } }),
  },
  {
    route: "POST /api/stoa/v1/operations/look",
    status: 200,
    others: "administrators only",
    call: async (ground) => ({ body: { ids: [(await operation(ground, "failed")).id] } }),
  },
  { route: "GET /api/stoa/v1/admin/needs", status: 200, others: "administrators only", call: () => ({}) },
  { route: "GET /api/stoa/v1/admin/curves", status: 200, others: "administrators only", call: () => ({}) },
  { route: "GET /api/stoa/v1/schedules", status: 200, others: "administrators only", call: () => ({}) },
  {
    route: "GET /api/stoa/v1/events",
    status: 200,
    others: "without it",
    endless: true,
    call: async (ground) => {
      const after = await ground.stoa.platform.events.head();
      const { id } = await workspace(ground);
      return { query: `?after=${after}`, shows: `"subject":{"kind":"workspace","id":"${id}"}` };
    },
  },
  {
    route: "GET /api/stoa/v1/audit",
    status: 200,
    others: "without it",
    call: async (ground) => ({ shows: (await workspace(ground)).name }),
  },
  {
    route: "GET /api/stoa/v1/audit.csv",
    status: 200,
    others: "without it",
    call: async (ground) => ({ shows: (await workspace(ground)).name }),
  },
  {
    route: "GET /api/stoa/v1/audit/:id",
    status: 200,
    others: {
      refused: 404,
      says: () => ({ status: 404, code: "not_found" }),
      absent: { params: { id: NO_ID } },
    },
    call: async (ground) => {
      const { name } = await workspace(ground);
      const { json } = await ground.call(ground.owner.jwt, "GET", `/api/stoa/v1/audit?text=${name}`);
      return { params: { id: json.items[0].id as number }, shows: name };
    },
  },
  { route: "POST /api/stoa/v1/audit/verification", status: 202, others: "administrators only", call: () => ({}) },
  { route: "GET /api/stoa/v1/audit/verification/last", status: 200, others: "administrators only", call: () => ({}) },
  { route: "GET /api/stoa/v1/audit/actions", status: 200, others: "administrators only", call: () => ({}) },
  { route: "GET /api/stoa/v1/audit/verification", status: 200, others: "administrators only", call: () => ({}) },
  {
    route: "GET /api/stoa/v1/system/health",
    status: 200,
    others: { nobodyElses: "It tells everybody who is signed in the same of the server." },
    call: () => ({}),
  },
  { route: "GET /metrics", status: 200, others: "administrators only", call: () => ({}) },
];
